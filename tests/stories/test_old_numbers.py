"""A shop that moved in: the numbers of its old system stand beside ours and find everything."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note, Sale
from credigestor.documents import booklet as booklet_paper
from credigestor.documents import contract as contract_paper
from credigestor.documents import customer_statement as statement_paper
from credigestor.documents import promissory_notes, receipt
from credigestor.reports import customers, notes, numbered, payments, sale_money, sales
from credigestor.reports import receipt as receipts
from credigestor.reports.booklet import booklet
from credigestor.reports.check.report import check
from credigestor.reports.contract import contract
from credigestor.reports.customer_statement import statement
from credigestor.reports.notes import NoteFilters
from credigestor.reports.payments import PaymentFilters
from credigestor.reports.printed_notes import printed
from credigestor.reports.sale_money import MoneyFilters
from credigestor.reports.sales import SaleFilters
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.permissions import Actor
from credigestor.services import printing
from tests.documents.looking import assert_sound, words
from tests.moments import NOW
from tests.moved import Moved
from tests.portfolio import TODAY
from tests.services.selling import notes_of

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def moved(seller: Actor) -> Moved:
    return Moved(seller)


@pytest.mark.parametrize("typed", ["0077", "77", " 77 ", "PED-12", "ped-12", "004711/2", "4711/2"])
def test_every_list_is_searched_by_an_old_number(moved: Moved, typed: str) -> None:
    of_note = "4711" in typed
    with snapshot() as session:
        found = notes.list_notes(
            session, NoteFilters(text=typed), as_of=TODAY, today=TODAY, offset=0, limit=9
        )
        of_sales = sales.page(session, SaleFilters(text=typed), as_of=TODAY, today=TODAY)
        paid = payments.list_payments(session, PaymentFilters(text=typed), offset=0, limit=9)
        money = sale_money.totals(session, MoneyFilters(text=typed))
        people = [each.id for each in customers.search(session, typed, today=TODAY)]
    assert set(found["id"]) == ({moved.note} if of_note else {n.id for n in notes_of(moved.sale)})
    assert list(of_sales["id"]) == [moved.sale]
    assert list(paid["id"]) == [moved.paid]
    assert money.received == (0 if of_note else 100)
    assert people == ([moved.ana] if "77" in typed else [])


def test_a_note_is_found_by_its_old_number_where_the_counter_asks_for_one(moved: Moved) -> None:
    def named(typed: str) -> list[tuple[str, int, int]]:
        with snapshot() as session:
            found = numbered.of_debts(session, typed)
        return [(each.kind, each.customer_id, each.id) for each in found]

    assert named("4711/2") == [("note", moved.ana, moved.note)]
    assert named("ped-12") == [("sale", moved.ana, moved.sale)]
    assert named(f"{moved.sale}-1") == [("note", moved.ana, notes_of(moved.sale)[0].id)]
    for unknown in ("4711", "PED-1", "Ana", "0", "000"):
        assert named(unknown) == []
    with transaction() as session:
        session.execute(update(Note).values(ref="004711/2"))
    assert len(named("4711/2")) > 1  # each with its customer's name, for a person to choose


def test_papers_name_the_old_number_beside_ours(moved: Moved, seller: Actor) -> None:
    of_notes, of_contract = uuid.uuid4(), uuid.uuid4()
    with transaction() as session:
        printing.print_notes(
            session, seller, sale_id=moved.sale, note_ids=None, operation_id=of_notes
        )
        printing.print_contract(session, seller, sale_id=moved.sale, operation_id=of_contract)
    with snapshot() as session:
        data = receipts.receipt(session, moved.paid)
        [down] = sale_money.of_sale(session, moved.sale, TODAY)
        of_down = sale_money.receipt(session, down.id)
        since = statement(session, moved.ana, since=date(2026, 1, 1), until=TODAY, today=TODAY)
        made: dict[str, bytes] = {
            "notes": promissory_notes.pdf(printed(session, of_notes), made_at=NOW, logo=None),
            "booklet": booklet_paper.pdf(
                booklet(session, moved.sale, today=TODAY), made_at=NOW, logo=None
            ),
            "contract": contract_paper.pdf(contract(session, of_contract), made_at=NOW, logo=None),
            "statement": statement_paper.pdf(since, made_at=NOW, logo=None),
            "down": receipt.pdf(of_down, made_at=NOW, logo=None, format=ReceiptFormat.ONE),
            **{
                form.value: receipt.pdf(data, made_at=NOW, logo=None, format=form)
                for form in ReceiptFormat
            },
        }
    told = {name: " ".join(words(pdf).split()) for name, pdf in made.items()}
    expected = {"booklet": "Nota · Nº anterior: 004711/2", "statement": "Nº anterior 0077"}
    expected |= dict.fromkeys(("contract", "down"), "Nº anterior: PED-12")
    for name, pdf in made.items():
        assert expected.get(name, "Nº anterior: 004711/2") in told[name], (name, told[name])
        assert_sound(pdf)
    assert told["notes"].count("Nº anterior") == 1
    assert "Nº anterior: PED-12" in told["booklet"]


@pytest.mark.parametrize("ref", ["W" * 60, "0123456789" * 4])
def test_the_longest_old_number_leaves_room_for_ours(moved: Moved, seller: Actor, ref: str) -> None:
    operation = uuid.uuid4()
    with transaction() as session:
        session.execute(update(Note).values(ref=ref))
        session.execute(update(Sale).where(Sale.id == moved.sale).values(ref=ref))
        printing.print_notes(
            session, seller, sale_id=moved.sale, note_ids=None, operation_id=operation
        )
    with snapshot() as session:
        ours = booklet(session, moved.sale, today=TODAY)
        papers = (
            promissory_notes.pdf(printed(session, operation), made_at=NOW, logo=None),
            booklet_paper.pdf(ours, made_at=NOW, logo=None),
        )
    for pdf in papers:
        assert_sound(pdf)
        assert ref[:40] in "".join(words(pdf).split())


def test_the_check_has_nothing_against_them(moved: Moved) -> None:
    with snapshot() as session:
        assert [problem for problem in check(session) if problem.entity == "notes"] == []
