"""The app's role is no superuser: in a new data folder, and in one of an older version."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from credigestor.postgres import launcher, postmaster, roles
from credigestor.postgres.launcher import EmbeddedError
from tests.cli.commands import run
from tests.postgres import older
from tests.postgres.servers import (
    PROJECT,
    ask,
    connect,
    open_folder,
    pid_of,
    sockets_of,
    start,
    wait_for,
)
from tests.superuser import as_superuser

OWNERS = """
    SELECT array_agg(DISTINCT pg_get_userbyid(owner)::text) FROM (
        SELECT nspowner, nspname FROM pg_namespace
        UNION ALL SELECT relowner, nspname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
        UNION ALL SELECT proowner, nspname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
        UNION ALL SELECT typowner, nspname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace
    ) AS found (owner, schema)
    WHERE schema !~ '^pg_' AND schema NOT IN ('information_schema', 'public')
"""
MAY = """
    SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
    FROM pg_roles WHERE rolname = current_user
"""


@pytest.fixture(scope="module")
def old_stopped() -> Iterator[Path]:
    """The data folder that an older version left, stopped, to be copied."""
    with open_folder() as path:
        older.make(path / "dados")
        launcher.stop(path / "dados")
        yield path / "dados"


@pytest.fixture
def old_dir(new_dir: Path, old_stopped: Path) -> Path:
    """The data folder that an older version left, to do as one likes with."""
    subprocess.run(["cp", "-a", old_stopped, new_dir], check=True)
    return new_dir


def serve_as_before(data_dir: Path) -> int:
    """Start the server and leave everything as it was; gives its process."""
    cluster = data_dir.resolve() / "cluster"
    process = postmaster._launch(cluster, fsync=False)
    assert postmaster._answer(process, cluster)
    return process.pid


def changed_over(url: str) -> None:
    assert ask(url, "SELECT current_user || '@' || current_database()") == "credigestor@credigestor"
    assert ask(url, MAY) is False
    assert ask(url, OWNERS) == ["credigestor"]
    assert ask(url, 'SELECT count(*) FROM "outra loja"."Fichas"') == 2
    assert ask(url, "SELECT tax_id FROM credigestor.customers") == older.TAX_ID
    assert ask(url, """SELECT nextval('"outra loja"."Fichas_id_seq"')""") > 2
    with as_superuser(url) as connection:
        names = connection.execute("SELECT rolname FROM pg_roles WHERE oid >= 16384 OR rolsuper")
        assert {row[0] for row in names} == {roles.NAME, roles.SUPERUSER}


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "COPY (SELECT 1) TO '/tmp/credigestor-teste'",
        "CREATE TEMP TABLE t (x text); COPY t FROM PROGRAM 'id'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT * FROM pg_authid",
        "CREATE DATABASE outro",
        "CREATE ROLE outro SUPERUSER",
        "ALTER ROLE credigestor SUPERUSER",
        "SET ROLE credigestor_superuser",
        "SET SESSION AUTHORIZATION credigestor_superuser",
        "ALTER SYSTEM SET log_statement = 'all'",
        "SET log_error_verbosity = verbose",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc.so.6', 'getpid'",
        "CREATE EXTENSION dblink",
        "DROP DATABASE postgres",
    ],
)
def test_the_apps_role_reaches_no_file_no_program_and_no_other_role(
    running: Path, statement: str
) -> None:
    refused = (
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.InvalidParameterValue,
        psycopg.errors.FeatureNotSupported,  # an extension that is not there
        psycopg.errors.UndefinedFile,
    )
    with connect(start(running)) as connection, pytest.raises(refused):
        connection.execute(statement)


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_the_apps_role_reaches_no_other_database(running: Path, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        roles._connect(sockets_of(start(running)), roles.NAME, database)


def test_the_apps_role_owns_what_it_makes_and_may_make_a_schema(running: Path) -> None:
    url = start(running)
    with connect(url) as connection:
        connection.execute("CREATE SCHEMA loja")
        connection.execute("CREATE TABLE loja.t (x int)")
        assert ask(url, OWNERS) == ["credigestor"]
        connection.execute("DROP SCHEMA loja CASCADE")


def test_a_might_given_to_the_role_by_hand_is_taken_back(data_dir: Path) -> None:
    with as_superuser(start(data_dir)) as connection:
        connection.execute("ALTER ROLE credigestor SUPERUSER")
    assert ask(start(data_dir), MAY) is False


def test_a_folder_of_an_older_version_is_changed_over_with_all_that_lies_in_it(
    old_dir: Path,
) -> None:
    log = old_dir / "server.log"
    (old_dir / "server.log.1").write_text(older.TAX_ID)
    assert older.TAX_ID in log.read_text()
    changed_over(start(old_dir))
    assert older.TAX_ID not in log.read_text()  # nor is it kept there
    assert not (old_dir / "server.log.1").exists()
    changed_over(start(old_dir))


def test_an_older_versions_server_that_still_runs_is_replaced_by_one_with_our_settings(
    old_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delitem(postmaster.SETTINGS, "log_error_verbosity")
        old = serve_as_before(old_dir)
    sockets = postmaster.listening(old_dir.resolve() / "cluster")
    assert sockets
    at_work = roles._connect(sockets, "credigestor", "credigestor")
    url = start(old_dir)
    changed_over(url)
    assert pid_of(old_dir) != old
    assert ask(url, "SHOW log_error_verbosity") == "terse"
    assert start(old_dir) == url  # and stays, from then on
    with pytest.raises(psycopg.OperationalError):
        at_work.execute("SELECT 1")
    at_work.close()


def test_a_command_gives_a_server_of_ones_own_the_two_roles(old_dir: Path) -> None:
    serve_as_before(old_dir)
    sockets = postmaster.listening(old_dir.resolve() / "cluster")
    assert sockets
    command = ("db", "roles", "--socket", str(sockets))
    for _ in range(2):
        done = run(*command, typed="a senha do aplicativo\n")
        assert (done.exit_code, done.stderr) == (0, "")
    changed_over(launcher._url(sockets))
    with as_superuser(launcher._url(sockets)) as connection:
        found = connection.execute(
            "SELECT rolname, split_part(rolpassword, '$', 1) FROM pg_authid WHERE oid >= 16384"
            " OR rolsuper"
        )
        assert dict(found.fetchall()) == {roles.NAME: "SCRAM-SHA-256", roles.SUPERUSER: None}
    assert run(*command).exit_code == 1
    elsewhere = run("db", "roles", "--socket", str(old_dir), typed="a senha\n")
    assert "não pôde ser usado" in elsewhere.stderr


def starter(data_dir: Path, before: str = "pass") -> subprocess.Popen[str]:
    code = (
        "import sys; from pathlib import Path; from credigestor.postgres import launcher, roles;"
        f"{before};"
        "launcher.start(Path(sys.argv[1]), fsync=False);"
        "print(launcher.status(Path(sys.argv[1])).pid)"
    )
    command = [sys.executable, "-c", code, str(data_dir)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def test_processes_that_start_at_once_change_a_folder_over_once(old_dir: Path) -> None:
    serve_as_before(old_dir)
    starters = [starter(old_dir) for _ in range(3)]
    pids = {process.communicate(timeout=60)[0].strip() for process in starters}
    assert pids == {str(pid_of(old_dir))}
    changed_over(start(old_dir))


def test_a_start_that_is_killed_amid_the_change_leaves_it_to_the_next(old_dir: Path) -> None:
    slowly = "roles._CHANGE_PLACES += 'SELECT pg_sleep(60)'"
    killed = starter(old_dir, before=slowly)
    at = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    cluster = old_dir.resolve() / "cluster"

    def asleep() -> Any:
        sockets = postmaster.listening(cluster) if cluster.exists() else None
        return sockets and ask(launcher._url(sockets), at)

    def reached() -> bool:
        try:
            return bool(asleep())
        except psycopg.OperationalError:
            return False

    wait_for(reached)
    killed.kill()
    killed.communicate()
    changed_over(start(old_dir))


def test_a_change_that_fails_at_any_step_is_finished_by_the_next_start(
    old_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step, fails in (
        ("_ensure_database", lambda connection: connection.execute("SELECT 1/0")),
        ("_CHANGE_PLACES", f"{roles._CHANGE_PLACES} SELECT 1/0;"),
        ("_MAY", f"{roles._MAY} SELECT 1/0;"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(roles, step, fails)
            with pytest.raises(EmbeddedError, match="division by zero"):
                start(old_dir)
    changed_over(start(old_dir))


def test_a_lock_that_is_held_ends_the_start_with_a_sentence_and_changes_nothing(
    old_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles, "_CHANGE_PLACES", roles._CHANGE_PLACES.replace("60s", "300ms"))
    change = roles.set_apart
    holding = threading.Event()

    def among_others(sockets: Path) -> None:
        with roles._connect(sockets, "credigestor", "credigestor") as other, other.transaction():
            other.execute("LOCK TABLE credigestor.notes IN ACCESS SHARE MODE")
            holding.set()
            change(sockets)

    monkeypatch.setattr(roles, "set_apart", among_others)
    with pytest.raises(EmbeddedError, match="não pôde ser usado"):
        start(old_dir)
    assert holding.is_set()
    monkeypatch.undo()
    changed_over(start(old_dir))
