"""A view is kept in the address and from page to page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from credigestor import clock
from credigestor.reports.scope import Scope
from credigestor.rules.periods import Period, period_of
from credigestor.ui.analytics.view import View
from tests.portfolio import TODAY
from tests.ui.analytics.viewing import address, chosen, go, run, visit

MONTH = period_of("month", TODAY)


def choice(app: AppTest, name: str) -> Any:
    return app.selectbox(key=f"view:{name}")


def test_what_is_default_is_left_out_of_addresses() -> None:
    view = View(TODAY, MONTH, preset="month", today=TODAY)
    assert view.params() == {}
    assert view.params(id=7, band=["1-30", "31-60"]) == {"id": "7", "band": ["1-30", "31-60"]}
    assert View(TODAY, MONTH, preset="month").params() == {"as_of": "2026-11-23"}


def test_an_address_has_all_that_is_not_default() -> None:
    view = View(
        date(2026, 10, 31),
        Period(date(2026, 10, 1), date(2026, 10, 5)),
        "last-year",
        Scope(seller="none", city="São Luís", value="0-100"),
        ("31-60",),
        today=TODAY,
    )
    filters: dict[str, Any] = {
        "as_of": "2026-10-31",
        "seller": "none",
        "city": "São Luís",
        "value": "0-100",
        "band": ["31-60"],
    }
    period = {"period": "custom", "from": "2026-10-01", "to": "2026-10-05"}
    assert view.filters() == filters
    assert view.params() == {**period, "compare": "last-year", **filters}
    assert view.params(period=None, city="Recife")["city"] == "Recife"
    assert "period" not in view.params(period=None)


def test_a_copied_link_names_the_day_so_that_it_shows_the_same_tomorrow() -> None:
    link = View(TODAY, MONTH, scope=Scope(city="São Luís"), preset="month", today=TODAY).link(
        "https://loja.example"
    )
    assert urlsplit(link).path == "/"
    assert parse_qs(urlsplit(link).query) == {"as_of": ["2026-11-23"], "city": ["São Luís"]}


def test_a_view_is_compared_with_the_same_days_or_the_period_before_or_the_year_before() -> None:
    view = View(TODAY, MONTH, preset="month")
    assert view.before == (date(2026, 10, 23), Period(date(2026, 10, 1), date(2026, 10, 23)))
    assert view.since == "ante 01 a 23/10/2026"
    view = View(TODAY, MONTH, "previous", preset="month")
    assert view.before == (date(2026, 10, 31), MONTH.previous)
    assert view.since == "ante 09 a 31/10/2026"
    leap = View(date(2024, 2, 29), period_of("month", date(2024, 2, 29)), "last-year")
    assert leap.before == (date(2023, 2, 28), Period(date(2023, 2, 1), date(2023, 2, 28)))
    assert leap.since == "ante 01 a 28/02/2023"


def test_of_a_period_that_goes_on_after_the_date_as_many_days_are_compared_and_named() -> None:
    view = View(TODAY, Period(date(2026, 11, 1), date(2026, 11, 30)))
    assert view.before == (date(2026, 10, 24), Period(date(2026, 10, 2), date(2026, 10, 31)))
    assert view.since == "ante 02 a 24/10/2026"
    ahead = View(TODAY, Period(date(2026, 12, 1), date(2026, 12, 9)))
    assert ahead.since == "ante 22/11/2026"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("period", "offered"),
    [
        (
            "month",
            [
                "Mês anterior: 01 a 10/10/2026",
                "Período anterior: 22 a 31/10/2026",
                "Ano anterior: 01 a 10/11/2025",
            ],
        ),
        (
            "last-month",
            [
                "Mês anterior: 01 a 30/09/2026",
                "Período anterior: 31/08 a 30/09/2026",
                "Ano anterior: 01 a 31/10/2025",
            ],
        ),
        (
            "year",
            [
                "Ano anterior: 01/01 a 10/11/2025",
                "Período anterior: 21/02 a 31/12/2025",
            ],
        ),
        (
            "30-days",
            [
                "Período anterior: 12/09 a 11/10/2026",
                "Ano anterior: 12/10 a 10/11/2025",
            ],
        ),
    ],
)
def test_what_to_compare_with_is_named_by_its_dates_and_offered_once(
    period: str, offered: list[str]
) -> None:
    app = visit(as_of="2026-11-10", period=period)
    assert choice(app, "compare").options == offered
    assert chosen(app).since == f"ante {offered[0].partition(': ')[2]}"


@pytest.mark.usefixtures("shop")
def test_a_comparison_chosen_stays_where_it_is_the_same_as_another() -> None:
    app = visit(as_of="2026-11-10", compare="previous")
    assert chosen(app).since == "ante 22 a 31/10/2026"
    choice(app, "period").set_value("30-days")
    run(app)
    assert chosen(app).since == "ante 12/09 a 11/10/2026"
    choice(app, "period").set_value("month")
    app.date_input(key="view:as_of").set_value(date(2026, 11, 9))
    run(app)
    assert chosen(app).since == "ante 23 a 31/10/2026"
    assert address(app) == {"as_of": ["2026-11-09"], "compare": ["previous"]}


@pytest.mark.usefixtures("shop")
def test_a_link_opens_the_view_that_it_names() -> None:
    app = visit(
        as_of="2026-10-31",
        period="custom",
        from_="2026-10-01",
        to="2026-10-05",
        compare="last-year",
        seller="1",
        city="Olinda",
        value="0-100",
        band=["31-60", "1-30"],
    )
    view = chosen(app)
    assert view.as_of == date(2026, 10, 31)
    assert view.period == Period(date(2026, 10, 1), date(2026, 10, 5))
    assert view.compare == "last-year"
    assert view.scope == Scope(seller=1, city="Olinda", value="0-100")
    assert view.bands == ("1-30", "31-60")
    badges = "\n".join(mark.value for mark in app.markdown)
    for text in (r"Vera \*V\*", "Olinda", r"Valor\: Até R", "1–30 dias"):
        assert text in badges


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "params",
    [
        {"as_of": "2026-13-45", "period": "decade", "compare": "never"},
        {"as_of": "0001-01-01", "seller": "99", "city": "Atlantis", "value": "abc"},
        {"band": ["current", "31-61"], "seller": "abc", "city": "Fortaleza"},
        {"from": "2026-01-01", "to": "banana"},
    ],
)
def test_nonsense_in_the_address_is_ignored_and_removed(params: dict[str, Any]) -> None:
    app = visit(**params, other="mine")
    assert chosen(app) == View(TODAY, MONTH, preset="month", today=TODAY)
    assert address(app) == {"other": ["mine"]}


@pytest.mark.usefixtures("shop")
def test_a_choice_goes_to_the_address_and_back() -> None:
    app = visit()
    choice(app, "city").set_value("Olinda")
    choice(app, "period").set_value("last-month")
    app.date_input(key="view:as_of").set_value(date(2026, 10, 15))
    run(app)
    assert address(app) == {"as_of": ["2026-10-15"], "city": ["Olinda"], "period": ["last-month"]}
    assert chosen(app).period == Period(date(2026, 9, 1), date(2026, 9, 30))
    choice(app, "city").set_value("")
    run(app)
    assert "city" not in address(app)
    assert chosen(app).scope == Scope()


@pytest.mark.usefixtures("shop")
def test_the_address_of_the_browsers_back_wins() -> None:
    app = visit(city="Olinda")
    app.query_params["city"] = "Recife"
    assert chosen(run(app)).scope.city == "Recife"
    assert choice(app, "city").value == "Recife"


@pytest.mark.usefixtures("shop")
def test_a_second_choice_made_before_the_browser_has_the_new_address_loses_nothing() -> None:
    app = visit()
    choice(app, "city").set_value("Olinda")
    run(app)
    app.query_params.clear()  # as the browser still had it
    choice(app, "value").set_value("0-100")
    assert chosen(run(app)).scope == Scope(city="Olinda", value="0-100")
    assert address(app) == {"city": ["Olinda"], "value": ["0-100"]}


@pytest.mark.usefixtures("shop")
def test_a_view_is_kept_from_page_to_page() -> None:
    app = visit(city="Olinda", compare="last-year", band=["1-30"], period="year")
    go(app, "nada", by_menu=True)
    assert address(app) == {}
    go(app, "pouco", by_menu=True)
    assert address(app) == {"city": ["Olinda"], "period": ["year"]}
    assert chosen(app).scope == Scope(city="Olinda")
    assert chosen(app).bands == ()
    choice(app, "city").set_value("Recife")
    run(app)
    go(app, "", by_menu=True)
    assert chosen(app).scope == Scope(city="Recife")
    assert chosen(app).compare == "last-year"
    assert chosen(app).bands == ("1-30",)


@pytest.mark.usefixtures("shop")
def test_a_link_replaces_the_kept_view_where_it_is_drawn() -> None:
    app = visit(city="Olinda", compare="last-year")
    app.query_params.clear()
    app.query_params["value"] = "0-100"
    go(app, "pouco")
    assert chosen(app).scope == Scope(value="0-100")
    go(app, "", by_menu=True)
    assert chosen(app).scope == Scope(value="0-100")
    assert chosen(app).compare == "last-year"


@pytest.mark.usefixtures("shop")
def test_the_bare_address_on_the_way_back_does_not_lose_the_view() -> None:
    app = visit()
    choice(app, "city").set_value("Olinda")
    run(app)
    app.query_params.clear()
    assert chosen(run(app)).scope == Scope()
    go(app, "nada")
    go(app, "pouco", by_menu=True)
    assert chosen(app).scope == Scope(city="Olinda")


@pytest.mark.usefixtures("shop")
def test_a_reset_forgets_it_all_on_every_page() -> None:
    app = visit(as_of="2026-10-31", city="Olinda", band=["1-30"], compare="last-year")
    app.button(key="view:reset").click()
    run(app)
    assert address(app) == {}
    assert chosen(app) == View(TODAY, MONTH, preset="month", today=TODAY)
    assert "view:reset" not in [button.key for button in app.button]
    go(app, "pouco", by_menu=True)
    assert chosen(app).scope == Scope()


@pytest.mark.usefixtures("shop")
def test_the_link_offered_is_that_of_the_view() -> None:
    app = visit(city="Olinda")
    [code] = app.code
    assert parse_qs(urlsplit(code.value).query) == {"as_of": ["2026-11-23"], "city": ["Olinda"]}


@pytest.mark.usefixtures("shop")
def test_a_screen_left_open_over_midnight_follows_the_calendar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    today, past = visit(), visit(as_of="2026-10-31")
    tomorrow = TODAY + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda time_zone: tomorrow)
    assert chosen(run(today)).as_of == tomorrow
    assert address(today) == {}
    assert chosen(run(past)).as_of == date(2026, 10, 31)


@pytest.mark.usefixtures("shop")
def test_a_day_to_come_is_shown_with_a_word_on_it() -> None:
    app = visit(as_of=str(TODAY + timedelta(days=9)))
    assert chosen(app).as_of == TODAY + timedelta(days=9)
    assert "Data-base no futuro" in app.info[0].value


@pytest.mark.usefixtures("shop")
def test_a_period_of_ones_own_starts_as_the_month_and_must_end_after_it_starts() -> None:
    app = visit()
    choice(app, "period").set_value("custom")
    run(app)
    assert chosen(app).period == MONTH
    app.date_input(key="view:to").set_value(date(2026, 10, 1))
    run(app)
    assert "termina antes de começar" in app.error[0].value
    app.date_input(key="view:from").set_value(date(2026, 9, 1))
    run(app)
    assert address(app) == {"period": ["custom"], "from": ["2026-09-01"], "to": ["2026-10-01"]}
    assert chosen(app).period == Period(date(2026, 9, 1), date(2026, 10, 1))


@pytest.mark.usefixtures("shop")
def test_a_year_out_of_range_or_no_date_means_today() -> None:
    app = visit()
    app.date_input(key="view:as_of").set_value(date(1, 1, 1))
    assert chosen(run(app)).as_of == TODAY
    assert "O ano deve ficar entre" in app.error[0].value
    app.date_input(key="view:as_of").set_value(None)
    assert chosen(run(app)).as_of == TODAY
    assert not app.error
