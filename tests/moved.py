"""A shop that moved in from another system, with the numbers of that."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

from sqlalchemy import update

from credigestor.db.engine import transaction
from credigestor.db.models import Note, Sale, SettingsVersion
from credigestor.rules.permissions import Actor
from tests.documents.printings import SHOP
from tests.portfolio import TODAY
from tests.services.paying import new_payment, receive
from tests.services.selling import new_customer, new_sale, notes_of, register

BOUGHT: dict[str, Any] = {"down_payment": D(100), "sold_on": date(2026, 11, 20)}
BOUGHT |= {"first_due_date": date(2026, 12, 20)}


class Moved:
    """Ana, 0077 in the old system, her sale PED-12 and its note 004711/2; and one of ours."""

    def __init__(self, seller: Actor) -> None:
        with transaction() as session:
            session.add(SettingsVersion(data=SHOP.model_dump(mode="json"), changed_by_name="t"))
        self.ana, self.bia = new_customer(name="Ana Luz", ref="0077"), new_customer(name="Bia")
        self.sale = register(seller, new_sale(self.ana, **BOUGHT), today=TODAY)
        self.other = register(seller, new_sale(self.bia, **BOUGHT), today=TODAY)
        self.note = notes_of(self.sale)[1].id
        with transaction() as session:
            session.execute(update(Sale).where(Sale.id == self.sale).values(ref="PED-12"))
            numbered = update(Note).where(Note.id == self.note)
            session.execute(numbered.values(ref="004711/2"))
        self.paid = receive(seller, new_payment(TODAY, (self.note, "50.00")), TODAY)
        receive(seller, new_payment(TODAY, (notes_of(self.other)[0].id, "50.00")), TODAY)
