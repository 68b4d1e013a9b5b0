"""Every column by which a list is sorted, both ways and page by page, against Python's order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import closings, day, delinquency, notes, sale_money, written_off
from credigestor.reports.closings import ChangeFilters
from credigestor.reports.delinquency import DelinquencyFilters
from credigestor.reports.notes import NoteFilters
from credigestor.reports.sale_money import MoneyFilters
from credigestor.reports.scope import EVERYTHING, NO_SELLER, Scope
from credigestor.rules.closed_days import change_name
from credigestor.rules.identity import fold
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.portfolio import TODAY, add_customer, add_sale, late, random_portfolio, refresh
from tests.services.closing import close
from tests.services.down_paying import paid_down
from tests.services.paying import new_payment, receive

pytestmark = pytest.mark.usefixtures("db")

Row = dict[str, Any]
Key = Callable[[Row], Any]
SIZE = 3


def walk(read: Callable[[int], Sequence[Row]]) -> list[Row]:
    """All rows, a page at a time."""
    found: list[Row] = []
    while page := read(len(found)):
        assert len(page) <= SIZE
        found += page
    return found


def in_order(rows: Sequence[Row], key: Key, order: str) -> None:
    """What is known stands in that order, and what is not behind it."""
    values = [key(row) for row in rows]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=order.startswith("-"))
    assert values == known + [None] * (len(values) - len(known))


def both_ways(
    columns: Sequence[str],
    read: Callable[[str, int], Sequence[Row]],
    keys: dict[str, Key],
    *,
    rows: int,
) -> None:
    for order in [f"{sign}{name}" for name in columns for sign in ("", "-")]:
        found = walk(lambda offset, order=order: read(order, offset))  # type: ignore[misc]
        name = order.removeprefix("-")
        in_order(found, keys.get(name, lambda row, name=name: row[name]), order)  # type: ignore[misc]
        assert len(found) == rows, order


def by_name(row: Row) -> str:
    return fold(row["customer"])


def test_down_payments_are_sorted_by_every_column(admin: Actor, manager: Actor) -> None:
    with transaction() as session:
        people = [add_customer(session, name) for name in ("Ícaro", "bia", "Zé", "Ana")]
        for k, customer in enumerate(people * 2):
            down = Decimal(10 + (7 * k) % 5)
            sale = paid_down(customer, down_payment=down, down_payment_methods=(("cash", down),))
            sales.register(session, (admin, manager)[k % 2], sale, today=TODAY)

    def read(order: str, offset: int) -> list[Row]:
        with snapshot() as session:
            return sale_money.list_money(
                session, MoneyFilters(), offset=offset, limit=SIZE, order=order
            ).to_dict("records")  # type: ignore[return-value]

    keys: dict[str, Key] = {
        "customer": by_name,
        "number": lambda row: row["id"],
        "what": lambda row: row["kind"],
        "sale": lambda row: row["sale_id"],
    }
    both_ways(tuple(sale_money.ORDERS), read, keys, rows=8)


def test_what_changed_in_closed_days_is_sorted_by_every_column(
    admin: Actor, manager: Actor
) -> None:
    close(manager, TODAY - timedelta(days=1))
    with transaction() as session:
        people = [add_customer(session, name) for name in ("Ícaro", "bia", "Zé", "Ana")]
        made = [
            add_sale(session, customer, late(90 - k), [("100.00", late(60 - k))])
            for k, customer in enumerate(people)
        ]
    for k in (1, 2, 3):
        why = f"motivo {9 - k}"
        receive(manager, new_payment(late(k), (made[k].notes[0], f"{k}0.00"), backdate_reason=why))

    def read(order: str, offset: int) -> list[Row]:
        with snapshot() as session:
            return closings.page(session, ChangeFilters(), offset=offset, limit=SIZE, order=order)

    with snapshot() as session:
        rows = closings.totals(session, ChangeFilters()).changes
    keys: dict[str, Key] = {
        "customer": by_name,
        "number": lambda row: row["id"],
        "what": lambda row: f"{row['kind']}:{row['act']}" if row["act"] else row["kind"],
    }
    assert rows == 7
    both_ways(closings.ORDERS, read, keys, rows=rows)
    assert {change_name(row["kind"], row["act"]) for row in read("who", 0)} <= {
        "Venda",
        "Pagamento",
    }


def test_notes_due_today_and_late_ones_are_sorted_by_every_column_over_all_of_them() -> None:
    with transaction() as session:
        for k, name in enumerate(("Ícaro", "bia", "Zé", "Ana", "Caio")):
            phone = f"+558598872444{k}" if k % 2 else None
            customer = add_customer(session, name, phone=phone)
            add_sale(
                session,
                customer,
                late(600),
                [(f"{70 - 7 * k}.00", late(500 + (3 * k) % 5)), (f"{(5 * k) % 7 + 1}.00", TODAY)],
            )

    def due(order: str, offset: int) -> list[Row]:
        with snapshot() as session:
            frame = day.due_on(
                session, TODAY, today=TODAY, offset=offset, limit=SIZE, order=order
            ).astype(object)
            return frame.where(frame.notna(), None).to_dict("records")  # type: ignore[return-value]

    keys: dict[str, Key] = {"customer": by_name, "note": lambda row: row["sale_id"]}
    both_ways(day.DUE_ORDERS, due, keys, rows=5)
    with snapshot() as session:
        found = day.due_totals(session, TODAY, today=TODAY)
        every = day.due_on(session, TODAY, today=TODAY)
        assert (found.notes, found.owed) == (len(every), sum(every["owed"]))


@pytest.mark.parametrize("name", written_off.ORDERS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_notes_to_give_up_are_the_first_of_all_by_any_column(
    monkeypatch: pytest.MonkeyPatch, name: str, sign: str
) -> None:
    with transaction() as session:
        for k, who in enumerate(("Ícaro", "bia", "Zé", "Ana", "Caio")):
            due = late(500 + (3 * k) % 5)
            add_sale(session, add_customer(session, who), late(600), [(f"{70 - 7 * k}.00", due)])
    asked: dict[str, Any] = {"over_days": 360, "up_to": Decimal(65), "as_of": TODAY}
    asked["today"] = TODAY
    with snapshot() as session:
        every = written_off.candidates(session, **asked, order=sign + name)
        totals = written_off.candidate_totals(session, **asked)
        monkeypatch.setattr(written_off, "MOST_CANDIDATES", 2)
        assert written_off.candidates(session, **asked, order=sign + name) == every[:2]
        assert written_off.candidate_totals(session, **asked) == totals
    key: Key = by_name if name == "customer" else lambda row: row[name]
    in_order([vars(each) for each in every], key, sign)
    assert (totals.notes, totals.customers, totals.principal) == (
        4,
        4,
        sum(each.principal for each in every),
    )


@pytest.mark.parametrize("word", [f"{s}{n}" for n in delinquency.WALKS for s in ("", "-")])
def test_late_customers_are_sorted_by_the_summaries_as_by_the_notes(
    admin: Actor, word: str
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 7, sold=25)
    refresh()
    with snapshot() as session:
        everybody = delinquency.delinquency(session, TODAY, DelinquencyFilters(), today=TODAY)
        city = next(iter(everybody["city"].dropna()))
        for scope in (EVERYTHING, Scope(city=city)):
            filters = DelinquencyFilters(scope)
            asked: dict[str, Any] = {"today": TODAY, "order": word}
            whole = delinquency.delinquency(session, TODAY, filters, **asked)
            found: list[int] = []
            for offset in range(0, len(whole) + 4, 4):
                page = delinquency.delinquency(
                    session, TODAY, filters, offset=offset, limit=4, **asked
                )
                found += list(page["customer_id"])
            assert found == list(whole["customer_id"])
            assert found


@pytest.mark.parametrize(
    "filters",
    [
        NoteFilters("open"),
        NoteFilters("open", city="Fortaleza"),
        NoteFilters("open", seller=NO_SELLER),
        NoteFilters("open", value="250-500"),
    ],
)
def test_open_notes_are_summed_by_the_summaries_as_one_by_one(
    admin: Actor, filters: NoteFilters
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 6, sold=25)
    refresh()
    with snapshot() as session:
        for as_of in (TODAY, late(100)):
            found = notes.summarised(session, filters, as_of=as_of, today=TODAY)
            assert found == notes.totals(session, filters, as_of=as_of, today=TODAY)
        assert notes.summarised(session, filters, as_of=late(-1), today=TODAY) is None
        other = NoteFilters("paid", city=filters.city)
        assert notes.summarised(session, other, as_of=TODAY, today=TODAY) is None
