"""PostgreSQL killed twelve times under use: it comes back by itself, and no payment is lost."""

from __future__ import annotations

from tests.faults.writers import assert_all_is_there, pay_under_kills
from tests.killing import embedded_shop


def test_twelve_kills_are_twelve_returns_and_no_acknowledged_payment_is_lost_or_doubled() -> None:
    with embedded_shop(fsync=True) as shop:
        ledger, returns = pay_under_kills(shop, 12, pause=1.5)
        assert_all_is_there(ledger)
    assert max(returns) <= 10, returns
