"""A shop's real past, imported: open is what its old program says, to the cent (R9, R29)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot
from credigestor.db.models import Note, Payment, Sale
from credigestor.imports.choices import Choices
from tests.imports.importing import everything
from tests.imports.old_shop import OldShop, old_shop
from tests.imports.past import take

pytestmark = pytest.mark.usefixtures("db")

ALL = Choices(waive_short=True, spill=True, as_paid=True, settled_on_due=True)


def in_the_shop() -> dict[tuple[str, int], Decimal]:
    """What is open of each note here, R$."""
    left = func.coalesce(Note.principal_balance, 0)
    with snapshot() as session:
        rows = session.execute(
            select(Sale.ref, Note.number, left, Note.cancelled_on).join_from(Note, Sale)
        )
        return {
            (str(ref), number): Decimal(0) if cancelled else principal
            for ref, number, principal, cancelled in rows
        }


def as_in_its_books(shop: OldShop) -> None:
    """Prove that notes are open here as there, and that so much money was received."""
    here, there = in_the_shop(), shop.books.open
    differ = {k: (here.get(k), there[k]) for k in there if here.get(k, -1) * 100 != there[k]}
    assert differ == {}
    with snapshot() as session:
        assert session.scalar(select(func.sum(Payment.amount))) * 100 == shop.books.received
        cancelled = select(Sale.ref).where(Sale.cancelled_on.is_not(None))
        assert set(session.scalars(cancelled)) == shop.books.cancelled


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_shop_of_any_past_stands_here_as_its_old_program_says(seed: int) -> None:
    shop = old_shop(seed)
    plan = take(shop.contents(), ALL)
    assert plan.problems == []
    as_in_its_books(shop)
    before = everything()
    again = take(shop.contents(), ALL)
    assert (again.problems, again.new.payments, again.new.sales) == ([], 0, 0)
    assert everything() == before
