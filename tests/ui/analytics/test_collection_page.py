"""The collection page: what it says, what its charts hold, and where their marks lead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.reports.note_filters import NoteFilters
from credigestor.reports.notes import totals
from credigestor.reports.portfolio.late_charges import LateCharges
from credigestor.reports.portfolio.recovery import Recovery
from credigestor.reports.portfolio.rolls import Origin, Roll, rolls
from credigestor.reports.scope import Scope
from credigestor.rules.aging import BANDS
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from credigestor.ui.analytics import roll_exhibits
from credigestor.ui.analytics.view import View
from credigestor.ui.charts import collection as charts
from credigestor.ui.charts import theme
from credigestor.ui.kit import links
from tests.portfolio import TODAY, add_customer, add_sale, pay, random_portfolio
from tests.ui.clicks import click
from tests.ui.support import Visit, open_app, text_of

D = Decimal

PAGE = "analytics/collection.py"
VIEW = View(TODAY, Period(date(2026, 11, 1), TODAY), today=TODAY)
on_a_page = pytest.mark.usefixtures("db")


@pytest.fixture
def shop(db: str, manager: Actor) -> None:
    """400,00 that were 1 to 30 days late at the end of September: 180,00 rolled in October."""
    with transaction() as session:
        ana = add_customer(session, "Ana", city="Fortaleza")
        sale = add_sale(
            session,
            ana,
            date(2026, 1, 5),
            [
                ("100.00", date(2026, 9, 10)),
                ("200.00", date(2026, 9, 15)),
                ("100.00", date(2026, 9, 21)),
                ("300.00", date(2026, 10, 15)),
                ("300.00", date(2026, 12, 10)),
            ],
            late_rate="0",
        )
        pay(session, manager, sale.notes[1], "124.00", date(2026, 10, 9))  # 4,00 are the fine
        pay(session, manager, sale.notes[2], "102.00", date(2026, 10, 5))


def metrics(app: Visit) -> dict[str, str]:
    assert not app.exception
    return {card.label: card.value.replace("\xa0", " ") for card in app.metric}


@on_a_page
@pytest.mark.usefixtures("shop")
def test_r20_the_matrix_says_where_the_first_late_band_went() -> None:
    text = text_of(open_app(role="manager", page=PAGE))
    assert (
        "De cada R$ 100 que estavam na faixa 1–30 dias no fim de setembro de 2026, R$ 45,00 "
        "passaram para 31–60 dias em outubro de 2026 e R$ 55,00 foram pagos." in text
    )
    assert "Em outubro de 2026, 55,00 % do que estava atrasado foi pago." in text


@on_a_page
@pytest.mark.usefixtures("shop")
def test_the_cards_show_the_late_charges_of_the_period() -> None:
    cards = metrics(open_app(role="manager", page=PAGE, query={"period": "last-month"}))
    assert cards["Gerados"] == "R$ 6,00"  # the fine of the note of October, and none other
    assert cards["Recebidos"] == "R$ 6,00"
    assert cards["Dispensados"] == "R$ 0,00"
    assert cards["Em aberto em 23/11/2026"] == "R$ 8,00"


@on_a_page
@pytest.mark.usefixtures("shop")
def test_the_month_of_the_matrix_comes_from_the_address() -> None:
    app = open_app(role="manager", page=PAGE, query={"month": "2026-09"})
    assert "Rolagem em setembro de 2026" in text_of(app)
    assert "Nada estava atrasado no fim de agosto de 2026. De cada R$ 100 a vencer" in text_of(app)
    app.selectbox(key="address:month").set_value("").run()
    assert "Rolagem em outubro de 2026" in text_of(app)
    assert "month" not in app.query_params


@on_a_page
@pytest.mark.usefixtures("shop")
def test_another_as_of_date_has_other_months() -> None:
    app = open_app(role="manager", page=PAGE, query={"month": "2026-09"})
    app.date_input(key="view:as_of").set_value(date(2026, 8, 31)).run()
    assert "Rolagem em agosto de 2026" in text_of(app)
    app.date_input(key="view:as_of").set_value(date(2026, 11, 23)).run()
    assert "Rolagem em outubro de 2026" in text_of(app)


@on_a_page
@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("chart", "mark", "file", "query"),
    [
        (
            "matrix-2026-10",
            "2026-10/1-30/31-60",
            "counter/notes.py",
            {
                "as_of": "2026-10-31",
                "status": "open",
                "band": ["31-60"],
                "late_to": "2026-09-30",
                "due_from": "2026-08-31",
                "due_to": "2026-09-29",
            },
        ),
        (
            "rates",
            "2026-10/current/1-30",
            "counter/notes.py",
            {
                "as_of": "2026-10-31",
                "status": "open",
                "band": ["1-30"],
                "late_from": "2026-10-01",
                "sold_to": "2026-09-30",
            },
        ),
        (
            "matrix-2026-10",
            "2026-10/1-30/cured",
            "counter/notes.py",
            {"as_of": "2026-09-30", "status": "open", "band": ["1-30"]},
        ),
        (
            "rates",
            "2026-10",
            "counter/notes.py",
            {"as_of": "2026-09-30", "status": "open", "band": list(BANDS[1:])},
        ),
        (
            "recovery",
            "2026-09",
            "counter/notes.py",
            {"status": "all", "late_from": "2026-09-01", "late_to": "2026-09-30"},
        ),
        (
            "recovery-months",
            "2026-09/15",
            "counter/notes.py",
            {"status": "all", "late_from": "2026-09-01", "late_to": "2026-09-30"},
        ),
        (
            "charges",
            "2026-10",
            "counter/payments.py",
            {"paid_from": "2026-10-01", "paid_to": "2026-10-31", "reversed": "no"},
        ),
    ],
)
def test_a_click_on_a_mark_leads_to_what_is_behind_it(
    monkeypatch: pytest.MonkeyPatch, chart: str, mark: str, file: str, query: dict[str, Any]
) -> None:
    app = open_app(role="manager", page=PAGE)
    assert click(monkeypatch, app, chart, mark) == (file, query)


@on_a_page
@pytest.mark.usefixtures("shop")
def test_the_filters_of_the_view_go_along_to_the_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(role="manager", page=PAGE, query={"city": "Fortaleza"})
    _, query = click(monkeypatch, app, "recovery", "2026-09")
    assert query["city"] == "Fortaleza"


@on_a_page
def test_an_empty_shop_says_what_to_do() -> None:
    app = open_app(role="manager", page=PAGE)
    text = text_of(app)
    assert "Nada estava em aberto em 30/09/2026. Escolha outro mês" in text
    assert "Nada em aberto nos últimos 12 meses completos. Escolha outra data-base" in text
    assert "Nenhum atraso nos meses que já chegaram a 5 dias. Escolha outra data-base" in text
    assert "Nenhum juro ou multa nos últimos 13 meses" in text
    assert set(metrics(app).values()) == {"R$ 0,00"}


@on_a_page
def test_a_shop_whose_first_notes_rolled_last_month_has_its_rates() -> None:
    with transaction() as session:
        add_sale(session, add_customer(session), date(2026, 9, 5), [("50.00", date(2026, 10, 28))])
    text = text_of(open_app(role="manager", page=PAGE))
    assert "De cada R$ 100 a vencer, R$ 100,00 atrasaram em outubro de 2026." in text
    assert "Nada estava atrasado no início de nenhum destes meses." in text
    assert "Nada em aberto" not in text


@on_a_page
@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "query",
    [
        {"month": "banana", "as_of": "x"},
        {"month": "2001-01", "period": "custom", "from": "2030-01-01", "to": "2030-02-01"},
        {"as_of": "1900-01-01"},
        {"as_of": "2200-12-31", "compare": "last-year"},
    ],
)
def test_nonsense_and_the_ends_of_the_calendar_are_no_trouble(query: dict[str, str]) -> None:
    assert "Cobrança" in text_of(open_app(role="manager", page=PAGE, query=query))


@on_a_page
def test_a_random_portfolio_is_drawn_at_any_date(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 7)
    for query in ({}, {"as_of": "2025-06-30"}, {"as_of": "2027-01-31"}, {"seller": "1"}):
        text = text_of(open_app(role="manager", page=PAGE, query=query))
        assert "Curva de recuperação" in text


@on_a_page
@pytest.mark.usefixtures("shop")
def test_marks_that_lead_to_the_same_notes_share_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(links, "link", lambda _, label, **__: drawn.append(label))
    text_of(open_app(role="manager", page=PAGE))
    september = "Atrasaram em setembro de 2026: R$\xa0400,00"
    assert drawn.count(september) == 2  # of the curve, and of all five cells of its month
    assert drawn[:2] == [
        "out/26, de A vencer para 1–30 dias: R$\xa0300,00",
        "A vencer em 30/09/2026",
    ]


@pytest.mark.parametrize("seed", [1, 7])
def test_r20_a_cell_leads_to_the_notes_that_its_amount_is_of(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed)
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
        cells = [
            (roll, origin, end)
            for roll in rolls(session, TODAY, 12, Scope(), today=TODAY)
            for origin in roll.origins
            for end in origin.went
        ]
        assert len(cells) > 5
        for month, origin, end in cells:
            params: dict[str, Any] = dict(roll_exhibits.moved(VIEW, month, origin, end).params)
            as_of = date.fromisoformat(params.pop("as_of"))
            days: dict[str, Any] = {k: date.fromisoformat(v) for k, v in params.items() if "_" in k}
            filters = NoteFilters(status=params["status"], bands=tuple(params["band"]), **days)
            found = totals(session, filters, as_of=as_of, today=TODAY)
            assert found.principal == origin.went[end]


@on_a_page
@pytest.mark.usefixtures("shop")
def test_the_link_to_copy_has_the_month_of_the_matrix() -> None:
    app = open_app(role="manager", page=PAGE, query={"seller": "none"})
    app.selectbox(key="address:month").set_value("2026-09").run()
    assert "month=2026-09" in app.code[0].value


def rows(chart: Any, layer: int = 0) -> list[dict[str, Any]]:
    spec = chart.to_dict()
    part = spec["layer"][layer] if "layer" in spec else spec
    return list(spec["datasets"][part.get("data", spec.get("data"))["name"]])


def roll() -> Roll:
    went = {"1-30": ("400.00", {"31-60": D("180.00")}), "current": ("600.00", {"1-30": D(300)})}
    nothing: tuple[str, dict[str, Decimal]] = ("0.00", {})
    return Roll(
        date(2026, 10, 1),
        tuple(Origin(b, D(went.get(b, nothing)[0]), went.get(b, nothing)[1]) for b in BANDS),
    )


def test_the_matrix_has_the_next_band_and_what_was_paid_and_no_impossible_cells() -> None:
    chart = charts.matrix(roll())
    assert [(row["id"], row["label"], row["end"]) for row in rows(chart)] == [
        ("2026-10/current/1-30", "50,0", "1–30 dias"),
        ("2026-10/current/cured", "50,0", "Em dia ou paga"),
        ("2026-10/1-30/31-60", "45,0", "31–60 dias"),
        ("2026-10/1-30/cured", "55,0", "Paga"),
    ]
    assert rows(chart)[2]["amount"] == "R$\xa0180,00"
    spec = chart.to_dict()
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"][-1] == "Paga"
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"][1] == "1–30 dias · R$\xa0400,00"
    color = spec["layer"][0]["encoding"]["color"]
    assert (color["condition"][0]["value"], color["value"]) == (theme.BLUE, theme.HEAT)


def test_the_rates_are_those_of_r20_and_what_was_paid() -> None:
    found = {row["series"]: row["value"] for row in rows(charts.rates([roll()]))}
    assert found == {"A vencer → 1–30": 50, "1–30 → 31–60": 45, "Pago": 55}


def test_the_recovery_stays_blank_where_it_is_not_reached() -> None:
    curve = Recovery(date(2026, 9, 1), D(400), (D(100), D(200), None, None, None))
    for chart, marks in (
        (charts.recovery_months([curve]), ["2026-09/5", "2026-09/15"]),
        (charts.recovery_lines([curve], (None,) * 5), ["2026-09", "2026-09"]),
    ):
        found = rows(chart)
        assert [row["id"] for row in found] == marks
        assert [row["value"] for row in found] == [25, 50]
    spec = charts.recovery_lines([curve], (None,) * 5).to_dict()
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == ["5", "15", "30", "60", "90"]


def test_what_was_charged_received_and_waived_stands_side_by_side() -> None:
    month = Period(date(2026, 10, 1), date(2026, 10, 31))
    chart = charts.charges([LateCharges(month, D("8.00"), D("6.00"), D("1.00"), D("2.70"))])
    assert [(row["id"], row["kind"], row["amount"]) for row in rows(chart)] == [
        ("2026-10", "Gerados", "R$\xa01,70"),
        ("2026-10", "Recebidos", "R$\xa06,00"),
        ("2026-10", "Dispensados", "R$\xa01,00"),
    ]
    assert list(charts.CHARGE_COLORS) == ["Gerados", "Recebidos", "Dispensados"]
