"""What a sale or payment would make by address is what it then makes, to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from credigestor.db.engine import snapshot
from credigestor.db.models import ApiOperation, AuditEntry, Payment, Sale
from credigestor.reports import settlement
from credigestor.rules.permissions import Actor
from tests.api.asking import Answer, ask, get, post
from tests.api.test_acts import made, new_sale
from tests.portfolio import TODAY, Made
from tests.services.discounting import priced
from tests.services.paying import JANUARY, MARCH, note_row, pay, sell, splits
from tests.services.selling import count, new_customer

EARLY = TODAY + timedelta(days=47)


@pytest.fixture
def sale() -> Made:
    """A note of 300,00 late since January, and R14's of 88,85 due in 47 days at 1 % a month."""
    made = sell(("300.00", JANUARY), ("88.85", EARLY), ("88.85", EARLY + timedelta(days=30)))
    priced(made.id, "1")
    return made


def asked(path: str, token: str, body: dict[str, Any]) -> Answer:
    """Without a key: nothing is to be written."""
    return ask("POST", path, token=token, body=body)


def preview(path: str, token: str, body: dict[str, Any]) -> Any:
    """A preview, which must be good and write nothing."""
    before = [count(table) for table in (Sale, Payment, AuditEntry, ApiOperation)]
    answer = asked(path, token, body)
    assert answer.status == 200, answer.body
    assert before == [count(table) for table in (Sale, Payment, AuditEntry, ApiOperation)]
    return answer.json


def payment_of(sale: Made, *items: tuple[int, str, str | None], **more: Any) -> dict[str, Any]:
    """A payment of the sale's notes: their place, R$ and the discount."""
    return {
        "customer_id": note_row(sale.notes[0]).customer_id,
        "method": "pix",
        "items": [
            {"note_id": sale.notes[place], "amount": amount, "discount": discount}
            for place, amount, discount in items
        ],
        **more,
    }


def same_as_made(shown: Any, body: dict[str, Any], token: str) -> None:
    """Make the payment of the preview's items: it did what the preview said."""
    done = made(post("/payments", token, {**body, "items": shown["items"]}))
    read = get(f"/payments/{done['id']}", token)
    assert (shown["amount"], shown["paid_on"]) == (done["amount"], done["paid_on"])
    for name in ("split", "discount", "after", "amount", "customer_id"):
        assert shown[name] == read[name], name
    notes = [{**note} for note in shown["notes"]]
    for note in notes:
        told = get(f"/notes/{note['note_id']}?as_of={shown['paid_on']}", token)["calculation"]
        assert note.pop("steps") == [line["text"] for line in told]
        owed, gone = D(note.pop("owed")), D(note["amount"]) + D(note["discount"])
        assert owed == gone + D(note["after"])
    assert notes == read["items"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"contract_rate": "1.9", "down_payment": "137.77", "installments": 7},
        {"total": "100.00", "installments": 3, "sold_on": "2026-11-02"},
        {"down_payment": "1000.00", "installments": 0, "first_due_date": None},
    ],
)
def test_a_sale_is_made_as_previewed(changes: dict[str, Any], seller_token: str) -> None:
    body = new_sale(new_customer(), **changes)
    shown = preview("/sales/preview", seller_token, body)
    sale = made(post("/sales", seller_token, body))
    read = get(f"/sales/{sale['id']}", seller_token)
    for name in SAME:
        assert shown[name] == read[name], name
    for name in ("amount", "due_date", "number", "free_until"):
        told = [f"{note[name]:02d}" if name == "number" else note[name] for note in shown["notes"]]
        found = [note[name] for note in read["notes"]]
        assert told == ([each[-5:-3] for each in found] if name == "number" else found)
    notes = sum((D(note["amount"]) for note in read["notes"]), D(0))
    assert D(shown["financed"]) == D(read["total"]) - D(read["down_payment"])
    assert D(shown["financed"]) + D(shown["interest"]) == notes
    assert D(shown["to_pay"]) == notes + D(read["down_payment"])
    assert shown["warnings"] == []


#: What a preview and the sale that it became tell alike.
SAME = (
    *("customer_id", "seller_id", "sold_on", "total", "down_payment", "installments"),
    *("first_due_date", "contract_rate", "late_rate", "fine_rate", "grace_days"),
)


def test_the_credits_warnings_are_told_with_the_figures(
    seller_token: str, manager_token: str
) -> None:
    body = new_sale(new_customer(credit_limit=D("10.00")))
    [warning] = preview("/sales/preview", seller_token, body)["warnings"]
    refused = post("/sales", seller_token, body)
    assert (refused.code, refused.json["detail"]) == ("credit_warning", warning)
    paid_down = {**body, "down_payment": "1000.00"}
    assert preview("/sales/preview", seller_token, paid_down)["warnings"] == []


def test_what_refuses_a_sale_refuses_its_preview(seller_token: str) -> None:
    good, off = new_sale(new_customer()), new_customer(active=False)
    guarantor = {"name": "Gil Reis", "tax_id": "52998224725"}
    for changes in (
        {"customer_id": 999},
        {"customer_id": off},
        {"seller_id": 999},
        {"total": "0.00"},
        {"down_payment": "1000.01"},
        {"first_due_date": None},
        {"first_due_date": "2026-11-01"},
        {"sold_on": "2026-11-24"},
        {"installments": 0},
        {"contract_rate": "101"},
        {"guarantors": [guarantor, guarantor]},
        {"description": "x" * 501},
        {"extra": 1},
    ):
        refused = post("/sales", seller_token, good | changes)
        assert refused.status >= 400
        told = asked("/sales/preview", seller_token, good | changes)
        assert (told.status, told.body) == (refused.status, refused.body), changes


@pytest.mark.parametrize(
    ("items", "more"),
    [
        ([(0, "100.00", None)], {}),
        ([(0, "5.00", None), (1, "10.00", None)], {}),
        ([(1, "87.48", "1.37")], {}),
        ([(2, "20.00", None), (1, "87.48", "1.37")], {"paid_on": "2026-11-23"}),
        ([(0, "100.00", None)], {"paid_on": "2026-02-24", "backdate_reason": "recibo achado"}),
    ],
)
def test_a_payment_does_what_its_preview_says(
    items: list[tuple[int, str, str | None]],
    more: dict[str, Any],
    sale: Made,
    admin: Actor,
    manager_token: str,
) -> None:
    pay(admin, MARCH, (sale.notes[0], "40.00"))  # what is dated before it replays the note
    body = payment_of(sale, *items, **more)
    same_as_made(preview("/payments/preview", manager_token, body), body, manager_token)


def test_r36_two_methods_settle_an_early_note_as_one_amount(sale: Made, seller_token: str) -> None:
    """R14's 87,48 and its 1,37 off, as 40,00 in cash and 47,48 by Pix."""
    methods = [{"method": "cash", "amount": "40.00"}, {"method": "pix", "amount": "47.48"}]
    chosen = {"customer_id": note_row(sale.notes[1]).customer_id, "note_ids": [sale.notes[1]]}
    shown = preview("/payments/allocation", seller_token, chosen)
    assert (shown["amount"], shown["discount"]) == ("87.48", "1.37")
    body = payment_of(sale, (1, "87.48", "1.37"), method=None, methods=methods)
    same_as_made(preview("/payments/preview", seller_token, body), body, seller_token)
    [note] = sale.notes[1:2]
    assert (note_row(note).principal_balance, splits(note)) == (0, [("0.00", "0.00", "87.48")])
    [paid] = get(f"/payments?customer_id={chosen['customer_id']}", seller_token)["items"]
    assert (paid["amount"], paid["methods"]) == ("87.48", methods)
    # What does not add up to it, the reduction beside it or not, is refused.
    for wrong in ("48.85", "47.47"):
        methods[1]["amount"] = wrong
        refused = post("/payments", seller_token, body)
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "#/methods")


def test_what_refuses_a_payment_refuses_its_preview(
    sale: Made, admin: Actor, seller_token: str
) -> None:
    pay(admin, MARCH, (sale.notes[0], "40.00"))
    other = sell(("10.00", JANUARY))
    whole = get(f"/notes/{sale.notes[0]}", seller_token)["owed"]["total"]
    bodies = [
        payment_of(sale, (0, "9999.00", None)),
        payment_of(sale, (0, "0.00", None)),
        payment_of(sale, (0, "1.00", None), (0, "1.00", None)),
        payment_of(sale, (0, whole, "1.00")),
        payment_of(sale, (1, "87.47", "1.38")),
        payment_of(sale, (1, "10.00", "1.37")),
        payment_of(sale, (0, "1.00", None), paid_on="2026-11-24"),
        payment_of(sale, (0, "1.00", None), paid_on="2026-01-15"),
        payment_of(sale, (0, "1.00", None), paid_on="2025-11-30"),
        payment_of(sale, (0, "1.00", None), customer_id=new_customer()),
        {**payment_of(sale), "items": [{"note_id": other.notes[0], "amount": "1.00"}]},
        {**payment_of(sale), "items": [{"note_id": 999, "amount": "1.00"}]},
        {**payment_of(sale), "items": []},
    ]
    for body in bodies:
        refused = post("/payments", seller_token, body)
        assert refused.status >= 400, body
        told = asked("/payments/preview", seller_token, body)
        assert (told.status, told.body) == (refused.status, refused.body), body


@pytest.mark.parametrize(
    ("places", "more", "amounts", "discounts"),
    [
        # R7: 300,00 + 31,70 of 317 days' interest + 6,00; R14: 88,85 at 1 % in thirty
        # days, 47 and 77 days early.
        (None, {"amount": "400.00"}, ["337.70", "62.30"], [None, "0.98"]),
        (None, {}, ["337.70", "87.48", "86.61"], [None, "1.37", "2.24"]),
        ([2, 1], {"amount": "100.00"}, ["87.48", "12.52"], ["1.37", "0.32"]),
        ([1], {}, ["87.48"], ["1.37"]),
        ([1], {"early_discount": False}, ["88.85"], [None]),
        (
            [1, 2],
            {"granted_discount": "10.00", "discount_reason": "quitou tudo"},
            ["82.46", "81.63"],
            ["6.39", "7.22"],
        ),
    ],
)
def test_money_is_shared_as_on_the_page_and_paid_so(
    places: list[int] | None,
    more: dict[str, Any],
    amounts: list[str],
    discounts: list[str | None],
    sale: Made,
    manager_token: str,
) -> None:
    customer = note_row(sale.notes[0]).customer_id
    body: dict[str, Any] = {"customer_id": customer, **more}
    if places is not None:
        body["note_ids"] = [sale.notes[place] for place in places]
    shown = preview("/payments/allocation", manager_token, body)
    assert [item["amount"] for item in shown["items"]] == amounts
    assert [item["discount"] for item in shown["items"]] == discounts
    if not more:
        with snapshot() as session:
            notes = body.get("note_ids", sale.notes)
            quoted = settlement.quote(session, customer, notes, on=TODAY, today=TODAY)
        assert shown["amount"] == f"{quoted.total:.2f}"
    reason = {"discount_reason": more.get("discount_reason")}
    same_as_made(shown, payment_of(sale, **reason), manager_token)


def test_what_cannot_be_shared_is_refused_at_its_field(
    sale: Made, admin: Actor, seller_token: str, manager_token: str
) -> None:
    customer = note_row(sale.notes[0]).customer_id
    other = sell(("10.00", JANUARY)).notes[0]

    def refused(token: str = manager_token, **body: Any) -> tuple[int, list[str]]:
        answer = asked("/payments/allocation", token, {"customer_id": customer, **body})
        assert answer.status >= 400, answer.body
        return answer.status, [each["pointer"] for each in answer.json["errors"]]

    assert refused(amount="9999.00") == (422, ["#/amount"])
    assert refused(amount="0.00") == (422, ["#/amount"])
    assert refused(amount=10) == (422, ["#/amount"])
    assert refused(note_ids=[]) == (422, ["#/note_ids"])
    assert refused(note_ids=[other]) == (409, ["#/note_ids"])
    assert refused(note_ids=[sale.notes[0], 999]) == (409, ["#/note_ids"])
    assert refused(customer_id=new_customer()) == (409, ["#/note_ids"])
    assert refused(paid_on="2026-11-24") == (422, ["#/paid_on"])
    early: dict[str, Any] = {"note_ids": [sale.notes[1]], "granted_discount": "5.00"}
    assert refused(**early) == (422, ["#/discount_reason"])
    assert refused(**early, amount="80.00") == (422, ["#/amount"])
    assert refused(seller_token, **early) == (422, ["#/granted_discount"])
    assert refused(granted_discount="5.00") == (422, ["#/granted_discount"])
    assert refused(note_ids=[sale.notes[0]], granted_discount="5.00")[1] == ["#/granted_discount"]
    assert refused(note_ids=[sale.notes[1]], granted_discount="87.48")[1] == ["#/granted_discount"]
    assert refused(paid_on=str(date(2026, 1, 15)), amount="1.00") == (422, ["#/backdate_reason"])
