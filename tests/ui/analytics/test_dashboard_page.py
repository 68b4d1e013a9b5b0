"""The manager's first page: figures and their change, filters in the address, ways to notes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import streamlit as st

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from credigestor.ui.analytics.portfolio_risk import VARIANTS
from tests.factories import add_user
from tests.portfolio import TODAY, add_customer, add_r17, add_sale, late, pay, random_portfolio
from tests.ui.carded import cards_of
from tests.ui.clicks import click
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "analytics/dashboard.py"


@pytest.fixture
def shop(manager: Actor) -> None:
    """R17's customers, and 50,00 of another note received on each of the last two months."""
    with transaction() as session:
        add_r17(session, "Ana <b>", "Bia", "Caio", "Davi")
        paid = add_sale(session, add_customer(session, "Eva"), TODAY, [("50.00", TODAY)])
        pay(session, manager, paid.notes[0], "50.00", TODAY)
        before = add_sale(session, 1, late(40), [("40.00", late(35))])
        pay(session, manager, before.notes[0], "40.00", late(35))


def metrics(app: Visit) -> dict[str, tuple[str, str]]:
    assert not app.exception
    return {card.label: (card.value, card.change) for card in cards_of(app)}


@pytest.mark.usefixtures("shop")
def test_the_cards_show_the_portfolio_and_the_month_with_their_change() -> None:
    cards = metrics(open_app(role="manager", page=PAGE))
    assert cards["A receber"] == ("R$ 1.290,00", "sem mudança")
    assert cards["Em atraso"] == ("R$ 630,00", "+14,5 %")  # R$ 550,00 on 23/10
    assert cards["Inadimplência (atrasado, por nota)"] == ("48,84 %", "+6,2 p.p.")
    assert cards["Vendido"] == ("R$ 50,00", "+25,0 %")
    assert cards["Recebido: principal"] == ("R$ 50,00", "+25,0 %")
    assert cards["Recebido: juros e multa"] == ("R$ 0,00", "")


@pytest.mark.usefixtures("shop")
def test_the_days_compared_with_stand_beside_each_change() -> None:
    with transaction() as session:
        add_sale(session, 1, date(2026, 10, 30), [("400.00", TODAY)])  # not of the same days
    app = open_app(role="manager", page=PAGE)
    said = {card.label: card.since for card in cards_of(app) if card.change}
    assert said["A receber"] == "desde 23/10/2026"
    assert said["Vendido"] == said["Recebido: principal"] == "ante 01 a 23/10/2026"
    assert metrics(app)["Vendido"] == ("R$ 50,00", "+25,0 %")
    app = open_app(role="manager", page=PAGE, query={"compare": "previous"})
    assert metrics(app)["Vendido"] == ("R$ 50,00", "-88,6 %")  # 440,00 from 09/10 to 31/10


@pytest.mark.usefixtures("shop")
def test_r17_every_rate_is_labelled_and_defined() -> None:
    text = text_of(open_app(role="manager", page=PAGE))
    for line in (
        "Atrasado, por nota: 48,84 %",
        "Mais de 30 dias, por nota: 42,64 %",
        "Mais de 30 dias, com arrasto: 58,14 %",
        "Mais de 90 dias, por nota: 11,63 %",
        "Mais de 90 dias, com arrasto: 34,88 %",
        *(variant.definition for variant in VARIANTS),
    ):
        assert line in text


@pytest.mark.usefixtures("shop")
def test_the_people_behind_the_figures_are_listed() -> None:
    app = open_app(role="manager", page=PAGE)
    debtors, next_due = (table.value for table in lists(app))
    assert list(debtors["name"]) == ["Caio", "Ana <b>", "Bia", "Davi"]
    assert list(next_due["name"]) == ["Ana <b>", "Bia", "Davi"]
    assert "customer_id" not in debtors
    assert "Notas em aberto que vencem de 23/11/2026 a 29/11/2026." in text_of(app)


@pytest.mark.usefixtures("shop")
def test_date_and_period_come_from_the_address() -> None:
    app = open_app(
        role="manager",
        page=PAGE,
        query={
            "as_of": "2026-10-31",
            "period": "custom",
            "from": str(late(40)),
            "to": str(late(35)),
        },
    )
    cards = metrics(app)
    assert cards["Em atraso"][0] == "R$ 550,00"
    assert cards["Vendido"][0] == "R$ 40,00"
    assert "Carteira em 31/10/2026" in text_of(app)


@pytest.mark.usefixtures("shop")
def test_the_figures_can_be_compared_with_those_of_last_year() -> None:
    with transaction() as session:
        add_sale(session, 2, date(2025, 11, 5), [("40.00", date(2025, 11, 20))])
    app = open_app(role="manager", page=PAGE, query={"compare": "last-year"})
    cards = metrics(app)
    assert cards["A receber"] == ("R$ 1.330,00", "+3.225,0 %")  # 40,00 on 23/11/2025
    assert cards["Em atraso"] == ("R$ 670,00", "+1.575,0 %")
    assert cards["Inadimplência (atrasado, por nota)"] == ("50,38 %", "-49,6 p.p.")
    assert cards["Vendido"] == ("R$ 50,00", "+25,0 %")
    assert "Comparado com: 01/11/2025 a 23/11/2025, como estava em 23/11/2025" in text_of(app)


@pytest.mark.usefixtures("shop")
def test_filters_in_the_address_apply_to_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    files = offered_files(monkeypatch)
    vera = add_user(name="Vera").id
    with transaction() as session:
        fabio = add_customer(session, "Fábio", city="Recife")
        notes = [("70.00", late(40)), ("30.00", TODAY + timedelta(days=2))]
        add_sale(session, fabio, late(70), notes, seller_id=vera)
        add_sale(session, fabio, TODAY, [("500.00", TODAY)], seller_id=vera)
        add_sale(session, fabio, late(70), [("20.00", late(40))])
        add_sale(session, 1, late(70), [("20.00", late(40))], seller_id=vera)
    query = {"seller": str(vera), "city": "Recife", "value": "0-100"}
    app = open_app(role="manager", page=PAGE, query=query)
    cards = metrics(app)
    assert cards["A receber"] == ("R$ 100,00", "sem mudança")
    assert cards["Em atraso"][0] == "R$ 70,00"
    assert cards["Inadimplência (atrasado, por nota)"][0] == "70,00 %"
    assert cards["Vendido"][0] == cards["Recebido: principal"][0] == "R$ 0,00"
    text = text_of(app)
    assert "1 nota atrasada de 2 em aberto" in text
    assert "juros de mora R$ 0,93, multa R$ 1,40" in text
    assert "Mais de 30 dias, com arrasto: 100,00 %" in text
    assert "De cada R$ 100 a receber, R$ 70,00 estão em atraso: R$ 70,00 de R$ 100,00." in text
    assert "Nov/26 é quando mais vence: R$ 30,00" in text
    assert "set/26;1;100,00;" in files["vendido-e-recebido.csv"]
    assert "nov/26;0;0,00;" in files["vendido-e-recebido.csv"]
    debtors, next_due = (table.value for table in lists(app))
    assert list(debtors["name"]) == ["Fábio"]
    assert list(next_due["owed"]) == ["R$ 30,00"]


def offered_files(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What download buttons hold, by file name, as they are drawn."""
    files: dict[str, str] = {}

    def button(label: str, data: bytes, name: str, *_: object, **__: object) -> None:
        files[name] = data.decode("utf-8-sig")

    monkeypatch.setattr(st, "download_button", button)
    return files


@pytest.mark.usefixtures("shop")
def test_choosing_a_period_puts_it_in_the_address() -> None:
    app = open_app(role="manager", page=PAGE)
    app.selectbox(key="view:period").set_value("last-month").run()
    assert app.query_params["period"] in ("last-month", ["last-month"])
    assert metrics(app)["Vendido"][0] == "R$ 40,00"
    assert "Movimento de 01/10/2026 a 31/10/2026" in text_of(app)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "query",
    [
        {"as_of": "banana", "period": "xx"},
        {"as_of": "0001-01-01"},
        {"as_of": "9999-12-31", "period": "year"},
        {"period": "custom", "from": "2026-99-99", "to": ""},
    ],
)
def test_nonsense_in_the_address_is_ignored(query: dict[str, str]) -> None:
    cards = metrics(open_app(role="manager", page=PAGE, query=query))
    assert cards["A receber"][0] == "R$ 1.290,00"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("as_of", ["1900-01-01", "2200-12-31"])
def test_the_ends_of_the_calendar_are_no_trouble(as_of: str) -> None:
    for period in ("month", "last-month", "90-days", "year"):
        app = open_app(role="manager", page=PAGE, query={"as_of": as_of, "period": period})
        assert metrics(app)["Vendido"][0] == "R$ 0,00"


@pytest.mark.usefixtures("shop")
def test_a_period_that_ends_before_it_starts_is_refused_with_a_word() -> None:
    query = {"period": "custom", "from": "2026-11-10", "to": "2026-11-01"}
    app = open_app(role="manager", page=PAGE, query=query)
    assert "O período termina antes de começar" in text_of(app)
    assert not cards_of(app)


def test_an_empty_shop_shows_no_arrows_and_says_what_to_do() -> None:
    app = open_app(role="manager", page=PAGE)
    cards = metrics(app)
    assert cards["A receber"] == ("R$ 0,00", "")
    assert cards["Inadimplência (atrasado, por nota)"] == ("—", "")
    assert "O painel se enche com a primeira venda" in text_of(app)


@pytest.mark.parametrize(
    ("key", "id_", "file", "query"),
    [
        ("aging", "31-60", "notes", {"status": "open", "band": "31-60"}),
        ("aging", "current", "notes", {"status": "open", "band": "current"}),
        ("due_months", "/2026-10-31", "notes", {"status": "open", "due_to": "2026-10-31"}),
        (
            "due_months",
            "2026-11-01/2026-11-30",
            "notes",
            {"status": "open", "due_from": "2026-11-01", "due_to": "2026-11-30"},
        ),
        (
            "months",
            "2026-10/Vendido",
            "sales",
            {"sold_from": "2026-10-01", "sold_to": "2026-10-31", "value": "0-100"},
        ),
        (
            "months",
            "2026-11/Principal recebido",
            "payments",
            {"paid_from": "2026-11-01", "paid_to": "2026-11-23", "reversed": "no"},
        ),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_click_on_a_bar_leads_to_what_is_behind_it(
    monkeypatch: pytest.MonkeyPatch, key: str, id_: str, file: str, query: dict[str, str]
) -> None:
    chosen = {"value": "0-100"} if key == "months" else {}
    app = open_app(role="manager", page=PAGE, query=chosen)
    assert click(monkeypatch, app, key, id_) == (f"counter/{file}.py", query)


@pytest.mark.usefixtures("shop")
def test_the_notes_behind_a_bar_of_a_past_date_are_those_of_that_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = open_app(role="manager", page=PAGE, query={"as_of": "2026-10-31", "seller": "none"})
    filters = {"as_of": "2026-10-31", "seller": "none", "status": "open", "band": "31-60"}
    assert click(monkeypatch, app, "aging", "31-60") == ("counter/notes.py", filters)


@pytest.mark.usefixtures("shop")
def test_the_sales_behind_a_bar_of_a_past_date_are_those_of_that_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = open_app(role="manager", page=PAGE, query={"as_of": "2026-10-20"})
    found = {"as_of": "2026-10-20", "sold_from": "2026-10-01", "sold_to": "2026-10-20"}
    assert click(monkeypatch, app, "months", "2026-10/Vendido") == ("counter/sales.py", found)


@pytest.mark.usefixtures("shop")
def test_at_midnight_an_open_screen_goes_over_to_the_new_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = open_app(role="manager", page=PAGE)
    assert "Carteira em 23/11/2026" in text_of(app)
    monkeypatch.setattr(clock, "today", lambda time_zone: TODAY + timedelta(days=1))
    app.run()
    assert "Carteira em 24/11/2026" in text_of(app)


@pytest.mark.usefixtures("shop")
def test_at_midnight_a_date_that_was_chosen_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(role="manager", page=PAGE, query={"as_of": "2026-10-31"})
    monkeypatch.setattr(clock, "today", lambda time_zone: TODAY + timedelta(days=1))
    app.run()
    assert "Carteira em 31/10/2026" in text_of(app)


def test_a_large_random_portfolio_is_drawn_at_any_date(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 51)
    for as_of in (TODAY, late(100), late(800), TODAY + timedelta(days=90)):
        app = open_app(role="manager", page=PAGE, query={"as_of": str(as_of)})
        assert metrics(app)["A receber"][0].startswith("R$ ")


@pytest.mark.usefixtures("shop")
def test_a_seller_sees_nothing_of_it() -> None:
    app = open_app(role="seller", page=PAGE)
    assert "Sem permissão" in text_of(app)
    assert not cards_of(app)
    assert "1.290,00" not in text_of(app)
