"""Sales replayed by the rules, note by note: what of them the ledger has otherwise (R9, R11–R14).

One stream: memory stays the same however many sales are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ARRAY, Integer, Row, Select, and_, any_, bindparam, select
from sqlalchemy.orm import Session

from credigestor.db.models import ActItem, Note, Payment, Sale
from credigestor.db.steps import steps
from credigestor.reports.check.invariants import MAX_EXTENSION_DAYS
from credigestor.reports.check.making import check_plan
from credigestor.reports.check.problem import Problem
from credigestor.rules import early, true_rate
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import (
    Act,
    DueDates,
    Overpaid,
    Paid,
    State,
    Step,
    Terms,
    fold,
    new_state,
)
from credigestor.rules.money import format_brl

_ROWS_AT_ONCE = 2000
_KINDS = {"payment", *ActKind}


def replay(session: Session, sale_ids: Sequence[int]) -> Iterator[Problem]:
    """Replay these sales by the rules; every broken invariant (R1–R3, R9, R11, R13, R14)."""
    if not sale_ids:
        return
    rows = session.execute(
        _ledger(), {"sale_ids": sale_ids}, execution_options={"yield_per": _ROWS_AT_ONCE}
    )
    for _, group in groupby(rows, key=lambda row: row.sale_id):
        sale = list(group)
        notes = [list(note) for _, note in groupby(sale, key=lambda row: row.note_id)]
        yield from check_plan(notes)
        for note in notes:
            if note[0].note_id is not None:
                yield from _check_note(note)


def _ledger() -> Select[*tuple[Any, ...]]:
    """One row per sale × note × live step, in the order in which a replay reads them."""
    step, act = steps(), ActItem.__table__.c
    asked = (act.asked_interest, act.asked_fine, act.asked_principal)
    item = {f"item_{c.key}": c for c in step.c if c.key != "note_id"}
    item |= {f"item_{c.key}": c for c in (*asked, act.due_date, act.on_time_until, act.free_until)}
    note = {f"note_{c.key}": c for c in Note.__table__.c if c.key != "sale_id"}
    sale = {f"sale_{c.key}": c for c in Sale.__table__.c}
    columns = sale | note | item | {"discount_reason": Payment.discount_reason}
    columns |= {"payment_ref": Payment.ref}
    paid = step.c.kind == "payment"
    return (
        select(*(column.label(name) for name, column in columns.items()))
        .outerjoin_from(Sale, Note, Note.sale_id == Sale.id)
        .outerjoin(step, and_(step.c.note_id == Note.id, step.c.reversed.is_(False)))
        .outerjoin(Payment, and_(paid, Payment.id == step.c.act_id))
        .outerjoin(ActItem, and_(~paid, act.id == step.c.item_id))
        .where(Sale.id == any_(bindparam("sale_ids", type_=ARRAY(Integer))))
        .order_by(Sale.id, Note.number, Note.id, step.c.done_on, step.c.act_id)
    )


def _check_note(rows: list[Row[Any]]) -> Iterator[Problem]:
    """A note agrees with its sale, and equals the fold of its live payments (R11, R13)."""
    note = rows[0]
    items = [row for row in rows if row.item_item_id is not None]
    if unknown := [row.item_item_id for row in items if row.item_kind not in _KINDS]:
        yield Problem("act_kind", "act_items", unknown[0], "Não se conhece este tipo de ato.")
        return
    yield from _check_agreement(note, items)
    yield from _check_discounts(note, items)
    yield from _check_fold(note, items)


def _check_agreement(note: Row[Any], items: list[Row[Any]]) -> Iterator[Problem]:
    """A note's customer, dates and payments are possible for its sale (R8, R13)."""

    def problem(what: str, detail: str) -> Problem:
        return Problem(what, "notes", note.note_id, detail)

    if note.note_customer_id != note.sale_customer_id:
        yield problem("note_customer", "A nota é de um cliente e a venda é de outro.")
    if note.note_cancelled_on != note.sale_cancelled_on:
        yield problem("note_cancelled", "A nota e a venda não foram canceladas no mesmo dia.")
    for due, on_time, free in _dates_of(note):
        if on_time is None or free is None:
            yield problem("note_original", "Faltam datas com que a nota foi feita.")
            continue
        if not 0 <= (on_time - due).days <= MAX_EXTENSION_DAYS:
            yield problem(
                "note_on_time",
                f"A nota fica em dia por mais de {MAX_EXTENSION_DAYS} dias depois do vencimento.",
            )
        if (free - on_time).days != note.sale_grace_days:
            yield problem("note_grace", "O último dia sem encargos não corresponde à carência.")
    if items and note.sale_cancelled_on is not None:
        yield problem("cancelled_paid", "A nota foi cancelada e tem pagamento.")
    if any(row.item_done_on < note.sale_sold_on for row in items):
        yield problem("paid_before_sale", "A nota tem pagamento de antes da venda.")


def _dates_of(note: Row[Any]) -> Iterator[tuple[Any, ...]]:
    """The dates in force, and those that it was made with where others are agreed (R32)."""
    yield note.note_due_date, note.note_on_time_until, note.note_free_until
    made = (note.note_original_due_date, note.note_original_on_time_until)
    if any((*made, note.note_original_free_until)):
        yield made[0] or note.note_due_date, made[1], note.note_original_free_until


def _check_fold(note: Row[Any], items: list[Row[Any]]) -> Iterator[Problem]:
    """What is stored of a note and its payments is what the rules make of them (R11)."""
    terms = Terms(
        note.note_amount,
        note.note_original_due_date or note.note_due_date,
        note.note_original_free_until or note.note_free_until,
        note.sale_late_rate,
        note.sale_fine_rate,
    )
    try:
        steps = fold(terms, [_act(row) for row in items])
    except Overpaid as error:
        yield Problem(
            "note_overpaid",
            "notes",
            note.note_id,
            f"O que foi registrado em {format_date(error.act.on)} passa do que a nota devia: "
            f"{format_brl(error.owed.total)}.",
        )
        return
    for row, step in zip(items, steps, strict=True):
        if _as_stored(row) != _as_folded(step):
            yield Problem(
                "item_fold",
                "payment_items" if row.item_kind == "payment" else "act_items",
                row.item_item_id,
                "O que o pagamento ou ato tirou da nota, ou a nota depois dele, não é o que as "
                "regras dão.",
            )
    yield from _check_columns(note, terms, steps)


def _act(row: Row[Any]) -> Act:
    if row.item_kind == "payment":
        amount = row.item_interest + row.item_fine + row.item_principal
        return Paid(row.item_done_on, amount, row.item_discount)
    return Acted(
        ActKind(row.item_kind),
        row.item_done_on,
        row.item_asked_interest,
        row.item_asked_fine,
        row.item_asked_principal,
        _dates(row.item_due_date, row.item_on_time_until, row.item_free_until),
    )


def _dates(*dates: Any) -> DueDates | None:
    return DueDates(*dates) if any(dates) else None


def _check_discounts(note: Row[Any], items: list[Row[Any]]) -> Iterator[Problem]:
    """A discount is of a note not yet due, by right or with a manager's reason (R14).

    One that an import brings has that for its reason, whenever it was given.
    """
    for row in items:
        if not row.item_discount:
            continue
        due = row.item_due_date_after or note.note_original_due_date or note.note_due_date
        days = (due - row.item_done_on).days
        settled = row.item_principal + row.item_discount
        by_right = max(
            early.discount(settled, rate, days)
            for rate in (note.sale_daily_rate, true_rate.of_month(note.sale_contract_rate))
        )
        late = days <= 0 and row.payment_ref is None
        if late or (row.item_discount > by_right and row.discount_reason is None):
            yield Problem(
                "item_discount",
                "payment_items",
                row.item_item_id,
                f"O desconto de {format_brl(row.item_discount)} não é o da quitação antecipada, "
                f"de {format_brl(by_right)}, nem tem o motivo de um gerente.",
            )


def _check_columns(note: Row[Any], terms: Terms, steps: list[Step]) -> Iterator[Problem]:
    state = steps[-1].state if steps else new_state(terms)
    days = {
        kind: [step.act.on for step in steps if isinstance(step.act, kind)]
        for kind in (Paid, Acted)
    }
    moved = None
    if note.note_original_due_date is not None:
        moved = _dates(note.note_due_date, note.note_on_time_until, note.note_free_until)
    stored = (
        State(
            note.note_principal_balance,
            note.note_interest_carried,
            note.note_fine_carried,
            note.note_fine_charged,
            note.note_interest_from,
            moved,
            note.note_closed,
            note.note_written_off,
        ),
        note.note_last_paid_on,
        note.note_last_act_on,
        note.note_settled_on,
    )
    settled = next((step.act.on for step in steps if step.state.principal == 0), None)
    if stored != (state, max(days[Paid], default=None), max(days[Acted], default=None), settled):
        yield Problem(
            "note_fold",
            "notes",
            note.note_id,
            f"O saldo gravado é {format_brl(note.note_principal_balance)} e, pelo que houve com a "
            f"nota, seria {format_brl(state.principal)}; ou os encargos ou as datas diferem.",
        )


def _as_stored(row: Row[Any]) -> tuple[Any, ...]:
    return (
        row.item_interest,
        row.item_fine,
        row.item_principal,
        State(
            row.item_principal_after,
            row.item_interest_after,
            row.item_fine_after,
            row.item_fine_charged_after,
            row.item_interest_from_after,
            _dates(
                row.item_due_date_after, row.item_on_time_until_after, row.item_free_until_after
            ),
            row.item_closed_after,
            row.item_written_off_after,
        ),
    )


def _as_folded(step: Step) -> tuple[Any, ...]:
    return (step.split.interest, step.split.fine, step.split.principal, step.state)
