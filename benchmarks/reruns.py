"""A rerun of a manager's page with warm caches, beside the same page over constant data.

The constant page is the same file, so it holds the same widgets and charts; but every answer
of the database was written down before, who is logged in included: it asks for nothing. What
is timed is the script, from its first line to its last, as Streamlit runs it for a browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import streamlit as st
from sqlalchemy import URL
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from benchmarks.figure import Figure
from benchmarks.queries import name_of
from benchmarks.visits import ANALYTICS, inside, visit
from credigestor.ui.kit import data, session
from tests.ui.support import Visit

LIMIT = 1.5
#: Fewer than the caches' life allows, at a second a rerun.
ROUNDS = 11

Answers = dict[str, Any]


def measure(url: URL) -> list[Figure]:
    """Time the reruns of every manager's page on a shop's database."""
    with inside(url):
        return [_rerun(page) for page in ANALYTICS]


def _rerun(page: str) -> Figure:
    app = visit(page)
    answers = _answers(app)
    warm, constant = [], []
    for number in range(ROUNDS + 1):
        taken = _script_seconds(app)
        with _constant(answers):
            taken_by_constant = _script_seconds(app)
        if number:
            warm.append(taken)
            constant.append(taken_by_constant)
    return Figure(f"{name_of(page)}_rerun_warm_vs_constant", median(warm), median(constant), LIMIT)


def _answers(app: Visit) -> Answers:
    """What the database answers to each question of one run without caches."""
    answers: Answers = {}
    read, identity = data.read, session.identity

    def noting(report: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        answer = answers[_question(report, *args, **kwargs)] = read(report, *args, **kwargs)
        return answer

    answers["identity"] = None

    def noting_identity() -> Any:
        answers["identity"] = identity()
        return answers["identity"]

    st.cache_data.clear()  # readers that are made once, not at each run, ask anew
    readers = partial(partial, noting)
    with (
        patch.multiple(data, read=noting, cached=readers, portfolio=readers),
        patch.object(session, "identity", noting_identity),
    ):
        app.run()
    assert not app.exception, app.exception
    return answers


@contextmanager
def _constant(answers: Answers) -> Iterator[None]:
    def answer(report: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return answers[_question(report, *args, **kwargs)]

    readers = partial(partial, answer)
    with (
        patch.multiple(data, read=answer, cached=readers, portfolio=readers),
        patch.object(session, "identity", lambda: answers["identity"]),
    ):
        yield


def _question(report: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    return f"{report.__module__}.{report.__qualname__}{args!r}{kwargs!r}"


def _script_seconds(app: Visit) -> float:
    taken = 0.0
    run_script = ScriptRunner._run_script  # noqa: SLF001 - what runs a page and nothing else

    def timing(*args: Any) -> None:
        nonlocal taken
        start = perf_counter()
        run_script(*args)
        taken += perf_counter() - start

    with patch.object(ScriptRunner, "_run_script", timing):
        app.run()
    assert not app.exception, app.exception
    return taken
