"""R15's three notes in tests, and the deals that are made of them."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal as D
from typing import Any

from sqlalchemy import select

from credigestor.db.engine import transaction
from credigestor.db.models import Note, Renegotiation, Sale
from credigestor.rules.permissions import Actor
from credigestor.rules.renegotiation import Agreement
from credigestor.services import renegotiations
from credigestor.services.inputs import parse
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.services.waivers import Waived
from tests.portfolio import TODAY, Made, add_customer, add_sale, late

SOLD = late(120)
FIRST_DUE = date(2026, 12, 23)


def three_late(*, customer: int | None = None, sold_on: date = SOLD) -> Made:
    """Three notes of 150,00, late 75, 45 and 15 days today."""
    with transaction() as session:
        buyer = customer or add_customer(session)
        notes = [("150.00", late(days)) for days in (75, 45, 15)]
        made = add_sale(session, buyer, sold_on, notes)
        session.get_one(Sale, made.id).schedule = "list"
        return made


def fines_let_go(notes: list[int]) -> dict[str, Any]:
    """Their fines, 3,00 each, waived."""
    waived = {note: Waived(fine=D("3.00")) for note in notes}
    return {"waived": waived, "waiver_reason": "acordo com o cliente"}


def deal(of: list[int], **changes: Any) -> NewRenegotiation:
    """A deal on notes of one customer: today, in four, novação, unless told otherwise."""
    if "customer_id" not in changes:
        with transaction() as session:
            of_note = select(Note.customer_id).where(Note.id == of[0])
            changes["customer_id"] = session.scalar(of_note)
    return parse(
        NewRenegotiation,
        {
            "operation_id": uuid.uuid4(),
            "agreed_on": TODAY,
            "kind": Agreement.NOVATION,
            "notes": tuple(of),
            "reason": "perdeu o emprego",
            "installments": 4,
            "first_due_date": FIRST_DUE,
            **changes,
        },
    )


def make(actor: Actor, data: NewRenegotiation, *, today: date = TODAY) -> Renegotiation:
    """Make the deal; its row."""
    with transaction() as session:
        made = renegotiations.make(session, actor, data, today=today)
        return session.get_one(Renegotiation, made)


def undo(actor: Actor, made: Renegotiation, *, today: date = TODAY) -> None:
    """Undo a deal."""
    with transaction() as session:
        renegotiations.reverse(
            session, actor, renegotiation_id=made.id, why="combinado errado", today=today
        )


def new_notes(made: Renegotiation) -> list[Note]:
    """The notes of the sale that a deal made, in order."""
    with transaction() as session:
        found = select(Note).where(Note.sale_id == made.sale_id).order_by(Note.number)
        return list(session.scalars(found))
