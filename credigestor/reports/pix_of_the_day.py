"""What notes of a customer owe today as one Pix: the amount, and what it is known by (R14, R25)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from sqlalchemy.orm import Session

from credigestor.reports.notes import OpenNote, open_notes
from credigestor.rules import pix
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import parse_note_number


class Numbered(Protocol):
    """A note that has a printed number."""

    @property
    def number(self) -> str: ...


@dataclass(frozen=True)
class PixOfTheDay:
    """The notes that are open, R$: `owed` with charges, `saved` by settling them early (R14)."""

    due: Sequence[OpenNote]
    owed: Decimal
    saved: Decimal
    txid: str


def pix_of_the_day(
    session: Session, customer_id: int, note_ids: Collection[int], *, today: date
) -> PixOfTheDay:
    """What these notes of a customer owe today; those that owe nothing are left out."""
    notes = open_notes(session, customer_id, on=today, today=today)
    due = [note for note in notes if note.id in note_ids]
    return PixOfTheDay(
        due=due,
        owed=sum((note.owed.total for note in due), ZERO),
        saved=sum((note.early_discount for note in due), ZERO),
        txid=txid(due, customer_id),
    )


def txid(paid: Sequence[Numbered], customer_id: int) -> str:
    """What the shop's bank statement shows: the one note's number, else the customer's."""
    named = parse_note_number(paid[0].number) if len(paid) == 1 else None
    if named is None or named[1] is None:
        return pix.customer_txid(customer_id)
    return pix.note_txid(named[0], named[1])
