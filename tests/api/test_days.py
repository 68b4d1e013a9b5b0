"""A day of the shop and of one person, what falls due, and who sells, by address."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from credigestor.db.engine import snapshot
from credigestor.db.models import User
from credigestor.reports import day, takings
from credigestor.rules.permissions import Role
from tests.api.asking import ask, get
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, late
from tests.services.paying import pay, sell
from tests.services.selling import new_customer, new_sale, register

SOON = TODAY + timedelta(days=5)


def test_a_day_is_told_as_the_first_pages_tell_it(
    vera: User, seller_token: str, manager_token: str
) -> None:
    seller = actor_of(vera)
    [note] = sell(("900.00", late(50))).notes
    parts = (("cash", Decimal("40.00")), ("pix", Decimal("60.00")))
    pay(seller, TODAY, (note, "100.00"), method=None, methods=parts)
    pay(seller, late(1), (note, "7.00"))
    terms: dict[str, Any] = {
        "sold_on": TODAY,
        "first_due_date": SOON,
        "down_payment": Decimal("200.00"),
    }
    terms |= {"down_payment_methods": (("cash", Decimal("200.00")),)}
    register(seller, new_sale(new_customer(), **terms), TODAY)
    with snapshot() as session:
        shop = takings.shop_day(session, day=TODAY)
        mine = day.seller_day(session, vera.id, day=TODAY)
    told = get("/day", manager_token)
    assert told["takings"] == [
        {
            "person": each.person,
            "method": each.method,
            "came": each.came,
            "times": each.times,
            "amount": f"{each.amount:.2f}",
        }
        for each in shop.takings
    ]
    assert len(told["takings"]) == 3
    assert told["sold_by"] == [{"person": vera.name, "sales": 1, "sold": "1000.00"}]
    assert (told["as_of"], told["paid_by_credit"]) == (str(TODAY), "0.00")
    own = get("/day/mine", seller_token)
    assert (own["sold"], own["received"], own["payments"]) == ("1000.00", "100.00", 1)
    assert own["notes"] == [
        {"method": "pix", "times": 1, "amount": "60.00"},
        {"method": "cash", "times": 1, "amount": "40.00"},
    ]
    assert own["down"] == [{"method": "cash", "times": 1, "amount": "200.00"}]
    assert {each["method"]: each["amount"] for each in own["takings"]} == {
        way: f"{amount:.2f}" for way, amount in mine.takings.items()
    }
    assert get(f"/day/mine?as_of={late(1)}", seller_token)["received"] == "7.00"
    assert get("/day/mine", manager_token)["received"] == "0.00"
    assert ask("GET", "/day", token=seller_token).code == "not_allowed"
    for path in ("/day", "/day/mine"):
        wrong = ask("GET", f"{path}?as_of={SOON}", token=manager_token)
        assert wrong.json["errors"][0]["parameter"] == "as_of"


def test_what_falls_due_is_told_from_day_to_day_and_note_by_note(
    seller_token: str, manager_token: str
) -> None:
    today_, soon = sell(("100.00", TODAY), ("50.00", SOON)).notes
    sell(("30.00", TODAY + timedelta(days=7)))
    found = get("/day/due", manager_token)
    assert (found["due_from"], found["due_to"]) == (str(TODAY), str(TODAY + timedelta(days=6)))
    assert found["items"] == [
        {"day": str(TODAY), "notes": 1, "principal": "100.00"},
        {"day": str(SOON), "notes": 1, "principal": "50.00"},
    ]
    assert len(get(f"/day/due?due_to={TODAY + timedelta(days=7)}", manager_token)["items"]) == 3
    assert get(f"/day/due?due_from={SOON}&due_to={TODAY}", manager_token)["items"] == []
    with snapshot() as session:
        on_the_page = day.due_on(session, SOON, today=TODAY)
    listed = get(f"/notes?status=open&due_from={SOON}&due_to={SOON}", seller_token)["items"]
    assert [row["id"] for row in listed] == on_the_page["id"].to_list() == [soon]
    assert today_ not in on_the_page["id"].to_list()


def test_a_seller_is_told_who_sells(vera: User, seller_token: str) -> None:
    gone = add_user(Role.SELLER, name="Ana Antiga", active=False)
    assert get("/sellers", seller_token)["items"] == [
        {"id": vera.id, "name": "Vera Vendedora"},
        {"id": gone.id, "name": "Ana Antiga (inativo)"},
    ]
