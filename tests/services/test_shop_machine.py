"""Random lives of a shop, every service mixed, beside an independent model in whole cents."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from credigestor.rules.permissions import Actor
from tests.services.shop.counter import Counter
from tests.services.shop.manager import Manager

#: (steps, examples): by hand CREDIGESTOR_MACHINE=1000 makes a thousand steps in each of fifty.
if by_hand := os.environ.get("CREDIGESTOR_MACHINE"):
    STEPS, EXAMPLES = int(by_hand), 50
else:
    STEPS, EXAMPLES = (50, 300) if os.environ.get("CI") else (30, 4)


class ShopMachine(Counter, Manager):
    """Everything that a counter and its manager do, on two customers of nearly one name."""

    @invariant()
    def every_note_stands_as_the_model_says(self) -> None:
        self.both.compare()

    def teardown(self) -> None:
        try:
            self.both.compare_all()
        finally:
            self.session.close()  # as if none of it had been


@pytest.mark.usefixtures("db")
def test_r11_r15_r29_to_r37_a_shop_and_its_model_stay_the_same(admin: Actor) -> None:
    ShopMachine.actor = admin
    run_state_machine_as_test(
        ShopMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
