"""R37: what is dated in closed days takes a manager and a reason, and is listed as a change."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, DayClosing, Payment, Sale
from credigestor.errors import BusinessError, InvalidInput, NotAllowed
from credigestor.reports.check.report import check
from credigestor.rules.permissions import TABLE, Actor, Permission, Role
from credigestor.services import acts, payments, sales, waivers
from credigestor.services.act_dates import check_day
from credigestor.services.waivers import NewWaiver, Waived
from tests.acting import give_back
from tests.portfolio import TODAY, add_customer
from tests.services.closing import changed, close, close_in, holding_the_close
from tests.services.paying import JANUARY_15, JANUARY_25, new_payment, note_row, receive, sell
from tests.services.selling import count, new_customer, new_sale
from tests.services.test_counter_statements import statements

pytestmark = pytest.mark.usefixtures("db")

YESTERDAY, BEFORE = TODAY - timedelta(days=1), TODAY - timedelta(days=2)
DECEMBER = date(2025, 12, 31)


def refused(act: Callable[[], object]) -> BusinessError:
    with pytest.raises(BusinessError) as error:
        act()
    return error.value


def pay(actor: Actor, on: date, note: int, amount: str = "50.00", **changes: Any) -> int:
    return receive(actor, new_payment(on, (note, amount), **changes))


def register(actor: Actor, **changes: Any) -> int:
    with transaction() as session:
        sale = new_sale(add_customer(session), **changes)
        return sales.register(session, actor, sale, today=TODAY)


def test_r37_only_days_that_are_over_are_closed(manager: Actor) -> None:
    error = refused(lambda: close(manager, TODAY))
    assert (error.field, error.message) == (
        "until",
        "Só se fecham dias que já passaram: até ontem.",
    )
    assert count(DayClosing) == 0
    assert close(manager, YESTERDAY)


def test_r37_a_seller_closes_nothing(seller: Actor) -> None:
    with pytest.raises(NotAllowed):
        close(seller, YESTERDAY)
    assert [role for role in Role if Permission.CLOSE_DAYS in TABLE[role]] == [
        Role.MANAGER,
        Role.ADMIN,
    ]


def test_to_open_days_again_takes_a_reason_and_the_same_day_changes_nothing(
    manager: Actor,
) -> None:
    operation = uuid.uuid4()
    first = close(manager, YESTERDAY, operation_id=operation)
    assert close(manager, YESTERDAY, operation_id=operation) == first
    assert close(manager, YESTERDAY) == first
    assert refused(lambda: close(manager, BEFORE)).field == "reason"
    assert (
        "fechou os dias até"
        in refused(lambda: close(manager, BEFORE, "engano", operation_id=operation)).message
    )
    assert close(manager, BEFORE, "conta errada") > first
    with snapshot() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.entity == "closing").order_by(AuditEntry.id)
        ).all()
        told = [(e.before, e.after and e.after["closed_until"], e.actor_id) for e in entries]
        assert check(session) == []
    was = {"closed_until": YESTERDAY.isoformat()}
    assert told == [
        (None, YESTERDAY.isoformat(), manager.id),
        (was, BEFORE.isoformat(), manager.id),
    ]


def test_r37_a_payment_dated_in_closed_days_takes_a_manager_and_a_reason(
    seller: Actor, manager: Actor
) -> None:
    [note] = sell().notes
    close(manager, BEFORE)
    error = refused(lambda: pay(seller, BEFORE, note))
    closed = f"{BEFORE:%d/%m/%Y}"
    assert (error.field, error.message) == (
        "paid_on",
        f"Os dias até {closed} estão fechados. Pagamento com data de um deles precisa de um "
        "gerente.",
    )
    error = refused(lambda: pay(manager, BEFORE, note, backdate_reason=None))
    assert (error.field, error.message) == ("backdate_reason", "Explique o motivo.")
    assert count(Payment) == 0
    assert pay(seller, YESTERDAY, note, backdate_reason=None)  # an open day, as ever
    pay(manager, BEFORE, note, backdate_reason="achado na gaveta")
    assert [row[:4] for row in changed()] == [("payment", BEFORE, manager.name, "achado na gaveta")]


def test_r37_a_sale_dated_in_closed_days_takes_a_manager_and_a_reason(
    seller: Actor, manager: Actor
) -> None:
    close(manager, DECEMBER)
    error = refused(lambda: register(seller))
    assert (error.field, error.message) == (
        "sold_on",
        "Os dias até 31/12/2025 estão fechados. Venda com data de um deles precisa de um gerente.",
    )
    assert refused(lambda: register(manager)).field == "backdate_reason"
    assert count(Sale) == 0
    assert register(seller, sold_on=date(2026, 1, 1))
    sale = register(manager, backdate_reason="caderno velho", down_payment=D("100.00"))
    with snapshot() as session:
        assert session.get_one(Sale, sale).backdate_reason == "caderno velho"
        assert check(session) == []
    who = (DECEMBER, manager.name, "caderno velho")
    assert {row[0]: row[1:] for row in changed()} == {
        "sale": (*who, "900.00", "0.00"),
        "down_payment": (*who, "0.00", "100.00"),
    }


def test_r37_waivers_and_returns_dated_in_closed_days_take_a_manager(
    seller: Actor, manager: Actor
) -> None:
    made = sell(("300.00", date(2026, 1, 10)))
    close(manager, JANUARY_25)
    waived = {made.notes[0]: Waived(fine=D("6.00"))}

    def waive(actor: Actor, why: str | None = "achado") -> int:
        new = NewWaiver(
            operation_id=uuid.uuid4(),
            customer_id=note_row(made.notes[0]).customer_id,
            waived_on=JANUARY_25,
            waived=waived,
            reason="doença",
            backdate_reason=why,
        )
        with transaction() as session:
            return waivers.waive(session, actor, new, today=TODAY)

    def take_back(actor: Actor) -> int:
        with transaction() as session:
            return give_back(session, actor, made.id, JANUARY_25, D("10.00"))

    may_return = Actor(
        manager.id, manager.name, Role.MANAGER, frozenset({Permission.RETURN, Permission.BACKDATE})
    )
    assert refused(lambda: take_back(may_return)).field == "returned_on"
    assert refused(lambda: waive(manager, None)).field == "backdate_reason"
    waive(manager)
    take_back(manager)
    assert [(row[0], *row[2:]) for row in changed()] == [
        ("act", manager.name, "não serviu", "-10.00", "0.00"),
        ("act", manager.name, "doença", "0.00", "0.00"),
    ]


def test_r37_what_is_of_closed_days_is_undone_by_a_manager_alone(manager: Actor) -> None:
    made = sell(("300.00", date(2026, 1, 10)), ("90.00", date(2026, 2, 10)))
    note = made.notes[0]
    paid = pay(manager, JANUARY_15, note, backdate_reason="recibo")
    with transaction() as session:
        act = give_back(session, manager, made.id, JANUARY_25, D("10.00"))
    sold = register(manager)
    close(manager, JANUARY_25)
    may = frozenset({Permission.REVERSE, Permission.RETURN, Permission.CANCEL})
    program = Actor(manager.id, manager.name, Role.MANAGER, may)

    def undo(actor: Actor) -> list[Callable[[], None]]:
        def each(verb: Callable[..., None], **named: Any) -> Callable[[], None]:
            def done() -> None:
                with transaction() as session:
                    verb(session, actor, why="engano", today=TODAY, **named)

            return done

        return [
            each(payments.reverse, payment_id=paid),
            each(acts.reverse, act_id=act),
            each(sales.cancel, sale_id=sold),
        ]

    for undone in undo(program):
        assert "Os dias até 25/01/2026 estão fechados" in refused(undone).message
    assert changed() == []
    for undone in undo(manager):
        undone()
    assert changed() == [
        ("cancellation", DECEMBER, manager.name, "engano", "0.00", "0.00"),
        ("act_reversal", JANUARY_25, manager.name, "engano", "10.00", "0.00"),
        ("payment_reversal", JANUARY_15, manager.name, "engano", "43.50", "-50.00"),
    ]
    assert changed(dated_from=JANUARY_25) == changed()[1:2]


def test_r37_what_was_recorded_before_the_closing_or_after_the_opening_is_no_later_change(
    seller: Actor, manager: Actor
) -> None:
    [note] = sell().notes
    pay(seller, BEFORE, note, "1.00")
    close(manager, YESTERDAY)
    pay(manager, BEFORE, note, "2.00")
    close(manager, BEFORE - timedelta(days=1), "faltou um caderno")
    pay(seller, BEFORE, note, "4.00")
    close(manager, YESTERDAY)
    pay(manager, BEFORE, note, "8.00")
    assert [row[-1] for row in changed()] == ["8.00", "2.00"]


def test_an_act_of_an_open_day_asks_nothing_more_of_the_database(
    seller: Actor, manager: Actor
) -> None:
    [note] = sell().notes
    close(manager, YESTERDAY)
    payment = new_payment(TODAY, (note, "50.00"), backdate_reason=None)
    with statements() as seen:
        receive(seller, payment)
    assert not [each for each in seen if "closings" in each or "advisory" in each]


@pytest.mark.parametrize("what", ["payment", "sale"])
def test_who_closes_waits_for_whoever_writes_into_the_past_and_keeps_their_figures(
    seller: Actor, manager: Actor, what: str
) -> None:
    [note] = sell().notes
    payment = new_payment(YESTERDAY, (note, "50.00"), backdate_reason=None)
    sale = new_sale(new_customer(), sold_on=YESTERDAY, first_due_date=TODAY)
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            if what == "payment":
                payments.receive(session, seller, payment, today=TODAY)
            else:
                sales.register(session, seller, sale, today=TODAY)
            closing = pool.submit(close, manager, YESTERDAY)
            while holding_the_close() == "0":
                assert not closing.done()
        closing.result(timeout=20)
    assert changed() == []
    with snapshot() as session:
        figures = session.scalars(select(DayClosing.figures)).one()
    assert (figures["payments"], figures["sales"]) == ((1, 1) if what == "payment" else (0, 2))


def test_closed_days_are_refused_in_every_act_alike(seller: Actor, manager: Actor) -> None:
    """A kind that comes later asks `act_dates` too, whose field and noun it chooses."""
    with transaction() as session:
        close_in(session, manager, YESTERDAY)
        with pytest.raises(InvalidInput, match="Ato com data de um deles") as error:
            check_day(session, seller, YESTERDAY, today=TODAY, field="moved_on", what="ato")
        assert error.value.field == "moved_on"
        assert check_day(session, manager, YESTERDAY, today=TODAY)
        assert not check_day(session, seller, TODAY, today=TODAY)
