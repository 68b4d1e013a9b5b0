"""A trial of an import: all of it is seen, and none of it stays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from threading import Thread

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note
from credigestor.errors import Busy, NotAllowed
from credigestor.exports.whole_shop import notes_in, write_whole_shop
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.plan import Counts, Plan
from credigestor.imports.trial import Trial, figures, rows_of_debtors, trial
from credigestor.reports.summary import summary
from credigestor.reports.who_owes import who_owes
from credigestor.rules.permissions import Actor, Role
from tests.imports.files import source
from tests.imports.importing import CLI, everything, run
from tests.imports.past import files, listed, take
from tests.portfolio import TODAY, add_customer, add_sale
from tests.services.closing import close

pytestmark = pytest.mark.usefixtures("db")

SALE = {"ref": "V1", "valor_total": "300,00"}
NOTES = listed("V1", ("10/02/2026", "100,00"), ("10/03/2026", "100,00"), ("10/12/2026", "100,00"))
PAID = {"venda": "V1", "parcela": "1", "data": "10/02/2026", "valor": "50,00"}
PAST = files(sales=[SALE], notes=NOTES, payments=[PAID])


def _nothing(_: Session) -> None:
    """Keep nothing."""


def tried(contents: dict[str, bytes], choices: Choices = STRICT) -> Trial:
    found = trial(CLI, source(contents), today=TODAY, choices=choices, keep=_nothing)
    assert isinstance(found, Trial)
    return found


def test_a_trial_shows_the_shop_as_the_import_then_makes_it_and_leaves_nothing() -> None:
    with transaction() as session:
        add_customer(session, "Outra Pessoa", tax_id="11144477735")
    before = everything()
    found = tried(PAST)
    assert everything() == before
    assert (found.plan.new, found.problems) == (Counts(1, 1, 3, 1), [])
    take(PAST)
    with snapshot() as session:
        assert found.after.figures == summary(session, TODAY, today=TODAY)
        real = who_owes(session, TODAY, today=TODAY)
    assert [(d.name, d.notes, d.principal, d.owed) for d in found.after.debtors] == [
        (d.name, d.notes, d.principal, d.owed) for d in real
    ]
    told = {name: (now, then) for name, now, then in figures(found)}
    assert told["Clientes"] == (1, 2)
    assert told["Em aberto"] == (0, 250)
    assert told["Vencido"] == (0, 150)
    assert told["Recebido"] == (0, 50)
    [row] = rows_of_debtors(found)
    assert row[:4] == ("Conceição Muñoz", "C1", "529.982.247-25", 3)
    assert row[6] == 0


def test_what_is_owed_already_stands_beside_what_would_be() -> None:
    take(PAST)
    more = {**PAID, "data": "11/02/2026", "valor": "30,00"}
    found = tried(files(sales=[SALE], notes=NOTES, payments=[PAID, more]), Choices(as_paid=True))
    [row] = rows_of_debtors(found)
    now, then = row[6], row[10]
    assert isinstance(now, Decimal)
    assert isinstance(then, Decimal)
    assert now > then
    assert found.before.figures.payments + 1 == found.after.figures.payments


def test_changed_rows_are_put_right_in_a_trial_too_and_stay_as_they_were() -> None:
    take(PAST)
    before = everything()
    changed = files(sales=[SALE], notes=NOTES, payments=[{**PAID, "valor": "45,00"}])
    found = tried(changed, Choices(apply_changes=True))
    assert found.after.figures.receivable_principal == 255
    assert everything() == before


def test_all_of_the_shop_as_it_would_be_is_kept_for_who_looks_at_it() -> None:
    file = BytesIO()

    def keep(session: Session) -> None:
        moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
        write_whole_shop(session, file, today=TODAY, generated_at=moment)

    trial(CLI, source(PAST), today=TODAY, keep=keep)
    notes = notes_in(file, "munoz conc", most=10)
    assert [(n["Parcela"], n["Valor"], n["Situação"]) for n in notes] == [
        ("1", "100,00", "Atrasada"),
        ("2", "100,00", "Atrasada"),
        ("3", "100,00", "Pendente"),
    ]
    assert notes_in(file, "Conceição", most=1) == notes[:1]
    assert notes_in(file, "Ninguém", most=10) == []


def test_what_is_kept_for_people_to_read_does_not_change_what_the_check_reads() -> None:
    with transaction() as session:
        made = add_sale(session, add_customer(session), TODAY, [("90.00", TODAY)])
        session.execute(update(Note).where(Note.id == made.notes[0]).values(interest_carried=1))

    def keep(session: Session) -> None:
        moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
        write_whole_shop(session, BytesIO(), today=TODAY, generated_at=moment)

    found = trial(CLI, source(PAST), today=TODAY, keep=keep)
    assert isinstance(found, Trial)
    assert [(each.entity, each.id) for each in found.problems] == [("notes", made.notes[0])]


def test_wrong_files_give_their_problems_and_no_trial() -> None:
    found = trial(CLI, source(files(sales=[{**SALE, "cliente": "C9"}])), today=TODAY, keep=_nothing)
    assert isinstance(found, Plan)
    assert found.problem_count == 1


def test_a_fault_or_a_cancelled_look_leaves_nothing_either() -> None:
    before = everything()

    def fail(_: Session) -> None:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        trial(CLI, source(PAST), today=TODAY, keep=fail)
    assert everything() == before


def test_a_second_one_at_a_time_is_refused_with_a_sentence() -> None:
    refused: list[BaseException] = []

    def another() -> None:
        try:
            trial(CLI, source(PAST), today=TODAY, keep=_nothing)
        except Busy as error:
            refused.append(error)

    def keep(_: Session) -> None:
        thread = Thread(target=another)
        thread.start()
        thread.join()

    assert isinstance(trial(CLI, source(PAST), today=TODAY, keep=keep), Trial)
    assert [str(each) for each in refused] == [
        "Há outra importação ou outro ensaio em curso. Espere terminar."
    ]
    with transaction() as session:
        locks.hold(session, "import")
        with pytest.raises(Busy):
            tried(PAST)
    run(PAST)


def test_who_may_not_import_may_not_try_it() -> None:
    with pytest.raises(NotAllowed):
        trial(Actor(1, "Caixa", Role.SELLER), source(PAST), today=TODAY, keep=_nothing)


def test_rows_of_closed_days_need_no_reason_to_be_tried(manager: Actor) -> None:
    close(manager, date(2026, 1, 5))
    assert tried(PAST).plan.closed
