"""Minha conta leads to the API's documentation, which no cookie opens."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from credigestor.rules.permissions import Role
from tests.api.asking import ask
from tests.ui.support import open_app

pytestmark = pytest.mark.usefixtures("db")


def test_the_link_opens_the_documentation_for_any_role() -> None:
    app = open_app(role=Role.SELLER, page="counter/account.py")
    [address] = [each.proto.url for each in app.get("link_button")]
    assert urlsplit(address).path == "/api/docs"
    assert ask("GET", address).status == 200
    app.run()
    assert [each.proto.url for each in app.get("link_button")] == [address]
