"""The server killed while payments are received: `tests/faults` does the same for minutes."""

from __future__ import annotations

from tests.faults.writers import assert_all_is_there, pay_under_kills
from tests.killing import embedded_shop


def test_no_acknowledged_payment_is_lost_or_doubled_and_nobody_has_to_start_the_server() -> None:
    with embedded_shop() as shop:
        ledger, _ = pay_under_kills(shop, 2, pause=0.2)
        assert_all_is_there(ledger)
