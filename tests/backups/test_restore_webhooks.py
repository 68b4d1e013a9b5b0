"""Webhooks are the installation's: a backup holds nothing of them, a restore leaves them alone."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from credigestor.db.engine import get_engine
from credigestor.rules.permissions import Actor
from tests.backups.restoring import anatomy, backed_up, restored, shop
from tests.services.paying import sell
from tests.webhooks.receiving import endpoint_and_secret, events, kinds, stored

pytestmark = pytest.mark.usefixtures("db")


def test_a_restore_tells_nothing_and_what_happens_after_it_is_told(
    admin: Actor, tmp_path: Path
) -> None:
    shop(admin)
    of, secret = endpoint_and_secret("https://erp.example.com/segredo")
    sell()
    waiting = [each.id for each in events()]
    path = backed_up(tmp_path / "loja.zip")
    with zipfile.ZipFile(path) as file:
        content = b"".join(file.read(name) for name in file.namelist())
        assert not [name for name in file.namelist() if "webhook" in name]
    assert b"segredo" not in content
    assert stored(of).secret not in content
    assert secret.encode() not in content
    sell()
    restored(path)
    assert [each.id for each in events()][:1] == waiting
    assert (stored(of).url, len(events())) == ("https://erp.example.com/segredo", 2)
    sell()
    assert kinds() == ["sale.created"] * 3
    with get_engine().connect() as connection:
        triggers = anatomy(connection)[3]
    assert len([name for _, name, *_ in triggers if name.endswith("_webhooks")]) == 6
