"""A customer's credit by address: kept, spent, told, paid back (R31)."""

from __future__ import annotations

import pytest

from credigestor.rules.permissions import Actor
from tests.api.asking import ask, get, post
from tests.api.test_acts import made
from tests.portfolio import TODAY
from tests.services.paying import note_row, sell
from tests.services.selling import new_customer

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def notes(manager: Actor) -> tuple[int, int]:
    customer = new_customer()
    first, second = (sell(("209.58", TODAY), customer=customer).notes[0] for _ in range(2))
    return first, second


def test_r31_what_is_kept_is_spent_told_and_paid_back(
    notes: tuple[int, int], seller_token: str, manager_token: str
) -> None:
    first, second = notes
    customer = note_row(first).customer_id
    body = {"customer_id": customer, "items": [{"note_id": first, "amount": "209.58"}]}
    made(post("/payments", seller_token, {**body, "method": "cash", "kept": "40.42"}))
    told = get(f"/customers/{customer}/store_credit", seller_token)
    assert (told["balance"], [each["kind"] for each in told["movements"]]) == ("40.42", ["kept"])
    spend = {"customer_id": customer, "items": [{"note_id": second, "amount": "41.00"}]}
    refused = post("/payments", seller_token, {**spend, "by_credit": True})
    assert refused.json["errors"][0]["pointer"] == "#/methods"
    spend["items"] = [{"note_id": second, "amount": "40.00"}]
    spent = made(post("/payments", seller_token, {**spend, "by_credit": True}))
    assert (spent["method"], spent["methods"]) == (
        "credit",
        [{"method": "credit", "amount": "40.00"}],
    )
    assert get(f"/payments/{spent['id']}", seller_token)["method"] == "credit"
    back = {"amount": "0.42", "method": "pix", "reason": "pediu o resto"}
    assert post(f"/customers/{customer}/paybacks", seller_token, back).code == "not_allowed"
    paid = made(post(f"/customers/{customer}/paybacks", manager_token, back))
    slip = ask("GET", f"/paybacks/{paid['id']}/slip", token=seller_token)
    assert (slip.status, slip.body[:5]) == (200, b"%PDF-")
    assert get("/dashboard", manager_token)["customer_credit"] == "0.00"
    made(post(f"/paybacks/{paid['id']}/reversal", manager_token, {"reason": "engano"}))
    told = get(f"/customers/{customer}/store_credit", seller_token)
    assert told["balance"] == "0.42"
    assert [each["kind"] for each in told["movements"]] == ["kept", "spent", "paid_back"]
    assert told["movements"][2]["undone"]["reason"] == "engano"
    assert get("/dashboard", manager_token)["customer_credit"] == "0.42"
