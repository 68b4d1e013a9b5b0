"""The import: what it writes, what it refuses, and that it does so once (R1, R4, R9, R11, R26)."""

from __future__ import annotations

import threading
import time
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Customer, Note, Payment, PaymentItem, Sale
from credigestor.errors import NotAllowed
from credigestor.imports import importer
from credigestor.imports.importer import Counts, Plan, read_folder
from credigestor.reports.check.report import check
from credigestor.reports.summary import as_json, summary
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from tests.imports.files import GOOD, SAMPLE, csv_file, needs_sample, shop, source
from tests.imports.importing import CLI, everything, run
from tests.portfolio import TODAY, pay

pytestmark = pytest.mark.usefixtures("db")


@needs_sample
def test_the_sample_shop_gives_the_figures_known_for_it_and_only_once() -> None:
    start = time.monotonic()
    with transaction() as session:
        plan = importer.run(session, CLI, read_folder(SAMPLE), today=TODAY)
    assert time.monotonic() - start < 60
    assert plan.problems == []
    assert plan.new == Counts(4942, 4951, 14459, 13540)
    with snapshot() as session:
        figures = as_json(summary(session, TODAY, today=TODAY))
        assert check(session) == []
    expected = {
        "customers": 4942,
        "sales": 4951,
        "notes": 14459,
        "payments": 13540,
        "financed": "721208.74",
        "receivable_principal": "70020.44",
        "overdue_notes": 622,
        "overdue_principal": "29168.39",
        "overdue_interest": "2184.25",
        "overdue_fine": "582.65",
        "received_interest": "569.74",
        "received_fine": "1674.61",
    }
    assert {key: figures[key] for key in expected} == expected
    before = everything()
    with transaction() as session:
        again = importer.run(session, CLI, read_folder(SAMPLE), today=TODAY)
    assert (again.new, again.known) == (Counts(), plan.new)
    assert everything() == before


def test_rows_arrive_as_a_person_would_have_typed_them() -> None:
    assert run(shop()).new == Counts(customers=2, sales=2, notes=3, payments=2)
    with snapshot() as session:
        first, second = session.scalars(select(Customer).order_by(Customer.id))
        assert (first.name, first.name_folded) == ("Conceição Muñoz", "conceicao munoz")
        assert (first.tax_id, first.phone) == ("52998224725", "+5585988724443")
        assert (first.city, first.state, first.zip_code) == ("São Paulo", "SP", "01310100")
        assert (second.tax_id, second.phone, second.email) == (
            "11144477735",
            None,
            "ana@example.com",
        )
        sale, paid_down = session.scalars(select(Sale).order_by(Sale.id))
        assert (sale.total, sale.down_payment, sale.installments) == (1300, 100, 3)
        assert (sale.late_rate, sale.fine_rate, sale.contract_rate) == (1, 2, 0)
        assert sale.seller_id is None
        assert (paid_down.installments, paid_down.first_due_date) == (0, None)
        notes = session.scalars(select(Note).order_by(Note.number)).all()
        assert [note.due_date for note in notes] == [
            date(2026, 2, 5),
            date(2026, 3, 5),
            date(2026, 4, 5),
        ]
        assert [note.on_time_until for note in notes][2] == date(2026, 4, 6)  # a Sunday (R4)
        assert [note.principal_balance for note in notes] == [0, 250, 400]
        methods = session.scalars(select(Payment.method).order_by(Payment.id)).all()
        assert methods == ["cash", "card"]
        assert check(session) == []


def test_one_audit_entry_says_who_imported_how_much() -> None:
    run(shop())
    run(shop())
    with snapshot() as session:
        [entry] = session.scalars(select(AuditEntry))
    assert (entry.actor_name, entry.action) == ("linha de comando", "import")
    assert entry.after == {"customers": 2, "sales": 2, "notes": 3, "payments": 2}


@pytest.mark.parametrize(
    ("separator", "encoding", "iso", "point"),
    [
        (";", "utf-8-sig", False, False),
        (",", "utf-8", True, True),
        ("\t", "latin-1", True, False),
        (",", "cp1252", False, False),
        (";", "utf-8", False, True),
    ],
)
def test_every_way_of_writing_the_files_gives_the_same_shop(
    separator: str, encoding: str, iso: bool, point: bool
) -> None:
    def rewritten(cell: str) -> str:
        if iso and cell.count("/") == 2:
            return "-".join(reversed(cell.split("/")))
        if point and cell.endswith(",00"):
            return cell.translate(str.maketrans(",.", ".,"))
        return cell

    run(
        {
            file: csv_file(
                file,
                [[rewritten(cell) for cell in row] for row in rows],
                separator=separator,
                encoding=encoding,
            )
            for file, rows in GOOD.items()
        }
    )
    with snapshot() as session:
        names = session.scalars(select(Customer.name).order_by(Customer.id)).all()
        assert names == ["Conceição Muñoz", "Ana D'Ávila"]
        assert session.scalars(select(Sale.total).order_by(Sale.id)).all() == [1300, 50]
        assert session.scalars(select(Sale.sold_on).order_by(Sale.id)).first() == date(2026, 1, 5)
        amounts = session.scalars(select(Payment.amount).order_by(Payment.id)).all()
        assert amounts == [400, 150]


def test_a_second_import_adds_only_what_is_new_and_replays_the_notes_it_touches() -> None:
    run(shop())
    # Earlier than the payment that is there (150,00 on 10/02): the note is replayed (R11).
    more = shop(
        vendas=[("V3", "C2", "07/01/2026", "", "90,00", "0,00", "1", "07/02/2026")],
        pagamentos=[
            ("V1", "2", "06/02/2026", "50,00", "pix"),
            ("V3", "1", "09/02/2026", "30,00", "transferencia"),
            ("V1", "2", "10/03/2026", "20,00", "pix"),
        ],
    )
    plan = run(more)
    assert plan.new == Counts(customers=0, sales=1, notes=1, payments=3)
    assert plan.known == Counts(customers=2, sales=2, notes=3, payments=2)
    with snapshot() as session:
        assert check(session) == []
        steps = session.execute(
            select(PaymentItem.paid_on, PaymentItem.fine, PaymentItem.principal_after)
            .join(Note)
            .join(Sale)
            .where(Sale.ref == "V1", Note.number == 2)
            .order_by(PaymentItem.paid_on)
        ).all()
    assert [tuple(step) for step in steps] == [
        (date(2026, 2, 6), 0, 350),
        (date(2026, 2, 10), 0, 200),
        (date(2026, 3, 10), 4, Decimal("184.33")),  # 5 days: interest 0,33, fine 4,00
    ]
    before = everything()
    assert run(more).new == Counts()
    assert everything() == before


def test_identical_rows_are_different_payments_and_each_is_remembered() -> None:
    twice = [("V1", "3", "01/04/2026", "10,00", "pix")] * 2
    assert run(shop(pagamentos=twice)).new.payments == 4
    assert run(shop(pagamentos=twice)).new.payments == 0
    assert run(shop(pagamentos=[*twice, twice[0]])).new.payments == 1
    with snapshot() as session:
        refs = session.scalars(select(Payment.ref).where(Payment.ref.like("V1/3/%"))).all()
    assert sorted(refs, key=str) == [f"V1/3/2026-04-01/10.00/pix#{n}" for n in (1, 2, 3)]


def test_what_the_shop_changed_after_an_import_stays_as_it_is(admin: Actor) -> None:
    run(shop())
    with transaction() as session:
        payment_id = session.scalars(select(Payment.id).order_by(Payment.id)).first()
        assert payment_id
        payments.reverse(session, admin, payment_id=payment_id, why="engano", today=TODAY)
        session.execute(text("UPDATE customers SET name = 'Outro Nome' WHERE ref = 'C1'"))
    before = everything()
    assert run(shop()).new == Counts()
    assert everything() == before


def test_a_note_whose_payment_was_reversed_takes_new_ones(admin: Actor) -> None:
    run(shop())
    with transaction() as session:
        payment_id = session.scalars(select(Payment.id).where(Payment.amount == 400)).one()
        payments.reverse(session, admin, payment_id=payment_id, why="engano", today=TODAY)
    assert run(shop(pagamentos=[("V1", "1", "05/02/2026", "399,00", "pix")])).problems == []
    with snapshot() as session:
        assert check(session) == []
        assert session.scalars(select(Note.principal_balance).where(Note.number == 1)).one() == 1


def test_an_import_after_payments_in_the_shop_replays_them_behind_the_older_rows(
    admin: Actor,
) -> None:
    run(shop())
    with transaction() as session:
        third = session.scalars(select(Note.id).where(Note.number == 3)).one()
        for on in (date(2026, 4, 6), date(2026, 5, 6)):  # due on 05/04, a Sunday
            pay(session, admin, third, "100.00", on)
    rows = [("V1", "3", "20/04/2026", "50,00", "pix"), ("V1", "3", "06/05/2026", "1,00", "pix")]
    assert run(shop(pagamentos=rows)).new == Counts(payments=2)
    with snapshot() as session:
        assert check(session) == []
        items = session.scalars(
            select(PaymentItem)
            .where(PaymentItem.note_id == third)
            .order_by(PaymentItem.paid_on, PaymentItem.payment_id)
        )
        # 300 × 1 % × 15 ÷ 30 and 2 % of 300; then 257,50 × 1 % × 16 ÷ 30
        assert [(i.interest, i.fine, i.principal) for i in items] == [
            (0, 0, 100),
            (Decimal("1.50"), 6, Decimal("42.50")),
            (Decimal("1.37"), 0, Decimal("98.63")),
            (0, 0, 1),
        ]


def test_payments_get_their_ids_in_the_order_of_the_file() -> None:
    rows = [("V1", note, "06/04/2026", f"{k},00", "pix") for k, note in enumerate("32323", 1)]
    run(shop(pagamentos=rows))
    with snapshot() as session:
        amounts = session.scalars(select(Payment.amount).order_by(Payment.id)).all()
    assert amounts == [400, 150, 1, 2, 3, 4, 5]


def test_a_dry_run_writes_nothing_and_needs_no_more_than_a_snapshot() -> None:
    before = everything()
    assert run(shop(), dry_run=True).new == Counts(2, 2, 3, 2)
    with snapshot() as session:
        plan = importer.prepare(session, source(shop()), today=TODAY)
    assert plan.new.notes == 3
    assert everything() == before
    run(shop())
    before = everything()
    with snapshot() as session:
        more = source(shop(pagamentos=[("V1", "3", "06/04/2026", "10,00", "pix")]))
        assert importer.prepare(session, more, today=TODAY).new == Counts(payments=1)
    assert everything() == before


def test_progress_only_grows_and_ends_at_the_whole() -> None:
    heard: list[float] = []
    with transaction() as session:
        importer.run(
            session,
            CLI,
            source(shop()),
            today=TODAY,
            progress=lambda done, what: heard.append(done),
        )
    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0.0, 1.0)


def test_two_imports_at_once_give_one_shop() -> None:
    barrier = threading.Barrier(2)
    plans: list[Plan] = []

    def work() -> None:
        barrier.wait()
        plans.append(run(shop()))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(plan.new.customers for plan in plans) == [0, 2]
    with snapshot() as session:
        assert session.scalar(text("SELECT count(*) FROM payments")) == 2


def test_an_import_waits_for_a_payment_that_is_being_received_on_the_same_note(
    admin: Actor,
) -> None:
    run(shop())
    more = shop(pagamentos=[("V1", "3", "02/04/2026", "10,00", "pix")])
    importing = threading.Thread(target=run, args=(more,))
    with transaction() as session:
        note_id = session.scalars(select(Note.id).where(Note.number == 3)).one()
        pay(session, admin, note_id, "390.00", date(2026, 4, 1))
        importing.start()
        importing.join(timeout=1)
        assert importing.is_alive()
    importing.join(timeout=30)
    with snapshot() as session:
        assert check(session) == []
        note = session.get(Note, note_id)
        assert note is not None
        assert (note.principal_balance, note.settled_on) == (0, date(2026, 4, 2))


def test_only_who_may_transfer_imports(manager: Actor) -> None:
    with pytest.raises(NotAllowed), transaction() as session:
        importer.run(session, manager, source(shop()), today=TODAY)
