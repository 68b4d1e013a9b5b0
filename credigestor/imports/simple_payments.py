"""Payments that are principal of their note alone, by the rules and by every choice (R9)."""

from __future__ import annotations

from collections.abc import Iterable

from credigestor.imports.batch import KnownNote, NewNote, NewPayment
from credigestor.rules.charges import State, Terms, free_until


def simple(notes: Iterable[NewNote | KnownNote]) -> bool:
    """Whether payments of these notes are on time and within them: the rules split them alone."""
    for note in notes:
        left = note.terms.amount
        for payment in note.payments:
            left -= payment.amount
            if _says_split(payment) or payment.paid_on > note.terms.free_until or left < 0:
                return False
    return True


def is_simple(payment: NewPayment, terms: Terms, state: State) -> bool:
    """Whether a payment takes principal alone off a note in `state`."""
    return (
        payment.amount <= state.principal
        and payment.paid_on <= free_until(terms, state)
        and not (state.interest or state.fine or state.closed or state.lost)
        and not _says_split(payment)
    )


def _says_split(payment: NewPayment) -> bool:
    given = payment.given
    return given is not None and bool(given.interest or given.fine or given.discount)
