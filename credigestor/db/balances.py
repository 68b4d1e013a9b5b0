"""What every note owes at a date, in SQL, from the folded columns (R6–R9, R11, R13, R16).

The same arithmetic as `rules.charges.owed_on`; a test compares the two over a grid. Late interest
is the schema's own function `late_interest`, made by migration 0005.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
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
from sqlalchemy.orm import aliased

from credigestor.db.inherited_risk import inherits
from credigestor.db.models import Money, Note, Renegotiation, Sale
from credigestor.db.steps import DUE_AS_MADE, steps
from credigestor.rules.aging import BANDS, LIMITS, Status

#: By a name of its own, as conditions of who lists notes ask renegotiations too.
_OLD = aliased(Renegotiation, name="old_debt")


def band_of(days_late: ColumnElement[int]) -> ColumnElement[str]:
    """Aging band of a days-late expression, as `rules.aging.band` names them (R16)."""
    whens = [
        (days_late <= limit, literal(name)) for limit, name in zip(LIMITS, BANDS, strict=False)
    ]
    return case(*whens, else_=literal(BANDS[-1]))


# To build the statement takes longer than most of its answers: it is kept for the days asked about.
@lru_cache(maxsize=64)
def note_balances(as_of: date, *, today: date) -> Select[*tuple[Any, ...]]:
    """SELECT of one row per note of a sale made by `as_of`, with what it owes on that day.

    Columns: note_id, sale_id, customer_id, seller_id, sold_on, number, installments, amount,
    due_date, on_time_until, free_until, late_rate, fine_rate, principal, interest, fine, owed
    (their sum, R$), days_late (from the nominal due date, 0 unless overdue), band (of those days,
    or of an old debt's where those are more and count still, R15), status, is_open (owes and is not
    cancelled), is_overdue and original_due_date, where another was agreed by then (R32). A
    cancelled note owes nothing, nor does one that an act closed.

    From `today` on the notes' own columns answer; for an earlier date the newest live step
    on or before it does, so a past date gives the same answer on every later day.
    """
    day = cast(bindparam("as_of", as_of, unique=True), Date)
    source: Any = Note.__table__.join(Sale.__table__, Sale.id == Note.sale_id)
    # Left out by the planner where nobody asks for the band.
    source = source.outerjoin(_OLD, _OLD.sale_id == Sale.id)
    state: dict[str, Any]
    if as_of >= today:
        state = {
            "principal": Note.principal_balance,
            "interest": Note.interest_carried,
            "fine": Note.fine_carried,
            "fine_charged": Note.fine_charged,
            "interest_from": Note.interest_from,
            "due_date": Note.due_date,
            "on_time_until": Note.on_time_until,
            "free_until": Note.free_until,
            "closed": Note.closed,
            "original": Note.original_due_date,
        }
    else:
        every = steps()
        last = (
            select(every)
            .where(every.c.note_id == Note.id, every.c.reversed.is_(False), every.c.done_on <= day)
            .order_by(every.c.done_on.desc(), every.c.act_id.desc())
            .limit(1)
            .lateral("last_step")
        )
        source = source.outerjoin(last, true())
        state = {
            "principal": func.coalesce(last.c.principal_after, Note.amount),
            "interest": func.coalesce(last.c.interest_after, 0),
            "fine": func.coalesce(last.c.fine_after, 0),
            "fine_charged": func.coalesce(last.c.fine_charged_after, False),
            "interest_from": func.coalesce(last.c.interest_from_after, DUE_AS_MADE),
            "due_date": func.coalesce(last.c.due_date_after, DUE_AS_MADE),
            "on_time_until": func.coalesce(
                last.c.on_time_until_after, Note.original_on_time_until, Note.on_time_until
            ),
            "free_until": func.coalesce(
                last.c.free_until_after, Note.original_free_until, Note.free_until
            ),
            "closed": last.c.closed_after,
            "original": case((last.c.due_date_after.is_not(None), DUE_AS_MADE)),
        }

    cancelled = and_(Note.cancelled_on.is_not(None), Note.cancelled_on <= day)
    open_ = and_(state["principal"] > 0, ~cancelled)
    overdue = and_(open_, day > state["on_time_until"])
    charged = and_(open_, day > state["free_until"])
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
    days_late = case((overdue, cast(day - state["due_date"], Integer)), else_=0)
    risk_days = case(
        (
            and_(open_, _OLD.days_late > days_late, inherits(_OLD, day)),
            _OLD.days_late,
        ),
        else_=days_late,
    )
    status = case(
        (cancelled, literal(Status.CANCELLED.value)),
        (state["closed"].is_not(None), state["closed"]),
        (state["principal"] == 0, literal(Status.PAID.value)),
        (overdue, literal(Status.OVERDUE.value)),
        (state["principal"] < Note.amount, literal(Status.PARTIAL.value)),
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
            state["due_date"].label("due_date"),
            state["on_time_until"].label("on_time_until"),
            state["free_until"].label("free_until"),
            Sale.late_rate,
            Sale.fine_rate,
            principal.label("principal"),
            interest.label("interest"),
            fine.label("fine"),
            (principal + interest + fine).label("owed"),
            days_late.label("days_late"),
            band_of(risk_days).label("band"),
            status.label("status"),
            open_.label("is_open"),
            overdue.label("is_overdue"),
            state["original"].label("original_due_date"),
        )
        .select_from(source)
        .where(Sale.sold_on <= day)
    )


@lru_cache(maxsize=64)
def open_notes(as_of: date, *, today: date) -> Select[*tuple[Any, ...]]:
    """`note_balances` of the notes that still owe on `as_of`: Pendente, Parcial or Atrasada.

    Nothing was left of a note from `settled_on` on, so that it tells which notes need no look at
    their steps.
    """
    return note_balances(as_of, today=today).where(
        or_(Note.settled_on.is_(None), Note.settled_on > as_of),
        or_(Note.cancelled_on.is_(None), Note.cancelled_on > as_of),
    )
