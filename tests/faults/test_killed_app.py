"""The app killed at each point around COMMIT, and COMMIT's answer lost: one sale, one payment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (  # noqa: F401 - fixtures
    Server,
    browser,
    chromium,
    new_page,
    playwright,
    settled,
)
from tests.browser.mortal import POINTS, UNANSWERED
from tests.browser.restarting import (
    MORTAL,
    count,
    die_at,
    fill_shop,
    new_sale,
    receive,
    restart,
    seller,
)

RECORDED = {"sent", "committed"}
#: For each form: its table, how to fill it in, its button, what it says then and before.
FORMS: dict[str, tuple[Callable[[Page], str], str, str, str]] = {
    "sales": (new_sale, "Confirmar venda", "registrada.", "Já registrada: Venda "),
    "payments": (receive, "Confirmar", "registrado.", "Já registrado: Pagamento "),
}


@pytest.fixture(scope="module")
def mortal(cluster: str) -> Iterator[Server]:
    """A shop whose server dies when it is told to."""
    server = Server(cluster, "killed_app", streamlit=MORTAL)
    fill_shop(server)
    yield server
    server.stop()


@pytest.mark.parametrize("table", FORMS)
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.usefixtures("browser")
def test_killed_there_it_is_recorded_once_and_its_number_told(
    mortal: Server,
    new_page: Callable[..., Page],  # noqa: F811 - the fixture
    point: str,
    table: str,
) -> None:
    fill, button, done, before = FORMS[table]
    page, there = seller(mortal, new_page), count(mortal, table)
    fill(page)
    die_at(mortal, point)
    page.get_by_role("button", name=button).click()
    mortal.process.wait(20)
    restart(mortal, page)
    if point in RECORDED:
        expect(page.get_by_text(before).first).to_be_visible()
    else:
        settled(page)
        assert count(mortal, table) == there
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text(done)).to_be_visible()
    assert count(mortal, table) == there + 1


@pytest.mark.parametrize("table", FORMS)
@pytest.mark.usefixtures("browser")
def test_a_commit_whose_answer_was_lost_is_found_when_the_page_is_loaded_anew(
    mortal: Server,
    new_page: Callable[..., Page],  # noqa: F811 - the fixture
    table: str,
) -> None:
    fill, button, _, before = FORMS[table]
    page, there = seller(mortal, new_page), count(mortal, table)
    fill(page)
    die_at(mortal, UNANSWERED)
    page.get_by_role("button", name=button).click()
    mortal.await_scalar(there + 1, f"SELECT count(*) FROM {table}")
    page.reload()
    expect(page.get_by_text(before).first).to_be_visible()
    assert count(mortal, table) == there + 1
