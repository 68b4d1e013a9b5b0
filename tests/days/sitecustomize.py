"""Every Python of a run under another clock begins with this, and hands that clock on.

A program that is started with an environment of its own, as PostgreSQL is, would else have the
machine's.
"""

from __future__ import annotations

import os
import subprocess
from typing import Any

NAMES = ("LD_PRELOAD", "SECONDS_AHEAD", "PYTHONPATH")
CLOCK = {name: os.environ[name] for name in NAMES if name in os.environ}


class Popen(subprocess.Popen):  # type: ignore[type-arg]
    """As `subprocess.Popen`; an environment of its own has our clock too."""

    def __init__(self, *args: Any, env: Any = None, **named: Any) -> None:
        named["env"] = None if env is None else {**CLOCK, **env}
        super().__init__(*args, **named)


if "SECONDS_AHEAD" in CLOCK:
    subprocess.Popen = Popen  # type: ignore[misc]
