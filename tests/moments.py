"""Fixed moments for tests: the suite has to hold on any day, so none reads the machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime, time

from tests.portfolio import TODAY

#: Noon in São Paulo, on the day on which test portfolios are looked at.
NOW = datetime.combine(TODAY, time(15), UTC)
