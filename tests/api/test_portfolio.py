"""What the charts show, by address: the reports' own figures, and sums that agree with one another.

The reports are recomputed without code of ours in `tests/reports`; here nothing is lost on the way.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credigestor.api.application import described
from credigestor.db.engine import snapshot
from credigestor.reports import overview, waived
from credigestor.reports.portfolio import (
    breakdown,
    collections,
    first_payment,
    flows,
    forecast,
    largest,
    late_charges,
    recovery,
    renegotiated,
    rolls,
    stock,
    vintages,
)
from credigestor.reports.scope import Scope
from credigestor.rules.money import round_cents
from credigestor.rules.periods import Period, stock_dates
from tests.api.asking import ask, get
from tests.api.test_lists_and_figures import DATES, portfolio
from tests.portfolio import TODAY

__all__ = ["portfolio"]

CHARTS = sorted(
    path.removeprefix("/api/v1")
    for path in described()["paths"]
    if path.startswith("/api/v1/portfolio/")
)


def money(value: Decimal | None) -> str | None:
    return None if value is None else f"{round_cents(value):.2f}"


def all_of(found: Any, *names: str) -> list[tuple[Any, ...]]:
    """These fields of rows of a report, as JSON has them."""

    def said(value: Any) -> Any:
        if isinstance(value, Decimal):
            return money(value)
        return str(value) if isinstance(value, date) else value

    return [tuple(said(getattr(row, name)) for name in names) for row in found]


def told(shown: Any, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in shown]


@pytest.mark.parametrize("day", DATES[1:], ids=str)
def test_every_chart_shows_what_its_report_tells(
    day: date, portfolio: None, manager_token: str
) -> None:
    def shown(path: str) -> Any:
        answer = get(f"/portfolio/{path}?as_of={day}", manager_token)
        assert answer["as_of"] == str(day)
        return answer

    month = Period(day.replace(day=1), day)
    with snapshot() as session:
        stocks = stock.stocks(session, [day])
        same: tuple[str, ...]
        same = ("receivable", "overdue", "open_notes", "overdue_notes", "days_late")
        assert told(shown("stock")["items"][-1:], *same) == all_of(stocks, *same)

        same = ("due_from", "due_to", "principal", "overdue", "notes")
        dues = collections.receivable_by_month(session, day)
        assert told(shown("due")["items"], *same) == all_of(dues, *same)

        same = ("sales", "sold", "received", "principal", "interest", "fine", "discount")
        months = flows.by_month(session, day, count=overview.CHART_MONTHS)
        assert told(shown("months")["items"], *same) == all_of(months.values(), *same)
        assert [row["month"] for row in shown("months")["items"]] == [str(m) for m in months]

        people = largest.debtors_by_name(session, day, count=50)
        found = shown("concentration")
        same = ("customer_id", "name", "amount")
        assert told(found["items"], *same) == all_of(people, *same)
        assert (found["debtors"], found["late"]) == largest.debtors(session, day)

        for path, kind in (("sellers", "seller"), ("cities", "city"), ("values", "value")):
            parts = breakdown.parts(session, kind, day, month)  # type: ignore[arg-type]
            same = ("key", "receivable", "overdue", "rate", "sold", "received")
            assert told(shown(path)["items"], *same) == all_of(parts, *same)

        matrices = rolls.rolls(session, day, 12, today=TODAY)
        found = shown("rolls")["items"]
        same = ("month", "start", "end", "overdue", "cured")
        assert told(found, *same) == all_of(matrices, *same)
        same = ("band", "balance", "cured", "rolled")
        for row, matrix in zip(found, matrices, strict=True):
            assert told(row["origins"], *same) == all_of(matrix.origins, *same)
            assert [each["went"] for each in row["origins"]] == [
                {band: money(amount) for band, amount in each.went.items()}
                for each in matrix.origins
            ]

        curves = recovery.recoveries(session, day, 12)
        found = shown("recoveries")
        assert [each["paid"] for each in found["items"]] == [
            [money(paid) for paid in curve.paid] for curve in curves
        ]
        assert found["together"] == [money(each) for each in recovery.together(curves)]

        again = renegotiated.paid_again(session, day, count=12)
        same = ("month", "due", "paid", "again", "unpaid", "share")
        assert told(shown("renegotiated_payments")["items"], *same) == all_of(again, *same)
        shares = renegotiated.shares(session, stock_dates(day, 12))
        same = ("as_of", "renegotiated", "receivable", "share")
        assert told(shown("renegotiated")["items"], *same) == all_of(shares, *same)

        charges = late_charges.by_month(session, day, 13, today=TODAY)
        same = ("charged", "received", "waived", "outstanding")
        found = shown("late_charges")
        assert told(found["items"], *same) == all_of(charges, *same)
        assert told([found["period"]], *same) == all_of(charges[-1:], *same)

        who = waived.by_whom(session, Period(day.replace(day=1), day), day)
        same = ("name", "times", "interest", "fine", "total")
        assert told(shown("waivers")["items"], *same) == all_of(who, *same)

        cells = vintages.vintages(session, day)
        found = shown("vintages")["items"]
        same = ("cohort", "age", "as_of", "financed", "over_30", "over_90")
        assert told(found, *same) == all_of(cells, *same)
        assert [row["rate_90"] for row in found] == [money(cell.rate(90)) for cell in cells]

        firsts = first_payment.by_month(session, day)
        found = shown("first_payments")
        same = ("reached", "unpaid", "rate")
        assert told(found["months"], *same) == all_of(firsts.values(), *same)
        assert {row["key"] for row in found["sellers"]} == {*first_payment.by_seller(session, day)}

        due = collections.collections(session, day)
        same = ("month", "expected", "on_time", "late", "overdue", "not_due", "efficiency")
        assert told(shown("collections")["items"], *same) == all_of(due, *same)

        coming = forecast.forecast(session, day)
        found = shown("forecast")
        same = ("contractual", "expected", "unknown", "share")
        assert told([row["coming"] for row in found["months"]], *same) == all_of(
            [each.coming for each in coming.months], *same
        )
        whole = [coming.within(12), coming.later, coming.overdue]
        assert told([found["total"], found["later"], found["overdue"]], *same) == all_of(
            whole, *same
        )


@pytest.mark.parametrize("day", DATES, ids=str)
def test_the_charts_agree_with_one_another(day: date, portfolio: None, manager_token: str) -> None:
    def shown(path: str, more: str = "") -> Any:
        return get(f"/portfolio/{path}?as_of={day}{more}", manager_token)

    def total(rows: list[dict[str, str]], name: str) -> Decimal:
        return sum((Decimal(row[name]) for row in rows), Decimal(0))

    now = shown("stock")["items"][-1]
    summary = get(f"/summary?as_of={day}", manager_token)
    assert now["receivable"] == summary["receivable_principal"]
    for path in ("sellers", "cities", "values"):
        assert total(shown(path)["items"], "receivable") == Decimal(now["receivable"])
        assert total(shown(path)["items"], "overdue") == Decimal(now["overdue"])
    assert total(shown("due")["items"], "principal") == Decimal(now["receivable"])
    assert shown("rates")["items"][0]["amount"] == now["overdue"]
    coming = shown("forecast")
    assert sum(
        Decimal(coming[name]["contractual"]) for name in ("total", "later", "overdue")
    ) == Decimal(now["receivable"])
    owed = shown("late_charges")["items"][-1]["outstanding"]
    assert Decimal(owed) == Decimal(summary["overdue_interest"]) + Decimal(summary["overdue_fine"])
    seller = shown("sellers")["items"][0]
    its_own = shown("stock", f"&seller={seller['key']}")["items"][-1]
    assert its_own["receivable"] == seller["receivable"]
    [top, *_] = shown("debtors")["items"]
    assert top["principal"] == shown("concentration")["items"][0]["amount"]
    notes = get(f"/notes?as_of={day}&status=open&due_from={day}&limit=5", manager_token)["items"]
    for row, note in zip(shown("next_due")["items"], notes, strict=False):
        assert (row["note_id"], row["number"], row["owed"]) == (
            note["id"],
            note["number"],
            note["owed"],
        )


@pytest.mark.parametrize("path", CHARTS)
def test_a_chart_is_shown_of_an_empty_shop_and_of_a_part_of_one(
    path: str, manager_token: str
) -> None:
    for part in ("", "?as_of=1900-01-01", "?seller=none&city=Nenhures&value=250-500", "?city=%00"):
        answer = ask("GET", f"{path}{part}", token=manager_token)
        assert answer.status == (422 if "%00" in part else 200), answer.body


@pytest.mark.parametrize("path", CHARTS)
def test_a_chart_of_tomorrow_or_of_no_part_is_refused(path: str, manager_token: str) -> None:
    for part, name in (
        ("as_of=2026-11-24", "as_of"),
        ("value=1-2", "value"),
        ("seller=ana", "seller"),
        ("months=3", "months"),
    ):
        answer = ask("GET", f"{path}?{part}", token=manager_token)
        assert (answer.status, answer.json["errors"][0]["parameter"]) == (422, name)


def test_a_period_is_of_what_moved_in_it_alone(portfolio: None, manager_token: str) -> None:
    whole = get("/portfolio/values?start=1990-01-01", manager_token)["items"]
    part = get("/portfolio/values?start=2026-01-01&end=2026-03-31", manager_token)["items"]
    assert sum(Decimal(row["sold"]) for row in part) < sum(Decimal(row["sold"]) for row in whole)
    with snapshot() as session:
        expected = breakdown.parts(
            session, "value", TODAY, Period(date(2026, 1, 1), date(2026, 3, 31)), Scope()
        )
    assert told(part, "key", "sold") == all_of(expected, "key", "sold")
    backwards = "/portfolio/values?start=2026-02-01&end=2026-01-01"
    answer = ask("GET", backwards, token=manager_token)
    assert answer.json["errors"][0]["parameter"] == "start"
