"""Migrations make what the models say, and each rule of the tables has words for people."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from credigestor.db.engine import get_engine, transaction
from credigestor.db.migrate import current_revision, head_revision, migrate
from credigestor.db.models import Base
from credigestor.db.violations import MESSAGES, as_business_error

pytestmark = pytest.mark.usefixtures("db")


def test_the_migrated_schema_equals_the_models() -> None:
    with get_engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_migrating_twice_changes_nothing() -> None:
    migrate(get_engine())
    with get_engine().connect() as connection:
        assert current_revision(connection) == head_revision()


def test_every_worded_constraint_exists_in_the_models() -> None:
    names = {
        str(constraint.name)
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    assert set(MESSAGES) <= names


def test_every_unique_constraint_a_person_can_meet_has_its_words() -> None:
    secret = {"sessions", "segments", "downloads", "api_keys"}
    uniques = {
        str(constraint.name)
        for table in Base.metadata.sorted_tables
        if table.name not in secret
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    }
    assert uniques <= set(MESSAGES)


def test_a_violated_constraint_is_told_in_portuguese_at_its_field() -> None:
    insert = text(
        "INSERT INTO customers (name, name_folded, tax_id) VALUES ('Ana', 'ana', '52998224725')"
    )
    with transaction() as session:
        session.execute(insert)
    with (
        pytest.raises(IntegrityError) as caught,
        get_engine().begin() as connection,
    ):
        connection.execute(insert)
    error = as_business_error(caught.value)
    assert error.field == "tax_id"
    assert error.message == "Já existe um cliente com esse CPF ou CNPJ."


def test_an_error_of_the_database_names_no_value_that_was_sent() -> None:
    with pytest.raises(DBAPIError) as caught, get_engine().begin() as connection:
        connection.execute(
            text("SELECT CAST(:n AS integer) / 0, :password"), {"n": 1, "password": "uma senha"}
        )
    assert "uma senha" not in str(caught.value)


@pytest.mark.parametrize("table", ["payments", "reversals", "audit_log", "payment_items"])
def test_the_ledger_refuses_deletion(table: str) -> None:
    with get_engine().connect() as connection:
        triggers = connection.scalars(
            text("SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass)"),
            {"t": table},
        ).all()
    assert any("append_only" in name or "keep_rows" in name for name in triggers)


@pytest.mark.parametrize(
    "tables",
    [
        *("payments CASCADE", "reversals", "audit_log", "payment_items", "note_printings"),
        *("contract_printings", "proposals CASCADE", "renegotiations"),
        *("contacts CASCADE", "promises CASCADE", "promise_withdrawals"),
        *("customers CASCADE", "notes, payment_items CASCADE"),
    ],
)
def test_the_ledger_cannot_be_emptied_at_once(tables: str) -> None:
    with (
        pytest.raises((IntegrityError, ProgrammingError), match="append-only"),
        get_engine().begin() as connection,
    ):
        connection.execute(text(f"TRUNCATE {tables}"))


def test_the_audit_log_cannot_be_rewritten() -> None:
    with transaction() as session:
        session.execute(
            text("INSERT INTO audit_log (actor_name, action, entity) VALUES ('Ana', 'a', 'b')")
        )
    for statement in ("UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"):
        with (
            pytest.raises((IntegrityError, ProgrammingError), match="append-only"),
            get_engine().begin() as connection,
        ):
            connection.execute(text(statement))
