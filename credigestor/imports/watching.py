"""A folder that is watched: what appears in it, and is whole, is imported as by hand.

Any number of processes may watch it: one at a time imports. What differs from an earlier import is
told and never put right by itself; what is refused, or would need somebody's word, is told, and
nothing of it is written. Each content is imported once, and noted in the transaction that wrote it.

    Watcher(folder, now=clock.now).run_forever(stop)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from credigestor.db import locks, outages
from credigestor.db.engine import snapshot, transaction
from credigestor.db.settings import current_settings
from credigestor.errors import BusinessError, InvalidInput, Unavailable
from credigestor.imports import deliveries, importer
from credigestor.imports.account import report_rows
from credigestor.imports.again import CHANGED
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.deliveries import MOST_MB, Changed, Delivery
from credigestor.imports.plan import Plan
from credigestor.imports.unattended import choices_of, find_kept, unattended
from credigestor.rules.money import format_number
from credigestor.rules.permissions import Actor, Role
from credigestor.services import import_runs, users

log = logging.getLogger("credigestor")

ACTOR = Actor(None, "pasta observada", Role.ADMIN)
#: Seconds between two looks; a file is whole that is the same in two of them.
LOOK = 10.0
_CHANGED = frozenset(CHANGED.values())
_PROBLEM = "Problemas"

#: Rows of the import's report (`account.REPORT`).
Rows = Sequence[tuple[object, ...]]


class Stopped(Exception):
    """The process ends; what was being imported was not."""


class Watcher:
    """One process's watch on a folder; `mapping` names the kept reading of its files, if any.

    `now` is given, so that no test has to wait for a day. `choices` are taken for every file,
    or else those that were kept with the reading.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime],
        mapping: str = "",
        choices: Choices = STRICT,
    ) -> None:
        self._folder, self._now, self._mapping = folder, now, mapping
        self._choices = replace(choices, apply_changes=False)
        self._before: frozenset[Delivery] = frozenset()
        self._digests: dict[Delivery, str] = {}
        self._tried: set[str] = set()
        self._missing = 0
        self._stop = Event()

    def run_forever(self, stop: Event) -> None:
        """Look every few seconds until `stop` is set; what goes wrong is logged and tried again."""
        self._stop = stop
        while True:
            try:
                self.look()
            except Stopped:
                return
            except Unavailable as error:
                log.warning("The watched folder waits: %s", error)
            except Exception:
                log.exception("Looking into the watched folder failed; it will be tried again.")
            if stop.wait(LOOK):
                return

    def look(self) -> None:
        """Import what lies there whole and was not imported before. Raises Unavailable."""
        found = self._found()
        whole = [each for each in found if each in self._before]
        self._before = frozenset(found)
        self._digests = {each: told for each, told in self._digests.items() if each in whole}
        if not whole:
            return
        digests = {each: self._digest(each) for each in whole}
        with snapshot() as session:
            if not users.has_users(session):
                return
            wanted = import_runs.wanted(session, set(digests.values()), tried=self._tried)
        todo = [each for each in whole if digests[each] in wanted]
        if not todo:
            return
        with outages.worded(), locks.alone("watch") as alone:
            for each in todo if alone else ():
                if self._stop.is_set():
                    raise Stopped
                self._take(each, digests[each])

    def _found(self) -> list[Delivery]:
        """All that lies there; a folder that is not there is told of once a day."""
        try:
            found = deliveries.found_in(self._folder)
        except OSError as error:
            self._missing += 1
            if self._missing == 1:
                log.error("The watched folder %s cannot be read: %s", self._folder, error)
            else:  # not one that is only late
                self._tell_missing(error)
            return []
        if self._missing:
            log.warning("The watched folder %s is there again.", self._folder)
        self._missing = 0
        return found

    def _tell_missing(self, error: OSError) -> None:
        with transaction() as session:
            if users.has_users(session):
                day = self._today(session)
                digest = deliveries.digest_of(f"{self._folder}\n{day}")
                if import_runs.wanted(session, [digest], tried=[digest]):
                    place = error.filename or self._folder
                    why = f"A pasta não existe ou não pode ser lida: {place}."
                    self._refuse(session, str(self._folder), digest, why)

    def _digest(self, delivery: Delivery) -> str:
        if delivery.too_large:
            return delivery.stand_in()
        if delivery not in self._digests:
            try:
                self._digests[delivery] = delivery.digest()
            except OSError:
                return delivery.stand_in()  # `_take` meets the error again, and tells it
        return self._digests[delivery]

    def _take(self, delivery: Delivery, digest: str) -> None:
        """Import one delivery, or note why not; another process may have done so by now."""
        try:
            with TemporaryDirectory(prefix="credigestor-pasta-") as place:
                if delivery.too_large:
                    raise InvalidInput(
                        f"Passa de {MOST_MB} MB. Importe pela linha de comando: "
                        "python -m credigestor import ARQUIVO."
                    )
                copies = delivery.copied(Path(place))
                with snapshot() as session:
                    kept = find_kept(session, self._mapping) if self._mapping else None
                    today = self._today(session)
                source = unattended(copies, kept, on=today)
                with transaction() as session:
                    if not import_runs.wanted(session, [digest], tried=self._tried):
                        return
                    plan = importer.run(
                        session,
                        ACTOR,
                        source,
                        today=today,
                        choices=choices_of(kept, self._choices),
                        progress=self._progress,
                        account=True,
                    )
                    _note(session, delivery.name, digest, plan)
        except (Changed, FileNotFoundError):
            return  # the next look sees what it is now
        except (Stopped, Unavailable):
            raise
        except OSError as error:
            self._tell_refused(delivery, digest, f"Não foi possível ler: {error.strerror}.")
        except BusinessError as error:
            self._tell_refused(delivery, digest, error.message)
        except Exception:
            log.exception("The import of %s from the watched folder failed.", delivery.name)
            self._tell_refused(delivery, digest, "Interrompido por um erro; nada foi gravado.")
        self._tried.add(digest)

    def _tell_refused(self, delivery: Delivery, digest: str, why: str) -> None:
        with transaction() as session:
            self._refuse(session, delivery.name, digest, why)

    def _refuse(self, session: Session, name: str, digest: str, why: str) -> None:
        log.warning("Watched folder: %s was refused.", name)
        rows = [(_PROBLEM, name, "", "", why)]
        import_runs.note(
            session, file=name, digest=digest, refused=True, counts={"problems": 1}, detail=rows
        )

    def _progress(self, share: float, what: str) -> None:  # noqa: ARG002 - a Progress
        if self._stop.is_set():
            raise Stopped

    def _today(self, session: Session) -> date:
        return self._now().astimezone(ZoneInfo(current_settings(session).time_zone)).date()


def _note(session: Session, name: str, digest: str, plan: Plan) -> None:
    """Note what came of a file that was imported, or of which a row was refused."""
    refused = bool(plan.problem_count)
    counts = {"problems": plan.problem_count}
    account = plan.account
    if not refused and account is not None:
        counts |= plan.new.as_dict()
        counts["differences"] = (
            sum(each.what in _CHANGED for each in plan.remarks)
            + len(account.differing)
            + account.more_differing
        )
    import_runs.note(
        session, file=name, digest=digest, refused=refused, counts=counts, detail=_rows(plan)
    )
    log.info("Watched folder: %s: %s", name, counts)


def _rows(plan: Plan) -> list[tuple[str, ...]]:
    """What differs, what was refused and what was taken as it was, in this order, as texts.

    Without totals and sums of customers, which tell nothing of what came in a night.
    """
    account = plan.account and replace(plan.account, figures=(), sample=())
    rows = report_rows(replace(plan, account=account))
    told = [tuple(map(_text, row)) for row in rows if row[0] != "Totais"]
    return sorted(told, key=lambda row: row[0] not in {*_CHANGED, "Diferenças", _PROBLEM})


def _text(value: object) -> str:
    return format_number(value) if isinstance(value, Decimal) else str(value)
