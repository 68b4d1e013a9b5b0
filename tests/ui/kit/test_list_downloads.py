"""Each list as CSV: exactly what its filters leave, on all of its pages, for who may export."""

from __future__ import annotations

import csv

import pytest

from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor, Role
from tests.factories import add_user
from tests.portfolio import add_customer, add_sale, late, pay
from tests.ui.listed import lists
from tests.ui.support import open_app
from tests.web.fetching import click_and_fetch

pytestmark = pytest.mark.usefixtures("db")

#: A list's page, its button's key, filters of its address, and the column and cells they leave.
LISTS = [
    ("counter/customers.py", "list_customers", {}, "Nome", ["'=Ana", "Bia"]),
    ("counter/customers.py", "list_customers", {"q": "bia"}, "Nome", ["Bia"]),
    ("counter/customers.py", "list_customers", {"status": "inactive"}, "Nome", ["Inês"]),
    ("counter/customers.py", "list_customers", {"overdue": "true"}, "Nome", ["'=Ana"]),
    ("counter/sales.py", "list_sales", {}, "Cliente", ["Bia", "'=Ana"]),
    ("counter/sales.py", "list_sales", {"q": "ana"}, "Cliente", ["'=Ana"]),
    ("counter/sales.py", "list_sales", {"sold_from": str(late(60))}, "Cliente", ["Bia"]),
    ("counter/notes.py", "list_notes", {}, "Cliente", ["'=Ana", "Bia"]),
    ("counter/notes.py", "list_notes", {"status": "all"}, "Cliente", ["'=Ana", "'=Ana", "Bia"]),
    ("counter/notes.py", "list_notes", {"band": "31-60"}, "Cliente", ["'=Ana"]),
    ("counter/notes.py", "list_notes", {"status": "all", "city": "Recife"}, "Cliente", ["Bia"]),
    ("counter/payments.py", "list_payments", {}, "Cliente", ["'=Ana"]),
    ("counter/payments.py", "list_payments", {"paid_to": str(late(90))}, None, None),
    ("analytics/delinquency.py", "list_delinquency", {}, "Cliente", ["'=Ana"]),
    ("analytics/delinquency.py", "list_delinquency", {"city": "Recife"}, None, None),
]


@pytest.fixture
def shop(manager: Actor) -> None:
    """Ana paid one note and is late with another; Bia owes one to come; Inês is inactive."""
    with transaction() as session:
        ana = add_customer(session, "=Ana", city="Fortaleza")
        bia = add_customer(session, "Bia", city="Recife")
        add_customer(session, "Inês", active=False)
        made = add_sale(session, ana, late(90), [("90.00", late(70)), ("80.00", late(40))])
        add_sale(session, bia, late(10), [("500.00", late(-20))])
        pay(session, manager, made.notes[0], "90.00", late(70))


def cells(content: bytes, column: str) -> list[str]:
    lines = content.decode("utf-8-sig").splitlines()
    return [row[column] for row in csv.DictReader(lines, delimiter=";")]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(("page", "key", "query", "column", "left"), LISTS)
def test_the_file_of_a_list_holds_what_its_filters_leave(
    page: str, key: str, query: dict[str, str], column: str | None, left: list[str] | None
) -> None:
    app = open_app(Role.MANAGER, page=page, query=query)
    if column is None:
        assert key not in [button.key for button in app.button]
        return
    answer = click_and_fetch(app, key)
    assert cells(answer.body, column) == left


@pytest.mark.parametrize(
    ("page", "key"), [("counter/sales.py", "list_sales"), ("counter/notes.py", "list_notes")]
)
@pytest.mark.usefixtures("shop")
def test_the_file_of_a_list_tells_of_the_lists_own_date(page: str, key: str) -> None:
    app = open_app(Role.MANAGER, page=page, query={"as_of": str(late(80))})
    answer = click_and_fetch(app, key)
    assert f"-{late(80)}.csv" in answer.headers["content-disposition"]
    assert "Bia" not in answer.text  # her sale came later


@pytest.mark.usefixtures("shop")
def test_the_file_follows_the_filter_that_was_changed_on_the_page() -> None:
    app = open_app(Role.MANAGER, page="counter/sales.py")
    click_and_fetch(app, "list_sales")
    app.text_input[0].set_value("ana").run()
    assert "enviado" not in app.texts
    assert cells(click_and_fetch(app, "list_sales").body, "Cliente") == ["'=Ana"]


def test_a_file_holds_all_pages_of_its_list() -> None:
    with transaction() as session:
        for k in range(51):
            customer = add_customer(session, f"Cliente {k:02}")
            add_sale(session, customer, late(90), [(f"{100 + k}.00", late(40))])
    app = open_app(Role.MANAGER, page="analytics/delinquency.py")
    assert len(lists(app)[0].value) == 25
    names = cells(click_and_fetch(app, "list_delinquency").body, "Cliente")
    assert names == [f"Cliente {k:02}" for k in reversed(range(51))]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(("page", "key"), sorted({row[:2] for row in LISTS}))
def test_a_seller_is_offered_no_file(page: str, key: str) -> None:
    vera = add_user(Role.SELLER)
    app = open_app(user=vera, page=page)
    assert key not in [button.key for button in app.button]
