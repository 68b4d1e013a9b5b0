"""A payment to the right customer: who, which of their notes, why; previewed, then one button."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from credigestor.db.models import Payment
from credigestor.errors import BusinessError
from credigestor.reports import customers as report
from credigestor.reports.notes import open_notes
from credigestor.reports.receipt import Receipt
from credigestor.reports.receiving import Discounts, allocated
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl, format_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import payment_moves
from credigestor.services.inputs import parse
from credigestor.services.payment_moves import MAX_WHY, PaymentToMove
from credigestor.ui.counter.customer_search import (
    PARAMETER,
    describe,
    forget_customer,
    pick_customer,
)
from credigestor.ui.counter.note_ticks import choose_notes
from credigestor.ui.kit import data, forms, links, messages, operations


def of_payment(found: Receipt, actor: Actor, today: date) -> None:
    """Move the payment to another customer; for who may, while it counts."""
    if found.undone or not actor.can(Permission.MOVE):
        return
    form = f"move_payment:{found.id}"
    begun = PARAMETER in st.query_params or st.session_state.get(f"{form}:customer") is not None
    with st.expander("Passar o pagamento ao cliente certo", expanded=begun):
        st.caption(
            "Para um pagamento lançado no cadastro errado, como o de um homônimo. Este recibo é "
            "estornado e o dinheiro entra nas notas do outro, com a mesma data e a mesma forma, "
            "num recibo novo: os dois juntos, ou nada."
        )
        _choose(form, found, actor, today)


def _choose(form: str, found: Receipt, actor: Actor, today: date) -> None:
    fields = forms.Fields()
    to = pick_customer(form)
    fields.slot("customer_id")
    if to is None:
        return
    other = data.read(report.one, to)
    if to == found.customer_id or other is None:
        st.error("Escolha o outro cliente: este é o de agora.", icon=":material/error:")
        return
    operation = operations.begin(form, actor, Payment, lambda _: None)
    notes = data.read(open_notes, to, on=found.paid_on, today=today)
    if not notes:
        day = format_date(found.paid_on)
        st.error(f"Este cliente não tinha nada em aberto em {day}.", icon=":material/error:")
        return
    chosen = choose_notes(operation.id, notes) or notes
    fields.slot("amount")
    why = st.text_input("Motivo", key=f"move_payment_why:{operation.key}", max_chars=MAX_WHY)
    fields.slot("reason")
    try:
        parts = allocated(found.amount, chosen, Discounts({}))
        asked = {
            "operation_id": operation.id,
            "payment_id": found.id,
            "customer_id": to,
            "items": tuple((part.note.id, part.amount) for part in parts),
            "reason": why or "",
        }
        seen = data.read(payment_moves.preview, actor, parse(PaymentToMove, asked), today=today)
    except BusinessError as error:
        fields.show(error)
        return
    rows = [
        {
            "Nota": note.label,
            "Paga": format_number(step.act.amount),
            "Juros": format_number(step.split.interest),
            "Multa": format_number(step.split.fine),
            "Principal": format_number(step.split.principal),
        }
        for note, step in seen
    ]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
    st.markdown(
        messages.plain(
            f"Passar {format_brl(found.amount)} de {format_date(found.paid_on)} a {other.name} "
            f"({describe(other, masked=False)})."
        )
    )
    if st.button(
        "Estornar e passar ao cliente certo",
        key=f"move_payment:{operation.key}",
        type="primary",
        icon=":material/move_down:",
    ):
        told = parse(
            PaymentToMove, asked | {"previewed": {note.id: step.split for note, step in seen}}
        )
        with fields.catching(), operations.another(form):
            made = data.write(lambda s: payment_moves.move(s, actor, told, today=today))
            operations.finish(form)
            forget_customer(form)
            messages.flash(f"O recibo {found.number} passou ao cliente certo.")
            links.go("counter/payment.py", id=made)
