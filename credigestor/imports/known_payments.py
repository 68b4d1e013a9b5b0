"""Payments of files that are on record already, or changed since: what is left of them is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Payment
from credigestor.imports.again import Again
from credigestor.imports.batch import NewPayment
from credigestor.imports.known_customers import any_of
from credigestor.imports.known_sales import KnownSale
from credigestor.imports.references import name_anew, payment_ref, plain_refs

_AT_ONCE = 10_000  # payments that are looked up together

#: The payments of known notes, by the sale's reference and the note's number.
OfNotes = dict[tuple[str, int], list[NewPayment]]


def leave_out_known(
    session: Session, again: Again, of_notes: OfNotes, sales: Mapping[str, KnownSale]
) -> int:
    """Take out of `of_notes` what is not new, telling what changed; give how many are on record."""
    if undone := again.undone():
        for note, payments in of_notes.items():
            name_anew(*note, payments, undone)
    first_day = min((p.paid_on for each in of_notes.values() for p in each), default=date.max)
    count = 0
    for some in _batches(of_notes):
        refs = {p: payment_ref(*note, p) for note in some for p in of_notes[note]}
        known = _on_record(session, [*refs.values()])
        out = {p for p, ref in refs.items() if ref in known}
        plain = {
            ref: p
            for note in some
            for ref, p in plain_refs(*note, of_notes[note])
            if p.split and p not in out
        }
        same, changed = again.splits(plain)
        count += len(out) + len(same)
        out |= same | changed
        new = {note: left for note in some if (left := _without(of_notes[note], out))}
        ids = {sales[ref].id for ref, _ in new}
        same, changed = again.payments(new, ids, known | plain.keys(), first_day)
        count += len(same)
        out |= same | changed
        for note in some:
            if left := _without(of_notes[note], out):
                of_notes[note] = left
            else:
                del of_notes[note]
    return count


def _on_record(session: Session, refs: Sequence[str]) -> set[str]:
    there = select(Payment.ref).where(any_of(Payment.ref, refs))
    return {ref for ref in session.scalars(there) if ref is not None}


def _without(payments: Sequence[NewPayment], out: set[NewPayment]) -> list[NewPayment]:
    return [payment for payment in payments if payment not in out]


def _batches(of_notes: OfNotes) -> Iterator[list[tuple[str, int]]]:
    some: list[tuple[str, int]] = []
    payments = 0
    for note in list(of_notes):
        some.append(note)
        payments += len(of_notes[note])
        if payments >= _AT_ONCE:
            yield some
            some, payments = [], 0
    yield some
