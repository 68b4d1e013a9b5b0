"""Lists asked for whole: the same rows as the pages', a line each, from one moment of the shop."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from credigestor.api import lines
from credigestor.api.application import described
from credigestor.api.fields import Answer as Body
from credigestor.rules.permissions import Actor
from credigestor.web import sending
from tests.api.asking import Answer, ask
from tests.api.test_lists_and_figures import DATES, portfolio, walked
from tests.portfolio import TODAY, late
from tests.services.closing import close
from tests.services.contacting import contact, new_contact, promise
from tests.services.paying import pay, sell
from tests.services.renegotiating import deal, make, three_late
from tests.services.selling import new_customer

__all__ = ["portfolio"]

WHOLE = {"accept": "application/x-ndjson"}
LISTS = [
    "/customers",
    f"/sales?as_of={DATES[2]}",
    f"/notes?status=overdue&as_of={DATES[1]}",
    "/payments?method=pix",
    f"/reports/delinquency?as_of={DATES[1]}",
    "/contacts",
    "/closings/changes",
    "/renegotiations",
    "/audit",
]


def asked(path: str, token: str, accept: str = WHOLE["accept"]) -> Answer:
    return ask("GET", path, token=token, headers={"accept": accept})


def rows_of(answer: Answer) -> list[Any]:
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.body.endswith(b"\n")
    return [json.loads(line) for line in answer.body.splitlines()]


def some_of_each(manager: Actor) -> None:
    """Contacts, a promise, changes of closed days, deals."""
    customer = new_customer()
    [note] = sell(("300.00", late(50)), customer=customer).notes
    for _ in range(9):
        contact(manager, new_contact(customer))
    promise(manager, customer, "20.00", TODAY)
    close(manager, late(1))
    for _ in range(9):
        pay(manager, late(2), (note, "1.00"))
    for _ in range(5):
        make(manager, deal(three_late().notes))


def test_a_whole_list_is_what_its_pages_hold(
    portfolio: None, manager: Actor, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_of_each(manager)
    monkeypatch.setattr(lines, "_BATCH", 7)
    for path in LISTS:
        pages = list(walked(path, token, 200))
        answer = asked(path, token)
        assert rows_of(answer) == [item for page in pages for item in page["items"]], path
        assert answer.headers.get("as-of") == pages[0].get("as_of")
        first = next(walked(path, token, 3))
        separator = "&" if "?" in path else "?"
        rest = asked(f"{path}{separator}cursor={first['next_cursor']}", token)
        assert rows_of(rest) == rows_of(answer)[3:]


def test_every_list_that_comes_whole_is_tried() -> None:
    """But for the two that no portfolio here has rows of."""
    whole = {
        path.removeprefix("/api/v1")
        for path, methods in described()["paths"].items()
        if lines.MEDIA_TYPE in str(methods.get("get", {}).get("responses", {}).get("200"))
    }
    assert whole - {"/down_payments", "/proposals"} == {path.partition("?")[0] for path in LISTS}


def test_only_who_asks_for_lines_gets_them(manager_token: str) -> None:
    new_customer()
    for accept in ("application/json", "*/*", "text/csv, application/json", ""):
        assert asked("/customers", manager_token, accept).json["next_cursor"] is None
    for accept in ("text/html, APPLICATION/X-NDJSON;q=0.9", "application/x-ndjson;charset=utf-8"):
        assert len(rows_of(asked("/customers", manager_token, accept))) == 1


def test_an_empty_list_has_no_line(manager_token: str) -> None:
    answer = asked("/notes", manager_token)
    assert (answer.status, answer.body) == (200, b"")


def test_what_is_wrong_is_a_problem_and_no_line(
    manager_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/sales?city=%00", "/notes?status=late", "/payments?cursor=x", "/notes?limit=0"):
        assert asked(path, manager_token).code == "invalid_input"
    assert asked("/notes", "").code == "invalid_token"
    with monkeypatch.context() as patched:
        patched.setattr(sending, "crowded", lambda: True)
        assert asked("/notes", manager_token).code == "busy"
    assert asked("/notes", manager_token).status == 200


def test_the_first_lines_are_sent_before_the_others_are_read() -> None:
    made: list[RowMapping] = []

    class Row(Body):
        n: int

    def read(_: Session, rows: Sequence[RowMapping]) -> list[Row]:
        made.extend(rows)
        return [Row.model_validate(row) for row in rows]

    blocks = lines._blocks(select(func.generate_series(1, 10**9).label("n")), read)
    assert next(blocks).splitlines()[0] == b'{"n":1}'
    assert len(made) == lines._BATCH
    blocks.close()
