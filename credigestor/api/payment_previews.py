"""What a payment would do, before it is made: by the service that makes it, on a snapshot.

And how an amount is shared over notes, as the page Receber does it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, StrictBool
from sqlalchemy.orm import Session

from credigestor.api.calls import Call, Caller
from credigestor.api.fields import Answer, Body, Day, Id, Money, MoneyIn, examples
from credigestor.api.notes import Split
from credigestor.api.once import placed
from credigestor.api.operations import Operations
from credigestor.api.payment_input import MOST_NOTES, RENAMED, PaymentToMake, asked
from credigestor.api.payments import ItemMade, Waived
from credigestor.api.sale_previews import NO_OPERATION
from credigestor.db.engine import snapshot
from credigestor.errors import Conflict, InvalidInput
from credigestor.reports import reckoning
from credigestor.reports.notes import OpenNote, open_notes
from credigestor.reports.receiving import Discounts, allocated, by_right, check_granted, grant
from credigestor.rules.charges import Act
from credigestor.rules.methods import Method
from credigestor.rules.money import CENT, ZERO
from credigestor.rules.permissions import Permission
from credigestor.services import lapses, waivers
from credigestor.services import payments as services
from credigestor.services.inputs import parse
from credigestor.services.payments import NewPayment

router = Operations("/payments", "Pagamentos")


class AmountToShare(Body):
    """Money to be shared over a customer's notes, oldest due first, as on the page Receber.

    Without an amount, what settles the notes; without notes, all that are open. A note settled
    before it is due has the discount by right unless one wants it without (R14).
    `granted_discount` is a manager's beside it, and settles the notes that are named.
    """

    model_config = examples(
        {"customer_id": 7, "amount": "250.00"},
        {
            "customer_id": 7,
            "note_ids": [318, 319],
            "granted_discount": "10.00",
            "discount_reason": "Quitou as duas de uma vez",
        },
    )

    customer_id: Id
    paid_on: Day | None = None
    note_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_NOTES)] | None = None
    amount: MoneyIn | None = None
    early_discount: StrictBool = True
    granted_discount: MoneyIn = ZERO
    backdate_reason: str | None = None
    discount_reason: str | None = None


class PreviewedNote(Answer):
    """What the payment would do to a note: `owed` on its day, and `after` it.

    `steps` tell how that is found, as the note's page will once it is made.
    """

    note_id: int
    number: str
    sale_id: int
    due_date: date
    owed: Money
    amount: Money
    split: Split
    discount: Money
    waived: Waived
    after: Money
    steps: list[str]


class Lapsed(Answer):
    """What of a later waiver has no effect once the payment is made (R29)."""

    note_id: int
    number: str
    acted_on: date
    amount: Money


class PaymentPreview(Answer):
    """What a payment would do, note by note and in all; `items` are what POST /payments takes."""

    customer_id: int
    paid_on: date
    items: list[ItemMade]
    amount: Money
    split: Split
    discount: Money
    waived: Waived
    after: Money
    notes: list[PreviewedNote]
    lapses: list[Lapsed]


@router.acts("/preview", Permission.SELL, "O que um pagamento faria em cada nota")
def preview(call: Caller, data: PaymentToMake) -> PaymentPreview:
    """What a payment would do; what would refuse it refuses this."""
    with placed(data, RENAMED), snapshot() as session:
        return _previewed(session, call, asked(call, data, NO_OPERATION))


@router.acts(
    "/allocation", Permission.SELL, "Repartir um valor pelas notas, ou saber o que as quita"
)
def allocation(call: Caller, data: AmountToShare) -> PaymentPreview:
    """How money is shared over notes, and what paying it so would do."""
    with placed(data, {"items": "note_ids", "discount": "granted_discount"}), snapshot() as session:
        return _previewed(session, call, _shared(session, call, data))


def _shared(session: Session, call: Call, data: AmountToShare) -> NewPayment:
    day = data.paid_on or call.today
    notes = open_notes(session, data.customer_id, on=day, today=call.today)
    chosen = _chosen(notes, data.note_ids)
    discounts = by_right(notes) if data.early_discount else Discounts({})
    if data.granted_discount:
        settled = [note for note in chosen if note.due_date > day] if data.note_ids else []
        discounts = grant(data.granted_discount, settled, discounts, reason=data.discount_reason)
    whole = discounts.settles(*chosen)
    amount = whole if data.amount is None else data.amount
    if amount < CENT:
        raise InvalidInput("O valor deve ser maior que zero.", field="amount")
    check_granted(amount, whole, discounts)
    parts = allocated(amount, chosen, discounts)
    return parse(
        NewPayment,
        {
            "operation_id": NO_OPERATION,
            "customer_id": data.customer_id,
            "paid_on": day,
            "method": Method.CASH,  # any: it changes no figure
            "items": tuple((part.note.id, part.amount) for part in parts),
            "discounts": {part.note.id: part.discount for part in parts if part.discount},
            "backdate_reason": data.backdate_reason,
            "discount_reason": data.discount_reason,
        },
    )


def _chosen(notes: Sequence[OpenNote], note_ids: Sequence[int] | None) -> list[OpenNote]:
    chosen = [note for note in notes if note_ids is None or note.id in note_ids]
    if not chosen or (note_ids and len(chosen) < len(set(note_ids))):
        raise Conflict(
            "Uma das notas escolhidas não está em aberto nessa data, ou é de outro cliente."
            if note_ids
            else "Nada em aberto nessa data.",
            field="note_ids",
        )
    return chosen


def _previewed(session: Session, call: Call, new: NewPayment) -> PaymentPreview:
    made = services.preview(session, call.actor, new, today=call.today)
    steps = _steps(session, new, {note.id: step.act for note, step in made})
    waived = {note.id: new.waived.get(note.id, waivers.Waived()) for note, _ in made}
    notes = [
        PreviewedNote(
            note_id=note.id,
            number=note.label,
            sale_id=note.sale_id,
            due_date=note.due_date,
            owed=step.state.total + step.act.amount + step.act.discount + waived[note.id].total,
            amount=step.act.amount,
            split=Split.model_validate(step.split),
            discount=step.act.discount,
            waived=Waived.model_validate(waived[note.id]),
            after=step.state.total,
            steps=list(steps[note.id]),
        )
        for note, step in made
    ]
    notes.sort(key=lambda note: (note.due_date, note.note_id))
    splits = [note.split for note in notes]
    return PaymentPreview(
        customer_id=new.customer_id,
        paid_on=new.paid_on,
        items=[
            ItemMade(note_id=note_id, amount=amount, discount=new.discounts.get(note_id))
            for note_id, amount in new.items
        ],
        amount=new.amount,
        split=Split(
            interest=sum((each.interest for each in splits), ZERO),
            fine=sum((each.fine for each in splits), ZERO),
            principal=sum((each.principal for each in splits), ZERO),
        ),
        discount=sum((note.discount for note in notes), ZERO),
        waived=Waived(
            interest=sum((each.interest for each in waived.values()), ZERO),
            fine=sum((each.fine for each in waived.values()), ZERO),
        ),
        after=sum((note.after for note in notes), ZERO),
        notes=notes,
        lapses=[Lapsed.model_validate(each) for each in lapses.lapsing(session, new)],
    )


def _steps(
    session: Session, new: NewPayment, paid: Mapping[int, Act]
) -> Mapping[int, Sequence[str]]:
    """By the note's id, its calculation once what is let go and then the payment have happened."""
    let_go = new.acts
    more = {id_: [*([let_go[id_]] if id_ in let_go else []), act] for id_, act in paid.items()}
    reasons: dict[Act, str] = dict.fromkeys(let_go.values(), new.waiver_reason or "")
    reasons |= dict.fromkeys(paid.values(), new.discount_reason or "")
    return reckoning.told_with(session, more, new.paid_on, reasons)
