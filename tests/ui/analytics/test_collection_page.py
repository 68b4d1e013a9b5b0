"""The collection page: what it says, and where the marks of its charts lead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.reports.note_filters import NoteFilters
from credigestor.reports.notes import totals
from credigestor.reports.portfolio.rolls import rolls
from credigestor.reports.scope import Scope
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.aging import BANDS
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from credigestor.ui.analytics import roll_exhibits
from credigestor.ui.analytics.view import View
from credigestor.ui.kit import links
from tests.acting import act
from tests.portfolio import TODAY, add_customer, add_sale, late, pay, random_portfolio
from tests.services.renegotiating import deal, make, three_late
from tests.ui.carded import cards_of
from tests.ui.clicks import click
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app, text_of

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
    return {card.label: card.value for card in cards_of(app)}


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
def test_r29_what_was_let_go_is_told_with_who_let_it_go(manager: Actor, admin: Actor) -> None:
    october = date(2026, 10, 20)
    with transaction() as session:
        for actor, note, fine in ((manager, 1, "0.50"), (manager, 4, "6.00"), (admin, 1, "1.50")):
            done = {note: Acted(ActKind.WAIVER, october, fine=Decimal(fine))}
            act(session, actor, ActKind.WAIVER, october, done)
    app = open_app(role="manager", page=PAGE, query={"period": "last-month"})
    cards = metrics(app)
    # 8,00 were charged: 6,00 in October; those of September are the note of 100,00's 2,00
    assert (cards["Gerados"], cards["Dispensados"]) == ("R$ 6,00", "R$ 8,00")
    assert f"3 dispensas somaram R$ 8,00; {manager.name} dispensou mais: R$ 6,50." in text_of(app)
    nothing = text_of(open_app(role="manager", page=PAGE))
    assert "Nenhum encargo dispensado no período de 01/11/2026" in nothing


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
    monkeypatch.setattr(links, "listed", lambda ways: drawn.extend(label for _, label, _ in ways))
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


@on_a_page
def test_r15_renegotiated_debts_have_their_share_how_they_are_paid_and_the_broken_ones(
    manager: Actor,
) -> None:
    notes = three_late().notes
    terms = {"agreed_on": late(40), "backdate_reason": "lançamento de teste"}
    make(manager, deal(notes[:1], first_due_date=late(17), installments=2, **terms))
    app = open_app(role="manager", page=PAGE)
    assert not app.exception
    told = text_of(app)
    assert "vinham de renegociações: " in told
    assert "de cada R$ 100, R$ 0,00." in told
    assert "Acordos quebrados hoje" in told
    assert "Nenhum acordo quebrado." not in told


@on_a_page
@pytest.mark.usefixtures("shop")
def test_many_broken_deals_are_shown_by_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def many(*_: Any, **__: Any) -> list[dict[str, Any]]:
        money = {"overdue": Decimal("10.00"), "agreed_on": late(40), "days_late": 20}
        return [{"sale_id": k, "customer": f"Cliente {k}", **money} for k in range(1, 61)]

    monkeypatch.setattr("credigestor.reports.deals.broken_deals", many)
    app = open_app(role="manager", page=PAGE, query={"deals_page": "3", "page": "2"})
    [found] = [one for one in lists(app) if "agreed_on" in one.labels]
    assert list(found.value["customer"]) == [f"Cliente {k}" for k in range(51, 61)]
    assert "51–60 de 60" in found.text
    assert found.pages["Página 1"] == "?page=2"
