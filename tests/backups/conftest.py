"""A shop to back up, and a backup of another shop than the one that stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from credigestor.db.engine import transaction
from credigestor.db.settings import ShopSettings
from credigestor.rules.permissions import Actor
from credigestor.services import settings, summaries
from tests.backups import restoring
from tests.portfolio import TODAY, add_customer, add_sale, pay


@pytest.fixture
def saved(admin: Actor, tmp_path: Path) -> Path:
    """A backup of a shop that has changed since."""
    restoring.shop(admin)
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Loja"))
    path = restoring.backed_up(tmp_path / "loja.zip")
    with transaction() as session:
        add_customer(session, "Chegou Depois")
    return path


@pytest.fixture
def shop(admin: Actor) -> None:
    """A customer with every trap of CSV in the name, a sale and a payment, summaries up to date."""
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Loja da Zélia"))
        ana = add_customer(session, 'Ana "D\'Ávila", \\N;\n filha', remarks="", street=None)
        sale = add_sale(session, ana, date(2026, 1, 2), [("300.00", date(2026, 2, 2))])
        pay(session, admin, sale.notes[0], "100.00", date(2026, 2, 25))
        summaries.refresh(session, today=TODAY)
