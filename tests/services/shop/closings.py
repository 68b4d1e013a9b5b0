"""Days are closed and double registers become one, in the shop and in its model (R37)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from credigestor.db.models import Act, Customer, DayClosing, Payment
from credigestor.reports import closings as changes
from credigestor.reports import customers
from credigestor.reports.as_closed import as_closed
from credigestor.reports.closings import ChangeFilters
from credigestor.reports.store_credit import balance
from credigestor.reports.summary import as_json, summary
from credigestor.services import closings, customer_moves
from tests.portfolio import add_customer
from tests.services.shop import closed
from tests.services.shop.both import WHY, Both, cents
from tests.services.shop.figures import Refused
from tests.services.shop.model import Closing


class Closings(Both):
    """What a manager does to days and to registers."""

    def close(self, until: date) -> None:
        """Close all days up to one, or open those after it again (R37)."""

        def modelled() -> Closing | None:
            before = self.shop.closed
            if not self.shop.may or until >= self.today:
                raise Refused("who may not, or today")
            if before is not None and until < before and not self.shop.says_why:
                raise Refused("days are opened again without a reason")
            return Closing(until, closed.figures(self.shop, until)) if until != before else None

        def done(made: Closing | None, closing_id: int) -> None:
            if made is None:
                return
            self.shop.closings.append(made)
            kept = self.session.get_one(DayClosing, closing_id)
            assert (kept.until, told(kept.figures)) == (until, made.figures)

        self.do(
            modelled,
            lambda: closings.close(
                self.session,
                self.actor,
                operation_id=uuid.uuid4(),
                until=until,
                why=self.why,
                figures=lambda: as_json(summary(self.session, until, today=self.today)),
                today=self.today,
            ),
            done,
        )

    def merge(self, place: int) -> None:
        """One of the two registers was the other's double; somebody else comes in its place."""
        double, right = self.customers[place], self.customers[1 - place]
        theirs = [sale for sale in self.shop.sales.values() if sale.customer == double]

        def done(_: None, sales: int) -> None:
            assert sales == len(theirs)
            self.shop.merge(double, right)
            self.customers[place] = add_customer(self.session, "Ana Luz Reis")
            self.former.append(double)

        self.do(
            lambda: None,
            lambda: customer_moves.merge(
                self.session,
                self.actor,
                operation_id=uuid.uuid4(),
                customer_id=double,
                into_id=right,
                why=WHY,
                today=self.today,
            ),
            done,
        )

    def compare_all(self) -> None:
        """Also what was closed, what changed since, and whose all of it is."""
        super().compare_all()
        self._compare_closed()
        self._compare_customers()

    def _compare_closed(self) -> None:
        kept = self.session.scalars(select(DayClosing).order_by(DayClosing.id)).all()
        assert [Closing(each.until, told(each.figures)) for each in kept] == self.shop.closings
        if self.shop.closings:
            *before, last = self.shop.closings
            now = summary(self.session, last.until, today=self.today)
            assert told(as_json(now)) == closed.figures(self.shop, last.until)
            then = as_closed(self.session, last.until, now=now)
            assert then is not None
            if not before or before[-1].until < last.until:  # else it was closed before
                assert told(as_json(then.figures)) == last.figures
        found = self.session.execute(changes.changes(ChangeFilters())).all()
        late = Counter((kind, each.day, each.customer) for kind, each, _ in self.shop.late)
        assert Counter((row.kind, row.dated_on, row.customer_id) for row in found) == late

    def _compare_customers(self) -> None:
        of_acts = {
            (paid, id_): customer
            for paid, table in ((True, Payment), (False, Act))
            for id_, customer in self.session.execute(select(table.id, table.customer_id))
        }
        records = self.shop.records
        assert of_acts == {(r.kind == "payment", r.id): r.customer for r in records}
        for customer in (*self.customers, *self.former):
            told = customers.exposure(self.session, customer, today=self.today)
            theirs = [n for n in self.shop.notes.values() if self.shop.whose(n) == customer]
            owed = sum(self.shop.owed(note, self.today).principal for note in theirs)
            credit = self.shop.credit(customer, self.today)
            on_day = balance(self.session, customer, on=self.today)
            assert (cents(told.principal), cents(on_day)) == (owed, credit)
            active = self.session.get_one(Customer, customer).active
            assert active is (customer not in self.former)
            assert active or (owed, credit, theirs) == (0, 0, [])


def told(figures: Mapping[str, Any]) -> dict[str, int]:
    """Figures as they are kept, in the model's cents and counts; no others than it knows."""
    known = figures.keys() - {"customers", "aging"}
    return {
        name: value if isinstance(value := figures[name], int) else int(value.replace(".", ""))
        for name in known
    }
