"""The day that something may be entered in the ledger for: today, or so far back (R11, R37).

Whatever is dated asks here, and whatever undoes what is dated. What is of today asks nothing of
the database: today cannot be closed.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from credigestor.db.closings import kept_closed_until
from credigestor.db.settings import current_settings
from credigestor.errors import InvalidInput, NotAllowed
from credigestor.rules.calendar import check_date_range, format_date, format_days
from credigestor.rules.permissions import Actor, Permission
from credigestor.services.inputs import MAX_REASON, reason, text


def check_day(
    session: Session,
    actor: Actor,
    on: date,
    *,
    today: date,
    field: str = "paid_on",
    what: str = "pagamento",
) -> bool:
    """Tell whether a date needs a reason: so far back (R11), or in days that are closed (R37).

    `what` is what is dated, a masculine noun. Raises InvalidInput for the future, and for that
    far back or a closed day unless a manager acts.
    """
    check_date_range(on, field)
    if on > today:
        raise InvalidInput(f"A data do {what} não pode ser futura.", field=field)
    if on == today:
        return False
    backdating_days = current_settings(session).backdating_days
    far_back = on < today - timedelta(days=backdating_days)
    if far_back and not actor.can(Permission.BACKDATE):
        days = format_days(backdating_days)
        raise InvalidInput(
            f"{what.capitalize()} com data de mais de {days} atrás precisa de um gerente.",
            field=field,
        )
    until = kept_closed_until(session)
    return _is_closed(actor, on, until, field=field, what=what.capitalize()) or far_back


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
    """The reason to keep of a date, None where it needs none and has none (R11, R37)."""
    if check_day(session, actor, on, today=today, field=field, what=what):
        return reason(why, field="backdate_reason")
    if on == today:
        return None
    return text(why, field="backdate_reason", maximum=MAX_REASON, label="Motivo") or None


def check_sold_on(actor: Actor, on: date, *, closed_until: date | None) -> bool:
    """Tell whether a sale's date needs a reason, as one of a closed day does (R37).

    Raises InvalidInput unless a manager acts.
    """
    return _is_closed(actor, on, closed_until, field="sold_on", what="Venda")


def sold_because(
    actor: Actor, on: date, why: str | None, *, closed_until: date | None
) -> str | None:
    """The reason to keep of a sale's date; None where it needs none."""
    if check_sold_on(actor, on, closed_until=closed_until):
        return reason(why, field="backdate_reason")
    return None


def check_undoing(session: Session, actor: Actor, on: date, *, today: date) -> None:
    """Refuse to undo what is dated in closed days, unless a manager does (R37).

    A reason is asked for of whatever is undone.
    """
    until = kept_closed_until(session) if on < today else None
    if until is not None and on <= until and not actor.can(Permission.CLOSE_DAYS):
        raise NotAllowed(
            f"Os dias até {format_date(until)} estão fechados: desfazer o que é deles precisa de "
            "um gerente."
        )


def _is_closed(actor: Actor, on: date, until: date | None, *, field: str, what: str) -> bool:
    if until is None or on > until:
        return False
    if not actor.can(Permission.CLOSE_DAYS):
        raise InvalidInput(
            f"Os dias até {format_date(until)} estão fechados. {what} com data de um deles "
            "precisa de um gerente.",
            field=field,
        )
    return True
