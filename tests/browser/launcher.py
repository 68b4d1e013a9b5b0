"""`streamlit`, with the shop's clock set to the day of the test portfolios and going on from there.

Figures are remembered for half a second: a test writes behind the server's back, and another one
has looked at them before. LOCK_TIMEOUT (ms) is how long a click waits for a row that a test holds.

python tests/browser/launcher.py run app.py
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from streamlit.web.cli import main

from credigestor import clock
from credigestor.db import waiting
from credigestor.ui.kit import data
from tests.moments import NOW

LOCK_TIMEOUT = "LOCK_TIMEOUT"  # in the environment
AHEAD = NOW - datetime.now(UTC)


def now() -> datetime:
    """The machine's moment, so much earlier or later."""
    return datetime.now(UTC) + AHEAD


def serve() -> None:
    """Run the command line at that clock."""
    clock.now = now
    data.CACHE_SECONDS = 0.5  # type: ignore[assignment]
    waiting.LIMITS["lock_timeout"] = int(
        os.environ.get(LOCK_TIMEOUT, waiting.LIMITS["lock_timeout"])
    )
    main()


if __name__ == "__main__":
    serve()
