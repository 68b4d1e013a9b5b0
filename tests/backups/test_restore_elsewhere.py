"""Restoring what an older CrediGestor saved, and as a role that owns its schema and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.orm import Session

from credigestor.backups import backup
from credigestor.db.engine import connection_options, get_engine, snapshot
from credigestor.db.migrate import head_revision, upgrade
from credigestor.postgres.roles import SUPERUSER
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from tests.backups.restoring import NOW, anatomy, hashes, restored, shop
from tests.cli.commands import run
from tests.db.older import move_in, sell_as_before
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("db")

SCHEMA = "outra_loja"
ROLE = "dona_da_loja"


@pytest.fixture
def other(database: str) -> Iterator[Engine]:
    """An empty schema of its own."""
    engine = create_engine(
        get_engine().url, connect_args={"options": connection_options(SCHEMA)}, poolclass=NullPool
    )
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))


@pytest.mark.parametrize(
    "revision",
    ["0001", "0002", "0003", "0004", "0005", "0008", "0009", "0014", "0023", "0028", "0032"],
)
def test_a_backup_from_an_older_version_is_brought_up_to_date(
    revision: str, admin: Actor, other: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell_as_before(monkeypatch)
    shop(admin, older=True)
    apostrophe = "''" if revision < "0012" else ""  # as names were folded then
    with other.begin() as connection:
        upgrade(connection, revision, schema=SCHEMA)
        move_in(connection, next_id=5000)
        connection.execute(
            text(
                "UPDATE customers SET remarks = 'da loja antiga', name = name || ' d’ Ávila', "
                f"name_folded = name_folded || ' d{apostrophe} avila'"
            )
        )
    path = tmp_path / "antigo.zip"
    moment = other.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with Session(moment) as session:
        backup.write(session, path, generated_at=NOW)

    before = hashes()
    with get_engine().connect() as connection:
        anatomy_before = anatomy(connection)
    assert restored(path).revision == revision
    after = hashes()
    assert after["customers"] != before["customers"]
    for table in ("notes", "payments", "payment_items", "reversals", "users", "audit_log"):
        assert after[table] == before[table], table
    with get_engine().connect() as connection:
        assert anatomy(connection) == anatomy_before
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == head_revision()
        assert connection.scalar(text("SELECT count(*) FROM stale_sales")) == 0
    with snapshot() as session:
        assert check(session) == []


@pytest.fixture
def superuser(db: str) -> Engine:
    """Connections as the server's superuser, whatever the configuration says."""
    return create_engine(get_engine().url.set(username=SUPERUSER), poolclass=NullPool)


@pytest.fixture
def as_the_owner(superuser: Engine, configured: Callable[..., None]) -> Iterator[None]:
    """The configuration names a role that is no superuser and may not make databases."""
    with superuser.begin() as connection:
        connection.execute(text(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"))
        name = superuser.url.database
        connection.execute(text(f'GRANT CREATE ON DATABASE "{name}" TO {ROLE}'))
    url = superuser.url.set(drivername="postgresql", username=ROLE).render_as_string()
    get_engine().dispose()
    get_engine.cache_clear()
    configured(DATABASE_URL=url, CREDIGESTOR_SCHEMA=SCHEMA)
    yield
    get_engine().dispose()
    get_engine.cache_clear()
    with superuser.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {ROLE} CASCADE"))
        connection.execute(text(f"DROP ROLE {ROLE}"))


@pytest.mark.usefixtures("as_the_owner")
def test_the_owner_of_a_schema_restores_without_being_superuser(
    superuser: Engine, tmp_path: Path
) -> None:
    made = run(
        "create-admin", "--login", "ana", "--name", "Ana", "--password-stdin", typed=PASSWORD
    )
    assert made.exit_code == 0, made.stderr
    with snapshot() as session:
        assert session.scalar(text("SELECT current_user || '/' || current_schema()")) == (
            f"{ROLE}/{SCHEMA}"
        )
    path = run("backup", "--to", str(tmp_path)).stdout.strip()
    verified = run("backup", "--verify", path)
    assert verified.exit_code == 0, verified.stderr
    done = run("restore", path, "--yes")
    assert (done.exit_code, done.stderr) == (0, "")
    with superuser.begin() as connection:
        name = superuser.url.database
        connection.execute(text(f'REVOKE CREATE ON DATABASE "{name}" FROM {ROLE}'))
    refused = run("restore", path, "--yes")
    assert refused.exit_code == 1
    assert "GRANT CREATE ON DATABASE" in refused.stderr
