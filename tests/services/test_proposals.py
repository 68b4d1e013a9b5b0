"""Proposals: what is offered, for how long, and that it becomes the sale that it says, once."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal as D
from functools import partial

import pytest
from sqlalchemy import text, update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Proposal, Sale, SettingsVersion
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotFound
from credigestor.reports import booklet as booklets
from credigestor.reports.check.report import check
from credigestor.reports.proposals import ProposalFilters, listed
from credigestor.rules.due_schedule import ListedNote, Schedule, ScheduleKind
from credigestor.rules.methods import Method
from credigestor.rules.offers import Standing
from credigestor.rules.permissions import Actor
from credigestor.services import proposals, sale_money, sales
from credigestor.services.credit import CreditWarning
from credigestor.services.sale_input import NewSale
from tests.moments import NOW
from tests.portfolio import TODAY
from tests.services.offering import LAST, asked, close, offer, offered
from tests.services.selling import at_once, count, new_customer, notes_of, sale_row
from tests.services.test_guarantors import ANA, given

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def customer(db: str) -> int:
    return new_customer(name="Ana Luz")


def standings(today: date) -> list[tuple[int, str, int | None]]:
    with snapshot() as session:
        rows = session.execute(listed(ProposalFilters(), today=today)).all()
    return [(row.id, row.standing, row.sale_id) for row in rows]


@pytest.mark.parametrize("today", [TODAY, LAST])
def test_it_becomes_the_sale_that_it_offers_to_the_cent_and_the_digit(
    seller: Actor, customer: int, today: date
) -> None:
    proposal = offer(seller, asked(customer, down_payment=D("150.00")))
    before = offered(proposal)
    sale = sale_row(close(seller, proposal, today=today))
    assert [(n.amount, n.due_date) for n in notes_of(sale.id)] == [
        (n.amount, n.due_date) for n in before.installments
    ]
    assert (sale.sold_on, sale.total, sale.down_payment) == (TODAY, D(1000), D(150))
    assert (sale.daily_rate, sale.contract_rate) == (before.daily_rate, D(1))
    assert (sale.customer_id, sale.seller_id) == (customer, seller.id)
    assert (sale.description, sale.proposal_id) == ("Fogão de 4 bocas", proposal)
    with snapshot() as session:
        booklet = booklets.booklet(session, sale.id, today=today)
        assert (booklet.to_pay, booklet.interest) == (before.to_pay, before.interest)
        assert check(session) == []
    assert standings(today) == [(proposal, "sold", sale.id)]


@pytest.mark.parametrize(
    ("changes", "rate", "told"),
    [
        ({"schedule": Schedule(ScheduleKind.DAYS, 15)}, D(1), "a cada 15 dias"),
        (
            {"schedule": Schedule(ScheduleKind.BUSINESS_DAY, 5), "installments": 2},
            D(1),
            "no 5º dia útil de cada mês",
        ),
        (
            {
                "schedule": Schedule(
                    ScheduleKind.LIST,
                    listed=(
                        ListedNote(date(2027, 1, 20), D("700.00")),
                        ListedNote(date(2026, 12, 20), D("400.00")),
                    ),
                )
            },
            D("6.3423"),
            "em datas combinadas",
        ),
    ],
)
def test_whatever_due_dates_it_offers_are_those_of_its_sale(
    seller: Actor, customer: int, changes: dict[str, object], rate: D, told: str
) -> None:
    proposal = offer(seller, asked(customer, **changes))
    before = offered(proposal)
    assert (before.contract_rate, before.due_told) == (rate, told)
    sale = sale_row(close(seller, proposal, today=LAST))
    assert [(n.amount, n.due_date) for n in notes_of(sale.id)] == [
        (n.amount, n.due_date) for n in before.installments
    ]
    assert (sale.contract_rate, sale.daily_rate) == (rate, before.daily_rate)
    with snapshot() as session:
        assert check(session) == []


def test_the_rates_for_being_late_are_those_that_were_offered(seller: Actor, customer: int) -> None:
    proposal = offer(seller, asked(customer))
    with transaction() as session:
        changed = {"late_rate": "0.5", "fine_rate": "1", "grace_days": 9}
        session.add(SettingsVersion(data=changed, changed_by_name="teste"))
    sale = sale_row(close(seller, proposal))
    assert (sale.late_rate, sale.fine_rate, sale.grace_days) == (D(1), D(2), 0)
    assert [note.free_until >= note.due_date for note in notes_of(sale.id)] == [True] * 12


def test_after_two_days_it_has_expired_and_says_until_when_it_stood(
    seller: Actor, customer: int
) -> None:
    proposal = offer(seller, asked(customer))
    assert offered(proposal).valid_until == LAST
    late = LAST + timedelta(days=1)
    with pytest.raises(Conflict, match="A proposta 000001 valia até 25/11/2026"):
        close(seller, proposal, today=late)
    assert count(Sale) == 0
    assert standings(LAST) == [(proposal, "open", None)]
    assert standings(late) == [(proposal, "expired", None)]
    assert offered(proposal).standing(late) is Standing.EXPIRED


def test_it_becomes_a_sale_once_whoever_presses_how_often(
    seller: Actor, manager: Actor, customer: int
) -> None:
    proposal, operation = offer(seller, asked(customer)), uuid.uuid4()
    acts = [partial(close, actor, proposal) for actor in (seller, manager)]
    acts += [partial(close, seller, proposal, operation_id=operation)] * 2
    results = at_once(acts)
    made = {each for each in results if not isinstance(each, BusinessError)}
    refused = {each.message for each in results if isinstance(each, BusinessError)}
    assert (len(made), count(Sale)) == (1, 1)
    assert refused == {"A proposta 000001 já virou a venda 000001."}
    again = sale_row(1).operation_id
    assert close(seller, proposal, operation_id=again) == 1
    with transaction() as session:
        sales.cancel(session, manager, sale_id=1, why="desistência", today=TODAY)
    with pytest.raises(Conflict, match="já virou a venda 000001"):
        close(seller, proposal)


def test_a_form_sent_again_keeps_one_proposal_and_another_one_is_refused(
    seller: Actor, customer: int
) -> None:
    data = asked(customer)
    assert offer(seller, data) == offer(seller, data)
    with pytest.raises(Conflict, match="já guardou outra proposta, a 000001"):
        offer(seller, data.model_copy(update={"total": D(900)}))
    sold = asked(customer)
    with transaction() as session:
        sales.register(session, seller, sold, today=TODAY)
    with pytest.raises(Conflict, match="já gravou uma venda"):
        offer(seller, sold)
    with pytest.raises(Conflict, match="já gravou outra venda"):
        close(seller, 1, operation_id=sold.operation_id)
    assert count(Proposal) == 1


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"sold_on": TODAY - timedelta(days=1)}, "sold_on", "A proposta é de hoje"),
        ({"first_due_date": TODAY}, "first_due_date", "A proposta vale até 25/11/2026"),
        ({"down_payment": D(1000)}, "down_payment", "não tem parcelas a propor"),
        ({"guarantors": given(ANA)}, "guarantors", "não guarda avalistas"),
        ({"total": D(0)}, "total", "maior que zero"),
        ({"contract_rate": D(101)}, "contract_rate", "de 0 a 100"),
    ],
)
def test_what_cannot_be_offered_is_told_at_its_field(
    seller: Actor, customer: int, changes: dict[str, object], field: str, told: str
) -> None:
    with pytest.raises(InvalidInput, match=told) as caught:
        offer(seller, asked(customer, **changes))
    assert caught.value.field == field
    assert count(Proposal) == 0


def test_credit_is_judged_when_it_becomes_a_sale(
    seller: Actor, manager: Actor, customer: int
) -> None:
    with transaction() as session:
        session.execute(update(Customer).values(credit_limit=D(10)))
    proposal = offer(seller, asked(customer))
    with pytest.raises(CreditWarning):
        close(seller, proposal)
    sale = sale_row(close(manager, proposal, why="cliente antiga"))
    assert (sale.override_reason, sale.override_by) == ("cliente antiga", manager.id)


def test_who_is_inactive_or_erased_is_offered_nothing_and_their_proposal_is_not_shown(
    seller: Actor, customer: int
) -> None:
    proposal = offer(seller, asked(customer))
    with transaction() as session:
        session.execute(update(Customer).values(active=False))
    for act in (partial(offer, seller, asked(customer)), partial(close, seller, proposal)):
        with pytest.raises(Conflict, match="inativo"):
            act()
    with transaction() as session:
        session.execute(update(Customer).values(anonymised_at=NOW))
    with pytest.raises(Conflict, match="anonimizados"):
        offered(proposal)
    with pytest.raises(NotFound):
        close(seller, 99)


def test_a_proposal_that_was_recorded_is_never_changed(seller: Actor, customer: int) -> None:
    offer(seller, asked(customer))
    for change in ("UPDATE proposals SET valid_until = '2027-01-01'", "DELETE FROM proposals"):
        with pytest.raises(Conflict), transaction() as session:
            session.execute(text(change))


def test_terms_are_the_sales_own_input_whatever_that_holds(seller: Actor, customer: int) -> None:
    """What a later version of the sale asks for is kept without a change here."""
    offer(seller, asked(customer))
    with snapshot() as session:
        kept = session.get_one(Proposal, 1).terms["asked"]
    own = {"operation_id", "customer_id", "guarantors", "override_reason"}
    own |= {"down_payment_methods", "down_payment_by_credit", "backdate_reason"}
    assert kept.keys() == set(NewSale.model_fields) - own
    assert kept["first_due_date"] == "2026-12-23"


def test_how_the_down_payment_came_is_said_when_it_is_closed(seller: Actor, customer: int) -> None:
    way = ((Method.PIX, D("100.00")),)
    proposal = offer(seller, asked(customer, down_payment=D(100), down_payment_methods=way))
    with transaction() as session:
        sale = proposals.close(
            session,
            seller,
            proposal_id=proposal,
            operation_id=uuid.uuid4(),
            down_payment_methods=((Method.CASH, D("100.00")),),
            today=TODAY,
        )
        assert sale_money.way_of_down_payment(session, sale) == "cash"


def test_terms_changed_by_hand_are_refused_with_a_sentence(seller: Actor, customer: int) -> None:
    offer(seller, asked(customer))
    with transaction() as session:
        session.execute(text("ALTER TABLE proposals DISABLE TRIGGER USER"))
        session.execute(
            text("UPDATE proposals SET terms = jsonb_set(terms, '{notes,0,amount}', '\"1\"')")
        )
        session.execute(text("ALTER TABLE proposals ENABLE TRIGGER USER"))
    with pytest.raises(Conflict, match="As contas mudaram"):
        close(seller, 1)
    assert count(Sale) == 0
