"""Pages first: what gives way waits for the runs of pages that are under way, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import pytest

from credigestor.web import page_runs

#: Seconds that nothing here takes.
LONG = 30.0


@contextmanager
def giving_way() -> Iterator[Event]:
    """The event of someone who gives way having gone on."""
    gone = Event()

    def work() -> None:
        page_runs.give_way(LONG)
        gone.set()

    thread = Thread(target=work)
    thread.start()
    yield gone
    thread.join()


def test_nobody_waits_where_no_page_runs() -> None:
    with giving_way() as gone:
        assert gone.wait(LONG / 2)


def test_who_gives_way_goes_on_when_the_last_of_the_runs_has_ended() -> None:
    first, last = ExitStack(), ExitStack()
    first.enter_context(page_runs.run())
    last.enter_context(page_runs.run())
    with giving_way() as gone:
        first.close()
        assert not gone.wait(0.2), "one of two runs still goes on"
        last.close()
        assert gone.wait(LONG / 2)


def test_a_run_that_breaks_off_is_over() -> None:
    with pytest.raises(RuntimeError), page_runs.run():
        raise RuntimeError
    with giving_way() as gone:
        assert gone.wait(LONG / 2)


def test_who_gives_way_goes_on_after_the_time_that_it_was_told() -> None:
    with page_runs.run():
        page_runs.give_way(0.01)
