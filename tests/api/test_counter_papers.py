"""Statement, credit, quote and documents by address: those of the counter's pages, to the cent."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, NotePrinting, SettingsVersion
from credigestor.documents import catalogue
from credigestor.reports import (
    customer_profile,
    customer_statement,
    customers,
    printed_notes,
    settlement,
)
from credigestor.rules.permissions import Actor
from credigestor.services import credit, printing
from tests.api.asking import Answer, ask, get, post
from tests.documents.printings import SHOP
from tests.portfolio import TODAY, Made
from tests.services.anonymising import anonymise, make_customer
from tests.services.discounting import priced
from tests.services.paying import JANUARY, note_row, pay, reverse, sell
from tests.services.selling import count, new_customer

#: With all that notes and Pix need.
WHOLE = SHOP.model_copy(update={"pix_key": "11222333000181"}).model_dump(mode="json")
LATER = TODAY + timedelta(days=40)


@pytest.fixture
def shop(db: str) -> None:
    """A shop that has all that notes and Pix need."""
    with transaction() as session:
        session.add(SettingsVersion(data=WHOLE, changed_by_name="teste"))


@pytest.fixture
def sale() -> Made:
    """A late note, and one of 88,85 with contract interest of 1 % a month due in 47 days."""
    made = sell(("200.00", JANUARY), ("88.85", TODAY + timedelta(days=47)))
    priced(made.id, "1")
    return made


def customer_of(sale: Made) -> int:
    return note_row(sale.notes[0]).customer_id


def money(part: Any, *names: str) -> dict[str, str]:
    return {name: f"{getattr(part, name):.2f}" for name in names}


def same_paper(answer: Answer, kind: str, ref: object, **params: str) -> None:
    """The answer is the document that the page opens, byte for byte."""
    with snapshot() as session:
        document = catalogue.find(session, kind, str(ref), params, today=TODAY)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/pdf"
    assert document.file_name in answer.headers["content-disposition"]
    assert answer.body == document.pdf()


@pytest.mark.usefixtures("shop")
def test_the_quote_is_that_of_the_customers_page(sale: Made, seller_token: str) -> None:
    customer = customer_of(sale)
    for query, notes, on in (
        ("", sale.notes, TODAY),
        (f"&notes={sale.notes[1]}&on={LATER}", sale.notes[1:], LATER),
        (f"&notes={sale.notes[1]}&amount=50.00", sale.notes[1:], TODAY),
    ):
        amount = {"amount": "50.00"} if "amount" in query else {}
        with snapshot() as session:
            page = settlement.quote(
                *(session, customer, notes),
                on=on,
                today=TODAY,
                amount=D("50.00") if amount else None,
            )
        shown = get(f"/quotes?customer_id={customer}{query}", seller_token)
        assert (shown["as_of"], shown["on"]) == (str(TODAY), str(on))
        sums = ("owed", "saved", "total", "after")
        assert {name: shown[name] for name in sums} == money(page, *sums)
        assert D(shown["owed"]) == sum(D(shown[name]) for name in sums[1:])
        assert (D(shown["after"]) > 0) is bool(amount)
        [rates] = shown["sales"]
        read = get(f"/sales/{sale.id}", seller_token)
        assert {**read, **rates} == {**read, "number": rates["number"]}
        assert page.saved > 0
        assert (shown["pix"], shown["txid"]) == (page.pix, page.txid)
        assert page.pix
        for told, note in zip(shown["notes"], page.notes, strict=True):
            assert (told["id"], told["number"]) == (note.id, note.number)
            assert told["steps"] == list(note.steps)
            assert told["owed"] == money(note.owed, "principal", "interest", "fine", "total")
            assert (told["total"], told["after"]) == (f"{note.paid:.2f}", f"{note.after:.2f}")
        answer = ask("GET", f"/quotes.pdf?customer_id={customer}{query}", token=seller_token)
        named = ",".join(map(str, notes))
        same_paper(answer, "quitacao", customer, notes=named, on=str(on), **amount)


def test_a_quote_of_nothing_and_of_the_past_is_refused(sale: Made, seller_token: str) -> None:
    customer = customer_of(sale)
    for path in ("/quotes", "/quotes.pdf"):
        nothing = ask("GET", f"{path}?customer_id={new_customer()}", token=seller_token)
        assert nothing.code == "conflict"
        assert ask("GET", f"{path}?customer_id=999", token=seller_token).code == "not_found"
        past = ask("GET", f"{path}?customer_id={customer}&on=2026-11-22", token=seller_token)
        assert past.json["errors"][0]["parameter"] == "on"
        for amount in ("0.00", "99999.00", "50", "x"):
            refused = ask(
                "GET", f"{path}?customer_id={customer}&amount={amount}", token=seller_token
            )
            assert refused.json["errors"][0]["parameter"] == "amount"
        other = sell().notes[0]
        theirs = ask("GET", f"{path}?customer_id={customer}&notes={other}", token=seller_token)
        assert theirs.code == "not_found"
    assert ask("GET", "/quotes", token=seller_token).json["errors"][0]["parameter"] == "customer_id"


def test_the_statement_is_that_of_the_customers_page(
    sale: Made, admin: Actor, seller_token: str
) -> None:
    customer = customer_of(sale)
    pay(admin, date(2026, 9, 1), (sale.notes[0], "50.00"))
    reverse(admin, pay(admin, date(2026, 9, 2), (sale.notes[0], "10.00")))
    for query, since, until in (
        ("", date(2026, 8, 23), TODAY),
        ("?since=2025-01-01&until=2026-09-30", date(2025, 1, 1), date(2026, 9, 30)),
    ):
        with snapshot() as session:
            page = customer_statement.statement(
                session, customer, since=since, until=until, today=TODAY
            )
        shown = get(f"/customers/{customer}/statement{query}", seller_token)
        assert (shown["since"], shown["until"]) == (str(since), str(until))
        assert (shown["opening"], shown["closing"]) == (
            f"{page.opening:.2f}",
            f"{page.closing:.2f}",
        )
        assert len(page.movements) >= 2
        for told, moved in zip(shown["movements"], page.movements, strict=True):
            assert (told["kind"], told["number"]) == (moved.kind, moved.number)
            assert told["balance"] == f"{moved.balance:.2f}"
            assert [part["principal"] for part in told["parts"]] == [
                f"{part.principal:.2f}" for part in moved.parts
            ]
        assert [note["settlement"] for note in shown["owed"]] == [
            f"{note.settlement:.2f}" for note in page.owed
        ]
        answer = ask("GET", f"/customers/{customer}/statement.pdf{query}", token=seller_token)
        same_paper(answer, "extrato", customer, **{"from": str(since), "to": str(until)})
    turned = "?since=2026-02-01&until=2026-01-01"
    for path in ("statement", "statement.pdf"):
        wrong = ask("GET", f"/customers/{customer}/{path}{turned}", token=seller_token)
        assert wrong.json["errors"][0]["parameter"] == "since"


def test_credit_is_what_the_pages_say_before_a_sale(
    sale: Made, admin: Actor, seller_token: str
) -> None:
    customer = customer_of(sale)
    for limit in (None, D("250.00"), D("500.00")):
        with transaction() as session:
            session.execute(update(Customer).values(credit_limit=limit))
        with snapshot() as session:
            page = customer_profile.profile(session, customer, as_of=TODAY, today=TODAY)
            exposure = customers.exposure(session, customer, today=TODAY)
        shown = get(f"/customers/{customer}/credit?new_notes=100.00", seller_token)
        free = None if page.free_credit is None else f"{page.free_credit:.2f}"
        assert (shown["active"], shown["free_credit"]) == (True, free)
        assert shown["principal"] == f"{exposure.principal:.2f}"
        assert shown["overdue"] == f"{exposure.overdue:.2f}"
        assert shown["overdue_notes"] == exposure.overdue_notes == 1
        assert shown["last_purchase"] == "2025-12-01"
        assert shown["punctuality"]["share"] == "0.0"
        assert shown["warnings"] == credit.credit_warnings(
            limit=limit, owed=exposure.principal, overdue_notes=1, new_notes=D("100.00")
        )
        assert len(shown["warnings"]) == (2 if limit == D("250.00") else 1)
    free = get(f"/customers/{new_customer()}/credit", seller_token)
    assert (free["warnings"], free["punctuality"]["share"]) == ([], None)
    assert ask("GET", "/customers/999/credit", token=seller_token).code == "not_found"


@pytest.mark.usefixtures("shop")
def test_the_booklet_and_the_printed_notes_are_those_of_the_sales_page(
    sale: Made, seller_token: str
) -> None:
    answer = ask("GET", f"/sales/{sale.id}/booklet", token=seller_token)
    same_paper(answer, "carne", sale.id)
    key, path = str(uuid.uuid4()), f"/sales/{sale.id}/printings"
    made = post(path, seller_token, {}, key=key)
    assert made.status == 201, made.body
    number = f"{sale.id:06d}"
    assert made.json == {
        "id": key,
        "sale_id": sale.id,
        "notes": [
            {"note_id": note, "number": f"{number}-0{k}/02", "copy_number": 1}
            for k, note in enumerate(sale.notes, 1)
        ],
    }
    same_paper(ask("GET", f"/printings/{key}", token=seller_token), "notas", key)
    again = post(path, seller_token, {"note_ids": [sale.notes[1]]})
    assert [each["copy_number"] for each in again.json["notes"]] == [2]
    shown = get(path, seller_token)["items"]
    with snapshot() as session:
        page = printed_notes.status(session, sale.id)
    assert [(each["note_id"], each["copies"]) for each in shown] == [
        (each.note_id, each.copies) for each in page
    ]
    assert [each["copies"] for each in shown] == [1, 2]


@pytest.mark.usefixtures("shop")
def test_reading_a_paper_prints_nothing_and_one_key_prints_once(
    sale: Made, seller_token: str
) -> None:
    key, path = str(uuid.uuid4()), f"/sales/{sale.id}/printings"
    first, again = (post(path, seller_token, {}, key=key) for _ in range(2))
    assert (again.status, again.body) == (201, first.body)
    assert again.headers["idempotent-replayed"] == "true"
    for _ in range(2):
        assert ask("GET", f"/printings/{key}", token=seller_token).status == 200
    assert count(NotePrinting) == 2


def test_what_cannot_be_printed_is_refused_as_on_the_page(
    sale: Made, admin: Actor, seller_token: str
) -> None:
    path = f"/sales/{sale.id}/printings"
    lacking = post(path, seller_token, {})
    assert (lacking.status, lacking.code) == (409, "conflict")
    assert printing.missing(SHOP.model_copy(update={"city": ""}))[0] in lacking.json["detail"]
    with transaction() as session:
        session.add(SettingsVersion(data=WHOLE, changed_by_name="teste"))
    for notes in ([], [sell().notes[0]]):
        wrong = post(path, seller_token, {"note_ids": notes})
        assert wrong.json["errors"][0]["pointer"] == "#/note_ids", notes
    pay(admin, TODAY, (sale.notes[1], "88.85"))
    assert post(path, seller_token, {"note_ids": [sale.notes[1]]}).code == "conflict"
    assert post("/sales/999/printings", seller_token, {}).code == "not_found"
    assert ask("GET", "/sales/999/printings", token=seller_token).code == "not_found"
    assert ask("GET", f"/printings/{uuid.uuid4()}", token=seller_token).code == "not_found"
    assert count(NotePrinting) == 0


def test_who_was_anonymised_has_no_documents(admin: Actor, seller_token: str) -> None:
    customer = make_customer(admin)
    anonymise(admin, customer)
    for path in (
        f"/customers/{customer}/statement",
        f"/customers/{customer}/statement.pdf",
        f"/quotes?customer_id={customer}",
        f"/quotes.pdf?customer_id={customer}",
    ):
        assert ask("GET", path, token=seller_token).code == "conflict", path
