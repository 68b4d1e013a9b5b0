"""Import of customers, sales and payments: checked and written, all of it or nothing.

A row is recognised by its reference (`ref` of customers and sales; for a payment its sale,
note, date, amount and method, and which row it is of those alike), so a second import of the
same files changes nothing. The rules are those of the counter: R1–R4, R8, R9, R11, R26.

    with transaction() as session:
        plan = importer.run(session, actor, read_folder(folder), today=today)
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db import locks, waiting
from credigestor.db.closings import kept_closed_until
from credigestor.db.models import DayClosing
from credigestor.errors import Busy, InvalidInput
from credigestor.imports import loading
from credigestor.imports.account import Sums
from credigestor.imports.batch import Batch
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.import_plan import Preparation
from credigestor.imports.parts import Take
from credigestor.imports.plan import Counts, Plan
from credigestor.imports.problems import Problems
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
]

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
    account: bool = False,
) -> Plan:
    """Check the files and, unless `dry_run` or a row is wrong, write them; give the plan.

    Each part of the sales is written when it is checked, and all taken back where one is wrong.
    `progress` hears a fraction of 1 and what is being done; `account` is as in `prepare`. Raises
    NotAllowed, and InvalidInput for rows of closed days without a reason (R37).
    """
    actor.require(Permission.IMPORT)
    asked = _Asked(session, source, today, choices, progress, account)
    if dry_run:
        return asked.check()
    _hold(session)
    plan = asked.write(actor, why)
    if choices.apply_changes and plan.changes and not plan.problem_count:
        plan.changes.apply(session, actor, today=today)
        plan = replace(asked, choices=replace(choices, apply_changes=False)).write(actor, why)
    if not plan.problem_count:
        progress(1.0, "Pronto")
    return plan


def prepare(
    session: Session,
    source: Source,
    *,
    today: date,
    choices: Choices = STRICT,
    progress: Progress = silent,
    account: bool = False,
) -> Plan:
    """Check every row and compute what to write; nothing is written, and a snapshot is enough.

    With `account` the plan has the files' own figures beside ours.
    """
    return _Asked(session, source, today, choices, progress, account).check()


@dataclass(frozen=True)
class _Asked:
    """An import as it was asked for."""

    session: Session
    source: Source
    today: date
    choices: Choices
    progress: Progress
    account: bool

    def check(self) -> Plan:
        """Check it all."""
        waiting.unhurried(self.session)
        return self._planned(lambda *_: None, locking=False)

    def write(self, actor: Actor, why: str | None) -> Plan:
        """Write each part once it is checked, with one audit entry; or nothing in the end.

        So it is where a row is wrong, or where changes are to be applied first.
        """
        problems = Problems()

        def take(batch: Batch, progress: Progress) -> None:
            if not problems.count:
                loading.add(self.session, batch, progress)

        with _seldom_collected(), self.session.begin_nested() as place:
            plan = self._planned(take, problems, locking=True)
            if plan.problem_count or (self.choices.apply_changes and plan.changes):
                place.rollback()
            elif plan.writes:
                _finish(self.session, actor, plan, why)
        return plan

    def _planned(self, take: Take, problems: Problems | None = None, *, locking: bool) -> Plan:
        sums = Sums(self.today)

        def each(batch: Batch, progress: Progress) -> None:
            if self.account:
                sums.add(batch)
            take(batch, progress)

        plan = Preparation(
            *(self.session, self.source, self.today, self.progress, self.choices),
            problems=problems or Problems(),
            locking=locking,
            take=each,
        ).plan()
        return replace(plan, account=sums.account(plan)) if self.account else plan


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage in cycles a thousandth as often: rows make none, and millions of objects.

    Imports of a shop follow one another, so that none takes another's setting for the usual one.
    """
    usual = gc.get_threshold()
    gc.set_threshold(1_000 * usual[0], *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _hold(session: Session) -> None:
    """Have no other import beside this one, and no day closed until it ends."""
    waiting.unhurried(session)
    locks.hold(session, "import")
    kept_closed_until(session)
    if session.scalar(_CLOSED_MEANWHILE):
        raise Busy("Dias foram fechados neste meio tempo. Importe de novo.")


def _finish(session: Session, actor: Actor, plan: Plan, why: str | None) -> None:
    kept = _closed_because(actor, plan, why)
    loading.finish(session)
    told: dict[str, Any] = plan.new.as_dict() | ({"reason": kept} if kept else {})
    if plan.rates:
        told["rates"] = [[str(late), str(fine), days] for late, fine, days in plan.rates]
    audit.record(session, actor, "import", "shop", None, after=told)


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
