"""Long work in a thread of its own, with a progress bar and, where it may end early, a button.

No st.* call happens inside the work. It ends early only where it tells its progress: an
exception is raised there, so that a transaction under way is rolled back whole. Whoever leaves
the page ends only the watching: the work goes on, and its outcome waits in the session.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

import streamlit as st

from credigestor.rules.progress import Progress

R = TypeVar("R")

_SECONDS_BETWEEN_LOOKS = 0.15
_SECONDS_FOR_SMALL_WORK = 0.5


class Cancelled(Exception):
    """Somebody asked the work to end, and it did, having changed nothing."""


class Job(Generic[R]):
    """Work that has begun; `share` of 1 and `what` are what it told last.

    `progress`, which the work calls, raises Cancelled once `cancel` was called.
    """

    def __init__(self, work: Callable[[Progress], R]) -> None:
        self.share, self.what = 0.0, "Preparando…"
        self._stop = threading.Event()
        pool = ThreadPoolExecutor(max_workers=1)
        self._running: Future[R] = pool.submit(work, self._tell)
        pool.shutdown(wait=False)

    def _tell(self, share: float, what: str) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.share, self.what = min(max(share, 0.0), 1.0), what

    def cancel(self) -> None:
        """Ask the work to end; it does so at its next step, unless it is through before."""
        self._stop.set()

    @property
    def cancelling(self) -> bool:
        """Whether the work was asked to end."""
        return self._stop.is_set()

    def done(self, seconds: float = 0) -> bool:
        """Whether the work has ended; waits so long for it."""
        return bool(wait([self._running], seconds).done)

    def result(self) -> R:
        """What the work gave; raises what it raised, Cancelled among it."""
        return self._running.result()


def with_bar(work: Callable[[Progress], R]) -> R:
    """Run the work to its end behind a progress bar; give its result, or raise what it raised."""
    return follow(Job(work))


def follow(job: Job[R]) -> R:
    """Show a progress bar until the job has ended; as `with_bar`, for work that has begun."""
    bar = st.progress(job.share, job.what)
    while not job.done(_SECONDS_BETWEEN_LOOKS):
        bar.progress(job.share, job.what)
    bar.empty()
    return job.result()


def watch(job: Job[R], key: str) -> None:
    """Show a job's progress and the button that cancels it, and run the page again at its end.

    To be called in a fragment that runs every second or so.
    """
    place = st.container()
    if st.button("Cancelar", icon=":material/close:", key=key, disabled=job.cancelling):
        job.cancel()
    what = "Cancelando: espere o passo em curso…" if job.cancelling else job.what
    place.progress(job.share, what)
    if job.done(_SECONDS_FOR_SMALL_WORK):
        st.rerun()
