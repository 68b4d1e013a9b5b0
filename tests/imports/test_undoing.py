"""A whole import is undone while nothing else has touched it, and the log tells of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import AuditEntry, Customer, Payment, Sale
from credigestor.db.summaries.tables import SUMMARIES
from credigestor.errors import Conflict, InvalidInput, NotAllowed, NotFound
from credigestor.imports import undoing
from credigestor.imports.choices import Choices
from credigestor.reports import imports
from credigestor.rules.permissions import Actor
from credigestor.services import customers, sales
from tests.cli.commands import run as command
from tests.imports.files import shop
from tests.imports.importing import CLI, everything, run
from tests.imports.old_shop import old_shop
from tests.imports.past import Row, files, listed, take
from tests.portfolio import TODAY, pay, refresh
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

ALL = Choices(waive_short=True, spill=True, as_paid=True, settled_on_due=True)
NOTES_OF_IT = listed("V1", ("10/02/2026", "100,00"), ("10/03/2026", "100,00"))
PAID = {"venda": "V1", "parcela": "1", "data": "10/02/2026", "valor": "50,00"}
#: What tells of an import and its undoing; and summaries, of which `check` tells.
LOG = {
    "audit_log",
    "audit_seals",
    "summary_state",
    "segments",
    *(table.name for table in SUMMARIES),
}


def one(*payments: Row) -> dict[str, bytes]:
    """A sale in two notes with these payments."""
    return files(
        sales=[{"ref": "V1", "valor_total": "200,00"}], notes=NOTES_OF_IT, payments=payments
    )


def newest() -> int:
    """The number of the newest import."""
    with snapshot() as session:
        return imports.newest(session)[0].id


def undo(import_id: int, actor: Actor = CLI, why: str = "arquivo errado") -> None:
    """Undo an import."""
    with transaction() as session:
        undoing.undo(session, actor, import_id=import_id, why=why)


def rows() -> dict[str, list[str]]:
    """All that the shop holds, but for what it tells of itself."""
    return {table: each for table, each in everything().items() if table not in LOG}


def test_all_that_an_import_of_any_past_wrote_goes_and_it_may_come_again(admin: Actor) -> None:
    run(shop())
    refresh()
    before = rows()
    old = old_shop(7, sales=12)
    take(old.contents(), ALL)
    undo(newest(), admin)
    assert rows() == before
    sound()
    with snapshot() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        made = imports.newest(session)
    assert (entry.action, entry.actor_name) == ("undo_import", admin.name)
    assert entry.after is not None
    assert entry.after["reason"] == "arquivo errado"
    assert [each.undone_by for each in made] == [admin.name, None]
    assert take(old.contents(), ALL).new.sales == 12
    with pytest.raises(Conflict, match="já foi desfeita"):
        undo(made[0].id)


def test_payments_that_came_to_notes_of_before_go_and_the_notes_are_folded_without_them() -> None:
    take(one(PAID))
    before = rows()
    take(one(PAID, {**PAID, "data": "12/03/2026", "valor": "20,00"}))
    undo(newest())
    assert rows() == before
    sound()


def _paid(actor: Actor) -> None:
    with transaction() as session:
        pay(session, actor, 1, "10.00", date(2026, 3, 1))


def _edited(actor: Actor) -> None:
    with transaction() as session:
        customers.set_active(session, actor, customer_id=1, active=False)


def _cancelled(actor: Actor) -> None:
    with transaction() as session:
        sales.cancel(session, actor, sale_id=1, why="engano", today=TODAY)


def _imported(_: Actor) -> None:
    take(one({**PAID, "parcela": "2"}))


@pytest.mark.parametrize("touch", [_paid, _edited, _cancelled, _imported])
def test_once_something_else_touched_it_an_import_stays(admin: Actor, touch: object) -> None:
    take(one())
    first = newest()
    assert callable(touch)
    touch(admin)
    before = everything()
    with pytest.raises(Conflict, match="já não pode ser desfeita"):
        undo(first)
    assert everything() == before


def test_who_may_not_import_may_not_undo_and_a_reason_is_asked(manager: Actor) -> None:
    take(one())
    with pytest.raises(NotAllowed):
        undo(newest(), manager)
    with pytest.raises(InvalidInput):
        undo(newest(), why=" ")
    with pytest.raises(NotFound):
        undo(10**6)


def test_the_database_lets_no_row_go_but_of_the_import_that_the_log_says_is_undone() -> None:
    take(old_shop(7, sales=12).contents(), ALL)
    other = {"import": "999999"}
    entry = AuditEntry(actor_name="x", action="undo_import", entity="shop", after=other)
    guarded = ("payment_items", "act_items", "returns", "payments", "acts", "sale_money")
    with Session(get_engine()) as session:
        session.add(entry)
        session.flush()
        for table in guarded:
            assert session.scalar(text(f"SELECT count(*) FROM {table}"))
            with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
                session.execute(text(f"DELETE FROM {table}"))
        session.rollback()


def test_the_command_lists_imports_and_undoes_one() -> None:
    take(one(PAID))
    listed_ones = command("undo-import")
    assert f"{newest()}  " in listed_ones.output
    assert "1 clientes, 1 vendas, 2 notas, 1 pagamentos" in listed_ones.output
    done = command("undo-import", str(newest()), "--reason", "arquivo errado")
    assert done.exit_code == 0, done.output
    with snapshot() as session:
        assert [session.scalars(select(t.id)).all() for t in (Customer, Sale, Payment)] == [[]] * 3
