"""Bring the shop's schema to the newest revision; safe from several processes at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from alembic.config import Config as AlembicConfig
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from credigestor.config import get_config
from credigestor.db import locks, place, waiting
from credigestor.db.summaries import tables as tables  # belong to the metadata

#: Alembic's context is global to the process.
_one_upgrade = Lock()


def alembic_config() -> AlembicConfig:
    """Alembic's configuration, pointing at the package's own scripts."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@cache  # an archive asks at each opening, and a restore opens it once a table
def _scripts() -> ScriptDirectory:
    """The migrations, read from their files once a process."""
    return ScriptDirectory.from_config(alembic_config())


def head_revision() -> str:
    """The newest revision that this code knows."""
    revision = _scripts().get_current_head()
    assert revision is not None
    return revision


def known_revisions() -> frozenset[str]:
    """Every revision that this code knows how to bring up to date."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def current_revision(connection: Connection) -> str | None:
    """The revision the connected schema stands at; None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine) -> None:
    """Create the schema if it is missing and run what migrations it lacks, in one transaction.

    Raises Misplaced where the engine does not lead to the configured schema.
    """
    with engine.begin() as connection:
        schema = get_config().schema_name
        place.require(connection, schema)
        waiting.unhurried(connection)
        locks.hold(connection, "migrate", shop=schema)  # the schema may still be missing
        exists = connection.scalar(
            text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": schema}
        )
        if not exists:
            connection.execute(text(f'CREATE SCHEMA "{schema}"'))
        upgrade(connection, "head", schema=schema)


def upgrade(connection: Connection, revision: str, *, schema: str) -> None:
    """Run the migrations that a schema lacks up to a revision; the caller commits.

    Raises Misplaced unless the connection is in that schema.
    """
    place.require(connection, schema)
    if revision == "head" and current_revision(connection) == head_revision():
        return
    config = alembic_config()
    config.attributes["connection"] = connection
    scripts = _scripts()

    def lacking(found: Any, _: MigrationContext) -> list[MigrationStep]:
        try:
            missing = list(scripts.iterate_revisions(revision, found, implicit_base=True))
        except RevisionError as error:  # as Alembic's own commands word it
            raise CommandError(str(error)) from error
        steps = MigrationStep.upgrade_from_script
        return [steps(scripts.revision_map, script) for script in reversed(missing)]

    with _one_upgrade, EnvironmentContext(config, scripts, fn=lacking):
        scripts.run_env()
