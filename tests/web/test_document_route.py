"""GET /documento/…: who gets a document, under which name, and that asking writes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import sleep

import anyio
import pytest
from sqlalchemy import text
from starlette.requests import Request

from credigestor.db.engine import snapshot
from credigestor.db.models import Base, User
from credigestor.documents import catalogue
from credigestor.rules.permissions import Actor
from credigestor.web import document_route
from tests.portfolio import Made
from tests.services.paying import reverse
from tests.web.documents import addresses
from tests.web.fetching import fetch

pytestmark = pytest.mark.usefixtures("db")

NEWEST = "SELECT count(*), max(xmin::text::bigint) FROM {}"


def test_each_document_is_shown_under_a_name_that_tells_of_no_person(
    vera: User, cookie: str, sale: Made, receipt: str
) -> None:
    found = addresses(vera, sale, receipt)
    assert {path.split("/")[2] for path in found} == set(catalogue.KINDS)
    for path, name in found.items():
        answer = fetch(path, cookie)
        assert (answer.status, answer.whole) == (200, True), (path, answer.body[:200])
        assert answer.body.startswith(b"%PDF-")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
        assert answer.headers["content-length"] == str(len(answer.body))
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "content-encoding" not in answer.headers
        assert fetch(path, cookie).body == answer.body, "the same data and day, the same bytes"


def test_a_document_may_be_kept_as_a_file(cookie: str, receipt: str) -> None:
    for query in ("?download=1", "?format=roll&download=1"):
        answer = fetch(receipt + query, cookie)
        assert answer.headers["content-disposition"] == 'attachment; filename="recibo-000001.pdf"'
        assert answer.body.startswith(b"%PDF-")
    assert fetch(f"{receipt}?format=roll", cookie).body != fetch(receipt, cookie).body


def test_only_a_receipt_may_stand_in_a_frame_of_our_own_pages(
    vera: User, cookie: str, sale: Made, receipt: str
) -> None:
    for path in addresses(vera, sale, receipt):
        headers, framed = fetch(path, cookie).headers, path.startswith("/documento/recibo/")
        ancestors = "'self'" if framed else "'none'"
        assert f"frame-ancestors {ancestors}" in headers["content-security-policy"]
        assert headers["x-frame-options"] == ("SAMEORIGIN" if framed else "DENY")


def test_its_headers_alone_may_be_asked_for(cookie: str, receipt: str) -> None:
    answer = fetch(receipt, cookie, method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-disposition"].startswith("inline")
    assert "content-length" not in answer.headers
    assert fetch(receipt, None, method="HEAD").status == 403
    assert fetch("/documento/recibo/99", cookie, method="HEAD").status == 404


def test_the_receipt_of_a_reversed_payment_is_still_given(
    cookie: str, receipt: str, manager: Actor
) -> None:
    before = fetch(receipt, cookie).body
    reverse(manager, 1)
    after = fetch(receipt, cookie)
    assert (after.status, after.body == before) == (200, False)


def test_asking_for_documents_writes_nothing(
    vera: User, cookie: str, sale: Made, receipt: str
) -> None:
    paths = addresses(vera, sale, receipt)

    def written() -> list[tuple[str, int, int | None]]:
        """How many rows each table has, and the transaction that last wrote to it."""
        with snapshot() as session:
            return [
                (name, *session.execute(text(NEWEST.format(name))).one())
                for name in Base.metadata.tables
            ]

    before = written()
    for path in paths:
        assert fetch(path, cookie).status == 200
        assert fetch(path, cookie, method="HEAD").status == 200
    assert written() == before


def test_two_are_made_at_a_time_and_others_wait(
    monkeypatch: pytest.MonkeyPatch, cookie: str, receipt: str
) -> None:
    counting, busy, most = Lock(), 0, 0

    def made(*_: object) -> tuple[str, bytes]:
        nonlocal busy, most
        with counting:
            busy += 1
            most = max(most, busy)
        sleep(0.05)
        with counting:
            busy -= 1
        return "recibo.pdf", b"%PDF-"

    monkeypatch.setattr(document_route, "_made", made)
    answers: list[int] = []

    async def ask() -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "query_string": b"",
            "headers": [],
            "path_params": {"kind": "recibo", "ref": "1"},
        }
        answers.append((await document_route.document(Request(scope))).status_code)

    async def ask_all() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(ask)

    with ThreadPoolExecutor(max_workers=1) as pool:  # a browser test may have left its loop here
        pool.submit(anyio.run, ask_all).result()
    assert (answers, most) == ([200] * 8, 2)
