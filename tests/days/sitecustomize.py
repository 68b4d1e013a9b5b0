"""Every Python of a run under another clock begins with this: libfaketime alone does not do.

With the monotonic clock left true, which waits and timeouts need, libfaketime refuses the wait
to a moment of it that `time.sleep` asks for (EINVAL; glibc's `clock_nanosleep`). And a program
that is started with an environment of its own, as PostgreSQL is, would have the machine's clock.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from typing import Any

NAMES = ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC", "NO_FAKE_STAT", "PYTHONPATH")
CLOCK = {name: os.environ[name] for name in NAMES if name in os.environ}


def sleep(seconds: float) -> None:
    """As `time.sleep`, by another call of the system."""
    select.select((), (), (), seconds)


class Popen(subprocess.Popen):  # type: ignore[type-arg]
    """As `subprocess.Popen`; an environment of its own has our clock too."""

    def __init__(self, *args: Any, env: Any = None, **named: Any) -> None:
        super().__init__(*args, env=None if env is None else {**CLOCK, **env}, **named)


if "FAKETIME" in CLOCK:
    time.sleep = sleep
    subprocess.Popen = Popen  # type: ignore[misc]
