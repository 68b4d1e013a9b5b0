"""A customer to anonymise in tests, the traces of one, and where they might be left."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Base, Customer
from credigestor.rules.permissions import Actor
from credigestor.services import customers, privacy
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from tests.moments import NOW
from tests.portfolio import TODAY, Made, add_sale
from tests.services.paying import pay

LONG_AGO = date(2020, 3, 10)
#: All that tells who she is: no row of any table may hold a piece of it afterwards.
PERSONAL = {
    "name": "Zuleica Quixadá",
    "tax_id": "529.982.247-25",
    "phone": "(85) 98872-4443",
    "email": "zuleica@example.com",
    "birth_date": date(1971, 4, 19),
    "zip_code": "60175-055",
    "street": "Rua dos Tabajaras",
    "street_number": "km 1968",
    "complement": "Casa amarela",
    "district": "Iracema",
    "remarks": "irmã do Wanderley",
    "second_phone": "(85) 3231-4455",
    "phone_text": "recado 8811-223",
    "workplace": "Padaria Espiga",
    "spouse": "Oduvaldo Quixadá",
    "personal_references": "vizinha Filomena",
    "foreign_document": "RNE QX998877",
    "country": "AR",
}
TRACES = (
    *("uleica", "uixad", "52998224725", "+5585988724443", "1971-04-19", "60175055"),
    *("Tabajaras", "km 1968", "amarela", "Iracema", "Wanderley", "ref-77"),
    *("+558532314455", "8811-223", "Espiga", "Oduvaldo", "Filomena", "QX998877"),
)


def make_customer(actor: Actor, **changes: Any) -> int:
    """Registered by the service and edited once, so that the log tells of her too."""
    values = {**PERSONAL, "city": "Fortaleza", "state": "CE", "credit_limit": Decimal(500)}
    given = parse(CustomerInput, {**values, **changes})
    with transaction() as session:
        new_id = customers.create(session, actor, given, operation_id=uuid.uuid4(), today=TODAY)
    with transaction() as session:
        session.get_one(Customer, new_id).ref = "ref-77"
        edited = given.model_copy(update={"name": "Zuleica Quixadá Souza", "phone": None})
        customers.edit(session, actor, edited, customer_id=new_id, today=TODAY)
    return new_id


def sell(customer_id: int, *dues: date, sold_on: date = LONG_AGO) -> Made:
    """A sale of long ago, 100,00 at each due date; one 30 days later when none is given."""
    with transaction() as session:
        notes = [("100.00", due) for due in dues or (LONG_AGO + timedelta(days=30),)]
        return add_sale(session, customer_id, sold_on, notes)


def settled(actor: Actor, customer_id: int, on: date = LONG_AGO) -> Made:
    """A sale paid the day it was made, due 30 days later."""
    sale = sell(customer_id)
    pay(actor, on, *((note, "100.00") for note in sale.notes))
    return sale


def anonymise(actor: Actor, customer_id: int, today: date = TODAY) -> None:
    """Anonymise and commit."""
    with transaction() as session:
        privacy.anonymise(session, actor, customer_id=customer_id, now=NOW, today=today)


def conditions(customer_id: int, today: date = TODAY) -> list[tuple[bool, str]]:
    """What must hold first: whether it does, and what is said of it."""
    with snapshot() as session:
        return [
            (met, said.replace("\xa0", " "))
            for met, said in privacy.conditions(session, customer_id, today=today)
        ]


def row(customer_id: int) -> Customer:
    """A customer as stored."""
    with snapshot() as session:
        return session.get_one(Customer, customer_id)


def log() -> list[AuditEntry]:
    """The whole audit log, in order."""
    with snapshot() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def database() -> str:
    """Every row of every table, as text."""
    with snapshot() as session:
        return "\n".join(
            str(session.scalar(text(f"SELECT json_agg(t)::text FROM {table.name} t")))
            for table in Base.metadata.sorted_tables
        )
