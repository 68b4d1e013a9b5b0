"""The charts of the collection page: the marks that each holds, and what stands on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from credigestor.reports.portfolio.late_charges import LateCharges
from credigestor.reports.portfolio.recovery import Recovery
from credigestor.reports.portfolio.rolls import Origin, Roll
from credigestor.rules.aging import BANDS
from credigestor.rules.periods import Period
from credigestor.ui.charts import collection as charts
from credigestor.ui.charts import theme
from tests.ui.charts import specs

D = Decimal


def roll() -> Roll:
    went = {"1-30": ("400.00", {"31-60": D("180.00")}), "current": ("600.00", {"1-30": D(300)})}
    nothing: tuple[str, dict[str, Decimal]] = ("0.00", {})
    return Roll(
        date(2026, 10, 1),
        tuple(Origin(b, D(went.get(b, nothing)[0]), went.get(b, nothing)[1]) for b in BANDS),
    )


def test_the_matrix_has_the_next_band_and_what_was_paid_and_no_impossible_cells() -> None:
    chart = charts.matrix(roll())
    assert [(row["id"], row["label"], row["end"]) for row in specs.rows(chart)] == [
        ("2026-10/current/1-30", "50,0", "1–30 dias"),
        ("2026-10/current/cured", "50,0", "Em dia ou paga"),
        ("2026-10/1-30/31-60", "45,0", "31–60 dias"),
        ("2026-10/1-30/cured", "55,0", "Paga"),
    ]
    assert specs.rows(chart)[2]["amount"] == "R$\xa0180,00"
    spec = chart
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"][0] == "Paga"
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"][1] == "1–30 dias · R$\xa0400,00"
    color = spec["layer"][0]["encoding"]["color"]
    assert (color["condition"][0]["value"], color["value"]) == (theme.BLUE, theme.HEAT)


def test_r15_what_was_renegotiated_is_a_part_of_its_own_and_not_paid() -> None:
    whole = roll()
    late = replace(whole.origins[1], renegotiated=D("100.00"))
    chart = charts.matrix(replace(whole, origins=(whole.origins[0], late, *whole.origins[2:])))
    assert [(row["end"], row["amount"]) for row in specs.rows(chart)][-3:] == [
        ("31–60 dias", "R$\xa0180,00"),
        ("Renegociada", "R$\xa0100,00"),
        ("Paga", "R$\xa0120,00"),
    ]
    assert chart["layer"][0]["encoding"]["x"]["scale"]["domain"][:2] == ["Paga", "Reneg."]


def test_the_rates_are_those_of_r20_and_what_was_paid() -> None:
    found = {row["series"]: row["value"] for row in specs.rows(charts.rates([roll()]))}
    assert found == {"A vencer → 1–30": 50, "1–30 → 31–60": 45, "Pago": 55}


def test_the_recovery_stays_blank_where_it_is_not_reached() -> None:
    curve = Recovery(date(2026, 9, 1), D(400), (D(100), D(200), None, None, None))
    for chart, marks in (
        (charts.recovery_months([curve]), ["2026-09/5", "2026-09/15"]),
        (charts.recovery_lines([curve], (None,) * 5), ["2026-09", "2026-09"]),
    ):
        found = specs.rows(chart)
        assert [row["id"] for row in found] == marks
        assert [row["value"] for row in found] == [25, 50]
    spec = charts.recovery_lines([curve], (None,) * 5)
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == ["5", "15", "30", "60", "90"]


def test_what_was_charged_received_and_waived_stands_side_by_side() -> None:
    month = Period(date(2026, 10, 1), date(2026, 10, 31))
    chart = charts.charges([LateCharges(month, D("8.00"), D("6.00"), D("1.00"), D("2.70"))])
    assert [(row["id"], row["kind"], row["amount"]) for row in specs.rows(chart)] == [
        ("2026-10", "Gerados", "R$\xa01,70"),
        ("2026-10", "Recebidos", "R$\xa06,00"),
        ("2026-10", "Dispensados", "R$\xa01,00"),
    ]
    assert list(charts.CHARGE_COLORS) == ["Gerados", "Recebidos", "Dispensados"]
