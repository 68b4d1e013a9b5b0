"""The day that something may be entered in the ledger for: today, or so far back (R11)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from credigestor.db.settings import current_settings
from credigestor.errors import InvalidInput
from credigestor.rules.calendar import check_date_range, format_days
from credigestor.rules.permissions import Actor, Permission
from credigestor.services.inputs import MAX_REASON, reason, text


def check_date(
    actor: Actor,
    on: date,
    *,
    today: date,
    backdating_days: int,
    field: str = "paid_on",
    what: str = "pagamento",
) -> bool:
    """Tell whether a date lies so far back that a reason is needed (R11).

    `what` is what is dated, a masculine noun. Raises InvalidInput for the future, and for that
    far back unless a manager acts.
    """
    check_date_range(on, field)
    if on > today:
        raise InvalidInput(f"A data do {what} não pode ser futura.", field=field)
    if on >= today - timedelta(days=backdating_days):
        return False
    if not actor.can(Permission.BACKDATE):
        days = format_days(backdating_days)
        raise InvalidInput(
            f"{what.capitalize()} com data de mais de {days} atrás precisa de um gerente.",
            field=field,
        )
    return True


def backdated_because(
    session: Session,
    actor: Actor,
    on: date,
    why: str | None,
    *,
    today: date,
    field: str = "paid_on",
    what: str = "pagamento",
) -> str | None:
    """The reason to keep of a date, None where it needs none and has none (R11)."""
    # Almost everything is of today: it needs no look at the limit.
    backdating_days = current_settings(session).backdating_days if on < today else 0
    if check_date(actor, on, today=today, backdating_days=backdating_days, field=field, what=what):
        return reason(why, field="backdate_reason")
    if on == today:
        return None
    return text(why, field="backdate_reason", maximum=MAX_REASON, label="Motivo") or None
