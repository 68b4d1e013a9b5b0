"""Import of customers, sales and payments: everything checked first, then written at once.

A row is recognised by its reference (`ref` of customers and sales; for a payment its sale,
note, date, amount and method, and which row it is of those alike), so a second import of the
same files changes nothing. The rules are those of the counter: R1–R4, R8, R9, R11, R26.

    with transaction() as session:
        plan = importer.run(session, actor, read_folder(folder), today=today)
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from credigestor.db import locks, waiting
from credigestor.db.closings import kept_closed_until
from credigestor.db.models import DayClosing
from credigestor.errors import Busy, InvalidInput
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.import_plan import Preparation
from credigestor.imports.loading import load
from credigestor.imports.plan import Counts, Plan
from credigestor.imports.reading import Source, read_files, read_folder
from credigestor.rules.calendar import format_date
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.progress import Progress, silent
from credigestor.services import audit
from credigestor.services.inputs import reason

__all__ = [
    "Choices",
    "Counts",
    "Plan",
    "Source",
    "prepare",
    "read_files",
    "read_folder",
    "run",
    "write",
]

_CHECKING = 0.4  # share of the time that checking takes
# All rows have the moment at which the transaction began.
_CLOSED_MEANWHILE = select(select(DayClosing.id).where(DayClosing.created_at > func.now()).exists())


def run(
    session: Session,
    actor: Actor,
    source: Source,
    *,
    today: date,
    dry_run: bool = False,
    why: str | None = None,
    choices: Choices = STRICT,
    progress: Progress = silent,
) -> Plan:
    """Check the files and, unless `dry_run` or a row is wrong, write them; give the plan.

    `progress` hears a fraction of 1 and what is being done. Raises NotAllowed, and what `write`
    does.
    """
    actor.require(Permission.IMPORT)
    share = 1.0 if dry_run else _CHECKING
    plan = prepare(
        session,
        source,
        today=today,
        choices=choices,
        progress=lambda done, what: progress(done * share, what),
    )
    if choices.apply_changes and plan.changes and not dry_run and not plan.problem_count:
        plan.changes.apply(session, actor, today=today)
        plan = prepare(session, source, today=today, choices=choices)
    if not dry_run and not plan.problem_count:
        write(
            session,
            actor,
            plan,
            why=why,
            progress=lambda done, what: progress(share + done * (1.0 - share), what),
        )
        progress(1.0, "Pronto")
    return plan


def prepare(
    session: Session,
    source: Source,
    *,
    today: date,
    choices: Choices = STRICT,
    progress: Progress = silent,
) -> Plan:
    """Check every row and compute what to write; nothing is written.

    In a transaction that may write it takes the import's lock, and locks the existing notes
    that get payments, until the end: `write` the plan in that one. A snapshot is enough for a
    dry run.
    """
    waiting.unhurried(session)
    may_write = session.scalar(text("SHOW transaction_read_only")) == "off"
    if may_write:
        locks.hold(session, "import")
        kept_closed_until(session)
        if session.scalar(_CLOSED_MEANWHILE):
            raise Busy("Dias foram fechados neste meio tempo. Importe de novo.")
    return Preparation(session, source, today, progress, choices, locking=may_write).plan()


def write(
    session: Session,
    actor: Actor,
    plan: Plan,
    *,
    why: str | None = None,
    progress: Progress = silent,
) -> Counts:
    """Write a plan prepared in this transaction, with one audit entry; give the rows written.

    Nothing is written when all of it was known. Raises NotAllowed, or InvalidInput when the
    plan has problems, and for rows of closed days without a reason (R37).
    """
    actor.require(Permission.IMPORT)
    if plan.problem_count:
        raise InvalidInput("Há linhas com problemas nos arquivos; nada foi gravado.")
    if plan.batch:
        kept = _closed_because(actor, plan, why)
        load(session, plan.batch, progress)
        told: dict[str, Any] = plan.new.as_dict() | ({"reason": kept} if kept else {})
        if plan.rates:
            told["rates"] = [[str(late), str(fine), days] for late, fine, days in plan.rates]
        audit.record(session, actor, "import", "shop", None, after=told)
    progress(1.0, "Pronto")
    return plan.new


def _closed_because(actor: Actor, plan: Plan, why: str | None) -> str | None:
    """The reason to keep of rows that are dated in closed days; None where there are none."""
    if not plan.closed or plan.closed_until is None:
        return None
    actor.require(Permission.CLOSE_DAYS)
    if not (why or "").strip():
        rows = "1 linha tem" if plan.closed == 1 else f"{plan.closed} linhas têm"
        raise InvalidInput(
            f"{rows} data de dias fechados (até {format_date(plan.closed_until)}). Para importar, "
            "informe o motivo; nada foi gravado.",
            field="reason",
        )
    return reason(why)
