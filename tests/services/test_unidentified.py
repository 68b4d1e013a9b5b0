"""R23: customers without a CPF are kept and marked, without credit until it is filled in."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Customer, NotePrinting, Payer, Sale, SettingsVersion
from credigestor.documents import promissory_notes, receipt
from credigestor.errors import BusinessError, Conflict, InvalidInputs
from credigestor.reports import customers as report
from credigestor.reports import receipt as receipts
from credigestor.reports.check.report import check
from credigestor.reports.customers import CustomerFilters
from credigestor.reports.printed_notes import printed
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.permissions import Actor
from credigestor.services import customers, printing
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from credigestor.services.payers import PayerInput
from tests.documents.looking import words
from tests.documents.printings import SHOP
from tests.moments import NOW
from tests.portfolio import TODAY
from tests.services import renegotiating
from tests.services.anonymising import LONG_AGO, anonymise
from tests.services.anonymising import sell as sell_long_ago
from tests.services.moving import merge
from tests.services.paying import JANUARY, new_payment, receive, sell
from tests.services.selling import count, new_customer, new_sale, register

pytestmark = pytest.mark.usefixtures("db")

PASSPORT = {"foreign_document": "Passaporte  ab123456", "country": "argentina"}


def typed(**values: Any) -> CustomerInput:
    return parse(CustomerInput, {"name": "Ana Luz", "tax_id": None, **values})


def create(actor: Actor, **values: Any) -> int:
    operation = uuid.uuid4()
    with transaction() as session:
        new_id = customers.create(
            session, actor, typed(**values), operation_id=operation, today=TODAY
        )
    with transaction() as session:
        data = typed(**values)
        again = customers.create(session, actor, data, operation_id=operation, today=TODAY)
    assert again == new_id
    return new_id


def edit(actor: Actor, customer_id: int, **values: Any) -> None:
    with transaction() as session:
        customers.edit(session, actor, typed(**values), customer_id=customer_id, today=TODAY)


def refused(act: Any, *args: Any, **options: Any) -> tuple[str | None, str]:
    with pytest.raises(BusinessError) as caught:
        act(*args, **options)
    return caught.value.field, caught.value.message


def row(customer_id: int) -> Customer:
    with snapshot() as session:
        return session.get_one(Customer, customer_id)


def print_notes(actor: Actor, sale: int) -> uuid.UUID:
    operation = uuid.uuid4()
    with transaction() as session:
        printing.print_notes(session, actor, sale_id=sale, note_ids=None, operation_id=operation)
    return operation


def shop() -> None:
    with transaction() as session:
        session.add(SettingsVersion(data=SHOP.model_dump(mode="json"), changed_by_name="teste"))


def test_only_a_manager_registers_somebody_by_nothing_but_a_name(
    seller: Actor, manager: Actor
) -> None:
    field, message = refused(create, seller)
    assert (field, count(Customer)) == ("tax_id", 0)
    assert "Só o gerente" in message
    ana = create(manager)
    edit(seller, ana, city="Crato")  # what was lacking before may lack still
    edit(seller, ana, tax_id="529.982.247-25")
    assert refused(edit, seller, ana)[0] == "tax_id"
    assert row(ana).identification == "52998224725"
    edit(manager, ana)
    assert row(ana).identification is None
    with snapshot() as session:
        assert check(session) == []


def test_a_text_that_is_empty_was_forgotten(manager: Actor) -> None:
    with pytest.raises(InvalidInputs) as caught:
        typed(tax_id="")
    assert caught.value.errors == {"tax_id": "Informe o CPF ou o CNPJ."}


def test_a_foreign_document_stands_in_the_place_of_a_cpf(seller: Actor) -> None:
    lucia = create(seller, **PASSPORT)
    kept = row(lucia)
    assert (kept.foreign_document, kept.country) == ("PASSAPORTE AB123456", "AR")
    with snapshot() as session:
        by_sql = session.scalar(select(Customer.identification).where(Customer.id == lucia))
        assert by_sql == kept.identification == "AR PASSAPORTE AB123456"
        for query in ("ab123456", "AB1234", "Luz"):
            assert [m.id for m in report.search(session, query, today=TODAY)] == [lucia]
    again = {**PASSPORT, "name": "Outra"}
    assert refused(create, seller, **again) == (
        "foreign_document",
        "Já existe um cliente com esse documento.",
    )
    create(seller, **{**PASSPORT, "country": "UY"})
    assert refused(create, seller, foreign_document="AB1")[0] == "country"
    assert refused(create, seller, tax_id="529.982.247-25", country="AR")[0] == "foreign_document"
    for field, value in (("foreign_document", "passaporte"), ("country", "Marte")):
        with pytest.raises(InvalidInputs) as caught:
            typed(**{**PASSPORT, field: value})
        assert set(caught.value.errors) == {field}


def test_r23_nobody_sells_on_credit_to_who_is_known_by_nothing(
    seller: Actor, manager: Actor
) -> None:
    ana = new_customer(tax_id=None)
    field, message = refused(register, manager, new_sale(ana, override_reason="eu mando"))
    assert (field, count(Sale)) == ("customer_id", 0)
    assert "sem CPF" in message
    paid_down = {"down_payment": D(1000), "installments": 0, "first_due_date": None}
    register(seller, new_sale(ana, **paid_down))
    register(seller, new_sale(create(seller, **PASSPORT)))


def test_what_they_owe_already_is_received_and_renegotiated(seller: Actor, manager: Actor) -> None:
    ana = new_customer(tax_id=None)
    [note] = sell(("300.00", JANUARY), customer=ana).notes
    paid = receive(seller, new_payment(TODAY, (note, "100.00")))
    with snapshot() as session:
        paper = receipt.pdf(
            receipts.receipt(session, paid), made_at=NOW, logo=None, format=ReceiptFormat.ONE
        )
    assert "sem CPF" in words(paper)
    late = renegotiating.three_late(customer=ana)
    renegotiating.make(manager, renegotiating.deal(late.notes))


def test_r23_no_note_and_no_contract_is_printed_until_it_is_filled_in(seller: Actor) -> None:
    shop()
    ana = new_customer(tax_id=None)
    sale = sell(("300.00", JANUARY), customer=ana).id
    assert "sem CPF" in refused(print_notes, seller, sale)[1]
    with pytest.raises(Conflict, match="sem CPF"), transaction() as session:
        printing.print_contract(session, seller, sale_id=sale, operation_id=uuid.uuid4())
    assert count(NotePrinting) == 0
    edit(seller, ana, **PASSPORT)
    operation = print_notes(seller, sale)
    with snapshot() as session:
        pdf = promissory_notes.pdf(printed(session, operation), made_at=NOW, logo=None)
    text = words(pdf)
    assert "Documento PASSAPORTE AB123456 (Argentina)" in text
    assert "pagarei" in text


def test_the_right_register_takes_over_what_the_double_was_known_by(manager: Actor) -> None:
    double, right = new_customer(name="Ana Luz"), new_customer(name="Ana Luz", tax_id=None)
    number = row(double).tax_id
    merge(manager, double, right)
    assert (row(double).identification, row(right).identification) == (None, number)
    with snapshot() as session:
        edits = select(AuditEntry.entity_id, AuditEntry.after).where(
            AuditEntry.action == "edit", AuditEntry.after.has_key("tax_id")
        )
        told = {row.entity_id: row.after for row in session.execute(edits)}
        assert told == {double: {"tax_id": None}, right: {"tax_id": number}}
        assert check(session) == []


def test_a_double_that_has_a_cpf_keeps_it_where_the_right_one_has_another(manager: Actor) -> None:
    double, right = new_customer(), new_customer(foreign_document="X1", country="UY")
    before = row(double).tax_id, row(right).tax_id
    merge(manager, double, right)
    assert (row(double).tax_id, row(right).tax_id) == before


def test_to_anonymise_who_has_no_cpf_erases_no_one_else_that_has_none(admin: Actor) -> None:
    other = sell_long_ago(new_customer())
    rui = parse(PayerInput, {"name": "Rui Reis", "tax_id": None})
    paid = new_payment(LONG_AGO, (other.notes[0], "100.00"), payer=rui)
    receive(admin, paid)
    ana = new_customer(tax_id=None)
    anonymise(admin, ana, date(2040, 1, 1))
    assert count(Payer) == 1
    assert row(ana).tax_id == f"ANON{ana:07}"


def test_they_are_listed_to_be_asked_for_it(seller: Actor) -> None:
    with snapshot() as session:
        assert not report.any_unidentified(session)
    new_customer(name="Bia")
    create(seller, **PASSPORT)
    ana = new_customer(tax_id=None)
    with snapshot() as session:
        assert report.any_unidentified(session)
        listed = report.page(session, CustomerFilters(unidentified=True), today=TODAY)
    assert list(listed["id"]) == [ana]
