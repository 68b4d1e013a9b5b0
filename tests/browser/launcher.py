"""`streamlit`, with the shop's clock set to the day of the test portfolios and going on from there.

python tests/browser/launcher.py run app.py
"""

from __future__ import annotations

from datetime import UTC, datetime

from streamlit.web.cli import main

from credigestor import clock
from tests.moments import NOW

AHEAD = NOW - datetime.now(UTC)


def now() -> datetime:
    """The machine's moment, so much earlier or later."""
    return datetime.now(UTC) + AHEAD


def serve() -> None:
    """Run the command line at that clock."""
    clock.now = now
    main()


if __name__ == "__main__":
    serve()
