"""What is owed, late, renegotiated and in which part of the portfolio, with all acts, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from credigestor.reports.portfolio import breakdown, renegotiated, stock
from credigestor.rules.aging import BANDS
from credigestor.rules.periods import Period, month_end
from tests.by_hand import Ledger, charges_at, open_at, received, rows, until
from tests.portfolio import TODAY
from tests.reports.all_acts.by_hand import DATES, between, flow_by_hand, holding, parts, reais


class TestStock:
    """It is compared with what is counted from the records alone, at five dates."""

    @pytest.mark.parametrize("day", DATES)
    def test_r16_r17_the_stock_and_the_charges(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        for scope, part in parts(books):
            notes = open_at(part, day)
            [found] = stock.stocks(session, [day], scope)
            bands = [notes[notes["band"] == band] for band in BANDS]
            told = [(each.principal, each.notes) for each in found.bands]
            assert told == [(reais(of["open"].sum()), len(of)) for of in bands]
            late = notes[notes["late"] > 0]
            assert (found.open_notes, found.overdue_notes) == (len(notes), len(late))
            if len(late):
                assert float(found.days_late or 0) == pytest.approx(late["late"].mean())
            owed = charges_at(part, day)
            of_late = [owed[note] for note in late["note_id"]]
            charged = stock.charges(session, day, scope, today=TODAY)
            assert charged.interest == reais(sum(interest for interest, _ in of_late))
            assert charged.fine == reais(sum(fine for _, fine in of_late))

    @pytest.mark.parametrize("day", DATES)
    def test_r17_r32_contracts_go_by_the_dates_in_force(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        notes = open_at(books, day)
        found = stock.contracts(session, day)
        for days, amount in ((30, found.over_30), (90, found.over_90)):
            late = notes[(notes["late"] > days) | (notes["inherited"] > days)]
            dragged = notes[notes["sale_id"].isin(late["sale_id"])]
            assert amount == reais(dragged["open"].sum())

    @pytest.mark.parametrize("day", DATES)
    def test_r17_r22_the_portfolio_taken_apart(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        period = Period(day - timedelta(days=89), day)
        notes, money = open_at(books, day), received(books)
        columns: dict[breakdown.Kind, str] = {
            "seller": "seller_id",
            "city": "city",
            "value": "value",
        }
        for kind, column in columns.items():
            found = breakdown.parts(session, kind, day, period)
            for each in found:
                sale_ids = {
                    sale.sale_id
                    for sale in rows(books.sales)
                    if str(getattr(sale, column) or ("none" if kind == "seller" else ""))
                    == each.key
                }
                mine = notes[notes["sale_id"].isin(sale_ids)]
                came = money[money["sale_id"].isin(sale_ids)]
                came = holding(came, [period.start <= on <= day for on in came["paid_on"]])
                late = mine[mine["band"] != "current"]
                sold = flow_by_hand(books, period.start, day, day, sale_ids)["sold"]
                assert (each.receivable, each.overdue, each.sold, each.received) == (
                    reais(mine["open"].sum()),
                    reais(late["open"].sum()),
                    sold,
                    reais(came[["principal", "interest", "fine"]].sum().sum()),
                ), (kind, each.key)

    def test_r15_how_much_is_renegotiated_and_how_it_is_paid_again(
        self, books: Ledger, session: Session
    ) -> None:
        deals = books.sales[books.sales["inherited"].notna()]
        live = holding(deals, [at is None for at in deals["cancelled_on"]])["sale_id"]
        made = books.notes[books.notes["sale_id"].isin(live)]
        for day, part in zip(DATES, renegotiated.shares(session, DATES), strict=True):
            notes = open_at(books, day)
            mine = notes[notes["sale_id"].isin(deals["sale_id"])]
            assert (part.renegotiated, part.receivable) == (
                reais(mine["open"].sum()),
                reais(notes["open"].sum()),
            )
            ago = until(books.acts[books.acts["kind"] == "renegotiation"], "acted_on", day)
            items = until(books.items[books.items["recovered"] != True], "paid_on", day)  # noqa: E712
            for row in renegotiated.paid_again(session, day, count=12):
                due = between(made, row.month, min(month_end(row.month), day))
                assert (row.due, row.paid, row.again) == tuple(
                    reais(each["principal" if "principal" in each else "amount"].sum())
                    for each in (
                        due.drop(columns=["financed"]),
                        items[items["note_id"].isin(due["note_id"])],
                        ago[ago["note_id"].isin(due["note_id"])],
                    )
                ), (day, row.month)
