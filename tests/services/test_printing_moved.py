"""Notes on paper whose dates were agreed anew since (R23, R32)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import SettingsVersion
from credigestor.reports.booklet import booklet
from credigestor.reports.contract import contract
from credigestor.reports.printed_notes import status
from credigestor.reports.receipt import receipt
from credigestor.reports.sale import notes_made
from credigestor.rules.permissions import Actor
from credigestor.services import acts, printing
from tests.documents.printings import SHOP
from tests.portfolio import TODAY
from tests.services.paying import pay, sell
from tests.services.putting_off import put_off
from tests.services.test_printing import paper
from tests.services.test_printing import print_notes as put_on_paper

pytestmark = pytest.mark.usefixtures("db", "shop")


@pytest.fixture
def shop(db: str) -> None:
    with transaction() as session:
        session.add(SettingsVersion(data=SHOP.model_dump(mode="json"), changed_by_name="teste"))


def test_r32_a_note_printed_before_it_was_put_off_is_to_be_replaced(
    seller: Actor, manager: Actor
) -> None:
    sale = sell(("300.00", TODAY), ("300.00", TODAY + timedelta(days=30)))
    first = put_on_paper(seller, sale)
    operation = first[0].operation_id

    def outdated() -> list[bool]:
        with snapshot() as session:
            return [each.outdated for each in status(session, sale.id)]

    made = [note.due_date for note in paper(operation).notes]
    assert outdated() == [False] * len(made)
    later = made[-1] + timedelta(days=10)
    act_id = put_off(manager, TODAY, note_id=sale.notes[-1], due_date=later)
    assert outdated() == [*[False] * (len(made) - 1), True]
    assert [note.due_date for note in paper(operation).notes] == made, "the old paper stays"
    [again] = put_on_paper(seller, sale, [sale.notes[-1]])
    assert [(note.due_date, note.copy) for note in paper(again.operation_id).notes] == [(later, 2)]
    assert outdated() == [False] * len(made)
    with transaction() as session:
        acts.reverse(session, manager, act_id=act_id, why="engano", today=TODAY)
    assert outdated() == [*[False] * (len(made) - 1), True], "the newest paper has the undone date"
    assert [note.due_date for note in paper(again.operation_id).notes] == [later]


def test_r32_slips_have_the_date_in_force_and_the_agreed_interest_contract_and_receipt_do_not(
    seller: Actor, manager: Actor
) -> None:
    days = [TODAY, TODAY + timedelta(days=30)]
    sale = sell(*(("300.00", day) for day in days))
    paid = pay(seller, TODAY, (sale.notes[0], "100.00"))
    put_off(manager, TODAY, sale_id=sale.id, days=10, rate=D(3))
    later = [day + timedelta(days=10) for day in days]
    with transaction() as session:
        operation = printing.print_contract(
            session, seller, sale_id=sale.id, operation_id=uuid.uuid4()
        ).operation_id
    with snapshot() as session:
        slips = booklet(session, sale.id, today=TODAY).installments
        agreed = contract(session, operation).installments
        [item] = receipt(session, paid).items
        of_sale = [note.due_date for note in notes_made(session, sale.id)]
        late = booklet(session, sale.id, today=later[0] + timedelta(days=9)).installments[0]
    assert [slip.due_date for slip in slips] == later
    assert [slip.to_pay for slip in slips] == [D("202.00"), D("303.00")]
    assert (late.to_pay, late.agreed) == (D("200.00"), 0), "the shop tells what is owed late"
    assert [note.due_date for note in agreed] == of_sale == days
    assert item.due_date == days[0], "as it was due when it was paid"
