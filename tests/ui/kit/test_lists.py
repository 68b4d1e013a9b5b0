"""Lists: order and page in the address, the labels' and the pager's links, rows that lead on."""

from __future__ import annotations

import csv

import pytest

from credigestor.db.engine import transaction
from credigestor.reports import customers, notes
from credigestor.rules.permissions import Role
from credigestor.ui.kit import rows
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, add_customer, add_sale, late, pay
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app
from tests.web.fetching import click_and_fetch

pytestmark = pytest.mark.usefixtures("db")

SALES, PAYMENTS, HOME = "counter/sales.py", "counter/payments.py", "counter/home.py"
CUSTOMERS, NOTES, LATE = "counter/customers.py", "counter/notes.py", "analytics/delinquency.py"


@pytest.fixture
def many(db: str) -> None:
    """30 late customers; the last of them owes least and is late longest, by 662 days."""
    with transaction() as session:
        for k in range(30):
            who = add_customer(session, f"Cliente {k:02}")
            due = late(662 if k == 29 else 10 + k)
            add_sale(session, who, late(700), [(f"{500 - k}.00", due)])


def column(app: Visit, name: str) -> list[str]:
    assert not app.exception
    return list(lists(app)[0].value[name])


@pytest.mark.usefixtures("many")
def test_the_longest_late_of_all_pages_comes_first_when_sorted_by_days() -> None:
    app = open_app(Role.MANAGER, page=LATE)
    assert "662" not in column(app, "days_late")
    [found] = lists(app)
    assert found.sorted == {"principal": "descending"}
    assert found.orders["days_late"] == "?order=-days_late"
    app = open_app(Role.MANAGER, page=LATE, order="-days_late")
    assert column(app, "days_late")[:2] == ["662", "38"]
    assert lists(app)[0].sorted == {"days_late": "descending"}
    assert lists(app)[0].orders["days_late"] == "?order=days_late"
    answer = click_and_fetch(app, "list_delinquency")
    rows = csv.DictReader(answer.body.decode("utf-8-sig").splitlines(), delimiter=";")
    assert [row["Dias de atraso"] for row in rows][:2] == ["662", "38"]


@pytest.mark.usefixtures("many")
def test_links_keep_the_filters_and_a_new_order_begins_at_its_first_page() -> None:
    app = open_app(Role.SELLER, page=NOTES, status="overdue", order="-owed")
    app.query_params["page"] = "2"
    app.run()
    [found] = lists(app)
    assert "26–30 de 30" in found.text
    first = "?status=overdue&order=-owed"
    assert found.pages == {"Página anterior": first, "Página 1": first}
    assert found.orders["amount"] == "?status=overdue&order=-amount"
    assert found.orders["owed"] == "?status=overdue&order=owed"
    assert found.orders["due_date"] == "?status=overdue"


@pytest.mark.usefixtures("many")
def test_another_filter_begins_at_its_first_page() -> None:
    app = open_app(Role.SELLER, page=CUSTOMERS)
    app.query_params["page"] = "2"
    app.run()
    assert column(app, "name") == [f"Cliente {k}" for k in range(25, 30)]
    assert app.query_params["page"] == "2"
    app.text_input[0].set_value("cliente").run()
    assert column(app, "name")[0] == "Cliente 00"
    assert "page" not in app.query_params


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("word", ["-secret", "--name", "owed; DROP", "-", "\x00"])
@pytest.mark.parametrize("page", ["0", "-3", "x", "9" * 30, "٣"])
def test_nonsense_is_the_usual_order_and_the_first_page(word: str, page: str) -> None:
    app = open_app(Role.SELLER, page=CUSTOMERS, order=word)
    app.query_params["page"] = page
    app.run()
    assert column(app, "name")[0] == "Cliente 00"
    assert not app.query_params


@pytest.mark.usefixtures("many")
def test_a_page_past_the_last_is_the_last() -> None:
    app = open_app(Role.SELLER, page=CUSTOMERS)
    app.query_params["page"] = "99"
    app.run()
    assert column(app, "name")[-1] == "Cliente 29"


@pytest.mark.usefixtures("many")
def test_what_so_many_rows_do_not_sort_by_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "MANY", 29)
    monkeypatch.setattr(notes, "MANY", 29)
    app = open_app(Role.SELLER, page=CUSTOMERS, order="-owed")
    assert column(app, "name")[0] == "Cliente 00"
    assert "owed" not in lists(app)[0].orders
    assert "Por Deve hoje, Notas atrasadas a lista ordena até 29 linhas" in app.texts
    app = open_app(Role.SELLER, page=NOTES, order="-number")
    assert "1–25 de 30" in lists(app)[0].text
    assert column(app, "customer")[0] == "Cliente 29"
    assert set(lists(app)[0].orders) == {"number", "due_date"}


def test_a_rows_first_column_leads_to_its_page_and_texts_stay_as_typed() -> None:
    with transaction() as session:
        who = add_customer(session, "<b>Ana</b> & “Cia” [x](y)")
        add_sale(session, who, TODAY, [("10.00", TODAY)])
    app = open_app(Role.SELLER, page=CUSTOMERS)
    assert column(app, "name") == ["<b>Ana</b> & “Cia” [x](y)"]
    assert lists(app)[0].hrefs == [f"cliente?id={who}"]
    app = open_app(Role.SELLER, page=NOTES, as_of=str(late(-3)))
    assert lists(app)[0].hrefs == [f"nota?id=1&as_of={late(-3)}"]


@pytest.fixture
def two_customers(db: str) -> None:
    """Ana, who has a phone, and Bia, who has none; each owes and has paid."""
    admin = actor_of(add_user(Role.ADMIN))
    with transaction() as session:
        for name, phone in (("Ana", "+5585988724443"), ("Bia", None)):
            who = add_customer(session, f"{name} <b>|*", phone=phone)
            dues = [("10.00", late(40)), ("20.00", late(20)), ("30.00", TODAY)]
            sale = add_sale(session, who, late(70), dues)
            pay(session, admin, sale.notes[0], "10.00", late(40))


@pytest.mark.usefixtures("two_customers")
@pytest.mark.parametrize(
    ("role", "page", "amount"),
    [
        (Role.SELLER, CUSTOMERS, "owed"),
        (Role.SELLER, NOTES, "owed"),
        (Role.SELLER, SALES, "total"),
        (Role.SELLER, PAYMENTS, "amount"),
        (Role.SELLER, HOME, "owed"),
        (Role.MANAGER, LATE, "owed"),
    ],
)
def test_a_card_knows_its_amount_its_labels_and_the_phone_of_who_has_one(
    role: Role, page: str, amount: str
) -> None:
    [found] = lists(open_app(role, page=page))
    assert found.amounts == {amount}
    reached = set(zip(found.value.iloc[:, 0], found.phones, strict=True))
    assert reached == {("Ana <b>|*", "+5585988724443"), ("Bia <b>|*", None)}
    # Each value is told by the label of its own place.
    for place, label in enumerate(found.labels.values(), 1):
        assert f"--cg-{place}:'{label.rstrip(' ▲▼')}';" in found.words


def test_no_label_ends_the_style_that_tells_it() -> None:
    assert rows._quoted("Área, nº 1") == r"Área\00002c nº 1"
    assert rows._quoted("a';}</style>\\\n") == (
        r"a\000027\00003b\00007d\00003c\00002fstyle\00003e\00005c\00000a"
    )
