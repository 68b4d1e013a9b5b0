"""Goods that come back: newest notes first at their value, the rest as money (R30)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Act, ActItem, AuditEntry, Return
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed
from credigestor.reports.portfolio.act_totals import act_totals
from credigestor.reports.portfolio.flows import flow
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from credigestor.services.returns import NewReturn
from tests.portfolio import TODAY, refresh
from tests.reports.planting import named
from tests.services.paying import new_payment, pay, receive, reverse, sell
from tests.services.returning import (
    NOVEMBER_25,
    give_back,
    new_return,
    previewed,
    return_row,
    undo_return,
    with_interest,
    without_interest,
)
from tests.services.selling import at_once, count, new_customer, new_sale, notes_of, register
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")


def left(sale: int) -> list[str]:
    """What is left of each note's principal."""
    return [str(note.principal_balance) for note in notes_of(sale)]


def refused(actor: Actor, data: NewReturn) -> BusinessError:
    """The error that refuses a return, after which nothing is written."""
    tables = (Act, ActItem, Return, AuditEntry)
    before = [count(table) for table in tables]
    with pytest.raises(BusinessError) as caught:
        give_back(actor, data)
    assert [count(table) for table in tables] == before
    return caught.value


def test_r30_without_interest_four_hundred_returned_leave_one_note(manager: Actor) -> None:
    sale = without_interest(manager)
    shown = previewed(manager, new_return(sale, "400.00"))
    assert [note.number for note, _ in shown.falls] == [7, 6, 5, 4]
    act = give_back(manager, new_return(sale, "400.00"))
    assert left(sale) == ["0.00", "0.00", "100.00", *["0.00"] * 4]
    assert [n.closed for n in notes_of(sale)] == [None, None, None, *["returned"] * 4]
    row = return_row(act)
    assert (str(row.value), str(row.back), row.back_by) == ("400.00", "0.00", None)
    sound()


def test_r30_without_interest_six_hundred_and_fifty_give_a_hundred_and_fifty_back(
    manager: Actor,
) -> None:
    sale = without_interest(manager)
    act = give_back(manager, new_return(sale, "650.00", kind="defect", back_by="pix"))
    assert left(sale) == ["0.00"] * 7
    row = return_row(act)
    assert (row.kind, str(row.back), row.back_by) == ("defect", "150.00", "pix")
    sound()


def test_r30_with_interest_the_newest_fall_at_their_value_of_the_day(manager: Actor) -> None:
    sale = with_interest(manager)
    data = new_return(sale, "400.00", NOVEMBER_25)
    with snapshot() as session:
        assert session.execute(text("SELECT sum(principal_balance) FROM notes")).scalar() == D(
            "888.49"
        )
    act = give_back(manager, data, today=NOVEMBER_25)
    assert left(sale)[7:] == ["13.05", *["0.00"] * 4]
    assert left(sale)[2:7] == ["88.85"] * 5
    assert str(return_row(act).back) == "0.00"
    sound(NOVEMBER_25)


def test_a_share_of_the_sale_is_as_good_as_its_value(manager: Actor) -> None:
    sale = without_interest(manager)
    act = give_back(manager, new_return(sale, share=D(40)))
    row = return_row(act)
    assert (str(row.value), row.share) == ("400.00", D(40))
    assert left(sale)[2:4] == ["100.00", "0.00"]
    sound()


def test_who_regrets_and_brings_everything_back_gets_all_that_was_received(
    manager: Actor,
) -> None:
    sale = with_interest(manager)
    act = give_back(manager, new_return(sale, share=D(100), kind="regret"))
    assert left(sale) == ["0.00"] * 12
    assert str(return_row(act).back) == "177.70"
    sound()


def test_a_sale_that_is_paid_gives_back_money_alone(manager: Actor) -> None:
    data = new_sale(new_customer(), total=D("80.00"), down_payment=D("80.00"), installments=0)
    sale = register(manager, data)
    act = give_back(manager, new_return(sale, "30.00"))
    assert (count(ActItem), str(return_row(act).back)) == (0, "30.00")
    sound()
    assert "já voltaram" in refused(manager, new_return(sale, "50.01")).message
    undo_return(manager, act)
    give_back(manager, new_return(sale, "80.00"))
    sound()


def test_overdue_notes_fall_last_at_face_and_their_charges_stay(manager: Actor) -> None:
    late, soon = TODAY - timedelta(days=15), TODAY + timedelta(days=15)
    made = sell(("200.00", late), ("200.00", soon))
    give_back(manager, new_return(made.id, "250.00"))
    first, second = notes_of(made.id)
    assert (str(second.principal_balance), str(first.principal_balance)) == ("0.00", "150.00")
    assert (str(first.interest_carried), str(first.fine_carried)) == ("1.00", "4.00")
    sound()
    error = refused(manager, new_return(made.id, "150.00"))
    assert isinstance(error, Conflict)
    assert "5,00 de encargos" in error.message
    assert "Receba ou dispense" in error.message


def test_the_same_form_again_is_the_same_return_and_another_is_refused(manager: Actor) -> None:
    sale = without_interest(manager)
    data = new_return(sale, "400.00")
    act = give_back(manager, data)
    assert give_back(manager, data) == act
    assert (count(Act), count(Return)) == (1, 1)
    with pytest.raises(Conflict, match="outro ato"):
        give_back(manager, data.model_copy(update={"value": D("300.00")}))


def test_what_makes_no_sense_is_refused_at_its_field(manager: Actor, seller: Actor) -> None:
    sale = without_interest(manager)
    with pytest.raises(NotAllowed):
        give_back(seller, new_return(sale, "400.00"))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"value": "1000.01"}, "value"),
        ({"value": "0.00"}, "value"),
        ({"value": "0.001"}, "value"),
        ({"value": None}, "value"),
        ({"value": None, "share": D("100.1")}, "share"),
        ({"value": "650.00", "back_by": None}, "back_by"),
        ({"value": "400.00", "reason": " "}, "reason"),
        ({"value": "400.00", "on": TODAY + timedelta(days=1)}, "returned_on"),
        ({"value": "400.00", "on": date(2026, 9, 30)}, "returned_on"),
    ]
    for changes, field in wrong:
        error = refused(manager, new_return(sale, **changes))
        assert (type(error), error.field) == (InvalidInput, field), changes


def test_nothing_comes_back_of_a_cancelled_sale_and_none_with_a_return_is_cancelled(
    manager: Actor,
) -> None:
    sale = without_interest(manager, paid=0)
    act = give_back(manager, new_return(sale, "100.00"))
    with transaction() as session, pytest.raises(Conflict, match="Desfaça-os antes"):
        sales.cancel(session, manager, sale_id=sale, why="desistiu", today=TODAY)
    undo_return(manager, act)
    with transaction() as session:
        sales.cancel(session, manager, sale_id=sale, why="desistiu", today=TODAY)
    sound()
    assert "cancelada" in refused(manager, new_return(sale, "100.00")).message


def test_more_than_was_sold_does_not_come_back_in_several_returns(
    manager: Actor, seller: Actor
) -> None:
    sale = without_interest(manager)
    act = give_back(manager, new_return(sale, "600.00"))
    error = refused(manager, new_return(sale, "400.01"))
    assert "já voltaram" in error.message
    give_back(manager, new_return(sale, "400.00"))
    sound()
    with pytest.raises(NotAllowed):
        undo_return(seller, act)


def test_two_at_once_take_off_no_more_than_there_is(manager: Actor) -> None:
    sale = without_interest(manager)
    both = [new_return(sale, "700.00"), new_return(sale, "700.00")]
    results = at_once([partial(give_back, manager, data) for data in both])
    assert sorted(isinstance(result, InvalidInput) for result in results) == [False, True]
    assert left(sale) == ["0.00"] * 7
    sound()


def test_a_return_and_a_payment_at_once_leave_the_sums_exact(manager: Actor) -> None:
    sale = without_interest(manager)
    newest = notes_of(sale)[-1].id
    money = new_payment(TODAY, (newest, "100.00"))
    results = at_once(
        [lambda: give_back(manager, new_return(sale, "100.00")), lambda: receive(manager, money)]
    )
    refusals = [each for each in results if isinstance(each, BusinessError)]
    # The return first: the note is closed and the payment refused. Else another note falls.
    assert len(refusals) <= 1
    assert left(sale)[-1] == "0.00"
    sound()


def test_undone_the_notes_are_as_before_and_the_past_was_never_changed(manager: Actor) -> None:
    sale = without_interest(manager)
    before = left(sale)
    act = give_back(manager, new_return(sale, "650.00"))
    undo_return(manager, act)
    assert left(sale) == before
    assert [n.closed for n in notes_of(sale)] == [None] * 7
    with pytest.raises(Conflict, match="já foi desfeito"):
        undo_return(manager, act)
    sound()


def test_dated_back_it_counts_what_was_open_then_and_refuses_what_was_paid_since(
    manager: Actor,
) -> None:
    sale = without_interest(manager, paid=0)
    newest = notes_of(sale)[-1].id
    payment = pay(manager, TODAY, (newest, "100.00"))
    error = refused(manager, new_return(sale, "100.00", TODAY - timedelta(days=3)))
    assert "já não caberia" in error.message
    reverse(manager, payment)
    give_back(manager, new_return(sale, "100.00", TODAY - timedelta(days=3)))
    assert left(sale)[-1] == "0.00"
    sound()


def test_what_came_back_is_apart_in_the_figures(manager: Actor) -> None:
    sale = without_interest(manager)
    give_back(manager, new_return(sale, "400.00"))
    undone = give_back(manager, new_return(sale, "50.00"))
    undo_return(manager, undone)
    refresh()
    november = Period(date(2026, 11, 1), date(2026, 11, 30))
    with snapshot() as session:
        assert act_totals(session, november, as_of=TODAY) == {"return": Split(ZERO, ZERO, D(400))}
        assert act_totals(session, november, as_of=TODAY - timedelta(days=1)) == {}
        assert flow(session, november, as_of=TODAY).received == 0


def test_a_return_that_was_tampered_with_is_found(manager: Actor) -> None:
    sale = without_interest(manager)
    without_interest(manager)
    give_back(manager, new_return(sale, "400.00"))
    for change in (
        "UPDATE returns SET value = 399",
        "UPDATE returns SET kind = 'defect'",
        "UPDATE returns SET back = 10, back_by = 'cash'",
        "UPDATE returns SET share = 40.5",
        "UPDATE returns SET sale_id = 2",
        "DELETE FROM returns",
    ):
        assert named(change), change
