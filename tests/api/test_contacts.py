"""Contacts and promises by address (R38)."""

from __future__ import annotations

import pytest

from tests.api.asking import get, post
from tests.api.test_acts import made
from tests.portfolio import late
from tests.services.paying import sell
from tests.services.selling import new_customer

pytestmark = pytest.mark.usefixtures("db")


def test_whom_to_call_first_is_told_with_what_happened_last(
    seller_token: str, manager_token: str
) -> None:
    customer = new_customer(name="Ana Luz", phone="+5585988724443")
    note = sell(("300.00", late(50)), customer=customer).notes[0]
    body = {"customer_id": customer, "items": [{"note_id": note, "amount": "11.00"}]}
    made(post("/payments", seller_token, {**body, "method": "cash"}))
    told = get("/contacts/calls", manager_token)
    [call] = told["items"]
    assert call == {
        "customer_id": customer,
        "name": "Ana Luz",
        "phone": "+5585988724443",
        "principal": "300.00",
        "owed": "300.00",
        "notes": 1,
        "oldest_due": "2026-10-04",
        "days_late": 50,
        "last_paid_on": "2026-11-23",
        "last_paid_amount": "11.00",
        "contact": None,
        "promise": None,
    }
    spoke = {"customer_id": customer, "channel": "phone", "outcome": "spoke"}
    made(post("/contacts", seller_token, spoke))
    told = get("/contacts/calls", manager_token)
    assert (told["items"], told["contacted"], told["promised"]) == ([], 1, 0)


def test_r38_a_promise_is_recorded_told_and_withdrawn(seller_token: str) -> None:
    customer = new_customer(name="Ana Luz")
    sell(("300.00", late(50)), customer=customer)
    body = {"customer_id": customer, "channel": "whatsapp", "outcome": "promised"}
    refused = post("/contacts", seller_token, body)
    assert {each["pointer"] for each in refused.json["errors"]} == {
        *("#/promised_amount", "#/promised_for"),
    }
    body |= {"promised_amount": "200.00", "promised_for": "2026-11-28"}
    contact = made(post("/contacts", seller_token, body))
    assert contact == {"id": contact["id"], "customer_id": customer}
    made(
        post(
            "/contacts",
            seller_token,
            {**body, "outcome": "spoke", "promised_amount": None} | {"promised_for": None},
        )
    )
    told = get(f"/contacts?customer_id={customer}&outcome=promised", seller_token)
    [item] = told["items"]
    assert (
        item
        | {
            "customer": "Ana Luz",
            "contacted_on": "2026-11-23",
            "outcome": "promised",
        }
        == item
    )
    promise = item["promise"]
    assert (
        promise
        | {
            "amount": "200.00",
            "due_on": "2026-11-28",
            "on_time_until": "2026-11-30",
            "status": "pending",
            "paid": "0.00",
            "withdrawn_on": None,
        }
        == promise
    )
    address = f"/promises/{promise['id']}/withdrawal"
    made(post(address, seller_token, {"reason": "outro dia"}))
    assert post(address, seller_token, {"reason": "outro dia"}).code == "conflict"
    first = get("/contacts?limit=1", seller_token)
    second = get(f"/contacts?limit=1&cursor={first['next_cursor']}", seller_token)
    assert second["items"][0]["promise"]["status"] == "withdrawn"
    assert second["next_cursor"] is None
