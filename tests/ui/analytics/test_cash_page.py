"""The cash page: its sentences and cards, where its marks lead, and a shop without history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import quote

import pytest

from credigestor.db.engine import transaction
from credigestor.reports.portfolio.collections import Collection
from credigestor.reports.portfolio.forecast import Coming, ComingBand, ComingMonth, Forecast
from credigestor.rules.aging import BANDS
from credigestor.rules.forecast import History
from credigestor.rules.permissions import Actor
from credigestor.ui.charts import cash as charts
from tests.portfolio import TODAY, add_customer, add_sale, pay
from tests.ui.carded import cards_of
from tests.ui.charts import specs
from tests.ui.listed import leads
from tests.ui.support import open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "analytics/cash.py"


@pytest.fixture
def shop(admin: Actor) -> None:
    """Of October's 1.000,00, 710,00 paid in time and 163,00 late; 1.000,00 are not due yet."""
    with transaction() as session:
        sale = add_sale(
            session,
            add_customer(session, city="Fortaleza"),
            date(2026, 8, 1),
            [
                ("710.00", date(2026, 10, 5)),
                ("190.00", date(2026, 10, 13)),
                ("100.00", date(2026, 10, 20)),
                ("400.00", date(2026, 11, 25)),
                ("600.00", date(2026, 12, 21)),
                ("80.00", date(2026, 9, 10)),
                ("70.00", date(2028, 1, 10)),
            ],
        )
        pay(session, admin, sale.notes[0], "710.00", date(2026, 10, 5))
        pay(session, admin, sale.notes[1], "167.43", date(2026, 10, 23))
        pay(session, admin, sale.notes[5], "80.00", date(2026, 9, 10))


@pytest.mark.usefixtures("shop")
def test_each_exhibit_says_what_it_shows() -> None:
    text = text_of(open_app(role="manager", page=PAGE))
    for sentence in (
        "Do que venceu em outubro de 2026, 87,3 % já foi pago: 71,0 % em dia e 16,3 % com atraso.",
        "o mais pago é setembro de 2026 (100,0 %) e o menos pago, outubro de 2026 (87,3 %)",
        # 953,00 of 1.080,00 were paid: 352,96 of 400,00 and 529,44 of 600,00
        "Nos próximos 3 meses, até 31/01/2027, vencem R$ 1.000,00; pelo histórico, devem entrar "
        "R$ 882,40 (88,2 %).",
        "Em 12 meses, R$ 1.000,00; pelo histórico, devem entrar R$ 882,40 (88,2 %).",
        "Depois disso, mais R$ 70,00.",
        "De cada R$ 100 que já saíram de “A vencer”, R$ 88,24 foram pagos; de “1–30 dias”, "
        "R$ 56,21.",
    ):
        assert sentence in text


@pytest.mark.usefixtures("shop")
def test_the_cards_compare_months_of_the_same_age() -> None:
    app = open_app(role="manager", page=PAGE)
    cards = {card.label: card.value for card in cards_of(app)}
    assert cards == {
        "Eficiência da cobrança em out/26": "87,30 %",
        "Pago em dia em out/26": "71,00 %",
        "Deve entrar até 31/01/2027": "R$ 882,40",
    }
    efficiency = cards_of(app)[0]
    assert efficiency.change == "-12,7 p.p."
    assert "set/26 é visto em 23/10/2026, com a mesma idade." in efficiency.help
    last_year = cards_of(open_app(role="manager", page=PAGE, compare="last-year"))[0]
    assert last_year.change == ""  # nothing fell due then
    assert "out/25 é visto em 23/11/2025" in last_year.help


@pytest.mark.usefixtures("shop")
def test_marks_lead_to_the_notes_of_their_part_of_this_view() -> None:
    app = open_app(role="manager", page=PAGE, city="Fortaleza")
    found = {label: way.removeprefix("notas?") for label, way in leads(app).items()}
    october = "due_from=2026-10-01&due_to=2026-10-31"
    assert found["Vencem em outubro de 2026: R$ 1.000,00"] == (
        f"city=Fortaleza&status=all&{october}"
    )
    assert found["Outubro de 2026, atrasado: R$ 127,00"] == (
        f"city=Fortaleza&status=overdue&{october}"
    )
    late = "&".join(f"band={quote(band)}" for band in BANDS[1:])
    assert found["Atrasado: R$ 127,00"] == f"city=Fortaleza&{late}&status=open"
    assert found["A vencer em novembro de 2026: R$ 400,00"] == (
        "city=Fortaleza&band=current&status=open&due_to=2026-11-30"
    )
    assert found["31–60 dias: R$ 127,00 em aberto"] == "city=Fortaleza&band=31-60&status=open"


@pytest.mark.usefixtures("shop")
def test_an_earlier_date_shows_what_was_known_then() -> None:
    app = open_app(role="manager", page=PAGE, as_of="2026-10-31")
    text = text_of(app)
    assert "Do que venceu em outubro de 2026, 87,3 % já foi pago" in text
    assert all("as_of=2026-10-31" in query for label, query in leads(app).items() if "R$" in label)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("as_of", ["1900-01-01", "2200-12-31", "2024-02-29"])
def test_the_ends_of_the_calendar_are_no_trouble(as_of: str) -> None:
    text_of(open_app(role="manager", page=PAGE, as_of=as_of, compare="last-year"))


def test_an_empty_shop_says_what_to_do() -> None:
    app = open_app(role="manager", page=PAGE)
    text = text_of(app)
    assert "Nenhuma nota venceu nos últimos 12 meses. Escolha outra data-base" in text
    assert "Nada a receber nos próximos 12 meses." in text
    assert cards_of(app)[0].value == "—"


def test_without_history_nothing_is_expected() -> None:
    with transaction() as session:
        add_sale(session, add_customer(session), TODAY, [("50.00", date(2026, 12, 10))])
    text = text_of(open_app(role="manager", page=PAGE))
    assert "vencem R$ 50,00; ainda não há histórico para dizer quanto deve entrar" in text
    assert "Nada venceu ainda: não há histórico." in text


def test_a_seller_has_no_business_here() -> None:
    app = open_app(role="seller", page=PAGE)
    assert not cards_of(app)
    assert "Venceu e entrou" not in text_of(app)


# The charts, by their data.


def test_parts_of_a_bar_that_are_open_lead_apart() -> None:
    found = [Collection(date(2026, 10, 1), Decimal(710), Decimal(163), Decimal(127), Decimal(0))]
    marks = specs.rows(charts.collected(found))
    assert [(row["id"], row["kind"], row["value"]) for row in marks] == [
        ("2026-10", "Pago em dia", 710.0),
        ("2026-10", "Pago com atraso", 163.0),
        ("2026-10/overdue", "Atrasado", 127.0),
    ]
    assert marks[0]["efficiency"] == "87,30\xa0%"


def test_a_month_in_which_nothing_fell_due_has_no_point() -> None:
    chart = charts.efficiency(
        [Collection(date(2026, 9, 1)), Collection(date(2026, 10, 1), Decimal(5))]
    )
    assert {(row["x"], row["series"]) for row in specs.rows(chart)} == {
        ("out/26", "Pago"),
        ("out/26", "Em dia"),
    }


def test_what_is_overdue_stands_before_the_months_and_what_is_unknown_has_no_bar() -> None:
    nothing, due = Coming(Decimal(0), Decimal(0)), Coming(Decimal(100), Decimal("88.00"))
    unknown = Coming(Decimal(20), None, Decimal(20))
    found = Forecast(
        TODAY,
        (ComingMonth(None, date(2026, 11, 30), due),),
        nothing,
        tuple(
            ComingBand(
                band,
                unknown if band == ">360" else nothing,
                History(Decimal(1) if band == "1-30" else Decimal(0), Decimal(0)),
            )
            for band in BANDS
        ),
    )
    assert [
        (row["id"], row["kind"], row["value"]) for row in specs.rows(charts.forecast_bars(found))
    ] == [
        ("overdue", "Pelo contrato", 20.0),
        ("2026-11", "Pelo contrato", 100.0),
        ("2026-11", "Esperado", 88.0),
    ]
    assert [(row["id"], row["value"]) for row in specs.rows(charts.shares(found.bands))] == [
        ("1-30", 100.0)
    ]
