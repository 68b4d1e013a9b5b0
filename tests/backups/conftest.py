"""A backup of another shop than the one that stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from credigestor.db.engine import transaction
from credigestor.db.settings import ShopSettings
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from tests.backups.restoring import backed_up, shop
from tests.portfolio import add_customer


@pytest.fixture
def saved(admin: Actor, tmp_path: Path) -> Path:
    """A backup of a shop that has changed since."""
    shop(admin)
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Loja"))
    path = backed_up(tmp_path / "loja.zip")
    with transaction() as session:
        add_customer(session, "Chegou Depois")
    return path
