"""`streamlit`, with the shop's clock set to the day of the test portfolios and going on from there.

Figures are remembered for half a second: a test writes behind the server's back, and another one
has looked at them before.

python tests/browser/launcher.py run app.py
"""

from __future__ import annotations

from datetime import UTC, datetime

from streamlit.web.cli import main

from credigestor import clock
from credigestor.ui.kit import data
from tests.moments import NOW

AHEAD = NOW - datetime.now(UTC)


def now() -> datetime:
    """The machine's moment, so much earlier or later."""
    return datetime.now(UTC) + AHEAD


def serve() -> None:
    """Run the command line at that clock."""
    clock.now = now
    data.CACHE_SECONDS = 0.5  # type: ignore[assignment]
    main()


if __name__ == "__main__":
    serve()
