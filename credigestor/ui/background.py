"""Long work behind a progress bar, in a thread of its own.

No st.* call happens inside the work: whoever leaves the page half-way ends only the watching,
and a transaction that was under way is finished, not torn apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import streamlit as st

R = TypeVar("R")
Progress = Callable[[float, str], None]

_SECONDS_BETWEEN_LOOKS = 0.15


def with_bar(work: Callable[[Progress], R]) -> R:
    """Run the work and show what it tells its progress: a share of 1 and what is being done.

    Gives its result, or raises what it raised.
    """
    told: list[tuple[float, str]] = [(0.0, "Preparando…")]
    bar = st.progress(*told[-1])
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(work, lambda share, what: told.append((share, what)))
        while not running.done():
            share, what = told[-1]
            bar.progress(min(max(share, 0.0), 1.0), what)
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    bar.empty()
    return running.result()
