"""The script of a manager's page run again with warm caches, beside 60 ms; and what runs leave.

What is timed is the processor's time of the script, from its first line to its last, as Streamlit
runs it for a browser, the entry and the login's read included.
"""

from __future__ import annotations

from statistics import median
from time import thread_time
from typing import Any
from unittest.mock import patch

from sqlalchemy import URL
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from benchmarks import server
from benchmarks.figure import Figure
from benchmarks.queries import name_of
from benchmarks.visits import ANALYTICS, inside, visit
from credigestor.ui.kit.navigation import page as page_spec
from tests.ui.support import Visit

#: Seconds of the processor that a script may take.
SCRIPT = 0.06
#: Fewer than the caches' life allows.
ROUNDS = 21
#: Reruns after which memory must stand where it stood, and megabytes that it may have risen.
MANY, MEMORY = 300, 24.0
_LAST = "analytics/portfolio.py"


def measure(url: URL) -> list[Figure]:
    """Time the reruns of every manager's page on a shop's database, and count the memory."""
    with inside(url):
        figures = [_rerun(page) for page in ANALYTICS]
    return [*figures, _memory(url)]


def _rerun(page: str) -> Figure:
    app = visit(page)
    taken = [_script_seconds(app) for _ in range(ROUNDS + 1)][1:]
    return Figure(f"{name_of(page)}_script_warm", median(taken), SCRIPT, 1)


def _script_seconds(app: Visit) -> float:
    taken = 0.0
    run_script = ScriptRunner._run_script  # noqa: SLF001 - what runs a page and nothing else

    def timing(*args: Any) -> None:
        nonlocal taken
        start = thread_time()
        run_script(*args)
        taken += thread_time() - start

    with patch.object(ScriptRunner, "_run_script", timing):
        app.run()
    assert not app.exception, app.exception
    return taken


def _memory(url: URL) -> Figure:
    """Megabytes more after many reruns of a page of charts than after some."""
    with server.running(url) as app:
        page = app.page(page_spec(_LAST).url_path)
        for _ in range(MANY // 3):
            page.draw()
        before = app.process.memory_info().rss
        for _ in range(MANY):
            page.draw()
        rise = max(float(app.process.memory_info().rss - before), 1.0) / 2**20
        page.close()
    return Figure(f"memory_of_{MANY}_more_reruns_mb", rise, MEMORY, 1)
