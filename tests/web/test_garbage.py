"""What runs leave behind is collected on a timer, and what was loaded is not looked at again."""

from __future__ import annotations

import gc
import sys
import time
import tomllib
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from credigestor.web import garbage

ROOT = Path(__file__).resolve().parents[2]


class Ring:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The collector off for a test, and what the tests froze frozen after it."""
    gc.disable()
    yield
    gc.enable()
    gc.freeze()


def test_a_ring_is_collected_by_the_timer_alone() -> None:
    with garbage.collecting(every=0.01):
        gone = weakref.ref(Ring())
        end = time.monotonic() + 5
        while gone() is not None and time.monotonic() < end:
            time.sleep(0.01)
        assert gone() is None


def test_what_was_loaded_before_is_out_of_every_collection() -> None:
    kept = Ring()
    with garbage.collecting():
        assert gc.get_freeze_count() > 0
        assert not any(one is kept for one in gc.get_objects())


def test_streamlits_own_collection_after_each_run_is_off() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["runner"]["postScriptGC"] is False


def test_loading_imports_all_modules_of_a_room() -> None:
    garbage.load(["credigestor.ui.kit"])
    assert {"credigestor.ui.kit.tables", "credigestor.ui.kit.downloads"} <= set(sys.modules)
