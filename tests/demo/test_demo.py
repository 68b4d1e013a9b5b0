"""The demonstration shop: credible, sound, and the same every time."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from credigestor import demo
from credigestor.db.balances import note_balances
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import (
    Act,
    AuditEntry,
    CreditMovement,
    Customer,
    CustomerMove,
    DayClosing,
    Guarantor,
    Note,
    Payment,
    PaymentItem,
    Return,
    Reversal,
    Sale,
    SaleMoney,
    User,
)
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.demo.business import Business, business
from credigestor.demo.people import people
from credigestor.errors import Conflict, NotAllowed
from credigestor.reports.check.report import check
from credigestor.reports.contacts import ContactFilters, contacts
from credigestor.reports.deals import broken_deals
from credigestor.reports.portfolio import losses, renegotiated
from credigestor.reports.summary import summary
from credigestor.rules import early
from credigestor.rules.acts import ActKind
from credigestor.rules.contacts import Outcome
from credigestor.rules.due_schedule import ScheduleKind
from credigestor.rules.identity import fold, parse_phone, parse_tax_id
from credigestor.rules.methods import CREDIT, SEVERAL, Method
from credigestor.rules.permissions import Actor
from credigestor.rules.promises import PromiseStatus
from credigestor.services import settings
from credigestor.services.passwords import password_matches
from tests.factories import add_user
from tests.portfolio import add_customer

TODAY = date(2026, 11, 23)


def made(today: date) -> Business:
    return business([1, 2, 3], ShopSettings(), today=today, progress=lambda done: None)


def what_was_sold(shop: Business) -> Counter[tuple[object, ...]]:
    names = ("description", "total", "down_payment", "installments", "contract_rate", "seller_id")
    return Counter(
        (sale.customer.values["tax_id"], *(sale.values[name] for name in names))  # type: ignore[union-attr]
        for sale in shop.batch.sales
    )


def what_was_paid(shop: Business) -> list[tuple[object, ...]]:
    return [(p.paid_on, p.amount, p.method, p.received_by) for p in shop.batch.payments]


def test_the_same_day_gives_the_same_shop() -> None:
    first, second = made(TODAY), made(TODAY)
    assert people(300) == people(300)
    assert what_was_sold(first) == what_was_sold(second)
    assert what_was_paid(first) == what_was_paid(second)


@pytest.mark.parametrize("today", [date(2026, 2, 28), date(2028, 2, 29), date(2027, 5, 16)])
def test_another_day_gives_the_same_sales_on_days_relative_to_it(today: date) -> None:
    shop = made(today)
    assert what_was_sold(shop) == what_was_sold(made(TODAY))
    days = [sale.values["sold_on"] for sale in shop.batch.sales]
    assert today - timedelta(days=730) < min(days) < today - timedelta(days=690)
    assert today - timedelta(days=5) < max(days) <= today
    assert all(day.weekday() < 6 for day in days)
    assert max(payment.paid_on for payment in shop.batch.payments) <= today


def test_people_are_plausible_and_each_their_own() -> None:
    persons = [person.values for person in people(300)]
    for column in ("name", "tax_id", "phone"):
        assert len({person[column] for person in persons}) == 300
    for person in persons:
        assert parse_tax_id(person["tax_id"]) == person["tax_id"]
        assert parse_phone(person["phone"]) == person["phone"]
        assert person["name_folded"] == fold(person["name"])
    names = " ".join(person["name"] for person in persons)
    assert "D'Ávila" in names
    assert "Muñoz" in names


@pytest.fixture(scope="class")
def accounts(class_db: str) -> list[demo.Account]:
    return demo.load(today=TODAY)


@pytest.mark.usefixtures("accounts")
class TestTheShop:
    def test_the_shop_is_sound_and_has_the_size_and_the_delinquency_of_a_real_one(self) -> None:
        with snapshot() as session:
            assert check(session) == []
            figures = summary(session, TODAY, today=TODAY)
            # Four of them took the place of old notes, one was paid down by credit.
            assert session.scalar(select(func.count()).select_from(Sale)) == 905
            assert session.scalar(select(func.count()).where(Sale.cancelled_on.is_not(None))) == 12
            assert session.scalars(select(func.count()).where(Sale.contract_rate == 1)).one() > 50
            assert session.scalar(select(func.count()).select_from(Reversal)) == 10
            assert set(session.scalars(select(Payment.method).distinct())) == {*Method, CREDIT}
            assert len(set(session.scalars(select(Sale.seller_id)))) == 3
            assert current_settings(session).shop_name == "Loja Modelo"
        assert figures.customers == 300
        rate = figures.overdue_principal / figures.receivable_principal
        assert Decimal("0.05") < rate < Decimal("0.12")
        assert min(figures.aging.values()) > 0

    def test_some_large_sales_have_guarantors_who_are_no_customers(self) -> None:
        with snapshot() as session:
            signed = session.execute(
                select(Guarantor, Sale.total, Sale.installments).join(Sale)
            ).all()
            customers = set(session.scalars(select(Customer.tax_id)))
            counts = Counter(guarantor.sale_id for guarantor, _, _ in signed)
        assert 20 < len(counts) < 100
        assert set(counts.values()) == {1, 2}
        for guarantor, total, installments in signed:
            assert parse_tax_id(guarantor.tax_id) == guarantor.tax_id
            assert guarantor.tax_id not in customers
            assert "CEP" in guarantor.address
            assert total >= 900
            assert installments > 0

    def test_some_sales_are_not_monthly_and_some_down_payments_were_made_in_two_methods(
        self,
    ) -> None:
        """R33, R36."""
        with snapshot() as session:
            kinds = session.execute(
                select(Sale.schedule, func.count()).group_by(Sale.schedule)
            ).all()
            down = session.execute(
                select(SaleMoney).where(SaleMoney.kind == "down", SaleMoney.method == SEVERAL)
            )
            several = [
                money.amount == sum(filter(None, (money.cash, money.pix)))
                for money in down.scalars()
            ]
        counts = {row.schedule: row[1] for row in kinds}
        assert counts.keys() == {*ScheduleKind}
        assert min(counts.values()) >= 20, counts
        assert len(several) >= 10
        assert all(several)

    def test_some_of_each_act_happened_to_the_notes(self) -> None:
        with snapshot() as session:
            kinds = session.execute(select(Act.kind, func.count()).group_by(Act.kind)).all()
        done = {row.kind: row[1] for row in kinds}
        assert done.keys() == {*ActKind} - {ActKind.CHARGED}  # an import's alone
        assert min(done.values()) >= 2, done

    def test_acts_lie_in_several_months_and_what_follows_on_them_happened_too(self) -> None:
        """R15, R30, R31, R34, R37."""
        with snapshot() as session:
            days = set(session.scalars(select(Act.acted_on)))
            credit = set(session.scalars(select(CreditMovement.kind)))
            back = set(session.scalars(select(Return.back_by).where(Return.back > 0)))
            recovered = losses.by_month(session, TODAY, 3)
            again = renegotiated.paid_again(session, TODAY, count=3)
            broken = broken_deals(session, as_of=TODAY, today=TODAY)
            moves = session.scalar(select(func.count()).select_from(CustomerMove))
            closed = set(session.scalars(select(DayClosing.until)))
        assert len({day.replace(day=1) for day in days}) >= 4
        assert credit == {"kept", "returned", "spent", "paid_down", "paid_back"}
        assert back == {"credit", "cash"}
        assert sum(month.recovered for month in recovered) > 0
        assert sum(month.paid for month in again) > 0
        assert broken
        assert moves == 1
        assert closed == {date(2026, 9, 30)}

    def test_some_customers_were_called_and_promises_came_to_all_they_can(self) -> None:
        """R38."""
        with snapshot() as session:
            made = contacts(session, ContactFilters(), today=TODAY)
        assert {each.outcome for each in made} == {*Outcome}
        statuses = {each.promise.status for each in made if each.promise}
        assert statuses == {*PromiseStatus} - {PromiseStatus.WITHDRAWN}

    def test_some_notes_were_settled_early_for_less(self) -> None:
        """R14."""
        with snapshot() as session:
            items = session.execute(
                select(PaymentItem, Note.amount, Note.due_date, Sale.daily_rate)
                .join(Note, Note.id == PaymentItem.note_id)
                .join(Sale, Sale.id == Note.sale_id)
                .where(PaymentItem.discount > 0)
            ).all()
            footer = current_settings(session).document_footer
        assert len(items) >= 4
        for item, amount, due, rate in items:
            assert item.amount + item.discount == amount
            assert item.discount == early.discount(amount, rate, (due - item.paid_on).days)
        assert footer.startswith("Obrigado")

    def test_nobody_is_over_the_limit_the_shop_gave_them(self) -> None:
        notes = note_balances(TODAY, today=TODAY).subquery()
        with snapshot() as session:
            limits = session.execute(
                select(Customer.credit_limit, func.sum(notes.c.principal))
                .join(notes, notes.c.customer_id == Customer.id)
                .where(Customer.credit_limit.is_not(None))
                .group_by(Customer.id)
            ).all()
        assert 60 < len(limits) < 200
        assert all(owed < limit for limit, owed in limits)

    def test_accounts_open_with_the_passwords_given_once(
        self, accounts: list[demo.Account]
    ) -> None:
        assert Counter(role for _, role, _ in accounts) == {"Vendedor": 3, "Gerente": 2}
        with snapshot() as session:
            for login, _, password in accounts:
                user = session.scalars(select(User).where(User.login == login)).one()
                assert password_matches(password, user.password_hash)
        assert len({password for _, _, password in accounts}) == 5


def test_a_shop_with_customers_refuses_and_is_left_alone(db: str) -> None:
    with transaction() as session:
        add_customer(session)
    with pytest.raises(Conflict, match="já tem clientes"):
        demo.load(today=TODAY)
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0


def test_who_may_not_import_may_not_load_it(manager: Actor) -> None:
    with pytest.raises(NotAllowed):
        demo.load(today=TODAY, actor=manager)


def test_a_named_shop_keeps_its_name_and_taken_logins_are_left_to_their_owners(
    admin: Actor,
) -> None:
    add_user(login="rafaela")
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Casa Zélia"))
    heard: list[float] = []
    accounts = demo.load(today=TODAY, actor=admin, progress=lambda share, _: heard.append(share))
    assert [login for login, _, _ in accounts][:2] == ["rafaela2", "italo"]
    with snapshot() as session:
        entries = select(AuditEntry.actor_id).where(AuditEntry.action == "demo")
        assert session.scalars(entries).all() == [admin.id]
        assert check(session) == []
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    with snapshot() as session:
        assert current_settings(session).shop_name == "Casa Zélia"
