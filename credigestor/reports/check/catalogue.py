"""The schema beside what the migrations make: what is missing, idle, other or not ours.

A constraint or trigger that is gone lets anything in from then on; one that is not ours may keep
a payment out. Indexes that somebody added for themselves, and tables, are let be.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, UniqueConstraint, func, literal_column, select, text
from sqlalchemy.orm import Session

from credigestor.db import catalogue
from credigestor.db.migrate import head_revision
from credigestor.db.models import Base
from credigestor.reports.check.problem import Problem

_WORDS = {
    "table": ("a tabela", "a"),
    "column": ("a coluna", "a"),
    "constraint": ("a restrição", "a"),
    "unique index": ("o índice único", "o"),
    "index": ("o índice", "o"),
    "trigger": ("o gatilho", "o"),
    "rule": ("a regra de reescrita", "a"),
    "sequence": ("a sequência", "a"),
    "function": ("a função", "a"),
}
#: What others may add without harm.
_FREE = {"table", "index", "sequence", "function"}
_IDLE = ("DISABLED", "INVALID", "NOT VALID", "NOT ENFORCED")


def lacks_tables(problems: list[Problem]) -> bool:
    """Whether something that the other steps read is missing or of another type."""
    return any(problem.what in _UNREADABLE for problem in problems)


_UNREADABLE = {"schema_table", "schema_column", "schema_function"}


def differences(session: Session) -> Iterator[Problem]:
    """What of the schema is not as this revision makes it."""
    yield from _revision(session)
    expected, found = catalogue.expected(), catalogue.read(session)
    for kind in _WORDS:
        ours, there = expected.get(kind, {}), found.get(kind, {})
        for name in sorted(ours.keys() | there.keys()):
            detail = _difference(kind, name, ours.get(name), there.get(name))
            if detail:
                table = name.partition(".")[0]
                yield Problem(f"schema_{kind.replace(' ', '_')}", table, 0, detail)
    yield from _rights(session)


def _difference(kind: str, name: str, ours: str | None, there: str | None) -> str | None:
    if ours == there:
        return None
    word, gender = _WORDS[kind]
    thing = f"{word} {name.partition('.')[2] or name}"
    if there is None:
        return f"Falta {thing}."
    if ours is None:
        in_the_way = kind not in _FREE and (
            kind != "column" or ("not null" in there and "default" not in there)
        )
        return f"{_capital(thing)} não é do CrediGestor: {there}." if in_the_way else None
    if any(there == f"{ours} {idle}" for idle in _IDLE):
        return f"{_capital(thing)} está desligad{gender} ou não foi validad{gender}: {there}."
    return f"{_capital(thing)} é outr{gender}: {there}, e deveria ser {ours}."


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _revision(session: Session) -> Iterator[Problem]:
    known = session.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    revisions = (
        session.scalars(text("SELECT version_num FROM alembic_version")).all() if known else []
    )
    if list(revisions) != [head_revision()]:
        told = ", ".join(revisions) or "nenhuma"
        yield Problem(
            "revision",
            "alembic_version",
            0,
            f"A revisão gravada é {told}; a deste programa é {head_revision()}.",
        )


def _rights(session: Session) -> Iterator[Problem]:
    if session.scalar(text("SHOW session_replication_role")) != "origin":
        yield Problem(
            "triggers_off",
            "alembic_version",
            0,
            "O servidor está configurado para não executar gatilhos (session_replication_role).",
        )
    denied = text(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace "
        "AND c.relkind = 'r' AND c.relname = ANY(:tables) AND NOT "
        "(has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')) ORDER BY 1"
    )
    for table in session.scalars(denied, {"tables": list(Base.metadata.tables)}):
        yield Problem(
            "rights", table, 0, "O usuário do banco de dados não pode ler ou gravar esta tabela."
        )


def sequences(session: Session) -> Iterator[Problem]:
    """Sequences that give ids which are taken, or have none left."""
    for table, _, largest in catalogue.sequences_behind(session):
        yield Problem(
            "sequence",
            table,
            0,
            f"O próximo número já está em uso (o maior é {largest}): nenhuma linha nova entra.",
        )
    spent = text(
        "SELECT c.relname FROM pg_sequence q JOIN pg_class s ON s.oid = q.seqrelid "
        "JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass "
        "AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') "
        "JOIN pg_class c ON c.oid = d.refobjid "
        "JOIN pg_sequences v ON v.schemaname = current_schema() AND v.sequencename = s.relname "
        "WHERE s.relnamespace = current_schema()::regnamespace AND v.last_value >= q.seqmax"
    )
    for table in session.scalars(spent):
        yield Problem("sequence_spent", table, 0, "A sequência da tabela não tem mais números.")


def unguarded(session: Session, problems: list[Problem]) -> Iterator[Problem]:
    """Rows that got in where a CHECK, UNIQUE or NOT NULL of ours is missing, idle or another."""
    open_tables = {p.entity for p in problems if p.what.startswith("schema_")}
    for table in Base.metadata.sorted_tables:
        if table.name not in open_tables or "id" not in table.c:
            continue
        for constraint in sorted(table.constraints, key=lambda c: str(c.name)):
            if isinstance(constraint, CheckConstraint):
                broken = select(table.c.id).where(text(f"NOT ({constraint.sqltext})"))
            elif isinstance(constraint, UniqueConstraint):
                columns = list(constraint.columns)
                whole = [column.is_not(None) for column in columns]
                twice = (
                    select(
                        table.c.id,
                        func.row_number()
                        .over(partition_by=columns, order_by=table.c.id)
                        .label("nth"),
                    )
                    .where(*whole)
                    .subquery()
                )
                broken = select(twice.c.id).where(twice.c.nth > literal_column("1"))
            else:
                continue
            for row_id in session.scalars(broken.order_by(literal_column("1"))):
                yield Problem(
                    "unguarded", table.name, row_id, f"A linha fere a restrição {constraint.name}."
                )
