"""A shop's real past, imported: open is what its old program says, to the cent (R9, R29)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot
from credigestor.db.models import Act, Customer, Note, Payment, Sale
from credigestor.documents.catalogue import find
from credigestor.exports.catalogue import Style
from credigestor.exports.csv_folder import export_folder
from credigestor.imports.choices import Choices
from credigestor.reports import note as notes
from tests.imports.importing import everything
from tests.imports.old_shop import OldShop, old_shop
from tests.imports.past import take
from tests.moments import NOW
from tests.portfolio import TODAY

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
        assert session.scalars(select(func.sum(Payment.amount))).one() * 100 == shop.books.received
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


def test_every_paper_list_and_figure_tells_of_such_a_past(tmp_path: Path) -> None:
    take(old_shop(4, sales=15).contents(), ALL)
    with snapshot() as session:
        for payment_id in session.scalars(select(Payment.id).order_by(Payment.id).limit(60)):
            assert find(session, "recibo", str(payment_id), {}, today=TODAY).pdf()
        backs = session.scalars(select(Act.id).where(Act.kind == "return")).all()
        for act_id in backs:
            assert find(session, "devolucao", str(act_id), {}, today=TODAY).pdf()
        person = str(session.scalars(select(Customer.id)).one())
        days = {"from": "2023-01-01", "to": f"{TODAY}"}
        assert find(session, "extrato", person, days, today=TODAY).pdf()
        for note_id in session.scalars(select(Note.id)):
            for day in (TODAY, TODAY - timedelta(days=200)):
                notes.detail(session, note_id, as_of=day, today=TODAY)
        rows = sum(
            written.rows
            for written in export_folder(
                session, tmp_path, style=Style.EXCEL, as_of=TODAY, today=TODAY, generated_at=NOW
            )
        )
    assert backs
    assert rows > 100
