"""The bar at the bottom of a phone's screen: whom it leads where, and what it marks."""

from __future__ import annotations

import re

import pytest

from credigestor.rules.permissions import Role
from credigestor.ui.app import phone_bar
from credigestor.ui.kit.navigation import page
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

LINK = re.compile(r'href="([^"]+)"( aria-current="page")?><span[^>]*>\w+</span>([^<]+)</a>')


def bar(app: Visit) -> list[tuple[str, str, str]]:
    [found] = [part.value for part in app.html if 'class="cg-bar"' in part.value]
    return LINK.findall(found)


def test_it_leads_to_the_four_pages_and_marks_the_one_that_is_open() -> None:
    here = ' aria-current="page"'
    ways = [("receber", "Receber"), ("nova-venda", "Vender"), ("clientes", "Clientes")]
    for role, file, current, first in (
        (Role.SELLER, "counter/customers.py", "Clientes", "./"),
        (Role.SELLER, "counter/home.py", "Hoje", "./"),
        (Role.SELLER, "counter/sales.py", "", "./"),
        (Role.MANAGER, "counter/sales.py", "", "hoje"),
        (Role.MANAGER, "analytics/today.py", "Hoje", "hoje"),
    ):
        app = open_app(role, page=file)
        assert bar(app) == [
            (address, here * (word == current), word) for address, word in (*ways, (first, "Hoje"))
        ]


def test_it_leads_nobody_to_a_page_that_their_role_does_not_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(phone_bar, "WAYS", ((page("admin/audit.py"), "Auditoria"),))
    today = ("hoje", "", "Hoje")
    assert bar(open_app(Role.MANAGER, page="counter/sales.py")) == [today]
    assert bar(open_app(Role.ADMIN, page="counter/sales.py")) == [
        ("auditoria", "", "Auditoria"),
        today,
    ]


def test_a_stranger_has_none() -> None:
    assert not [part for part in open_app().html if "cg-bar" in part.value]
