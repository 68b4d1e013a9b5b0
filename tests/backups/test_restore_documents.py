"""Guarantors, printings and the logo in a backup: there, byte for byte."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import ContractPrinting, Guarantor, NotePrinting
from credigestor.db.settings import current_settings
from credigestor.errors import Conflict
from credigestor.reports import logos as report
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import logos
from tests.backups.restoring import backed_up, hashes, restored
from tests.pictures import logo
from tests.services.selling import new_customer, new_sale, notes_of, register
from tests.services.test_guarantors import ANA, FIRM, given, stored

pytestmark = pytest.mark.usefixtures("db")


def test_guarantors_printings_and_the_logo_come_back_byte_for_byte(
    admin: Actor, tmp_path: Path
) -> None:
    sale_id = register(admin, new_sale(new_customer(), guarantors=given(ANA, FIRM)))
    note_id = notes_of(sale_id)[0].id
    with transaction() as session:
        logos.change(session, admin, logo())
        session.add(NotePrinting(operation_id=uuid.uuid4(), note_id=note_id, copy=1))
        session.add(ContractPrinting(operation_id=uuid.uuid4(), sale_id=sale_id, copy=1))
    before = hashes()
    path = backed_up(tmp_path / "loja.zip")
    with transaction() as session:
        logos.change(session, admin, None)
        session.execute(text("DELETE FROM guarantors"))
        session.execute(text("DELETE FROM logos"))
    restored(path)
    assert hashes() == before
    assert [name for name, _, _ in stored(sale_id)] == [ANA[0], FIRM[0]]
    with snapshot() as session:
        heading = report.content(session, current_settings(session))
        assert heading == logos.prepare(logo()).content
        assert check(session) == []
        last = session.scalar(select(Guarantor.id).order_by(Guarantor.id.desc()))
    register(admin, new_sale(new_customer(), guarantors=given(ANA)))
    with snapshot() as session:
        newest = session.scalar(select(Guarantor.id).order_by(Guarantor.id.desc()))
    assert (last, newest) == (2, 3)
    for table in ("note_printings", "contract_printings"):
        with pytest.raises(Conflict), transaction() as session:
            session.execute(text(f"UPDATE {table} SET copy = 2"))
