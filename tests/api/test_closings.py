"""Closed days, by address (R37)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from credigestor.db.models import DayClosing, Payment
from credigestor.rules.permissions import Actor
from tests.api.asking import get, post
from tests.api.test_acts import made
from tests.portfolio import TODAY
from tests.services.paying import JANUARY_15, JANUARY_25, new_payment, note_row, receive, sell
from tests.services.selling import count, new_customer

pytestmark = pytest.mark.usefixtures("db")

YESTERDAY = TODAY - timedelta(days=1)


def test_r37_days_are_closed_and_what_changes_in_them_is_told(
    manager: Actor, manager_token: str, seller_token: str
) -> None:
    [note] = sell(("300.00", date(2026, 1, 10))).notes
    receive(manager, new_payment(JANUARY_25, (note, "100.00")))
    assert set(get(f"/summary?as_of={JANUARY_25}", manager_token)) & {"closed_at", "as_closed"} == (
        set()
    )
    closed = made(post("/closings", manager_token, {"until": str(JANUARY_25)}))
    assert closed["until"] == str(JANUARY_25)
    payment = {
        "customer_id": note_row(note).customer_id,
        "paid_on": str(JANUARY_15),
        "method": "cash",
        "items": [{"note_id": note, "amount": "50.00"}],
    }
    why = {"backdate_reason": "recibo achado"}
    without = post("/payments", manager_token, payment)
    assert (without.status, without.json["errors"][0]["pointer"]) == (422, "#/backdate_reason")
    theirs = post("/payments", seller_token, {**payment, **why})
    assert (theirs.status, theirs.json["errors"][0]["pointer"]) == (422, "#/paid_on")
    assert count(Payment) == 1
    paid = made(post("/payments", manager_token, {**payment, **why}))
    found = get(f"/summary?as_of={JANUARY_25}", manager_token)
    assert (found["receivable_principal"], found["as_closed"]["receivable_principal"]) == (
        "157.36",
        "207.50",
    )
    [change] = get("/closings/changes", manager_token)["items"]
    assert (change["kind"], change["what"], change["id"], change["dated_on"], change["who"]) == (
        *("payment", "Pagamento", paid["id"], str(JANUARY_15), manager.name),
    )
    assert (change["reason"], change["receivable"], change["received"]) == (
        "recibo achado",
        "-43.50",
        "50.00",
    )
    assert get(f"/closings/changes?dated_from={JANUARY_25}", manager_token)["items"] == []
    [closing] = get("/closings", manager_token)["items"]
    assert (closing["id"], closing["closed_by"]) == (closed["id"], manager.name)
    assert closing["figures"]["receivable_principal"] == "207.50"


def test_r37_a_sale_dated_in_closed_days(manager_token: str, seller_token: str) -> None:
    made(post("/closings", manager_token, {"until": str(YESTERDAY)}))
    sale = {
        "customer_id": new_customer(),
        "sold_on": str(YESTERDAY),
        "total": "100.00",
        "first_due_date": str(TODAY),
    }
    for path in ("/sales", "/sales/preview"):
        refused = post(path, seller_token, {**sale, "backdate_reason": "caderno"})
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "#/sold_on"), path
        refused = post(path, manager_token, sale)
        assert refused.json["errors"][0]["pointer"] == "#/backdate_reason"
    made(post("/sales", manager_token, {**sale, "backdate_reason": "caderno"}))


def test_today_is_not_closed_and_to_open_days_takes_a_reason(manager_token: str) -> None:
    today = post("/closings", manager_token, {"until": str(TODAY)})
    assert (today.status, today.json["errors"][0]["pointer"]) == (422, "#/until")
    made(post("/closings", manager_token, {"until": str(YESTERDAY)}))
    back = {"until": str(JANUARY_25)}
    assert post("/closings", manager_token, back).json["errors"][0]["pointer"] == "#/reason"
    made(post("/closings", manager_token, {**back, "reason": "conta errada"}))
    assert count(DayClosing) == 2


def test_changes_come_a_page_at_a_time(manager: Actor, manager_token: str) -> None:
    [note] = sell().notes
    made(post("/closings", manager_token, {"until": str(YESTERDAY)}))
    paid = [receive(manager, new_payment(YESTERDAY, (note, "1.00"))) for _ in range(3)]
    seen, cursor = [], ""
    for _ in paid:
        page = get(f"/closings/changes?limit=1{cursor}", manager_token)
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (seen, page["next_cursor"]) == (paid[::-1], None)
