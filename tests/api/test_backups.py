"""Backups by address: made and verified in the background, once for each key, and fetched whole."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from credigestor import clock
from credigestor.api import backups as api
from credigestor.backups import backup, backup_folder
from credigestor.backups.backup import Made
from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, User
from credigestor.rules.permissions import Permission
from credigestor.services import lockout
from tests.api.asking import Answer, Request, ask, at_once, get, post
from tests.api.keying import key_of
from tests.backups.making import all_runs, manifest_of
from tests.factories import PASSWORD
from tests.moments import NOW
from tests.portfolio import add_customer

PASSPHRASE = "quatro palavras bem longas"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, configured: Callable[..., None]) -> Path:
    """Where the backups go."""
    configured(CREDIGESTOR_BACKUP_FOLDER=str(tmp_path))
    return tmp_path


def begun(answer: Answer) -> int:
    assert answer.status == 202, answer.body
    return int(answer.json["run_id"])


def ended(run_id: int, token: str) -> Any:
    """How a run stands once its thread is over."""
    for thread in threading.enumerate():
        if thread.name == api.THREAD:
            thread.join()
    return get(f"/backups/runs/{run_id}", token)


def make(token: str, **body: Any) -> str:
    """Make a backup; the name of its file."""
    run = ended(begun(post("/backups", token, body)), token)
    assert (run["state"], run["kind"]) == ("done", "backup")
    return str(run["file"])


def test_a_backup_is_made_listed_fetched_and_verified(token: str, boss: User, folder: Path) -> None:
    with transaction() as session:
        add_customer(session, "Ana Luz")
    name = make(token)
    [listed] = get("/backups", token)["items"]
    assert listed["name"] == name
    assert listed["size"] == (folder / name).stat().st_size
    assert (listed["encrypted"], listed["verified_at"]) == (False, None)

    asked = post(f"/backups/{name}/download", token, {"password": PASSWORD})
    assert (asked.status, asked.json["file_name"]) == (201, name)
    answer = ask("GET", asked.json["address"])
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.body == (folder / name).read_bytes()
    assert ask("GET", asked.json["address"]).code == "gone"
    customers = manifest_of(folder / name).table("customers")
    assert customers
    assert customers.rows == 1
    with snapshot() as session:
        actions = session.scalars(text("SELECT action FROM audit_log ORDER BY id DESC LIMIT 1"))
        assert actions.one() == "download_backup"

    run = ended(begun(post(f"/backups/{name}/verification", token, {})), token)
    assert (run["state"], run["kind"], run["file"]) == ("done", "verify", name)
    assert run["actor_name"] == boss.name
    assert get("/backups", token)["items"][0]["verified_at"] == run["started_at"]
    assert [each["kind"] for each in get("/backups/runs", token)["items"]] == ["verify", "backup"]


def test_while_one_is_made_its_run_says_so_and_another_is_refused(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, real = threading.Event(), backup.write

    def slowly(*args: Any, **more: Any) -> Made:
        assert go_on.wait(20)
        return real(*args, **more)

    monkeypatch.setattr(backup, "write", slowly)
    run_id = begun(post("/backups", token, {}))
    assert get(f"/backups/runs/{run_id}", token)["state"] == "running"
    another = post("/backups", token, {})
    assert (another.status, another.code) == (409, "conflict")
    go_on.set()
    assert ended(run_id, token)["state"] == "done"
    assert len(all_runs()) == 1


def test_what_goes_wrong_later_stands_in_the_run(
    token: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> Made:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(backup, "write", fails)
        run = ended(begun(post("/backups", token, {})), token)
    assert run["state"] == "failed"
    assert "não pôde ser gravado" in run["detail"]
    (folder / backup_folder.file_name(NOW)).write_bytes(b"no zip")
    answer = post(f"/backups/{backup_folder.file_name(NOW)}/verification", token, {})
    assert ended(begun(answer), token)["state"] == "failed"


def test_a_passphrase_is_kept_nowhere_and_needed_again(
    token: str, folder: Path, configured: Callable[..., None]
) -> None:
    short = post("/backups", token, {"passphrase": "curta"})
    assert [each["pointer"] for each in short.json["errors"]] == ["#/passphrase"]
    name = make(token, passphrase=PASSPHRASE)
    assert get("/backups", token)["items"][0]["encrypted"] is True
    assert manifest_of(folder / name, PASSPHRASE).rows
    wrong = post(f"/backups/{name}/verification", token, {"passphrase": "outra frase inteira"})
    assert ended(begun(wrong), token)["state"] == "failed"
    right = post(f"/backups/{name}/verification", token, {"passphrase": PASSPHRASE})
    assert ended(begun(right), token)["state"] == "done"
    with snapshot() as session:
        kept = session.scalar(text("SELECT string_agg(a::text, ' ') FROM api_operations a"))
    assert PASSPHRASE not in kept


def test_the_same_key_makes_one_backup_however_many_ask(token: str, folder: Path) -> None:
    key = str(uuid.uuid4())
    answers = at_once([Request("POST", "/backups", token, {}, key) for _ in range(8)])
    assert {answer.status for answer in answers} == {202}
    assert len({answer.body for answer in answers}) == 1
    ended(begun(answers[0]), token)
    assert len(all_runs()) == len(list(folder.glob("*.zip"))) == 1


def test_the_password_is_asked_for_and_wrong_ones_are_counted(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = make(token)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(seconds=1))
    for body in ({}, {"password": ""}):
        answer = post(f"/backups/{name}/download", token, body)
        assert answer.json["errors"][0]["pointer"] == "#/password"
    for _ in range(lockout.PAIR_LIMIT):
        wrong = post(f"/backups/{name}/download", token, {"password": "não é esta"})
        assert wrong.json["errors"][0]["detail"] == "A senha não confere."
    locked = post(f"/backups/{name}/download", token, {"password": PASSWORD})
    assert (locked.status, locked.code) == (429, "too_many_attempts")


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "credigestor.zip", "x" * 101, "%00"])
def test_no_other_file_is_reached(name: str, token: str) -> None:
    body = {"password": PASSWORD}
    for act in ("download", "verification"):
        answer = post(f"/backups/{name}/{act}", token, body if act == "download" else {})
        assert answer.status in (404, 422), answer.body
    with transaction() as session:
        assert session.query(AuditEntry).filter_by(action="download_backup").count() == 0


def test_a_key_needs_no_password_but_its_scope(token: str, boss: User, folder: Path) -> None:
    name = make(token)
    key = key_of(boss, Permission.BACKUP)
    asked = post(f"/backups/{name}/download", key, {})
    assert ask("GET", asked.json["address"]).body == (folder / name).read_bytes()
    other = key_of(boss, Permission.AUDIT, name="Auditor")
    assert post(f"/backups/{name}/download", other, {}).code == "scope_missing"


def test_files_and_runs_are_walked_by_cursor(token: str) -> None:
    made = {make(token) for _ in range(3)}
    for path, key in (("/backups", "name"), ("/backups/runs", "file")):
        seen, following = [], f"{path}?limit=2"
        while following:
            answer = ask("GET", following, token=token)
            seen += [item[key] for item in answer.json["items"]]
            following = answer.headers.get("link", "").removeprefix("<").split(">")[0]
        assert (len(seen), set(seen)) == (3, made)


def test_a_backup_that_the_page_makes_is_refused_while_it_runs(token: str) -> None:
    with locks.alone("backup"):
        assert post("/backups", token, {}).code == "conflict"
    assert all_runs() == []
