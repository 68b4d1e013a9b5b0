"""What is said before more is sold to a customer over the limit or late."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import streamlit as st

from credigestor.reports.customers import Exposure
from credigestor.rules.identification import NO_CREDIT
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import credit, inputs
from credigestor.ui.kit import messages
from credigestor.ui.kit.live_form import LiveForm

#: What is missing while a manager has not said why.
REASON = "motivo da liberação"


def credit_area(draft: LiveForm, actor: Actor, owes: Exposure, new_notes: Decimal) -> str | None:
    """Warn of a customer over the limit or late; a manager's reason, None when none is needed.

    Who is without CPF and document gets no credit at all.
    """
    if new_notes and owes.identification is None:
        draft.refused = "Falta o CPF do cliente para vender a prazo."
        st.error(NO_CREDIT, icon=":material/badge:")
        return None
    warnings = credit.credit_warnings(
        limit=owes.limit,
        owed=owes.principal,
        overdue_notes=owes.overdue_notes,
        new_notes=new_notes,
    )
    if not warnings or not new_notes:
        return None
    st.warning(messages.plain(" ".join(warnings)), icon=":material/credit_score:")
    if not actor.can(Permission.OVERRIDE_CREDIT):
        draft.refused = "Só um gerente pode liberar esta venda."
        return None
    return draft.typed(
        "override_reason",
        "Motivo para liberar a venda",
        partial(inputs.reason, field="override_reason"),
        needed=REASON,
    )
