"""What `check --repair` puts right, what it leaves, and that it is logged."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Customer
from credigestor.errors import NotAllowed
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import repairs
from credigestor.services.repairs import Repaired
from tests.cli.commands import run
from tests.portfolio import TODAY, add_customer, add_sale, pay

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def broken(admin: Actor) -> None:
    """A shop that can record no payment, no entry of the log and finds Ana under no name."""
    with transaction() as session:
        ana = add_customer(session, "Ana Luz")
        sale = add_sale(session, ana, TODAY, [("90.00", TODAY)])
        pay(session, admin, sale.notes[0], "10.00", TODAY)
        pay(session, admin, sale.notes[0], "20.00", TODAY)
    with transaction() as session:
        session.execute(text("SELECT setval('payments_id_seq', 1, false)"))
        session.execute(text("SELECT setval('audit_log_id_seq', 1)"))
        session.execute(text("UPDATE customers SET name_folded = 'bia'"))


@pytest.mark.usefixtures("broken")
def test_sequences_and_names_are_put_right_and_the_shop_receives_again(admin: Actor) -> None:
    with transaction() as session:
        repaired = repairs.repair(session, admin)
    assert repaired == Repaired(["audit_log", "payments"], 1)
    with transaction() as session:
        pay(session, admin, 1, "5.00", TODAY)
        assert session.scalar(select(Customer.name_folded)) == "ana luz"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "repair")).one()
    assert entry.after == {"sequences": ["audit_log", "payments"], "names_folded": 1}
    with snapshot() as session:
        assert check(session) == []


def test_nothing_is_written_where_nothing_is_wrong(admin: Actor) -> None:
    with transaction() as session:
        assert repairs.repair(session, admin) == Repaired([], 0)
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_only_who_changes_settings_repairs(manager: Actor) -> None:
    with transaction() as session, pytest.raises(NotAllowed):
        repairs.repair(session, manager)


@pytest.mark.usefixtures("broken")
def test_the_command_names_them_and_repairs_nothing_unless_told() -> None:
    first = run("check")
    assert first.exit_code == 1
    assert "payments 0: O próximo número já está em uso" in first.stdout
    assert "customers 1: O nome para a busca não corresponde ao nome" in first.stdout
    assert run("check").stdout == first.stdout
    repaired = run("check", "--repair")
    assert repaired.exit_code == 0
    assert repaired.stdout.splitlines() == [
        "audit_log: a sequência foi acertada.",
        "payments: a sequência foi acertada.",
        "customers: nomes acertados para a busca: 1.",
        "Tudo confere.",
    ]


@pytest.mark.usefixtures("broken")
def test_money_and_trail_are_left_for_a_person(admin: Actor) -> None:
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE payments SET method = 'pix' WHERE id = 1"))
        session.execute(text("DELETE FROM audit_log WHERE id = 2"))
    result = run("check", "--repair")
    assert result.exit_code == 1
    assert "payments 1: A auditoria conta outra coisa de: method." in result.stdout
    assert "audit_log 2: Esta entrada da auditoria foi apagada." in result.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "INSERT INTO settings (data, changed_by_name) "
            """VALUES ('{"time_zone": "Marte"}', 'x')""",
            "settings 1: As configurações não podem ser lidas: time_zone.",
        ),
        ("UPDATE alembic_version SET version_num = '0001'", "A revisão gravada é 0001"),
        ("UPDATE alembic_version SET version_num = 'x'", "A revisão gravada é x"),
        ("DELETE FROM alembic_version", "A revisão gravada é nenhuma"),
    ],
)
def test_the_command_names_what_stops_every_other_one(change: str, said: str) -> None:
    with transaction() as session:
        [head] = session.scalars(text("SELECT version_num FROM alembic_version"))
        session.execute(text(change))
    try:
        result = run("check")
    finally:
        with transaction() as session:
            session.execute(text("DELETE FROM alembic_version"))
            session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
    assert result.exit_code == 1
    assert said in result.stdout
