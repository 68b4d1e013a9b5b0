"""Addresses of documents in tests, one of each kind."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import CreditMovement, Note, SaleMoney, User
from credigestor.rules.methods import Method
from credigestor.rules.money import CENT
from credigestor.rules.permissions import Role
from credigestor.rules.returns import ReturnKind
from credigestor.services import new_dates, printing, returns, store_credit
from credigestor.services.new_dates import NewDates
from credigestor.services.returns import NewReturn
from credigestor.services.store_credit import NewPayback
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, Made
from tests.services import renegotiating
from tests.services.offering import asked, offer
from tests.services.paying import pay
from tests.services.selling import new_customer, new_sale, register


def print_notes(user: User, sale: Made, *notes: int) -> str:
    """Record a printing; the address of its notes."""
    operation = uuid.uuid4()
    with transaction() as session:
        printing.print_notes(
            session,
            actor_of(user),
            sale_id=sale.id,
            note_ids=notes or None,
            operation_id=operation,
        )
    return f"/documento/notas/{operation}"


def take_back(sale: Made) -> str:
    """Record that goods worth a cent came back; the address of its paper."""
    goods = NewReturn(
        operation_id=uuid.uuid4(),
        sale_id=sale.id,
        returned_on=TODAY,
        kind=ReturnKind.COURTESY,
        value=CENT,
        reason="não serviu",
    )
    with transaction() as session:
        act_id = returns.record(session, actor_of(add_user("manager")), goods, today=TODAY)
    return f"/documento/devolucao/{act_id}"


def put_off(sale: Made) -> str:
    """Record that the last note is put off by ten days; the address of its paper."""
    with transaction() as session:
        manager = actor_of(add_user("manager"))
        due = session.get_one(Note, sale.notes[-1]).due_date  # its last day to be put off
        new = NewDates(
            operation_id=uuid.uuid4(),
            agreed_on=due,
            note_id=sale.notes[-1],
            due_date=due + timedelta(days=10),
            reason="recebe depois",
        )
        act_id = new_dates.put_off(session, manager, new, today=TODAY)
    return f"/documento/prorrogacao/{act_id}"


def pay_back(vera: User, sale: Made) -> str:
    """Keep a cent as credit beside a payment and pay it back; the address of its receipt."""
    pay(actor_of(vera), TODAY, (sale.notes[1], "1.00"), kept=CENT)
    with snapshot() as session:
        customer = session.scalars(select(CreditMovement.customer_id)).one()
    back = NewPayback(
        operation_id=uuid.uuid4(),
        customer_id=customer,
        paid_on=TODAY,
        amount=CENT,
        method=Method.CASH,
        reason="pediu de volta",
    )
    with transaction() as session:
        paid = store_credit.pay_back(session, actor_of(add_user("manager")), back, today=TODAY)
    return f"/documento/credito/{paid}"


def print_contract(vera: User, sale: Made) -> str:
    """Record a printing of the sale's contract; its address."""
    operation = uuid.uuid4()
    with transaction() as session:
        printing.print_contract(session, actor_of(vera), sale_id=sale.id, operation_id=operation)
    return f"/documento/contrato/{operation}"


def paid_down(vera: User) -> str:
    """Sell with a down payment to somebody else; the address of its receipt."""
    sold = register(actor_of(vera), new_sale(new_customer(), down_payment=CENT))
    with snapshot() as session:
        money = session.scalars(select(SaleMoney.id).where(SaleMoney.sale_id == sold)).one()
    return f"/documento/recibo-entrada/{money}"


def _deal() -> int:
    """Put a new debt in the place of three old notes of somebody else; its id."""
    manager = actor_of(add_user(Role.MANAGER))
    return renegotiating.make(manager, renegotiating.deal(renegotiating.three_late().notes)).id


def addresses(vera: User, sale: Made, receipt: str) -> dict[str, str]:
    """One address of each kind, and the name of its file."""
    return {
        print_notes(vera, sale): "notas-000001.pdf",
        f"/documento/carne/{sale.id}": "carne-000001.pdf",
        receipt: "recibo-000001.pdf",
        "/documento/extrato/1?from=2026-01-01&to=2026-11-23": "extrato-cliente-1-2026-11-23.pdf",
        f"/documento/quitacao/1?notes={sale.notes[1]}&on=2026-12-10": (
            "quitacao-cliente-1-2026-12-10.pdf"
        ),
        take_back(sale): "devolucao-000002.pdf",
        put_off(sale): "prorrogacao-000003.pdf",
        pay_back(vera, sale): "credito-000002.pdf",
        print_contract(vera, sale): "contrato-000001.pdf",
        paid_down(vera): "recibo-E000001.pdf",
        f"/documento/proposta/{offer(actor_of(vera), asked(1))}": "proposta-000001.pdf",
        f"/documento/acordo/{_deal()}": "acordo-000004.pdf",
    }
