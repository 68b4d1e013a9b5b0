"""What every note owes at a date, in SQL, from the folded columns (R6–R9, R11, R13, R16).

The same arithmetic as `rules.charges.owed_on`; a test compares the two over a grid. Late interest
is the schema's own function `late_interest`, made by migration 0005.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)

from credigestor.db.models import Money, Note, PaymentItem, Sale
from credigestor.rules.aging import BANDS, LIMITS, Status


def band_of(days_late: ColumnElement[int]) -> ColumnElement[str]:
    """Aging band of a days-late expression, as `rules.aging.band` names them (R16)."""
    whens = [
        (days_late <= limit, literal(name)) for limit, name in zip(LIMITS, BANDS, strict=False)
    ]
    return case(*whens, else_=literal(BANDS[-1]))


def note_balances(as_of: date, *, today: date) -> Select[*tuple[Any, ...]]:
    """SELECT of one row per note of a sale made by `as_of`, with what it owes on that day.

    Columns: note_id, sale_id, customer_id, seller_id, sold_on, number, installments, amount,
    due_date, on_time_until, free_until, late_rate, fine_rate, principal, interest, fine, owed
    (their sum, R$), days_late (from the nominal due date, 0 unless overdue), band, status,
    is_open (owes and is not cancelled) and is_overdue. A cancelled note owes nothing.

    From `today` on the notes' own columns answer; for an earlier date the newest live payment
    item on or before it does, so a past date gives the same answer on every later day.
    """
    day = cast(bindparam("as_of", as_of, unique=True), Date)
    source: Any = Note.__table__.join(Sale.__table__, Sale.id == Note.sale_id)
    state: dict[str, Any]
    if as_of >= today:
        state = {
            "principal": Note.principal_balance,
            "interest": Note.interest_carried,
            "fine": Note.fine_carried,
            "fine_charged": Note.fine_charged,
            "interest_from": Note.interest_from,
        }
        touched = Note.last_paid_on.is_not(None)
    else:
        last = (
            select(PaymentItem)
            .where(
                PaymentItem.note_id == Note.id,
                PaymentItem.reversed.is_(False),
                PaymentItem.paid_on <= day,
            )
            .order_by(PaymentItem.paid_on.desc(), PaymentItem.payment_id.desc())
            .limit(1)
            .lateral("last_item")
        )
        source = source.outerjoin(last, true())
        state = {
            "principal": func.coalesce(last.c.principal_after, Note.amount),
            "interest": func.coalesce(last.c.interest_after, 0),
            "fine": func.coalesce(last.c.fine_after, 0),
            "fine_charged": func.coalesce(last.c.fine_charged_after, False),
            "interest_from": func.coalesce(last.c.interest_from_after, Note.due_date),
        }
        touched = last.c.id.is_not(None)

    cancelled = and_(Note.cancelled_on.is_not(None), Note.cancelled_on <= day)
    open_ = and_(state["principal"] > 0, ~cancelled)
    overdue = and_(open_, day > Note.on_time_until)
    charged = and_(open_, day > Note.free_until)
    principal = case((cancelled, 0), else_=state["principal"])
    accrued = func.late_interest(
        state["principal"], Sale.late_rate, state["interest_from"], day, type_=Money
    )
    new_fine = case(
        (state["fine_charged"], 0),
        else_=func.round(state["principal"] * Sale.fine_rate / 100, 2),
    )
    interest = case((charged, state["interest"] + accrued), (open_, state["interest"]), else_=0)
    fine = case((charged, state["fine"] + new_fine), (open_, state["fine"]), else_=0)
    days_late = case((overdue, cast(day - Note.due_date, Integer)), else_=0)
    status = case(
        (cancelled, literal(Status.CANCELLED.value)),
        (state["principal"] == 0, literal(Status.PAID.value)),
        (overdue, literal(Status.OVERDUE.value)),
        (touched, literal(Status.PARTIAL.value)),
        else_=literal(Status.PENDING.value),
    )
    return (
        select(
            Note.id.label("note_id"),
            Note.sale_id,
            Note.customer_id,
            Sale.seller_id,
            Sale.sold_on,
            Note.number,
            Sale.installments,
            Note.amount,
            Note.due_date,
            Note.on_time_until,
            Note.free_until,
            Sale.late_rate,
            Sale.fine_rate,
            principal.label("principal"),
            interest.label("interest"),
            fine.label("fine"),
            (principal + interest + fine).label("owed"),
            days_late.label("days_late"),
            band_of(days_late).label("band"),
            status.label("status"),
            open_.label("is_open"),
            overdue.label("is_overdue"),
        )
        .select_from(source)
        .where(Sale.sold_on <= day)
    )


def open_notes(as_of: date, *, today: date) -> Select[*tuple[Any, ...]]:
    """`note_balances` of the notes that still owe on `as_of`: Pendente, Parcial or Atrasada.

    The newest live payment of a settled note is what settled it, so `settled_on` tells which
    notes need no look at their payments.
    """
    return note_balances(as_of, today=today).where(
        or_(Note.settled_on.is_(None), Note.settled_on > as_of),
        or_(Note.cancelled_on.is_(None), Note.cancelled_on > as_of),
    )
