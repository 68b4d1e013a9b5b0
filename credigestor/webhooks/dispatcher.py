"""The thread that tells endpoints what happened, in every process; at work in one at a time.

It looks once a second, which costs a shop without webhooks one statement over an empty table. No
transaction is open while an endpoint is spoken to. What was sent, and could not be noted before
the process or the database died, is sent again with the same id: at least once.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from credigestor.db import locks, outages
from credigestor.db.engine import snapshot, transaction
from credigestor.db.settings import current_settings
from credigestor.errors import Unavailable
from credigestor.rules.webhooks import LIMIT
from credigestor.services import webhooks
from credigestor.webhooks import outbox, sending
from credigestor.webhooks.outbox import Due
from credigestor.webhooks.sending import Outcome

log = logging.getLogger("credigestor")

#: Seconds between two looks; after one that failed; and between two looks at the calendar.
LOOK = 1.0
_AFTER_FAILURE = 5.0
_CALENDAR = 60.0
#: Seconds after which who is at work gives the others their turn.
_TURN = 60.0

Post = Callable[..., Outcome]


class Dispatcher:
    """One process's share; `now` and `post` are given, so that tests have neither to wait."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        private: bool,
        post: Post = sending.post,
    ) -> None:
        self._now, self._private, self._post = now, private, post
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to look, in a thread of its own."""
        self._thread = Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self, patience: float = 3.0) -> None:
        """Begin nothing more, and wait so many seconds for what is under way to be noted."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(patience)

    def look(self) -> None:
        """Send what is due, until nothing is. Raises Unavailable."""
        with snapshot() as session:
            if not outbox.anything(session, now=self._now()):
                return
        with outages.worded(), locks.holding("webhooks") as held:
            if held is not None:
                self._work(held)

    def mind_the_calendar(self) -> None:
        """Write what a new day brings, and delete what is old. Raises Unavailable."""
        now = self._now()
        with transaction() as session:
            zone = ZoneInfo(current_settings(session).time_zone)
            webhooks.tell_overdue(session, today=now.astimezone(zone).date())
            webhooks.clean(session, now=now)

    def _run(self) -> None:
        calendar, pause, told = 0.0, LOOK, False
        while not self._stop.wait(pause):
            try:
                if monotonic() >= calendar:
                    self.mind_the_calendar()
                    calendar = monotonic() + _CALENDAR
                self.look()
                pause, told = LOOK, False
            except Unavailable as error:
                pause = _AFTER_FAILURE
                if not told:  # once an outage
                    log.warning("Webhooks wait for the database: %s", error.__cause__)
                told = True
            except Exception:
                pause = _CALENDAR  # each time with all of its trace: not too often
                log.exception("Webhooks could not be delivered; it will be tried again.")

    def _work(self, held: Connection) -> None:
        """Send, one event at a time to each endpoint; all else than that is done by this thread.

        What is next is asked of the connection that holds the lock: without it there is no next.
        """
        until, look = monotonic() + _TURN, 0.0
        answers: SimpleQueue[tuple[Due, Outcome]] = SimpleQueue()
        busy: set[int] = set()
        queued: dict[int, deque[int]] = {}
        try:
            while True:
                if self._stop.is_set() or monotonic() >= until:
                    queued.clear()
                elif monotonic() >= look or not (busy or queued):
                    known = busy | queued.keys()
                    queued |= outbox.heads(held, now=self._now(), without=known)
                    look = monotonic() + LOOK
                for due in self._next(held, queued, busy):
                    busy.add(due.endpoint_id)
                    self._send(due, answers)
                if not busy:
                    return
                try:
                    due, outcome = answers.get(timeout=LOOK)
                except Empty:
                    continue  # others may be due by now
                busy.discard(due.endpoint_id)
                self._record(due, outcome)
        finally:  # nobody else may begin while these are under way
            for _ in range(len(busy)):
                try:
                    self._record(*answers.get(timeout=LIMIT + 1))
                except (Empty, Unavailable, DBAPIError):
                    continue  # sent again, then

    def _next(self, held: Connection, queued: dict[int, deque[int]], busy: set[int]) -> list[Due]:
        """The first event that is due still of each endpoint that is not busy, out of its queue."""
        found = []
        for endpoint_id in sorted(queued.keys() - busy):
            ids, due = queued[endpoint_id], None
            while ids and due is None:
                due = outbox.load(held, ids.popleft(), now=self._now())
            if due is not None:
                found.append(due)
            if not ids:
                del queued[endpoint_id]
        return found

    def _send(self, due: Due, answers: SimpleQueue[tuple[Due, Outcome]]) -> None:
        body, headers = due.body.encode(), due.headers(self._now())

        def run() -> None:
            answers.put((due, self._post(due.url, body, headers, private=self._private)))

        Thread(target=run, name=f"webhook-{due.endpoint_id}", daemon=True).start()

    def _record(self, due: Due, outcome: Outcome) -> None:
        with transaction() as session:
            outbox.record(session, due, outcome, now=self._now())
        if not outcome.delivered:
            log.warning(
                "Webhook %s: event %s was not delivered: status %s.",
                *(due.endpoint_id, due.id, outcome.status),
            )
