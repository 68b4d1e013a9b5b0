"""A customer's own data by address: copied with a note of it, erased once all conditions hold."""

from __future__ import annotations

import io
import json
import zipfile

from sqlalchemy import text

from credigestor.db.engine import snapshot
from credigestor.db.models import User
from credigestor.exports import customer_file
from tests.api.asking import ask, get, post
from tests.factories import actor_of
from tests.services import anonymising
from tests.services.paying import JANUARY, note_row, sell

ERASE = {"confirmation": "ANONIMIZAR"}


def log() -> list[tuple[str, int]]:
    with snapshot() as session:
        found = session.execute(text("SELECT action, entity_id FROM audit_log ORDER BY id"))
        return [tuple(row) for row in found]


def test_a_copy_is_the_pages_file_and_stands_in_the_log(token: str, boss: User) -> None:
    customer = anonymising.make_customer(actor_of(boss))
    answer = ask("GET", f"/customers/{customer}/personal_data", token=token)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    assert f"dados-cliente-{customer}-2026-11-23.zip" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        told = json.loads(archive.read(customer_file.JSON_NAME))
        assert archive.read(customer_file.PDF_NAME).startswith(b"%PDF")
    assert str(anonymising.PERSONAL["name"]) in json.dumps(told, ensure_ascii=False)
    assert log()[-1] == ("export", customer)
    assert ask("GET", "/customers/999/personal_data", token=token).code == "not_found"


def test_a_customer_is_erased_once_and_only_when_nothing_is_owed(token: str, boss: User) -> None:
    customer = anonymising.make_customer(actor_of(boss))
    found = get(f"/customers/{customer}/anonymisation", token)["items"]
    assert all(each["met"] for each in found)
    assert len(found) == 2
    for body in ({}, {"confirmation": "anonimizar"}):
        refused = post(f"/customers/{customer}/anonymisation", token, body)
        assert refused.json["errors"][0]["pointer"] == "#/confirmation"
    done = post(f"/customers/{customer}/anonymisation", token, ERASE)
    assert done.status == 201, done.body
    shown = get(f"/customers/{customer}", token)
    assert not any(str(trace) in json.dumps(shown) for trace in anonymising.TRACES)
    assert log()[-1] == ("anonymise", customer)

    debtor = note_row(sell(("300.00", JANUARY)).notes[0]).customer_id
    found = get(f"/customers/{debtor}/anonymisation", token)["items"]
    assert [each["met"] for each in found] == [False, False]
    refused = post(f"/customers/{debtor}/anonymisation", token, ERASE)
    assert (refused.status, refused.code) == (409, "conflict")
    assert "ainda não pode ser anonimizado" in refused.json["detail"]
    assert post("/customers/999/anonymisation", token, ERASE).code == "not_found"
