"""The report of late customers: filters in the address, totals, WhatsApp, CSV as shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import streamlit as st

from credigestor.db.engine import transaction
from tests.factories import add_user
from tests.pages.support import Visit, open_app
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")

PAGE = "analytics/delinquency.py"


def late(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def seller_id(db: str) -> int:
    """Ana, with a phone, late by 40 and 100 days; Bia, without one, by 40, sold by this user."""
    vera = add_user(name="Vera").id
    with transaction() as session:
        ana = add_customer(session, "=Ana", city="Fortaleza", phone="+5585988724443")
        bia = add_customer(session, "Bia", city="Recife")
        add_sale(session, ana, late(130), [("90.00", late(100)), ("80.00", late(40))])
        add_sale(session, bia, late(90), [("500.00", late(40))], seller_id=vera)
    return vera


def shown(app: Visit) -> list[str]:
    assert not app.exception
    return list(app.dataframe[0].value["name"]) if app.dataframe else []


def text_of(app: Visit) -> str:
    assert not app.exception
    return app.texts.replace("\\", "").replace("\xa0", " ")


@pytest.mark.usefixtures("seller_id")
def test_late_customers_are_listed_with_totals_and_whatsapp() -> None:
    app = open_app(role="manager", page=PAGE)
    assert shown(app) == ["Bia", "=Ana"]
    bia, ana = app.dataframe[0].value.to_dict("records")
    assert ana["whatsapp"] == "https://wa.me/5585988724443"
    assert ana["phone"] == "(85) 98872-4443"
    assert (ana["notes"], ana["days_late"]) == (2, 100)
    assert bia["whatsapp"] is None or bia["whatsapp"] != bia["whatsapp"]
    assert "customer_id" not in bia
    text = text_of(app)
    assert "2 clientes, 3 notas atrasadas" in text
    assert "Principal R$ 670,00" in text
    assert "Multa R$ 13,40" in text
    assert "Total R$ 694,14" in text  # interest 3,00 + 1,07 + 6,67


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"band": "31-60"}, ["Bia", "=Ana"]),
        ({"band": "91-180"}, ["=Ana"]),
        ({"city": "Recife"}, ["Bia"]),
        ({"seller": "none"}, ["=Ana"]),
        ({"seller": "1"}, ["Bia"]),
        ({"due_to": str(late(90))}, ["=Ana"]),
        ({"due_from": str(late(10))}, []),
        ({"as_of": str(late(60))}, ["=Ana"]),
        ({"as_of": str(late(110))}, []),
    ],
)
def test_a_link_opens_the_report_filtered(
    seller_id: int, query: dict[str, str], names: list[str]
) -> None:
    assert seller_id == 1
    assert shown(open_app(role="manager", page=PAGE, query=query)) == names


@pytest.mark.usefixtures("seller_id")
@pytest.mark.parametrize(
    "query",
    [
        {"band": "31-61", "city": "Atlantis", "seller": "abc"},
        {"as_of": "2026-13-45", "due_from": "banana", "due_to": "0001-01-01"},
        {"seller": "99999999999999999999", "band": "current"},
    ],
)
def test_nonsense_in_the_address_is_ignored(query: dict[str, str]) -> None:
    assert shown(open_app(role="manager", page=PAGE, query=query)) == ["Bia", "=Ana"]


@pytest.mark.usefixtures("seller_id")
def test_a_filter_chosen_goes_to_the_address() -> None:
    app = open_app(role="manager", page=PAGE)
    app.selectbox[0].set_value("Fortaleza").run()
    assert app.query_params["city"] in ("Fortaleza", ["Fortaleza"])
    assert shown(app) == ["=Ana"]


@pytest.mark.usefixtures("seller_id")
def test_the_csv_holds_exactly_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[Any] = []
    monkeypatch.setattr(
        st, "download_button", lambda label, data, name, *_, **__: offered.append((name, data))
    )
    app = open_app(role="manager", page=PAGE, query={"city": "Fortaleza"})
    assert shown(app) == ["=Ana"]
    [(name, data)] = offered
    assert name == "inadimplencia-2026-11-23.csv"
    assert data.startswith(b"\xef\xbb\xbf")
    header, row, rest = data.decode("utf-8-sig").split("\r\n")
    assert rest == ""
    assert header.split(";")[:4] == ["Cliente", "Total", "Dias de atraso", "Notas"]
    cells = dict(zip(header.split(";"), row.split(";"), strict=True))
    assert cells["Cliente"] == "'=Ana"
    assert (cells["Principal"], cells["Juros"], cells["Multa"]) == ("170,00", "4,07", "3,40")
    assert cells["Total"] == "177,47"
    assert cells["Vencida desde"] == "15/08/2026"
    assert len(cells) == len(app.dataframe[0].value.columns)


def test_nobody_late_is_good_news() -> None:
    app = open_app(role="manager", page=PAGE)
    assert "Ninguém tem nota atrasada em 23/11/2026." in text_of(app)
    assert not app.dataframe


@pytest.mark.usefixtures("seller_id")
def test_filters_that_leave_nobody_say_so() -> None:
    app = open_app(role="manager", page=PAGE, query={"due_from": str(TODAY)})
    assert "Ninguém com esses filtros" in text_of(app)


@pytest.mark.usefixtures("seller_id")
def test_a_seller_sees_nothing_of_it() -> None:
    app = open_app(role="seller", page=PAGE)
    assert "Sem permissão" in text_of(app)
    assert "Ana" not in text_of(app)
    assert not app.dataframe
