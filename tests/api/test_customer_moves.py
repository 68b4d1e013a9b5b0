"""Sales to the right customer, by address."""

from __future__ import annotations

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, CustomerMove, Sale
from credigestor.rules.permissions import Actor
from tests.api.asking import get, post
from tests.api.test_acts import made
from tests.portfolio import TODAY, add_customer
from tests.services.paying import new_payment, receive, sell
from tests.services.selling import count, new_customer, new_sale, register

pytestmark = pytest.mark.usefixtures("db")


def test_a_sale_is_moved_and_both_statements_tell_it(seller: Actor, manager_token: str) -> None:
    wrong, right = new_customer(), new_customer()
    sale = register(seller, new_sale(wrong))
    body = {"customer_id": right, "reason": "homônimo"}
    assert made(post(f"/sales/{sale}/move", manager_token, body)) == {
        "id": sale,
        "customer_id": right,
    }
    again = post(f"/sales/{sale}/move", manager_token, body)
    assert (again.status, again.json["errors"][0]["pointer"]) == (422, "#/customer_id")
    period = f"since={TODAY}&until={TODAY}"
    [gone] = get(f"/customers/{wrong}/statement?{period}", manager_token)["movements"]
    assert (gone["kind"], gone["went_to"], gone["came_from"]) == ("moved", right, None)
    [came] = get(f"/customers/{right}/statement?{period}", manager_token)["movements"]
    assert (came["kind"], came["came_from"], came["balance"]) == ("moved", wrong, "1000.00")


def test_a_double_register_is_merged(seller: Actor, manager_token: str) -> None:
    double, right = new_customer(), new_customer()
    sale = register(seller, new_sale(double))
    body = {"into_id": right, "reason": "cadastro em dobro"}
    assert made(post(f"/customers/{double}/merge", manager_token, body)) == {
        "into_id": right,
        "sales": 1,
    }
    with snapshot() as session:
        assert session.get_one(Sale, sale).customer_id == right
        assert not session.get_one(Customer, double).active
    itself = post(f"/customers/{right}/merge", manager_token, {**body, "into_id": right})
    assert itself.json["errors"][0]["pointer"] == "#/into_id"
    assert count(CustomerMove) == 1


def test_a_payment_is_moved(manager: Actor, manager_token: str) -> None:
    with transaction() as session:
        right = add_customer(session)
    [wrong], [theirs] = sell().notes, sell(customer=right).notes
    paid = receive(manager, new_payment(TODAY, (wrong, "50.00")))
    body = {
        "customer_id": right,
        "items": [{"note_id": theirs, "amount": "50.00"}],
        "reason": "homônimo",
    }
    told = made(post(f"/payments/{paid}/move", manager_token, body))
    assert told == {"reversed_id": paid, "id": told["id"], "customer_id": right}
    assert get(f"/payments/{told['id']}", manager_token)["amount"] == "50.00"
    short = {**body, "items": [{"note_id": theirs, "amount": "49.00"}]}
    refused = post(f"/payments/{told['id']}/move", manager_token, short)
    assert refused.json["errors"][0]["pointer"] == "#/customer_id"
