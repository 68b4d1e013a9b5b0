"""Discounts on notes settled before they are due: by right, or granted by a manager (R14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from credigestor.errors import InvalidInput
from credigestor.rules import early
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Step, due_date, owed_on
from credigestor.rules.money import CENT, MAX_MONEY, ZERO, format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.services.inputs import reason
from credigestor.services.ledger import LockedNote, states_on

if TYPE_CHECKING:
    from credigestor.services.payment_input import NewPayment


def check_values(discounts: Mapping[int, Decimal], amounts: Mapping[int, Decimal]) -> None:
    """Each discount is of a note that is paid, not negative and in whole cents, else refused."""
    if not discounts.keys() <= amounts.keys():
        raise InvalidInput("Há desconto para uma nota que não está sendo paga.", field="discount")
    if any(value < 0 for value in discounts.values()):
        raise InvalidInput("O desconto não pode ser negativo.", field="discount")
    if any(value > MAX_MONEY for value in discounts.values()):  # such a one has no cents to look at
        raise InvalidInput(f"O valor máximo é {format_brl(MAX_MONEY)}.", field="discount")
    if any(value != value.quantize(CENT) for value in discounts.values()):
        raise InvalidInput("Use no máximo dois decimais no desconto.", field="discount")


def granted_because(
    session: Session, actor: Actor, notes: Sequence[LockedNote], data: NewPayment
) -> str | None:
    """The reason to keep for discounts above the law's own; None where each is by right.

    Raises InvalidInput for a note that is due by the payment's day, and for what only a manager
    may grant, or without a reason (R14; CDC art. 52 §2).
    """
    amounts, discounts, paid_on = dict(data.items), data.discounts, data.paid_on
    granted = False
    discounted = [note for note in notes if discounts.get(note.id)]
    states = states_on(session, discounted, paid_on) if discounted else {}
    for note in discounted:
        value, state = discounts[note.id], states[note.id]
        due = due_date(note.terms, state)
        if due <= paid_on:
            raise InvalidInput(
                f"A nota {note.label} vence em {format_date(due)}: o desconto é só para quem "
                "paga antes do vencimento.",
                field="discount",
            )
        # Before it is due a note owes no charges, but for the interest of a date agreed anew (R32),
        # which is paid first: what is left settles principal.
        charges = owed_on(note.terms, state, paid_on).charges
        settled = max(amounts[note.id] - charges, ZERO) + value
        by_right = early.discount(settled, note.daily_rate, (due - paid_on).days)
        if value <= by_right:
            continue
        if not actor.can(Permission.DISCOUNT):
            raise InvalidInput(_needs_a_manager(note, by_right), field="discount")
        granted = True
    return reason(data.discount_reason, field="discount_reason") if granted else None


def check_settled(note: LockedNote, step: Step) -> None:
    """One above the law's is for settling: raises InvalidInput when it leaves something owed."""
    paid, left = step.act, step.state.principal
    if not (paid.discount and left):
        return
    settled = step.split.principal + paid.discount
    days = (due_date(note.terms, step.state) - paid.on).days
    if paid.discount <= early.discount(settled, note.daily_rate, days):
        return
    raise InvalidInput(
        f"O desconto de {format_brl(paid.discount)} é para quitar a nota {note.label}: faltam "
        f"{format_brl(left)}. Num pagamento parcial, vale só a redução dos juros.",
        field="discount",
    )


def _needs_a_manager(note: LockedNote, by_right: Decimal) -> str:
    if not by_right:
        return (
            f"A nota {note.label} não tem juros do contrato a descontar. Um desconto nela precisa "
            "de um gerente."
        )
    return (
        f"Na nota {note.label}, o desconto da quitação antecipada é de {format_brl(by_right)}. "
        "Um maior precisa de um gerente."
    )
