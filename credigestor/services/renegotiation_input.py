"""A renegotiation as it is asked for: what is wrong is refused, and what the rest makes (R15)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import Field
from sqlalchemy.orm import Session

from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules import renegotiation as rule
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Split, owed_on
from credigestor.rules.due_schedule import MONTHLY, Schedule
from credigestor.rules.methods import CREDIT, Method, Part
from credigestor.rules.money import CENT, MAX_MONEY, ZERO
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.renegotiation import Agreement
from credigestor.rules.schedule import Plan
from credigestor.services import acts, handing, sales, store_credit, waivers
from credigestor.services.act_dates import backdated_because
from credigestor.services.guarantors import GuarantorInput
from credigestor.services.inherited import Inherited, held_still, inherited
from credigestor.services.inputs import InputModel
from credigestor.services.ledger import LockedNote
from credigestor.services.sales import NewSale
from credigestor.services.waivers import Waived


class NewRenegotiation(InputModel):
    """Notes of one customer (by id) for a new debt: R$ as Decimal, contract rate percent a month.

    The charges `waived` are let go for `waiver_reason` (R29), `down_payment` is handed over now: by
    one `method`, by the part of each of `methods` (R36), or `by_credit` of the customer's (R31).
    """

    operation_id: uuid.UUID
    customer_id: int
    agreed_on: date
    kind: Agreement
    notes: tuple[int, ...]
    reason: str
    waived: dict[int, Waived] = Field(default_factory=dict)
    waiver_reason: str | None = None
    down_payment: Decimal = ZERO
    method: Method | None = None
    methods: tuple[Part, ...] = ()
    by_credit: bool = False
    installments: int = 1
    first_due_date: date | None = None
    schedule: Schedule = MONTHLY
    contract_rate: Decimal = ZERO
    guarantors: tuple[GuarantorInput, ...] = ()
    backdate_reason: str | None = None

    @property
    def handed(self) -> Sequence[tuple[str, Decimal]]:
        """How the down payment comes, R$; raises InvalidInput where that does not add up to it."""
        if not self.down_payment:
            return []
        if self.by_credit:
            if self.method or self.methods:
                raise InvalidInput(store_credit.ALONE, field="methods")
            return [(CREDIT, self.down_payment)]
        if self.method is None and not self.methods:
            raise InvalidInput("Diga como a entrada é paga.", field="method")
        return handing.parts(self.down_payment, self.method, self.methods)


@dataclass(frozen=True)
class Agreed:
    """What a renegotiation makes: what each old note owes and gets, and the new notes.

    `owed` after what is waived, oldest first; `paid` of the down payment, `closed` what enters
    of each note, R$; `old` the charges that the new notes hold.
    """

    notes: Sequence[LockedNote]
    owed: dict[int, Split]
    paid: dict[int, Decimal]
    closed: dict[int, Split]
    old: Split
    entering: Decimal
    sale: NewSale
    plan: Plan
    inherited: Inherited

    @property
    def held(self) -> list[Decimal]:
        """What of the old interest and fines each new note holds, R$."""
        amounts = [note.amount for note in self.plan.notes]
        parts = (rule.held(amounts, part) for part in (self.old.interest, self.old.fine))
        return [interest + fine for interest, fine in zip(*parts, strict=True)]


def agreed(
    session: Session,
    actor: Actor,
    data: NewRenegotiation,
    notes: Sequence[LockedNote],
    *,
    today: date,
) -> Agreed:
    """What a renegotiation of these notes makes; raises what `renegotiations.make` would."""
    actor.require(Permission.RENEGOTIATE)
    backdated_because(
        session,
        actor,
        data.agreed_on,
        data.backdate_reason,
        today=today,
        field="agreed_on",
        what="acordo",
    )
    if data.waived:
        waivers.granted_because(
            *(session, actor, data.waived, data.waiver_reason),
            on=data.agreed_on,
            operation_id=data.operation_id,
        )
    _check(data, notes)
    notes = sorted(notes, key=lambda note: (note.due_date, note.id))
    owed = {note.id: _owed(note, data) for note in notes}
    paid = rule.paid_down(owed, data.down_payment)
    left = {each: rule.left_over(part, paid.get(each, ZERO)) for each, part in owed.items()}
    closed = {each: part for each, part in left.items() if rule.amount(part)}
    whole = rule.total(closed.values())
    entering = rule.amount(whole)
    still = held_still(session, [note for note in notes if note.id in closed])
    risk = inherited(session, [note for note in notes if note.id in closed], data.agreed_on)
    numbers = sorted({sale_number(note.sale_id) for note in notes})
    few = ", ".join(numbers[:20]) + (" …" if len(numbers) > 20 else "")
    sale = NewSale(
        operation_id=data.operation_id,
        customer_id=data.customer_id,
        seller_id=risk.seller_id,
        sold_on=data.agreed_on,
        description=f"Renegociação d{'as vendas' if len(numbers) > 1 else 'a venda'} {few}",
        total=entering,
        installments=data.installments,
        first_due_date=data.first_due_date,
        schedule=data.schedule,
        contract_rate=data.contract_rate,
        guarantors=data.guarantors,
        backdate_reason=data.backdate_reason,
    )
    planned = sales.preview(session, actor, sale, today=today, renegotiated=True)
    old = Split(whole.interest + still.interest, whole.fine + still.fine, whole.principal)
    return Agreed(notes, owed, paid, closed, old, entering, sale, planned.plan, risk)


def _check(data: NewRenegotiation, notes: Sequence[LockedNote]) -> None:
    if not data.notes:
        raise InvalidInput("Escolha ao menos uma nota.", field="notes")
    if len(notes) != len(set(data.notes)) or len(data.notes) != len(notes):
        raise NotFound("Nota não encontrada.")
    if not data.waived.keys() <= set(data.notes):
        raise InvalidInput("Há dispensa para uma nota que não foi escolhida.", field="waived")
    down = data.down_payment
    if down < 0 or down > MAX_MONEY or down != down.quantize(CENT):
        raise InvalidInput("Valor inválido.", field="down_payment")
    _ = data.handed
    for note in notes:
        acts.check_note(note, data.customer_id, data.agreed_on, field="agreed_on")
        if note.settled or note.state.closed:
            raise Conflict(f"A nota {note.label} já não está em aberto.", field="notes")
        newest = max((day for day in (note.last_paid_on, note.last_act_on) if day), default=None)
        if newest is not None and newest > data.agreed_on:
            raise Conflict(
                f"A nota {note.label} tem um lançamento de {format_date(newest)}: o acordo não "
                "pode ser de antes.",
                field="agreed_on",
            )


def _owed(note: LockedNote, data: NewRenegotiation) -> Split:
    """What a note owes on the day, less what is waived (R29), R$."""
    owed = owed_on(note.terms, note.state, data.agreed_on)
    waived = data.waived.get(note.id, Waived())
    if waived.interest > owed.interest or waived.fine > owed.fine:
        raise InvalidInput(
            f"A nota {note.label} não deve tantos encargos: não é possível dispensar mais do que "
            "ela deve.",
            field="waived",
        )
    return Split(owed.interest - waived.interest, owed.fine - waived.fine, owed.principal)
