"""Charges of an old debt that the notes of a renegotiation hold, as they are received (R15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, PaymentItem, Renegotiation
from credigestor.rules.charges import Closing, Split
from credigestor.rules.money import ZERO
from credigestor.rules.renegotiation import held, held_until

NOTHING = Split(ZERO, ZERO, ZERO)
#: By note: its R$, and what of the old interest and fines it holds.
_Held = dict[int, tuple[Decimal, Decimal, Decimal]]


def of_sales(session: Session, sale_ids: Collection[int]) -> dict[int, Split]:
    """What old charges the notes of each of some sales hold, R$; sales that hold none left out."""
    rows = session.execute(
        select(Renegotiation.sale_id, Renegotiation.old_interest, Renegotiation.old_fine).where(
            Renegotiation.sale_id.in_(sale_ids),
            Renegotiation.old_interest + Renegotiation.old_fine > 0,
        )
    )
    return {row.sale_id: Split(row.old_interest, row.old_fine, ZERO) for row in rows}


def received(session: Session, items: Iterable[PaymentItem]) -> Mapping[int, Split]:
    """What of the principal that parts of payments settled was old charges, R$ by part's id.

    In proportion, rounded on the running total, as the figures count it (R22); parts that settled
    none are left out, and what is recovered of a note that was given up.
    """
    parts = [item for item in items if item.closed_after != Closing.WRITTEN_OFF.value]
    notes = _held(session, {item.note_id for item in parts})
    found = {}
    for item in parts:
        if item.note_id not in notes:
            continue
        amount, *charges = notes[item.note_id]
        after = amount - item.principal_after
        before = after - item.principal - item.discount
        interest, fine = (
            held_until(part, amount, after) - held_until(part, amount, before) for part in charges
        )
        if interest or fine:
            found[item.id] = Split(interest, fine, ZERO)
    return found


def _held(session: Session, note_ids: Collection[int]) -> _Held:
    """What each of some notes holds; those of sales without old charges left out."""
    sales = of_sales(
        session, session.scalars(select(Note.sale_id).where(Note.id.in_(note_ids)).distinct()).all()
    )
    rows = session.execute(
        select(Note.sale_id, Note.id, Note.amount)
        .where(Note.sale_id.in_(sales))
        .order_by(Note.sale_id, Note.number)
    )
    of_sale: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for sale_id, note_id, amount in rows:
        of_sale[sale_id].append((note_id, amount))
    found: _Held = {}
    for sale_id, theirs in of_sale.items():
        amounts = [amount for _, amount in theirs]
        old = sales[sale_id]
        parts = zip(held(amounts, old.interest), held(amounts, old.fine), strict=True)
        for (note_id, amount), (interest, fine) in zip(theirs, parts, strict=True):
            found[note_id] = (amount, interest, fine)
    return found
