"""How money received is shared over a customer's open notes, and the discounts that settle them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from credigestor.errors import InvalidInput
from credigestor.reports.notes import OpenNote
from credigestor.rules.allocation import distribute, spread
from credigestor.rules.charges import Split, allocate
from credigestor.rules.money import ZERO, format_brl


@dataclass(frozen=True)
class Discounts:
    """What settling each note saves, R$ by its id; `granted` is a manager's part of it."""

    by_note: Mapping[int, Decimal]
    granted: Decimal = ZERO
    reason: str | None = None

    def settles(self, *open_notes: OpenNote) -> Decimal:
        """What settles the notes whole, R$."""
        owed = sum((note.owed.total for note in open_notes), ZERO)
        return owed - sum((self.by_note.get(note.id, ZERO) for note in open_notes), ZERO)

    def of(self, note: OpenNote, paid: Decimal) -> Decimal:
        """What comes off the note beside R$ `paid`: all, or what that part saves (R14c)."""
        whole = self.by_note.get(note.id, ZERO)
        if not whole or paid == self.settles(note):
            return whole
        return note.settled_by(paid) - paid


@dataclass(frozen=True)
class Part:
    """What one note gets of the payment, R$, the discount beside it, and what is left."""

    note: OpenNote
    amount: Decimal
    split: Split
    discount: Decimal

    @property
    def after(self) -> Decimal:
        """Still owed on the note right after the payment."""
        return self.note.owed.total - self.amount - self.discount


def by_right(open_notes: Sequence[OpenNote]) -> Discounts:
    """What the law takes off the notes that are settled before they are due (R14)."""
    return Discounts({note.id: note.early_discount for note in open_notes if note.early_discount})


def grant(
    granted: Decimal, settled: Sequence[OpenNote], early: Discounts, *, reason: str | None
) -> Discounts:
    """A manager's discount beside those by right, shared over the notes that it settles (R14).

    `settled` are notes not yet due. Raises InvalidInput for none of them, or where nothing would
    be left to pay of one.
    """
    if not settled:
        raise InvalidInput(
            "Marque ao menos uma nota que ainda não venceu: o desconto quita as notas marcadas.",
            field="discount",
        )
    left = {note.id: early.settles(note) for note in settled}
    shares = spread(granted, left)
    if granted >= sum(left.values()) or any(shares[note_id] >= left[note_id] for note_id in left):
        raise InvalidInput(
            "O desconto é grande demais: ainda há de se pagar ao menos R$ 0,01 em cada nota, e as "
            f"marcadas se quitam com {format_brl(sum(left.values(), ZERO))}.",
            field="discount",
        )
    every = {note.id: early.by_note.get(note.id, ZERO) + shares[note.id] for note in settled}
    return Discounts({**early.by_note, **every}, granted, reason)


def check_granted(amount: Decimal, whole: Decimal, discounts: Discounts) -> None:
    """A granted discount is for settling: raises InvalidInput for another amount than `whole`."""
    if discounts.granted and amount != whole:
        raise InvalidInput(
            f"Com o desconto concedido, as notas se quitam com {format_brl(whole)}: receba esse "
            "valor ou tire o desconto.",
            field="amount",
        )


def allocated(amount: Decimal, paying: Sequence[OpenNote], discounts: Discounts) -> list[Part]:
    """Note by note what it gets, and the discount of what that settles (R14, R14c)."""
    parts = dict(distribute(amount, [(note.id, discounts.settles(note)) for note in paying]))
    return [
        Part(note, paid, allocate(note.owed, paid), discounts.of(note, paid))
        for note in paying
        if (paid := parts.get(note.id))
    ]
