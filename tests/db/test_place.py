"""No connection is used that is not in the shop's schema, whatever stands in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, NullPool, create_engine, text
from streamlit.testing.v1 import AppTest

from credigestor.db import place
from credigestor.db.engine import connection_options, get_engine, snapshot, transaction
from credigestor.db.loading import bulk_load, incoming_schema
from credigestor.db.loading.incoming_schema import Incoming
from credigestor.db.migrate import migrate, upgrade
from credigestor.db.place import Misplaced
from credigestor.rules.permissions import Actor
from credigestor.web import routes
from tests.backups.restoring import backed_up, hashes, hashes_of, restored, schemas, shop
from tests.cli.commands import run
from tests.imports import files as import_files
from tests.pooler import pooler

pytestmark = pytest.mark.usefixtures("db")

SENTENCE = "e não em “credigestor”. O CrediGestor parou antes de ler ou gravar qualquer coisa."
_FILES = text(
    "SELECT nspname, relname, pg_relation_filenode(c.oid) FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = relnamespace"
    " WHERE nspname !~ '^(pg_|information_)' ORDER BY 1, 2"
)


@pytest.fixture
def superuser(db: str) -> Engine:
    """Connections that nobody stands before, nor watches."""
    options = connection_options("credigestor")
    return create_engine(get_engine().url, connect_args={"options": options}, poolclass=NullPool)


@contextmanager
def unchanged(engine: Engine) -> Iterator[None]:
    """No table's file is another afterwards, no row, and there is no new table in any schema."""

    def look() -> list[Any]:
        with engine.connect() as connection:
            rows = connection.scalars(text("SELECT count(*) FROM backup_runs WHERE ok")).one()
            return [*connection.execute(_FILES).all(), rows]

    before = look()
    yield
    assert look() == before


@pytest.fixture
def behind(db: str, configured: Callable[..., None]) -> Iterator[Callable[[], None]]:
    """Called, the configuration leads through a pooler that drops options, until the end."""
    with pooler(db) as through:

        def move() -> None:
            get_engine().dispose()
            get_engine.cache_clear()
            configured(DATABASE_URL=through)

        yield move
        get_engine().dispose()
        get_engine.cache_clear()


@pytest.fixture
def role_setting(superuser: Engine) -> Iterator[None]:
    """What who runs a pooler is told to do: the role itself says where the shop is."""
    with superuser.begin() as connection:
        for setting in ("search_path = credigestor", "timezone = 'UTC'"):
            connection.execute(text(f"ALTER ROLE CURRENT_USER SET {setting}"))
    yield
    with superuser.begin() as connection:
        connection.execute(text("ALTER ROLE CURRENT_USER RESET ALL"))


def test_behind_a_pooler_that_drops_options_everything_refuses(
    admin: Actor, superuser: Engine, tmp_path: Path, behind: Callable[[], None]
) -> None:
    shop(admin, sold=4)
    before = hashes()
    saved = str(backed_up(tmp_path / "loja.zip"))
    behind()
    with unchanged(superuser):
        for command in (
            ("migrate",),
            ("backup", "--verify", saved),
            ("restore", saved, "--yes"),
            ("backup", "--to", str(tmp_path)),
            ("import", str(_files(tmp_path))),
            ("check",),
        ):
            refused = run(*command)
            assert (refused.exit_code, refused.stdout) == (1, ""), command
            assert SENTENCE in refused.stderr, command
        with pytest.raises(Misplaced):
            migrate(get_engine())
        with pytest.raises(Misplaced):
            restored(Path(saved))
        response = asyncio.run(routes.health(None))  # type: ignore[arg-type]
        assert response.status_code == 503
    get_engine().dispose()
    with superuser.connect() as connection:
        assert hashes_of(connection) == before


def test_a_page_behind_it_says_why_and_needs_no_incident_code(behind: Callable[[], None]) -> None:
    def script() -> None:
        from credigestor.ui.app import incidents
        from credigestor.ui.kit import data

        try:
            data.settings()
        except Exception as error:  # as st.App hands on what no page caught
            incidents.show(error)

    behind()
    [error] = AppTest.from_function(script).run().error
    assert SENTENCE in error.value.replace("\\", "")
    assert "código" not in error.value


@pytest.mark.usefixtures("role_setting")
def test_with_the_roles_own_settings_pages_go_on_and_a_schema_beside_the_shop_is_refused(
    admin: Actor, superuser: Engine, tmp_path: Path, behind: Callable[[], None]
) -> None:
    shop(admin, sold=4)
    before = hashes()
    saved = backed_up(tmp_path / "loja.zip")
    behind()
    migrate(get_engine())
    assert hashes() == before
    with unchanged(superuser):
        for command in (("backup", "--verify", str(saved)), ("restore", str(saved), "--yes")):
            refused = run(*command)
            assert refused.exit_code == 1
            assert "“credigestor”, e não em “credigestor_incoming_" in refused.stderr
    assert hashes() == before
    assert schemas() == ["credigestor", "public"]


def test_nothing_is_asked_before_the_place(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLAlchemy's own questions among it, which its events do not tell of."""
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def saying(cursor: Any, query: Any, *given: Any, **options: Any) -> Any:
        said.append(query)
        return execute(cursor, query, *given, **options)

    engine = create_engine(get_engine().url, poolclass=NullPool)
    place.watch(engine, "credigestor")
    monkeypatch.setattr(psycopg.Cursor, "execute", saying)
    with pytest.raises(Misplaced), engine.connect():
        pass
    assert said == [place._ASK]


def test_a_schema_yet_to_be_made_is_no_place_of_others(superuser: Engine) -> None:
    for path, refused in (("loja_nova", False), ("loja_nova,public", True), ("public", True)):
        engine = create_engine(
            superuser.url,
            connect_args={"options": f"-csearch_path={path} -ctimezone=UTC"},
            poolclass=NullPool,
        )
        place.watch(engine, "loja_nova")
        if refused:
            with pytest.raises(Misplaced), engine.connect():
                pass
        else:
            engine.connect().close()


def test_another_time_zone_is_refused(superuser: Engine) -> None:
    options = "-csearch_path=credigestor -ctimezone=America/Bahia"
    engine = create_engine(superuser.url, connect_args={"options": options}, poolclass=NullPool)
    place.watch(engine, "credigestor")
    with pytest.raises(Misplaced, match=r"no fuso horário “America/Bahia”, e não em UTC"):
        engine.connect()


def test_a_pooled_connection_whose_schema_was_changed_is_refused_once_and_thrown_away() -> None:
    get_engine().dispose()
    with get_engine().connect() as connection:
        connection.execute(text("SET search_path = public"))
        connection.commit()
    with pytest.raises(Misplaced), transaction() as session:
        session.execute(text("SELECT 1"))
    with snapshot() as session:
        assert session.scalar(text("SELECT current_schema()")) == "credigestor"
    assert get_engine().pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_pooled_connection_that_died_is_replaced(superuser: Engine) -> None:
    get_engine().dispose()
    with transaction() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    with superuser.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != pid


def test_upgrade_fill_and_exchange_ask_again(admin: Actor, superuser: Engine) -> None:
    shop(admin, sold=4)
    before = hashes()
    astray = Incoming("credigestor_incoming_00000000", "credigestor", superuser)
    filling = bulk_load.Filling("notes", ["id"], 0, 0)

    def blocks(_: str) -> Iterator[bytes]:
        yield b"id\n"

    with unchanged(superuser):
        with pytest.raises(Misplaced):
            astray.upgrade("head")
        with pytest.raises(Misplaced), superuser.begin() as connection:
            upgrade(connection, "head", schema=astray.name)
        with pytest.raises(Misplaced):
            bulk_load.fill(superuser, astray.name, [filling], blocks, {}, lambda _: None)
        with pytest.raises(Misplaced):
            astray.exchange(lambda _: None)
    assert hashes() == before


def test_each_hand_that_fills_asks_for_itself(superuser: Engine) -> None:
    """Two connections fill side by side: that the first one was right proves nothing of them."""

    def blocks(_: str) -> Iterator[bytes]:
        yield b"id\n"

    crew = bulk_load._Crew(superuser, "credigestor_incoming_00000000", blocks, print, 1)
    with unchanged(superuser):
        with pytest.raises(Misplaced):
            crew.fill([bulk_load.Filling("notes", ["id"], 0, 0)], {})
        with pytest.raises(Misplaced):
            crew.run(["TRUNCATE notes CASCADE"])


@pytest.mark.parametrize(
    "name", ["credigestor_incoming_0badcafe", "credigestor_loja_de_um_nome_bem_comprido_a"]
)
def test_what_was_left_behind_is_dropped_and_a_neighbour_of_such_a_name_is_not(
    name: str, superuser: Engine, configured: Callable[..., None]
) -> None:
    ours = "credigestor_loja_de_um_nome_bem_comprido_b"
    theirs = f"{name[:40]}_incoming_11111111"
    left = f"{ours[:40]}_incoming_22222222"
    with superuser.begin() as connection:
        for schema, of in ((name, ""), (theirs, name), (left, ours)):
            connection.execute(text(f"CREATE SCHEMA {schema}"))
            if of:
                mark = incoming_schema._mark(of)
                connection.execute(text(f"COMMENT ON SCHEMA {schema} IS '{mark}'"))
    try:
        incoming_schema._drop_leftovers("credigestor")
        incoming_schema._drop_leftovers(ours)
        assert {name, theirs} <= set(schemas())
        assert left not in schemas()
    finally:
        with superuser.begin() as connection:
            for schema in (name, theirs, left):
                connection.execute(text(f"DROP SCHEMA IF EXISTS {schema}"))


def test_after_an_exchange_the_shops_schema_is_marked_as_nobodys(
    admin: Actor, tmp_path: Path
) -> None:
    shop(admin, sold=4)
    restored(backed_up(tmp_path / "loja.zip"))
    incoming_schema.drop_leftovers()
    assert schemas() == ["credigestor", "public"]
    with snapshot() as session:
        said = "SELECT obj_description(current_schema()::regnamespace, 'pg_namespace')"
        assert session.scalar(text(said)) is None


def _files(folder: Path) -> Path:
    for name, content in import_files.shop().items():
        (folder / name).write_bytes(content)
    return folder
