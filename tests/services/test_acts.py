"""Acts beside payments: recorded, folded, undone, seen at every date, and checked (R29–R34)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import Act, ActItem, Note
from credigestor.db.settings import ShopSettings
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed
from credigestor.reports.check.report import check
from credigestor.reports.note import detail
from credigestor.rules.acts import KINDS, Acted, ActKind
from credigestor.rules.aging import Status
from credigestor.rules.permissions import TABLE, Actor, Role
from credigestor.services import acts, settings, waivers
from credigestor.services.waivers import NewWaiver, Waived
from tests.acting import act, moved_to, random_acts
from tests.portfolio import TODAY, add_customer, add_sale, random_portfolio, refresh
from tests.services.paying import (
    FEBRUARY,
    JANUARY,
    JANUARY_15,
    JANUARY_25,
    new_payment,
    note_row,
    pay,
    receive,
    reverse,
    sell,
    splits,
)
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")


def do(actor: Actor, kind: ActKind, on: date, done: dict[int, Acted]) -> int:
    with transaction() as session:
        return act(session, actor, kind, on, done)


def undo(actor: Actor, act_id: int) -> None:
    with transaction() as session:
        acts.reverse(session, actor, act_id=act_id, why="engano", today=TODAY)


def fine_waived(on: date, fine: str = "6.00") -> Acted:
    return Acted(ActKind.WAIVER, on, fine=D(fine))


def seen(note_id: int, on: date) -> tuple[Status, str, str, str]:
    with snapshot() as session:
        found = detail(session, note_id, as_of=on, today=TODAY)
        assert found.status is Status.CANCELLED or found.lines[-1].on == on
        owed = found.owed
        return found.status, str(owed.principal), str(owed.interest), str(owed.fine)


def test_r29_what_is_let_go_is_no_longer_owed_and_the_rest_settles(manager: Actor) -> None:
    [note] = sell().notes
    do(manager, ActKind.WAIVER, JANUARY_25, {note: fine_waived(JANUARY_25)})
    assert seen(note, JANUARY_25) == (Status.OVERDUE, "300.00", "1.50", "0.00")
    assert seen(note, JANUARY_25 - timedelta(days=1))[3] == "6.00", "the day before it is as it was"
    pay(manager, JANUARY_25, (note, "301.50"))
    assert seen(note, JANUARY_25)[0] is Status.PAID
    sound()


def test_r29_a_payment_entered_afterwards_pays_the_fine_and_the_waiver_lapses(
    manager: Actor,
) -> None:
    [note] = sell().notes
    waived = do(manager, ActKind.WAIVER, JANUARY_25, {note: fine_waived(JANUARY_25)})
    pay(manager, JANUARY_15, (note, "50.00"))
    assert splits(note) == [("0.50", "6.00", "43.50")]
    assert seen(note, JANUARY_25) == (Status.OVERDUE, "256.50", "0.86", "0.00")
    with snapshot() as session:
        [item] = session.scalars(select(ActItem).where(ActItem.act_id == waived))
        assert (item.asked_fine, item.fine) == (D("6.00"), 0)
        lines = [line.text for line in detail(session, note, as_of=TODAY, today=TODAY).lines]
    assert any("sem efeito" in line for line in lines)
    sound()


def test_r29_paid_at_face_value_with_the_charges_let_go(seller: Actor, manager: Actor) -> None:
    due = date(2026, 9, 10)
    [note] = sell(("150.00", due)).notes
    late = date(2026, 9, 20)
    data = new_payment(
        *(late, (note, "150.00")),
        waived={note: Waived(interest=D("0.50"), fine=D("3.00"))},
        waiver_reason="bom cliente",
    )
    with pytest.raises(InvalidInput, match="precisa de um gerente") as caught:
        receive(seller, data, today=late)
    assert caught.value.field == "waived"
    payment_id = receive(manager, data, today=late)
    assert receive(manager, data, today=late) == payment_id, "the same form again"
    assert splits(note) == [("0.00", "0.00", "150.00")]
    assert seen(note, late)[0] is Status.PAID
    sound()
    with pytest.raises(Conflict):
        receive(manager, data.model_copy(update={"waived": {}}), today=late)
    reverse(manager, payment_id)
    row = note_row(note)
    assert (row.principal_balance, row.last_act_on, row.fine_charged) == (D("150.00"), None, False)
    sound()


def test_r29_a_seller_lets_go_of_so_much_as_the_settings_say(seller: Actor, admin: Actor) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(waiver_limit=D("3.50")))
    [note] = sell(("150.00", date(2026, 11, 10))).notes
    waived = {note: Waived(interest=D("0.65"), fine=D("3.00"))}

    def let_go(each: dict[int, Waived], why: str = "bom cliente") -> int:
        with transaction() as session:
            data = NewWaiver(
                operation_id=uuid.uuid4(),
                customer_id=note_row(note).customer_id,
                waived_on=TODAY,
                waived=each,
                reason=why,
            )
            return waivers.waive(session, seller, data, today=TODAY)

    with pytest.raises(InvalidInput, match=r"até R\$\s3,50"):
        let_go(waived)
    with pytest.raises(InvalidInput, match="Explique"):
        let_go({note: Waived(fine=D("3.00"))}, why="")
    with pytest.raises(InvalidInput, match="não é possível dispensar mais"):
        let_go({note: Waived(fine=D("3.01"))})
    let_go({note: Waived(fine=D("3.00"))})
    assert seen(note, TODAY) == (Status.OVERDUE, "150.00", "0.65", "0.00")
    sound()


def test_an_act_is_undone_once_and_the_note_is_as_before(manager: Actor, seller: Actor) -> None:
    [note] = sell().notes
    act_id = do(manager, ActKind.WAIVER, JANUARY_25, {note: fine_waived(JANUARY_25)})
    with pytest.raises(NotAllowed):
        undo(seller, act_id)
    undo(manager, act_id)
    assert seen(note, JANUARY_25) == (Status.OVERDUE, "300.00", "1.50", "6.00")
    with pytest.raises(Conflict, match="já foi desfeito"):
        undo(manager, act_id)
    sound()


def test_r32_a_later_date_counts_from_there_and_the_past_stays(manager: Actor) -> None:
    march, later = date(2026, 3, 10), date(2026, 3, 20)
    [note] = sell(("300.00", march)).notes
    moved = Acted(ActKind.NEW_DATE, FEBRUARY, moved=moved_to(later))
    act_id = do(manager, ActKind.NEW_DATE, FEBRUARY, {note: moved})
    assert note_row(note).due_date == later
    assert seen(note, later) == (Status.PENDING, "300.00", "0.00", "0.00")
    assert seen(note, date(2026, 3, 30)) == (Status.OVERDUE, "300.00", "1.00", "6.00")
    with snapshot() as session:
        before = detail(session, note, as_of=FEBRUARY - timedelta(days=1), today=TODAY)
        since = detail(session, note, as_of=FEBRUARY, today=TODAY)
    assert (before.due_date, before.original_due_date) == (march, None)
    assert (since.due_date, since.original_due_date) == (later, march)
    sound()
    undo(manager, act_id)
    row = note_row(note)
    assert (row.due_date, row.original_due_date) == (march, None)
    sound()


def test_r32_agreed_interest_is_owed_beside_the_principal(manager: Actor) -> None:
    later = date(2026, 3, 20)
    [note] = sell(("300.00", date(2026, 3, 10))).notes
    moved = Acted(ActKind.NEW_DATE, FEBRUARY, interest=D("-1.00"), moved=moved_to(later))
    do(manager, ActKind.NEW_DATE, FEBRUARY, {note: moved})
    assert seen(note, later) == (Status.PENDING, "300.00", "1.00", "0.00")
    pay(manager, later, (note, "301.00"))
    assert splits(note) == [("1.00", "0.00", "300.00")]
    sound()


def test_r34_written_off_and_recovered_in_part(manager: Actor) -> None:
    october, november = date(2025, 10, 10), date(2025, 11, 10)
    with transaction() as session:
        made = add_sale(
            *(session, add_customer(session), date(2025, 9, 10)),
            [("150.00", october), ("150.00", november)],
        )
    gone, back = date(2026, 11, 16), date(2026, 12, 16)
    lost = do(
        manager,
        ActKind.WRITE_OFF,
        gone,
        {note: Acted(ActKind.WRITE_OFF, gone) for note in made.notes},
    )
    with snapshot() as session:
        items = session.scalars(
            select(ActItem).where(ActItem.act_id == lost).order_by(ActItem.note_id)
        ).all()
    assert [(str(i.interest), str(i.fine), str(i.principal)) for i in items] == [
        ("20.10", "3.00", "150.00"),
        ("18.55", "3.00", "150.00"),
    ]
    assert seen(made.notes[0], gone)[:2] == (Status.WRITTEN_OFF, "0.00")
    assert seen(made.notes[0], gone - timedelta(days=1))[0] is Status.OVERDUE
    receive(manager, new_payment(back, (made.notes[0], "100.00")), today=back)
    assert splits(made.notes[0]) == [("21.60", "3.00", "75.40")]
    row = note_row(made.notes[0])
    assert (row.principal_balance, row.written_off, row.settled_on) == (0, D("74.60"), gone)
    refresh(back)
    with snapshot() as session:
        assert check(session) == []
        flows = session.execute(
            text(
                "SELECT f.kind, sum(f.principal), sum(f.interest), sum(f.fine) FROM act_flows f "
                "JOIN segments s ON s.id = f.segment_id AND s.kind = 'all' GROUP BY 1 ORDER BY 1"
            )
        ).all()
    assert [tuple(map(str, row)) for row in flows] == [
        ("recovery", "75.40", "21.60", "3.00"),
        ("write_off", "300.00", "38.65", "6.00"),
    ]
    undo(manager, lost)
    row = note_row(made.notes[0])
    assert (row.principal_balance, row.written_off, row.closed) == (D("74.60"), 0, None)
    with snapshot() as session:
        assert check(session, summaries=False) == []


def test_a_note_that_is_closed_bears_no_act_and_no_payment(manager: Actor) -> None:
    [note] = sell(("100.00", FEBRUARY)).notes
    whole = Acted(ActKind.RENEGOTIATION, JANUARY, principal=D("100.00"))
    do(manager, ActKind.RENEGOTIATION, JANUARY, {note: whole})
    assert seen(note, JANUARY)[0] is Status.RENEGOTIATED
    for kind in (ActKind.RETURN, ActKind.WRITE_OFF, ActKind.RENEGOTIATION):
        with pytest.raises(Conflict, match="já não está em aberto"):
            do(manager, kind, TODAY, {note: Acted(kind, TODAY, principal=D("100.00"))})
    with pytest.raises(BusinessError):
        pay(manager, TODAY, (note, "1.00"))
    with pytest.raises(Conflict, match="Estorne"):
        pay(manager, JANUARY - timedelta(days=3), (note, "1.00"))
    sound()


@pytest.mark.parametrize("seed", [5, 6])
def test_a_shop_in_which_all_acts_happened_is_sound_at_every_date(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed)
        random_acts(session, admin, seed)
        kinds = set(session.scalars(select(Act.kind)))
    assert kinds == set(ActKind)
    sound()
    with Session(get_engine()) as session:
        for note_id in session.scalars(select(Note.id).where(Note.last_act_on.is_not(None))).all():
            for days in (0, 100, 300):
                on = TODAY - timedelta(days=days)
                try:
                    found = detail(session, note_id, as_of=on, today=TODAY)
                except InvalidInput:
                    continue  # before its sale
                if found.status in (Status.CANCELLED, Status.WRITTEN_OFF):
                    continue
                assert found.lines[-1].after.total == found.owed.total, (note_id, on)


def test_who_may_do_a_kind_of_act_is_in_the_one_table() -> None:
    for kind in KINDS.values():
        assert kind.permission not in TABLE[Role.SELLER]
        assert kind.permission in TABLE[Role.MANAGER]
