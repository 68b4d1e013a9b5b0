"""Changes made behind the back of triggers and constraints, for as long as somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine
from credigestor.reports.check.problem import Problem
from credigestor.reports.check.report import check

_COUNTERS = text(
    "SELECT quote_ident(sequencename) AS name, last_value AS last FROM pg_sequences "
    "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
)


@contextmanager
def planted(*statements: str) -> Iterator[Session]:
    """A session that sees the changes and never commits them; what was counted is put back."""
    with Session(get_engine()) as session:
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
