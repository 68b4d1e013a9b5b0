"""The settings page: how much of late charges a seller may let go (R29)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.ui.admin.test_settings_page import LABELS, current, errors, field, open_settings, save

pytestmark = pytest.mark.usefixtures("db")


def test_r29_what_a_seller_may_let_go_is_typed_as_money_and_told_in_the_history() -> None:
    app = open_settings("Encargos")
    assert field(app, LABELS["waiver"]).value == "0,00"
    app = save(app, "Salvar encargos", waiver="1.003,5")
    assert current().waiver_limit == Decimal("1003.50")
    assert field(app, LABELS["waiver"]).value == "1.003,50"
    [history] = [frame.value for frame in app.look_at("Histórico").dataframe]
    assert history[["field", "new"]].to_numpy().tolist() == [[LABELS["waiver"], "1.003,50"]]


@pytest.mark.parametrize("typed", ["", "abc", "-1", "3.50", "3,505", "10.000.000.000,00"])
def test_a_limit_that_is_no_amount_is_refused_at_its_field(typed: str) -> None:
    app = save(open_settings("Encargos"), "Salvar encargos", waiver=typed, grace=3)
    assert len(errors(app)) == 1
    assert (current().waiver_limit, current().grace_days) == (0, 0)
