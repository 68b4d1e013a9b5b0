"""R31 by address: a down payment by the customer's credit, previewed, made, told, given back."""

from __future__ import annotations

import pytest

from credigestor.rules.permissions import Actor
from tests.api.asking import get, post
from tests.api.test_acts import made
from tests.services.crediting import kept, sold
from tests.services.selling import new_customer

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def customer(seller: Actor) -> int:
    """Who is owed 300,00."""
    of = new_customer()
    kept(seller, sold(of, "9.58")[0], "9.58", "300.00")
    return of


def test_r31_a_down_payment_by_credit_is_made_told_and_undone(
    customer: int, seller_token: str, manager_token: str
) -> None:
    sale = {"customer_id": customer, "total": "900.00", "down_payment": "300.01"}
    sale |= {"installments": 3, "first_due_date": "2026-12-23", "down_payment_by_credit": True}
    for path in ("/sales", "/sales/preview"):
        refused = post(path, seller_token, sale)
        assert refused.json["errors"][0]["pointer"] == "#/down_payment", path
    both = {**sale, "down_payment_methods": [{"method": "pix", "amount": "300.01"}]}
    refused = post("/sales", seller_token, both)
    assert refused.json["errors"][0]["pointer"] == "#/down_payment_methods"
    sale["down_payment"] = "300.00"
    assert post("/sales/preview", seller_token, sale).status == 200
    sale_id = made(post("/sales", seller_token, sale))["id"]
    [money] = get(f"/sales/{sale_id}", seller_token)["down_payment_money"]
    assert (money["method"], money["methods"]) == (
        "credit",
        [{"method": "credit", "amount": "300.00"}],
    )
    told = get(f"/customers/{customer}/store_credit", seller_token)
    spent = told["movements"][-1]
    assert (told["balance"], spent["kind"], spent["sale_id"]) == ("0.00", "paid_down", sale_id)
    listed = get("/down_payments?method=credit", seller_token)
    assert [row["sale_id"] for row in listed["items"]] == [sale_id]
    made(post(f"/sales/{sale_id}/cancellation", manager_token, {"reason": "desistiu"}))
    assert get(f"/customers/{customer}/store_credit", seller_token)["balance"] == "300.00"


def test_a_proposal_is_closed_with_credit(customer: int, seller_token: str) -> None:
    sale = {"customer_id": customer, "total": "900.00", "down_payment": "300.00"}
    sale |= {"installments": 3, "first_due_date": "2026-12-23"}
    proposal = made(post("/proposals", seller_token, sale))["id"]
    body = {"down_payment_by_credit": True}
    sale_id = made(post(f"/proposals/{proposal}/sale", seller_token, body))["sale_id"]
    [money] = get(f"/sales/{sale_id}", seller_token)["down_payment_money"]
    assert money["method"] == "credit"
