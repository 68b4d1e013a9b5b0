"""The vintages: sentences, exhibits that lead to the notes, the address, and nothing to show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from credigestor.db.engine import transaction
from credigestor.reports.portfolio.first_payment import FirstPayments
from credigestor.reports.portfolio.vintages import Cell
from credigestor.rules.permissions import Actor
from credigestor.ui.charts import theme
from credigestor.ui.charts import vintages as charts
from tests.factories import add_user
from tests.portfolio import add_customer, add_sale, pay
from tests.ui.charts import specs
from tests.ui.listed import leads
from tests.ui.support import open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "analytics/vintages.py"
EMPTY = ("Nenhuma venda financiada nas safras", "chegou a 30 dias do vencimento da primeira nota")


@pytest.fixture
def two_cohorts(admin: Actor) -> int:
    """June: 1.000,00, a tenth unpaid; July: 2.000,00 of Vera's, half unpaid. Vera's id."""
    vera = add_user(name="Vera").id
    with transaction() as session:
        ana = add_customer(session, city="Fortaleza")
        for month, seller_id, amounts in (
            (6, None, ["900.00", "100.00"]),
            (7, vera, ["1000.00", "1000.00"]),
        ):
            due = date(2026, month + 1, 10)
            paid, _unpaid = (
                add_sale(session, ana, date(2026, month, 10), [(a, due)], seller_id=seller_id)
                for a in amounts
            )
            pay(session, admin, paid.notes[0], amounts[0], due)
    return vera


@pytest.mark.usefixtures("two_cohorts")
def test_the_newest_cohort_old_enough_is_compared_with_the_earlier_ones() -> None:
    text = text_of(open_app(role="manager", page=PAGE))
    assert (
        "De cada R$ 100 financiados em julho de 2026, R$ 50,00 estavam, em 31/10/2026, em vendas "
        "com mais de 30 dias de atraso: mais do que a média das safras anteriores com a mesma "
        "idade (R$ 10,00)." in text
    )
    assert (
        "Aos 3 meses, a safra com mais atraso é a de julho de 2026 (50,00 % do financiado) e a "
        "com menos, a de junho de 2026 (10,00 %)." in text
    )
    assert (
        "Das vendas que já passaram 30 dias do vencimento da primeira nota (4), 50,00 % chegaram "
        "ali sem pagá-la (2)." in text
    )


@pytest.mark.usefixtures("two_cohorts")
def test_the_address_chooses_over_90_and_nonsense_in_it_is_over_30() -> None:
    app = open_app(role="manager", page=PAGE, over="90")
    assert "só 5 meses depois da venda dá para falar" in text_of(app)
    assert [item.value for item in app.header][:2] == [
        "Safras: mais de 90 dias de atraso, em % do financiado",
        "Curvas das safras: mais de 90 dias de atraso",
    ]
    app = open_app(role="manager", page=PAGE, over="60")
    assert "Curvas das safras: mais de 30 dias de atraso" in text_of(app)
    assert "over" not in app.query_params


def test_every_figure_leads_to_its_notes(two_cohorts: int) -> None:
    app = open_app(role="manager", page=PAGE, city="Fortaleza")
    found = {label: way.removeprefix("notas?") for label, way in leads(app).items()}
    july = found["Safra jul/26 em 31/10/2026: R$ 1.000,00"]
    assert set(july.split("&")) == {
        "as_of=2026-10-31",
        "city=Fortaleza",
        "sold_from=2026-07-01",
        "sold_to=2026-07-31",
        "contract_over=30",
    }
    assert set(found["Vendas de junho de 2026: 1 de 2"].split("&")) == {
        "city=Fortaleza",
        "status=all",
        "first=30",
        "sold_from=2026-06-01",
        "sold_to=2026-06-30",
    }
    assert f"seller={two_cohorts}" in found["Vera: 1 de 2"].split("&")
    assert "seller=none" in found["Sem vendedor: 1 de 2"].split("&")


@pytest.mark.usefixtures("two_cohorts")
def test_filters_and_the_as_of_date_hold_for_every_figure() -> None:
    recife = text_of(open_app(role="manager", page=PAGE, city="Recife"))
    assert all(part not in recife for part in EMPTY)  # nobody there: the city is ignored
    nobody = text_of(open_app(role="manager", page=PAGE, seller="none", value="500-1000"))
    assert "(1), 0,00 % chegaram ali sem pagá-la (0)." in nobody
    early = text_of(open_app(role="manager", page=PAGE, as_of="2026-07-31"))
    assert EMPTY[1] in early
    assert "só 3 meses depois da venda dá para falar" in early
    assert "Ainda não há duas safras com 3 meses de idade" in early


def test_sellers_of_the_same_name_are_told_apart_by_their_number() -> None:
    ids = [add_user(name="Zé").id for _ in range(2)]
    with transaction() as session:
        ana = add_customer(session)
        for seller_id in ids:
            sold_on, due = date(2026, 6, 10), date(2026, 7, 10)
            add_sale(session, ana, sold_on, [("10.00", due)], seller_id=seller_id)
    found = leads(open_app(role="manager", page=PAGE))
    assert {label for label in found if label.startswith("Zé")} == {
        f"Zé (nº {seller_id}): 1 de 1" for seller_id in ids
    }


def test_an_empty_shop_is_told_what_to_do() -> None:
    text = text_of(open_app(role="manager", page=PAGE))
    assert all(part in text for part in EMPTY)


def test_a_seller_may_not_see_it() -> None:
    app = open_app(role="seller", page=PAGE)
    assert not app.header


# The charts by their data and specification.


def run(cohort: date, rates: list[str]) -> Iterator[Cell]:
    for age, late in enumerate(rates):
        end = date(2026, cohort.month + age + 1, 1) - pd.Timedelta(days=1)
        yield Cell(cohort, age, end, Decimal(2000), Decimal(late), Decimal(0))


CELLS = [
    *run(date(2026, 1, 1), ["0", "150.50", "40"]),
    *run(date(2026, 2, 1), ["0", "2469.12"]),
    Cell(date(2026, 3, 1), 0, date(2026, 3, 31), Decimal(0), Decimal(0), Decimal(0)),
]


def test_a_cell_says_its_share_and_its_amounts_and_one_not_reached_is_blank() -> None:
    chart = charts.heat_map(CELLS, 30)
    found = specs.rows(chart)
    assert [row["id"] for row in found] == [
        "2026-01/0",
        "2026-01/1",
        "2026-01/2",
        "2026-02/0",
        "2026-02/1",
    ]
    assert [row["label"] for row in found] == ["0,0", "7,5", "2,0", "0,0", "123,5"]
    assert found[1]["rate"] == "7,53\xa0%"
    assert found[4]["late"] == "R$\xa02.469,12"
    assert found[4]["financed"] == "R$\xa02.000,00"
    assert found[4]["on"] == "31/03/2026"
    encoding = chart["layer"][0]["encoding"]
    assert encoding["y"]["scale"]["domain"] == ["jan/26", "fev/26", "mar/26"]
    assert encoding["x"]["scale"]["domain"] == ["0", "1", "2"]


def test_the_curves_spoken_of_are_in_colour_in_front_of_the_gray_ones() -> None:
    chart = charts.curves(CELLS, 30, named={"jan/26": theme.RED})
    assert [row["series"] for row in specs.rows(chart)] == ["fev/26"] * 2 + ["jan/26"] * 3
    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    colors = dict(zip(scale["domain"], scale["range"], strict=True))
    assert colors == {"jan/26": theme.RED, "fev/26": theme.GRAY, "mar/26": theme.GRAY}


def test_bars_show_the_counts_beside_the_share_and_none_before_30_days() -> None:
    counts = {"a": FirstPayments(8, 1), "b": FirstPayments(0, 0), "c": FirstPayments(1200, 0)}
    chart = charts.first_payments(counts, {"c": "Caio", "b": "Bia", "a": "Ana"})
    found = specs.rows(chart)
    assert [row["id"] for row in found] == ["c", "a"]
    assert [row["label"] for row in found] == ["0,0\xa0% · 0 de 1.200", "12,5\xa0% · 1 de 8"]
    assert [row["value"] for row in found] == [0, 12.5]
    spec = chart
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == ["Caio", "Bia", "Ana"]
    assert spec["config"]["locale"]["number"]["decimal"] == ","
    [param] = [p for p in spec["params"] if p["name"] == theme.PICK]
    assert param["select"]["fields"] == ["id"]


@pytest.mark.usefixtures("two_cohorts")
def test_the_link_to_copy_has_the_lateness_and_the_reset_takes_it_out() -> None:
    app = open_app(role="manager", page=PAGE, query={"over": "90"})
    assert app.code[0].value.endswith("&over=90")
    app.button(key="view:reset").click().run()
    assert "over" not in app.query_params
    assert "Safras: mais de 30 dias" in text_of(app)


def test_an_age_of_one_month_is_one_month() -> None:
    assert [charts.age_words(age) for age in (0, 1, 2)] == ["0 meses", "1 mês", "2 meses"]
