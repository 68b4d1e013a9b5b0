"""Lists walked by cursor while others write, and figures that are those of the reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.api import figures
from credigestor.db import replica
from credigestor.db.engine import snapshot, transaction
from credigestor.reports import customer_profile, customers, delinquency, notes, overview, sales
from credigestor.reports import summary as summaries
from credigestor.reports.delinquency import DelinquencyFilters
from credigestor.reports.note_filters import NoteFilters
from credigestor.reports.sales import SaleFilters
from credigestor.rules.aging import BANDS
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services.summaries import refresh as refresh_summaries
from tests import tables
from tests.api.asking import ask, get, patch, post
from tests.portfolio import TODAY, random_portfolio
from tests.services.paying import JANUARY, pay, sell
from tests.services.putting_off import put_off
from tests.services.selling import new_customer

DATES = (date(2025, 6, 30), date(2026, 3, 1), date(2026, 11, 1), TODAY)


@pytest.fixture
def portfolio(admin: Actor) -> None:
    """Sales, payments and reversals of two years."""

    def make(session: Session) -> None:
        random_portfolio(session, admin, 7)
        refresh_summaries(session, today=TODAY)

    tables.once("api", make)


def walked(path: str, token: str, limit: int = 3) -> Iterator[dict[str, Any]]:
    """Each page of a list, by the Link of the one before."""
    separator = "&" if "?" in path else "?"
    following = f"{path}{separator}limit={limit}"
    while following:
        answer = ask("GET", following, token=token)
        assert answer.status == 200, answer.body
        yield answer.json
        link = answer.headers.get("link", "")
        assert bool(link) == (answer.json["next_cursor"] is not None)
        following = link.removeprefix("<").removesuffix('>; rel="next"')


def ids(path: str, token: str, limit: int = 3, key: str = "id") -> list[int]:
    return [item[key] for page in walked(path, token, limit) for item in page["items"]]


def test_a_walk_gives_every_row_once_in_the_reports_order(
    portfolio: None, manager_token: str
) -> None:
    with snapshot() as session:
        people = session.execute(
            customers.listed(customers.CustomerFilters(active=None), today=TODAY, order="id")
        ).all()
        sold = session.execute(sales.listed(SaleFilters(), as_of=TODAY, today=TODAY)).all()
        owed = session.execute(notes.listed(NoteFilters(), as_of=TODAY, today=TODAY)).all()
        late = delinquency.delinquency(
            session, TODAY, DelinquencyFilters(), today=TODAY, order="customer_id"
        )
    assert ids("/customers", manager_token) == [row.id for row in people]
    assert ids("/sales", manager_token, 7) == [row.id for row in sold]
    assert ids("/notes", manager_token, 50) == [row.id for row in owed]
    assert (
        ids("/reports/delinquency", manager_token, 2, "customer_id")
        == late["customer_id"].to_list()
    )


def test_payments_are_walked_while_others_pay(portfolio: None, manager_token: str) -> None:
    there = ids("/payments", manager_token, 200)
    note = sell(("300.00", JANUARY)).notes[0]
    owner = get(f"/notes/{note}", manager_token)["customer_id"]
    seen: list[int] = []
    for page in walked("/payments", manager_token, 40):
        seen += [item["id"] for item in page["items"]]
        body = {
            "customer_id": owner,
            "method": "cash",
            "paid_on": "2026-10-01",
            "backdate_reason": "recibo achado",
            "items": [{"note_id": note, "amount": "1.00"}],
        }
        assert post("/payments", manager_token, body).status == 201
    assert len(seen) == len(set(seen))
    assert set(there) <= set(seen)


def test_who_is_late_is_walked_while_they_pay(
    portfolio: None, manager: Actor, manager_token: str
) -> None:
    """Who owes less than before comes neither twice nor takes the place of another."""
    there = ids("/reports/delinquency", manager_token, 200, "customer_id")
    seen: list[int] = []
    for page in walked("/reports/delinquency", manager_token, 5):
        seen += [item["customer_id"] for item in page["items"]]
        for customer in {seen[0], seen[-1], there[-1]}:
            oldest = get(f"/customers/{customer}/owed", manager_token)["notes"][0]
            pay(manager, TODAY, (oldest["id"], "0.01"))
    assert seen == there


def test_customers_are_walked_while_they_change_their_names(
    portfolio: None, manager: Actor, manager_token: str
) -> None:
    there = ids("/customers", manager_token, 200)
    seen: list[int] = []
    for count, page in enumerate(walked("/customers", manager_token, 5)):
        seen += [item["id"] for item in page["items"]]
        for customer, name in ((seen[-1], "Aa"), (seen[0], "Zz"), (there[-1], f"A{count}")):
            path = f"/customers/{customer}"
            assert patch(path, manager_token, {"name": f"{name} Renomeada"}).status == 200
    assert seen == there


def test_notes_are_walked_while_they_are_put_off(manager: Actor, manager_token: str) -> None:
    """The last note of a page is due a year later when the next one is asked for."""
    made = [sell(("100.00", TODAY + timedelta(days=days))).notes[0] for days in range(1, 7)]
    seen: list[int] = []
    for page in walked("/notes", manager_token, 2):
        seen += [item["id"] for item in page["items"]]
        if len(seen) == 2:
            put_off(manager, TODAY, note_id=seen[-1], due_date=TODAY + timedelta(days=300))
    assert seen[:6] == made


def test_filters_of_the_notes_page_choose_the_same_notes(
    portfolio: None, manager_token: str
) -> None:
    asked = {
        "status=overdue": NoteFilters(status="overdue"),
        "status=open&city=Fortaleza": NoteFilters(status="open", city="Fortaleza"),
        f"band={BANDS[1]}&band={BANDS[2]}": NoteFilters(bands=(BANDS[1], BANDS[2])),
        "due_from=2026-01-01&due_to=2026-02-01": NoteFilters(
            due_from=date(2026, 1, 1), due_to=date(2026, 2, 1)
        ),
        "first=30": NoteFilters(first=30),
        "seller=none&value=250-500": NoteFilters(seller="none", value="250-500"),
        "contract_over=30": NoteFilters(contract_over=30),
    }
    for query, filters in asked.items():
        with snapshot() as session:
            rows = session.execute(notes.listed(filters, as_of=DATES[2], today=TODAY)).all()
        found = [
            item
            for page in walked(f"/notes?{query}&as_of={DATES[2]}", manager_token, 200)
            for item in page["items"]
        ]
        assert [(item["id"], item["owed"]) for item in found] == [
            (row.id, f"{row.owed:.2f}") for row in rows
        ], query


def test_the_summary_recounts_the_ledger_only_where_the_summaries_lag(
    portfolio: None, manager_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recounted: list[date] = []

    def counting(session: Session, as_of: date, *, today: date) -> summaries.Summary:
        recounted.append(as_of)
        return summaries.summary(session, as_of, today=today)

    recount = SimpleNamespace(summary=counting, Summary=summaries.Summary)
    monkeypatch.setattr(figures, "headlines", recount)
    quickly = get("/summary", manager_token)
    assert recounted == []
    with transaction() as session:
        session.execute(text("INSERT INTO stale_sales (sale_id) SELECT id FROM sales LIMIT 1"))
    monkeypatch.setattr(figures, "caught_up", lambda _, read: (replica.read(read), None))
    assert get("/summary", manager_token) == quickly
    assert recounted == [TODAY]


@pytest.mark.parametrize("day", DATES, ids=str)
def test_figures_equal_the_reports(day: date, portfolio: None, manager_token: str) -> None:
    with snapshot() as session:
        expected = summaries.as_json(summaries.summary(session, day, today=TODAY))
        period = Period(day.replace(day=1), day)
        cards = overview.headline(session, day, period, (day, period.previous), today=TODAY)
        late = delinquency.totals(session, day, DelinquencyFilters(), today=TODAY)
    assert get(f"/summary?as_of={day}", manager_token) == {**expected, "as_of": str(day)}
    shown = get(f"/dashboard?as_of={day}", manager_token)
    assert shown["portfolio"]["receivable"] == expected["receivable_principal"]
    assert shown["portfolio"]["overdue"] == f"{cards.stock.overdue:.2f}"
    assert shown["portfolio"]["contracts_over_30"] == f"{cards.contracts.over_30:.2f}"
    assert shown["portfolio"]["late_interest"] == expected["overdue_interest"]
    assert {b["band"]: b["principal"] for b in shown["portfolio"]["bands"]} == expected["aging"]
    assert shown["movement"]["received"] == f"{cards.flow.received:.2f}"
    assert shown["movement"]["sold"] == f"{cards.flow.sold:.2f}"
    page = get(f"/reports/delinquency?as_of={day}&limit=200", manager_token)
    assert page["as_of"] == str(day)
    assert page["totals"]["owed"] == f"{late.owed:.2f}"
    assert sum(Decimal(item["owed"]) for item in page["items"]) == late.owed


def test_a_sale_is_seen_on_the_dashboard_at_once(portfolio: None, manager_token: str) -> None:
    before = Decimal(get("/dashboard", manager_token)["portfolio"]["receivable"])
    body = {
        "customer_id": new_customer(),
        "total": "100.00",
        "installments": 1,
        "first_due_date": "2026-12-23",
    }
    assert post("/sales", manager_token, body).status == 201
    assert Decimal(get("/dashboard", manager_token)["portfolio"]["receivable"]) == before + 100


def test_what_a_customer_owes_is_what_their_page_shows(portfolio: None, manager_token: str) -> None:
    debtor = get("/reports/delinquency?limit=1", manager_token)["items"][0]["customer_id"]
    for day in DATES:
        with snapshot() as session:
            page = customer_profile.profile(session, debtor, as_of=day, today=TODAY)
            notes = customer_profile.open_notes(session, debtor, as_of=day, today=TODAY)
        shown = get(f"/customers/{debtor}/owed?as_of={day}", manager_token)
        assert shown["total"] == f"{page.owed.total:.2f}"
        assert sum(Decimal(note["owed"]) for note in shown["notes"]) == page.owed.total
        assert [note["id"] for note in shown["notes"]] == notes["note_id"].to_list()


def test_figures_of_tomorrow_and_of_no_period_are_refused(manager_token: str) -> None:
    tomorrow = TODAY + timedelta(days=1)
    for path in ("/summary", "/dashboard", "/reports/delinquency"):
        answer = ask("GET", f"{path}?as_of={tomorrow}", token=manager_token)
        assert answer.json["errors"][0]["parameter"] == "as_of"
    wrong = ask("GET", "/dashboard?start=2026-02-01&end=2026-01-01", token=manager_token)
    assert wrong.json["errors"][0]["parameter"] == "start"
