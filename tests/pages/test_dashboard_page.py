"""The manager's first page: figures and their change, filters in the address, ways to notes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from tests.factories import add_user
from tests.pages.support import Visit, open_app
from tests.portfolio import TODAY, add_customer, add_sale, pay, random_portfolio

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")

PAGE = "analytics/dashboard.py"


def late(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def shop(manager: Actor) -> None:
    """R17's customers, and 50,00 of another note received on each of the last two months."""
    soon = TODAY + timedelta(days=3)
    with transaction() as session:
        for name, notes in {
            "Ana <b>": [("100.00", late(44)), ("200.00", soon)],
            "Bia": [("300.00", soon)],
            "Caio": [("150.00", late(120)), ("150.00", late(90)), ("150.00", late(60))],
            "Davi": [("80.00", late(10)), ("160.00", soon)],
        }.items():
            add_sale(session, add_customer(session, name), late(200), notes)
        paid = add_sale(session, add_customer(session, "Eva"), TODAY, [("50.00", TODAY)])
        pay(session, manager, paid.notes[0], "50.00", TODAY)
        before = add_sale(session, 1, late(40), [("40.00", late(35))])
        pay(session, manager, before.notes[0], "40.00", late(35))


def metrics(app: Visit) -> dict[str, tuple[str, str]]:
    assert not app.exception
    return {
        m.label: (m.value.replace("\xa0", " "), m.delta.replace("\xa0", " ")) for m in app.metric
    }


def text_of(app: Visit) -> str:
    assert not app.exception
    return app.texts.replace("\\", "").replace("\xa0", " ")


@pytest.mark.usefixtures("shop")
def test_the_cards_show_the_portfolio_and_the_month_with_their_change() -> None:
    cards = metrics(open_app(role="manager", page=PAGE))
    assert cards["A receber"] == ("R$ 1.290,00", "sem mudança")
    assert cards["Em atraso"] == ("R$ 630,00", "+14,5 %")  # R$ 550,00 on 31/10
    assert cards["Inadimplência (atrasado, por nota)"] == ("48,84 %", "+6,2 p.p.")
    assert cards["Vendido"] == ("R$ 50,00", "+25,0 %")
    assert cards["Recebido: principal"] == ("R$ 50,00", "+25,0 %")
    assert cards["Recebido: juros e multa"] == ("R$ 0,00", "")


@pytest.mark.usefixtures("shop")
def test_r17_every_rate_is_labelled_and_defined() -> None:
    text = text_of(open_app(role="manager", page=PAGE))
    for line in (
        "Atrasado, por nota: 48,84 %",
        "Mais de 30 dias, por nota: 42,64 %",
        "Mais de 30 dias, com arrasto: 58,14 %",
        "Mais de 90 dias, por nota: 11,63 %",
        "Mais de 90 dias, com arrasto: 34,88 %",
    ):
        assert line in text


@pytest.mark.usefixtures("shop")
def test_the_people_behind_the_figures_are_listed() -> None:
    app = open_app(role="manager", page=PAGE)
    debtors, next_due = (table.value for table in app.dataframe)
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
    assert "Comparado com: 01/11/2025 a 23/11/2025" in text_of(app)


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
    debtors, next_due = (table.value for table in app.dataframe)
    assert list(debtors["name"]) == ["Fábio"]
    assert list(next_due["owed"]) == [30]


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
    assert not app.metric


def test_an_empty_shop_shows_no_arrows_and_says_what_to_do() -> None:
    app = open_app(role="manager", page=PAGE)
    cards = metrics(app)
    assert cards["A receber"] == ("R$ 0,00", "")
    assert cards["Inadimplência (atrasado, por nota)"] == ("—", "")
    assert "O painel se enche com a primeira venda" in text_of(app)


@pytest.mark.parametrize(
    ("key", "id_", "file", "query"),
    [
        ("aging", "31-60", "notes", {"status": "overdue", "band": "31-60"}),
        ("aging", "current", "notes", {"status": "open", "band": "current"}),
        ("due_months", "/2026-10-31", "notes", {"status": "open", "due_to": "2026-10-31"}),
        (
            "due_months",
            "2026-11-01/2026-11-30",
            "notes",
            {"status": "open", "due_from": "2026-11-01", "due_to": "2026-11-30"},
        ),
        ("months", "2026-10", "sales", {"sold_from": "2026-10-01", "sold_to": "2026-10-31"}),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_click_on_a_bar_leads_to_what_is_behind_it(
    monkeypatch: pytest.MonkeyPatch, key: str, id_: str, file: str, query: dict[str, str]
) -> None:
    left_for: list[tuple[str, dict[str, str]]] = []
    app = open_app(role="manager", page=PAGE, query={"value": "0-100"} if key == "months" else {})
    monkeypatch.setattr(st, "altair_chart", clicking(key, id_))
    monkeypatch.setattr(st, "switch_page", leaving(key, left_for))
    app.run()
    assert left_for == [(file, query | ({"value": "0-100"} if key == "months" else {}))]


@pytest.mark.usefixtures("shop")
def test_the_notes_behind_a_bar_of_a_past_date_are_those_of_that_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left_for: list[tuple[str, dict[str, str]]] = []
    app = open_app(role="manager", page=PAGE, query={"as_of": "2026-10-31", "seller": "none"})
    monkeypatch.setattr(st, "altair_chart", clicking("aging", "31-60"))
    monkeypatch.setattr(st, "switch_page", leaving("aging", left_for))
    app.run()
    filters = {"as_of": "2026-10-31", "seller": "none", "status": "overdue", "band": "31-60"}
    assert left_for == [("notes", filters)]


def clicking(clicked: str, id_: str) -> Callable[..., Any]:
    """A chart on which somebody has clicked; AppTest has no charts of its own."""

    def chart(*_: object, key: str | None = None, **__: object) -> dict[str, Any]:
        if key != clicked:
            return {"selection": {"pick": []}}
        st.session_state[key] = "clicked"
        return {"selection": {"pick": [{"id": id_}]}}

    return chart


def leaving(key: str, left_for: list[tuple[str, dict[str, str]]]) -> Callable[..., None]:
    def switch_page(path: str, *, query_params: dict[str, str]) -> None:
        assert "counter/" in path
        assert key not in st.session_state  # or coming back would lead here again
        left_for.append((Path(path).stem, query_params))
        st.stop()

    return switch_page


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
    assert not app.metric
    assert "1.290,00" not in text_of(app)
