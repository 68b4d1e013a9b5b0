"""Waivers that a payment entered for an earlier day leaves with less to let go (R29)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from credigestor.rules.acts import KINDS, Acted
from credigestor.rules.charges import Act, Overpaid, Paid
from credigestor.rules.money import ZERO
from credigestor.services.ledger import Folded, notes_named, replay

if TYPE_CHECKING:
    from credigestor.services.payment_input import NewPayment


@dataclass(frozen=True)
class Lapse:
    """What of a later waiver of a note, named by its printed number, has no effect then, R$."""

    note_id: int
    number: str
    acted_on: date
    amount: Decimal


def lapsing(session: Session, data: NewPayment) -> list[Lapse]:
    """What a payment would leave of later waivers without effect; writes and locks nothing.

    Nothing of a payment that would be refused.
    """
    found, amounts = [], dict(data.items)
    for note in notes_named(session, amounts.keys()):
        if note.last_act_on is None or note.last_act_on <= data.paid_on:
            continue
        paid = Paid(data.paid_on, amounts[note.id], data.discounts.get(note.id, ZERO))
        new: list[Act] = [data.acts[note.id], paid] if note.id in data.acts else [paid]
        try:
            after = replay(session, note, *new, rewrite=False)
        except Overpaid:
            continue
        before = _capped(replay(session, note, rewrite=False))
        for (act, took), (_, takes) in zip(before, _capped(after, but=new), strict=True):
            if takes < took:
                found.append(Lapse(note.id, note.label, act.on, took - takes))
    return found


def _capped(folded: Folded, *, but: list[Act] | None = None) -> list[tuple[Act, Decimal]]:
    """The acts that take at most what is owed, and what they take of charges, R$."""
    return [
        (step.act, step.split.interest + step.split.fine)
        for step in folded.steps
        if isinstance(step.act, Acted)
        and KINDS[step.act.kind].capped
        and not any(step.act is each for each in but or ())
    ]
