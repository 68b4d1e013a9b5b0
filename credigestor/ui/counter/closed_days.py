"""Why something is registered with a date of days that are closed (R37)."""

from __future__ import annotations

from datetime import date
from functools import partial

from credigestor.db.closings import closed_until
from credigestor.rules.permissions import Actor
from credigestor.services import act_dates, inputs
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.kit import data
from credigestor.ui.kit.live_form import LiveForm

#: What is missing while a manager has not said why.
REASON = "motivo da data"


def ask(draft: LiveForm, actor: Actor, sold_on: date | None, today: date) -> str | None:
    """A manager's reason for a sale's date, None where it needs none; a seller is told why not."""
    if sold_on is None or sold_on >= today:
        return None
    until = data.read(closed_until)
    closed = draft.check(lambda: act_dates.check_sold_on(actor, sold_on, closed_until=until))
    if not closed:
        return None
    return draft.typed(
        "backdate_reason",
        "Motivo da data em dias fechados",
        partial(inputs.reason, field="backdate_reason"),
        needed=REASON,
        placeholder="Por que só agora esta venda é registrada",
        max_chars=MAX_REASON,
    )
