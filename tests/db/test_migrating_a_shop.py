"""An older shop is migrated with its ledger: to its summaries (0002), to paper (0004), to the
function of late interest (0005), to the true rates of its sales (0014), to schedules (0015), to
down payments that are money (0016), to the risk that renegotiated debts inherit (0024), to people
without a CPF, cheques and boletos (0026), and to down payments by credit (0031).
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from credigestor.db.engine import transaction
from credigestor.db.migrate import current_revision, head_revision
from credigestor.db.models import Customer, Guarantor, Note, Payment, PaymentItem, Sale
from credigestor.reports import guarantors, sale_money, store_credit
from credigestor.reports.check.report import check
from credigestor.reports.payments import PaymentFilters
from credigestor.reports.payments import totals as payment_totals
from credigestor.reports.portfolio import flows, stock
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.portfolio.stock import Charges, Stock
from credigestor.reports.sale_money import MoneyFilters, of_sale
from credigestor.reports.summary import summary
from credigestor.rules.methods import Method
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import contacts, customers, payments, sales, summaries
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from credigestor.services.payments import NewPayment
from tests.db import older
from tests.portfolio import TODAY, random_portfolio
from tests.services import crediting, renegotiating, selling
from tests.services.contacting import new_contact
from tests.services.selling import new_sale
from tests.services.test_guarantors import ANA, given

pytestmark = pytest.mark.usefixtures("db")

DATES = [TODAY, date(2026, 8, 31), date(2026, 2, 10), TODAY + timedelta(days=40)]


@pytest.fixture(autouse=True)
def sold_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    older.sell_as_before(monkeypatch)


def figures(session: Session) -> tuple[list[Stock], list[Charges], list[Flow]]:
    year = Period(date(2026, 1, 1), TODAY)
    return (
        stock.stocks(session, DATES),
        [stock.charges(session, day, today=TODAY) for day in DATES],
        [flows.flow(session, year, as_of=day) for day in DATES],
    )


def move_in(connection: Connection) -> None:
    """Copy the ledger of the shop under test to the old one, and migrate it."""
    older.move_in(connection, next_id=1000)
    connection.commit()
    older.upgrade(connection, "head")
    assert current_revision(connection) == head_revision()


@pytest.mark.parametrize("revision", ["0001", "0004"])
def test_the_ledger_of_an_older_shop_is_folded_in_by_the_first_reader(
    admin: Actor, old_shop: Connection
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 31, sold=20, older=True)
        summaries.refresh(session, today=TODAY)
        expected = figures(session)
    move_in(old_shop)
    with Session(old_shop) as session, session.begin():
        assert summaries.refresh(session, today=TODAY) == 20
    with Session(old_shop) as session:
        assert list(check(session)) == []
        assert figures(session) == expected
        sold = select(Sale.contract_rate > 0, Sale.daily_rate > 0, Sale.carried, Sale.due_day)
        schedules = session.execute(select(Sale.schedule, Sale.schedule_step).distinct()).all()
        with_interest = session.execute(sold.distinct().where(Sale.installments > 0)).all()
    assert schedules == [("monthly", None)]
    assert sorted(with_interest) == [(False, False, None, None), (True, True, None, None)]
    assert expected[0][0].receivable > 0


def test_what_happens_after_the_migration_leaves_its_marks(
    admin: Actor, old_shop: Connection
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 32, sold=12, older=True)
    move_in(old_shop)
    with Session(old_shop) as session, session.begin():
        summaries.refresh(session, today=TODAY)
    with Session(old_shop) as session, session.begin():
        live = "SELECT max(payment_id) FROM payment_items WHERE NOT reversed"
        payment_id = session.scalar(text(live))
        assert payment_id
        payments.reverse(session, admin, payment_id=payment_id, why="engano", today=TODAY)
    with Session(old_shop) as session, session.begin():
        assert summaries.refresh(session, today=TODAY) == 1
    with Session(old_shop) as session:
        assert list(check(session)) == []


@pytest.mark.parametrize("revision", ["0003"])
def test_a_shop_from_before_paper_sells_with_guarantors_and_keeps_its_discounts(
    admin: Actor, old_shop: Connection
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 33, sold=12, older=True)
        summaries.refresh(session, today=TODAY)
        expected = figures(session)
    move_in(old_shop)
    with Session(old_shop) as session:
        assert session.scalars(select(Guarantor)).all() == []
        assert set(session.scalars(select(Payment.discount_reason))) == {None}
    with Session(old_shop) as session, session.begin():
        summaries.refresh(session, today=TODAY)
        assert list(check(session)) == []
        assert figures(session) == expected
    with Session(old_shop) as session, session.begin():
        customer = session.scalars(select(Customer.id)).first()
        assert customer
        sale = new_sale(customer, guarantors=given(ANA), override_reason="teste")
        sale_id = sales.register(session, admin, sale, today=TODAY)
        assert [each.name for each in guarantors.of_sale(session, sale_id)] == [ANA[0]]
        assert contacts.record(session, admin, new_contact(customer), today=TODAY) == 1
    with Session(old_shop) as session, session.begin():
        changed = update(PaymentItem).values(discount=PaymentItem.discount + 1)
        with pytest.raises(DatabaseError, match="payment_items"):
            session.execute(changed)


@pytest.mark.parametrize("revision", ["0014"])
def test_down_payments_of_before_become_money_without_a_method(
    admin: Actor, old_shop: Connection
) -> None:
    """R35: every figure of the past stays what it was."""
    down = {"down_payment": Decimal("200.00"), "override_reason": "teste", "sold_on": TODAY}
    down |= {"first_due_date": TODAY + timedelta(days=30)}

    def sell(session: Session, customer: int) -> int:
        return sales.register(session, admin, new_sale(customer, **down), today=TODAY)

    with transaction() as session:
        random_portfolio(session, admin, 34, sold=12, older=True)
        customer = session.scalars(select(Customer.id)).first()
        assert customer
        kept, undone = (sell(session, customer) for _ in range(2))
        sales.cancel(session, admin, sale_id=undone, why="desistiu", today=TODAY)
        summaries.refresh(session, today=TODAY)
        expected = figures(session), [summary(session, day, today=TODAY) for day in DATES]
        paid = payment_totals(session, PaymentFilters())
    move_in(old_shop)
    with Session(old_shop) as session, session.begin():
        summaries.refresh(session, today=TODAY)
    with Session(old_shop) as session:
        assert list(check(session)) == []
        there = figures(session), [summary(session, day, today=TODAY) for day in DATES]
        assert there == expected
        assert payment_totals(session, PaymentFilters()) == paid
        of_kept, of_undone = (of_sale(session, sale_id, TODAY) for sale_id in (kept, undone))
        found = [(each.kind, each.on, each.amount, each.way) for each in of_undone]
        paid_down = session.scalar(select(func.sum(Sale.down_payment)))
        assert sale_money.totals(session, MoneyFilters()).received == paid_down
    assert [each.way for each in of_kept] == ["unknown"]
    assert found == [(kind, TODAY, Decimal("200.00"), "unknown") for kind in ("down", "refund")]
    with Session(old_shop) as session, session.begin():
        sales.cancel(session, admin, sale_id=kept, why="desistiu", today=TODAY)
    with Session(old_shop) as session:
        assert list(check(session)) == []


@pytest.mark.parametrize("revision", ["0023"])
def test_a_shop_that_renegotiated_before_has_its_bands_made_anew(
    admin: Actor, old_shop: Connection
) -> None:
    """R15: the old notes stand where they stood, the new ones where the oldest of those did."""
    renegotiating.make(admin, renegotiating.deal(renegotiating.three_late().notes))
    older.move_in(old_shop, next_id=1000)
    # As they were kept then, and nothing is waiting.
    old_shop.execute(text("DELETE FROM stale_sales"))
    old_shop.execute(text("INSERT INTO summary_state (closed_until) VALUES (:day)"), {"day": TODAY})
    old_shop.execute(text("INSERT INTO segments (kind, key) VALUES ('all', '')"))
    old_shop.execute(
        text(
            "INSERT INTO aging_changes (segment_id, grain, day, band, principal, notes)"
            " SELECT id, 'd', CAST(:day AS date), 0, 465.75, 4 FROM segments"
        ),
        {"day": TODAY},
    )
    old_shop.commit()
    older.upgrade(old_shop, "head")
    with Session(old_shop) as session, session.begin():
        assert summaries.refresh(session, today=TODAY) == 2
    with Session(old_shop) as session:
        assert list(check(session)) == []
        [now] = stock.stocks(session, [TODAY])
    assert {each.band: each.principal for each in now.bands if each.notes} == {
        "61-90": Decimal("465.75")
    }


@pytest.mark.parametrize("revision", ["0023"])
def test_an_older_shop_receives_boletos_and_keeps_people_without_a_cpf(
    admin: Actor, old_shop: Connection
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 35, sold=12, older=True)
        summaries.refresh(session, today=TODAY)
        expected = figures(session)
    move_in(old_shop)
    with Session(old_shop) as session, session.begin():
        summaries.refresh(session, today=TODAY)
        assert figures(session) == expected
        open_note = select(Note).where(Note.principal_balance > 1, Note.cancelled_on.is_(None))
        note = session.scalars(open_note.limit(1)).one()
        parts = ((Method.CHEQUE, Decimal("0.40")), (Method.BOLETO, Decimal("0.60")))
        asked = {"operation_id": uuid.uuid4(), "customer_id": note.customer_id, "paid_on": TODAY}
        asked |= {"methods": parts, "items": ((note.id, Decimal("1.00")),)}
        payments.receive(session, admin, parse(NewPayment, asked), today=TODAY)
        data = parse(CustomerInput, {"name": "Ana", "tax_id": None})
        for _ in range(2):
            customers.create(session, admin, data, operation_id=uuid.uuid4(), today=TODAY)
    with Session(old_shop) as session:
        told = "SELECT webhook_data('payment.received', max(id)) -> 'methods' ->> 1 FROM payments"
        assert session.scalar(text(told)) == '{"amount": "0.60", "method": "boleto"}'
        assert list(check(session)) == []


@pytest.mark.parametrize("revision", ["0028"])
def test_an_older_shop_takes_a_down_payment_by_the_credit_it_kept(
    seller: Actor, old_shop: Connection
) -> None:
    """R31: what was kept and spent before stays what it was."""
    customer = selling.new_customer()
    first, second = crediting.sold(customer, "9.58", "50.00")
    crediting.kept(seller, first, "9.58", "300.00")
    crediting.by_credit(seller, second, "20.00")
    move_in(old_shop)
    with Session(old_shop) as session:
        before = [each.kind for each in store_credit.movements(session, customer, as_of=TODAY)]
        assert (before, list(check(session))) == (["kept", "spent"], [])
    down = {"down_payment": Decimal("280.00"), "down_payment_by_credit": True}
    asked = new_sale(customer, sold_on=TODAY, first_due_date=date(2026, 12, 23), **down)
    with Session(old_shop) as session, session.begin():
        sales.register(session, seller, asked, today=TODAY)
    with Session(old_shop) as session:
        assert store_credit.balance(session, customer, on=TODAY) == 0
        assert list(check(session)) == []
