"""Import of customers, sales and payments: everything checked first, then written at once.

A row is recognised by its reference (`ref` of customers and sales; for a payment its sale,
note, date, amount and method, and which row it is of those alike), so a second import of the
same files changes nothing. The rules are those of the counter: R1–R4, R8, R9, R11, R26.

    with transaction() as session:
        plan = importer.run(session, actor, read_folder(folder), today=today)
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db import locks, waiting
from credigestor.errors import InvalidInput
from credigestor.imports.import_plan import Counts, Plan, Preparation
from credigestor.imports.loading import load
from credigestor.imports.reading import Source, read_files, read_folder
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.progress import Progress, silent
from credigestor.services import audit, summaries

__all__ = ["Counts", "Plan", "Source", "prepare", "read_files", "read_folder", "run", "write"]

_CHECKING = 0.4  # share of the time that checking takes
_WRITING = 0.7  # and until everything is written


def run(
    session: Session,
    actor: Actor,
    source: Source,
    *,
    today: date,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Plan:
    """Check the files and, unless `dry_run` or a row is wrong, write them; give the plan.

    `progress` hears a fraction of 1 and what is being done. Raises NotAllowed.
    """
    actor.require(Permission.IMPORT)
    share = 1.0 if dry_run else _CHECKING
    plan = prepare(
        session, source, today=today, progress=lambda done, what: progress(done * share, what)
    )
    if not dry_run and not plan.problem_count:
        write(
            session,
            actor,
            plan,
            progress=lambda done, what: progress(share + done * (_WRITING - share), what),
        )
        if plan.batch:
            progress(_WRITING, "Somando a carteira")
            summaries.refresh(session, today=today)
        progress(1.0, "Pronto")
    return plan


def prepare(session: Session, source: Source, *, today: date, progress: Progress = silent) -> Plan:
    """Check every row and compute what to write; nothing is written.

    In a transaction that may write it takes the import's lock, and locks the existing notes
    that get payments, until the end: `write` the plan in that one. A snapshot is enough for a
    dry run.
    """
    waiting.unhurried(session)
    may_write = session.scalar(text("SHOW transaction_read_only")) == "off"
    if may_write:
        locks.hold(session, "import")
    return Preparation(session, source, today, progress, locking=may_write).plan()


def write(session: Session, actor: Actor, plan: Plan, *, progress: Progress = silent) -> Counts:
    """Write a plan prepared in this transaction, with one audit entry; give the rows written.

    Nothing is written when all of it was known. Raises NotAllowed, or InvalidInput when the
    plan has problems.
    """
    actor.require(Permission.IMPORT)
    if plan.problem_count:
        raise InvalidInput("Há linhas com problemas nos arquivos; nada foi gravado.")
    if plan.batch:
        load(session, plan.batch, progress)
        audit.record(session, actor, "import", "shop", None, after=plan.new.as_dict())
    progress(1.0, "Pronto")
    return plan.new
