"""Proposals by address: kept, listed, read, printed, and turned into the sale that they offer."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Proposal, Sale
from credigestor.documents import catalogue
from credigestor.rules.permissions import Actor
from tests.api.asking import ask, get, post
from tests.portfolio import TODAY
from tests.services.offering import asked, close, offer, offered
from tests.services.selling import count, new_customer

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def customer(db: str) -> int:
    return new_customer(name="Ana Luz")


def body(customer: int, **changes: Any) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "description": "Fogão de 4 bocas",
        "total": "1000.00",
        "installments": 12,
        "first_due_date": "2026-12-23",
        "contract_rate": "1",
        **changes,
    }


def test_it_is_kept_once_read_printed_and_becomes_its_sale(
    customer: int, seller_token: str
) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        made = post("/proposals", seller_token, body(customer), key=key)
        assert (made.status, made.json) == (
            201,
            {"id": 1, "number": "000001", "valid_until": "2026-11-25"},
        )
    assert count(Proposal) == 1
    page = offered(1)
    shown = get("/proposals/1", seller_token)
    assert shown["to_pay"] == f"{page.to_pay:.2f}"
    assert shown["effective_yearly_rate"] == "12.73"
    assert (shown["customer"], shown["standing"], shown["sale_id"]) == ("Ana Luz", "open", None)
    assert shown["notes"][0] == {"number": 1, "amount": "88.85", "due_date": "2026-12-23"}
    answer = ask("GET", "/proposals/1/document", token=seller_token)
    with snapshot() as session:
        paper = catalogue.find(session, "proposta", "1", {}, today=TODAY)
    assert "proposta-000001.pdf" in answer.headers["content-disposition"]
    assert answer.body == paper.pdf()
    key = str(uuid.uuid4())
    for _ in range(2):
        sold = post("/proposals/1/sale", seller_token, {}, key=key)
        assert (sold.status, sold.json) == (201, {"sale_id": 1, "number": "000001"})
    assert count(Sale) == 1
    sale = get("/sales/1", seller_token)
    assert (sale["proposal_id"], sale["effective_yearly_rate"]) == (1, "12.73")
    assert [note["amount"] for note in sale["notes"]] == [n["amount"] for n in shown["notes"]]
    again = post("/proposals/1/sale", seller_token, {})
    assert (again.status, again.code) == (409, "conflict")
    assert "já virou a venda 000001" in again.json["detail"]


def test_they_are_listed_by_customer_and_by_how_they_stand(
    customer: int, seller: Actor, seller_token: str
) -> None:
    other = new_customer()
    for whose in (customer, other, customer):
        offer(seller, asked(whose))
    close(seller, 1)
    for query, found in (
        ("", [3, 2, 1]),
        (f"?customer_id={customer}", [3, 1]),
        (f"?customer_id={customer}&standing=open", [3]),
        ("?standing=sold", [1]),
        ("?standing=expired", []),
    ):
        rows = get(f"/proposals{query}", seller_token)["items"]
        assert [row["id"] for row in rows] == found, query
    first = get("/proposals?limit=2", seller_token)
    rest = get(f"/proposals?limit=2&cursor={first['next_cursor']}", seller_token)
    assert [row["id"] for row in first["items"] + rest["items"]] == [3, 2, 1]
    row = rest["items"][0]
    assert (row["sale_id"], row["installments"], row["to_pay"]) == (1, 12, "1066.19")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"sold_on": "2026-11-20"}, "#/sold_on"),
        ({"first_due_date": "2026-11-23"}, "#/first_due_date"),
        ({"down_payment": "1000.00"}, "#/down_payment"),
        ({"guarantors": [{"name": "Rita", "tax_id": "111.444.777-35"}]}, "#/guarantors"),
    ],
)
def test_what_cannot_be_offered_is_told_at_its_place(
    customer: int, seller_token: str, changes: dict[str, Any], pointer: str
) -> None:
    refused = post("/proposals", seller_token, body(customer, **changes))
    assert refused.status == 422
    assert [each["pointer"] for each in refused.json["errors"]] == [pointer]
    assert count(Proposal) == 0


def test_a_sale_over_the_limit_takes_a_managers_reason(
    customer: int, seller: Actor, seller_token: str, manager_token: str
) -> None:
    offer(seller, asked(customer))
    with transaction() as session:
        session.execute(update(Customer).values(credit_limit=1))
    refused = post("/proposals/1/sale", seller_token, {})
    assert refused.json["errors"][0]["pointer"] == "#/override_reason"
    why = {"override_reason": "cliente antiga"}
    assert post("/proposals/1/sale", manager_token, why).status == 201
    assert get("/proposals/1", seller_token)["sale_id"] == 1
