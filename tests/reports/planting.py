"""Changes made behind the back of triggers and constraints, for as long as somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.orm import Session

from credigestor.config import get_config
from credigestor.db.engine import connection_options, get_engine
from credigestor.postgres.roles import SUPERUSER
from credigestor.reports.check.problem import Problem
from credigestor.reports.check.report import check

_COUNTERS = text(
    "SELECT quote_ident(sequencename) AS name, last_value AS last FROM pg_sequences "
    "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
)


@lru_cache
def _superusers(url: URL) -> Engine:
    options = connection_options(get_config().schema_name)
    return create_engine(url.set(username=SUPERUSER), connect_args={"options": options})


@contextmanager
def planted(*statements: str) -> Iterator[Session]:
    """A session that sees the changes and never commits them; what was counted is put back.

    It is the superuser's, who may switch off what holds a foreign key.
    """
    with Session(_superusers(get_engine().url)) as session:
        before = [row._asdict() for row in session.execute(_COUNTERS)]
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            session.connection().exec_driver_sql(statement)
        session.execute(text("SET LOCAL session_replication_role = origin"))
        try:
            yield session
        finally:
            session.rollback()
            if any("setval" in statement for statement in statements):  # no rollback undoes it
                session.execute(text("SELECT setval(:name, :last)"), before)
                session.commit()


def named(*statements: str, summaries: bool = False) -> list[Problem]:
    """What the check says of the shop with these changes."""
    with planted(*statements) as session:
        return check(session, summaries=summaries)
