"""The portfolio page: what it says, what its charts hold, and where their marks lead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
import streamlit as st

from credigestor.db.engine import transaction
from credigestor.rules.aging import BANDS
from credigestor.rules.permissions import Actor
from credigestor.ui.charts import portfolio as charts
from credigestor.ui.charts.theme import Spec
from tests.factories import add_user
from tests.portfolio import TODAY, add_customer, add_sale, late, pay, random_portfolio
from tests.ui.carded import cards_of
from tests.ui.charts import specs
from tests.ui.clicks import click
from tests.ui.support import Visit, open_app, text_of

PAGE = "analytics/portfolio.py"
#: What stands in any band of days late.
LATE = {"status": "open", "band": list(BANDS[1:])}
on_a_page = pytest.mark.usefixtures("db")


@pytest.fixture
def shop(db: str) -> int:
    """R17's customers: A's and C's sales are Vera's, whose id it gives, the others nobody's."""
    vera = add_user(name="Vera *V*").id
    soon = TODAY + timedelta(days=3)
    with transaction() as session:
        for name, city, seller, notes in (
            ("Ana <b>", "Recife", vera, [("100.00", late(44)), ("200.00", soon)]),
            ("Bia", None, None, [("300.00", soon)]),
            (
                "Caio",
                "Natal",
                vera,
                [("150.00", late(120)), ("150.00", late(90)), ("150.00", late(60))],
            ),
            ("Davi", "Recife", None, [("80.00", late(10)), ("160.00", soon)]),
        ):
            add_sale(
                session, add_customer(session, name, city=city), late(200), notes, seller_id=seller
            )
    return vera


def metrics(app: Visit) -> dict[str, tuple[str, str]]:
    assert not app.exception
    return {card.label: (card.value, card.change) for card in cards_of(app)}


@on_a_page
@pytest.mark.usefixtures("shop")
def test_the_cards_show_the_portfolio_with_its_change() -> None:
    cards = metrics(open_app(role="manager", page=PAGE))
    assert cards["A receber"] == ("R$ 1.290,00", "sem mudança")
    assert cards["Em atraso"] == ("R$ 630,00", "+14,5 %")  # R$ 550,00 on 23/10
    assert cards["Inadimplência (atrasado, por nota)"] == ("48,84 %", "+6,2 p.p.")
    assert cards["Atraso médio"] == ("65 dias", "+36,4 %")  # 64.8; 47.5 days on 23/10
    assert cards["Clientes que devem"] == ("4", "sem mudança")
    assert cards["Clientes em atraso"] == ("3", "+50,0 %")
    assert cards["Ticket médio"] == ("—", "")


@on_a_page
@pytest.mark.usefixtures("shop")
def test_the_average_sale_is_that_of_the_period() -> None:
    query = {"period": "custom", "from": str(late(210)), "to": str(late(190))}
    app = open_app(role="manager", page=PAGE, query=query)
    cards = metrics(app)
    assert cards["Vendas"][0] == "4"
    assert cards["Ticket médio"][0] == "R$ 322,50"
    assert cards["Parcelas por venda"][0] == "2,00"
    assert "Em mai/26, R$ 322,50 em média (4 vendas); nos doze meses, R$ 322,50." in text_of(app)


@on_a_page
@pytest.mark.usefixtures("shop")
def test_r17_every_variant_is_labelled() -> None:
    assert (
        "De cada R$ 100 a receber, R$ 48,84 estão em atraso. Há mais de 30 dias: 42,64 % por nota "
        "e 58,14 % com arrasto; há mais de 90: 11,63 % por nota e 34,88 % com arrasto."
    ) in text_of(open_app(role="manager", page=PAGE))


@on_a_page
@pytest.mark.usefixtures("shop")
def test_the_sentences_name_the_worst_part() -> None:
    text = text_of(open_app(role="manager", page=PAGE))
    assert "Os 4 devedores devem R$ 1.290,00: toda a carteira." in text
    whole = "no total, 48,84 %."
    assert (
        f"Maior inadimplência: Vera *V*, 73,33 % (R$ 550,00 em atraso, de R$ 750,00); {whole}"
    ) in text
    assert f"Natal, 100,00 % (R$ 450,00 em atraso, de R$ 450,00); {whole}" in text


@on_a_page
def test_the_largest_ten_and_fifty_are_set_against_the_whole_and_the_date_before(db: str) -> None:
    with transaction() as session:
        for k in range(60):
            sold = late(20) if k < 30 else late(60)
            add_sale(session, add_customer(session, "Ana"), sold, [("100.00", TODAY)])
        add_sale(session, 1, late(20), [("900.00", TODAY)])
    app = open_app(role="manager", page=PAGE)
    assert (
        "Os 10 maiores devem R$ 1.900,00, 27,54 % da carteira; os 50 maiores, 85,51 % "
        "(100,00 % em 23/10/2026)."
    ) in text_of(app)


@on_a_page
def test_fewer_than_fifty_debtors_are_not_called_fifty(db: str) -> None:
    with transaction() as session:
        for _ in range(16):
            add_sale(session, add_customer(session, "Ana"), late(20), [("100.00", TODAY)])
    text = text_of(open_app(role="manager", page=PAGE))
    assert "Os 10 maiores dos 16 devedores devem R$ 1.000,00, 62,50 % da carteira." in text


@on_a_page
@pytest.mark.parametrize(
    ("chart", "mark", "file", "query"),
    [
        (
            "rates",
            "over_90_contract",
            "counter/notes.py",
            {"status": "open", "contract_over": "90"},
        ),
        (
            "rates",
            "over_90",
            "counter/notes.py",
            {"status": "open", "band": ["91-180", "181-360", ">360"]},
        ),
        ("concentration", "3", "counter/notes.py", {"status": "open", "customer": "3"}),
        ("seller", "none", "counter/notes.py", {**LATE, "seller": "none"}),
        ("city", "Recife", "counter/notes.py", {**LATE, "city": "Recife"}),
        ("value", "250-500", "counter/notes.py", {**LATE, "value": "250-500"}),
        (
            "tickets",
            "2026-05",
            "counter/sales.py",
            {"sold_from": "2026-05-01", "sold_to": "2026-05-31"},
        ),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_click_leads_to_what_is_behind(
    monkeypatch: pytest.MonkeyPatch, chart: str, mark: str, file: str, query: dict[str, Any]
) -> None:
    app = open_app(role="manager", page=PAGE)
    assert click(monkeypatch, app, chart, mark) == (file, query)


@on_a_page
def test_a_filter_narrows_every_figure_and_goes_along_with_a_click(
    monkeypatch: pytest.MonkeyPatch, shop: int
) -> None:
    query = {"seller": str(shop), "as_of": "2026-11-20"}
    app = open_app(role="manager", page=PAGE, query=query)
    cards = metrics(app)
    assert cards["A receber"][0] == "R$ 750,00"
    assert cards["Clientes que devem"][0] == "2"
    text = text_of(app)
    assert "Vera *V*: R$ 750,00 a receber, R$ 550,00 em atraso, inadimplência de 73,33 %." in text
    assert "Os 2 devedores devem R$ 750,00" in text
    assert "Natal, 100,00 % (R$ 450,00 em atraso, de R$ 450,00); no total, 73,33 %." in text
    found = click(monkeypatch, app, "city", "Natal")
    assert found == ("counter/notes.py", {**query, **LATE, "city": "Natal"})


@on_a_page
def test_an_empty_shop_says_what_to_do() -> None:
    app = open_app(role="manager", page=PAGE)
    assert "Até 23/11/2026 não há vendas a prazo. A carteira se enche com a primeira." in text_of(
        app
    )
    assert not cards_of(app)


@on_a_page
@pytest.mark.usefixtures("shop")
def test_where_nothing_is_open_the_charts_say_so() -> None:
    app = open_app(role="manager", page=PAGE, query={"city": "Natal", "value": ">1000"})
    assert "não há vendas a prazo com estes filtros" in text_of(app)


@on_a_page
def test_a_random_portfolio_is_drawn_with_any_filters(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 51)
    for query in (
        {"as_of": "2025-06-30", "compare": "last-year"},
        {"as_of": "2027-03-31", "city": "Recife"},
        {"value": "500-1000", "seller": str(admin.id), "period": "year"},
        {"as_of": "1900-01-01"},
        {"as_of": "2200-12-31", "period": "last-month"},
    ):
        text_of(open_app(role="manager", page=PAGE, query=query))


@on_a_page
@pytest.mark.usefixtures("shop")
def test_a_seller_sees_nothing_of_it() -> None:
    app = open_app(role="seller", page=PAGE)
    assert "Sem permissão" in text_of(app)
    assert "1.290,00" not in text_of(app)


# The charts by their data and specification.


def test_ranked_bars_keep_their_order_and_say_their_label_once() -> None:
    frame = pd.DataFrame(
        [
            {
                "id": "7",
                "name": "Bia",
                "kind": charts.OVERDUE,
                "value": 30,
                "label": "",
                "said": "a",
            },
            {
                "id": "7",
                "name": "Bia",
                "kind": charts.NOT_DUE,
                "value": 70,
                "label": "x",
                "said": "b",
            },
            {
                "id": "9",
                "name": "Ana",
                "kind": charts.OVERDUE,
                "value": 5,
                "label": "",
                "said": "c",
            },
            {
                "id": "9",
                "name": "Ana",
                "kind": charts.NOT_DUE,
                "value": 0,
                "label": "y",
                "said": "d",
            },
        ]
    )
    chart = charts.ranked(frame, tips={"name": "De"}, colors=charts.STOCK_COLORS)
    spec = chart
    bars, labels = spec["layer"]
    assert bars["encoding"]["y"]["sort"] == ["Bia", "Ana"]
    assert bars["encoding"]["x"]["scale"]["domain"] == [0, 100 * charts.LABEL_ROOM]
    assert bars["encoding"]["color"]["scale"]["domain"] == [charts.OVERDUE, charts.NOT_DUE]
    rows = specs.rows(spec)
    assert [(row["total"], row["label"]) for row in rows] == [
        (100, ""),
        (100, "x"),
        (5, ""),
        (5, "y"),
    ]
    assert labels["encoding"]["text"]["field"] == "label"
    assert [p["name"] for p in spec["params"]] == ["pick"]


def test_a_month_without_sales_keeps_its_place() -> None:
    frame = pd.DataFrame(
        [{"id": "2026-10", "x": "out/26", "value": 3.5, "label": "3,5", "said": "a"}]
    )
    chart = charts.by_month(frame, xs=["set/26", "out/26"], tips={"x": "Mês"}, money=False)
    spec = chart
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == ["set/26", "out/26"]
    assert "labelExpr" not in spec["layer"][0]["encoding"]["y"]["axis"]
    money = charts.by_month(frame, xs=["set/26", "out/26"], tips={"x": "Mês"}, money=True)
    assert "labelExpr" in money["layer"][0]["encoding"]["y"]["axis"]


@on_a_page
def test_beyond_the_fifteen_largest_the_parts_that_owe_are_one_bar(
    db: str, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: dict[str, Spec] = {}
    with transaction() as session:
        for k in range(18):
            there = add_customer(session, f"C {k}", city=f"Cidade {k:02}")
            sale = add_sale(session, there, late(40), [(f"{200 - k}.00", late(10 * (k == 3)))])
        pay(session, manager, sale.notes[0], "183.00", TODAY)  # Cidade 17 owes nothing any more
    app = open_app(role="manager", page=PAGE)

    def vega_lite_chart(chart: Spec, *, key: str, **_: object) -> dict[str, Any]:
        drawn[key] = chart
        return {}

    monkeypatch.setattr(st, "vega_lite_chart", vega_lite_chart)
    app.run()
    assert "Outras 2 cidades devem R$ 369,00." in text_of(app)
    rows = specs.rows(drawn["city"])
    names = list(dict.fromkeys(row["name"] for row in rows))
    assert names == [f"Cidade {k:02}" for k in range(15)] + ["Outras 2"]
    assert [row["value"] for row in rows[-2:]] == [0, 369]
