"""The audit log by address: the page's entries and words, walked once each."""

from __future__ import annotations

from typing import Any

import pytest

from credigestor.db.engine import snapshot
from credigestor.db.models import User
from credigestor.exports import audit_words
from credigestor.reports import audit
from credigestor.reports.audit import AuditFilters
from credigestor.rules.permissions import Role
from tests.api.asking import ask, get, post, token_of
from tests.api.test_acts import ANA
from tests.api.test_lists_and_figures import walked
from tests.factories import add_user

ZONE = "America/Sao_Paulo"


@pytest.fixture
def token(vera: User) -> str:
    """An administrator's, after a seller has registered three customers."""
    sellers = token_of(vera)
    for tax_id in ("529.982.247-25", "111.444.777-35", "123.456.789-09"):
        assert post("/customers", sellers, {**ANA, "tax_id": tax_id}).status == 201
    return token_of(add_user(Role.ADMIN, name="Dona Ada"))


def entries(token: str, query: str = "", limit: int = 2) -> list[Any]:
    return [item for page in walked(f"/audit{query}", token, limit) for item in page["items"]]


def test_it_is_walked_whole_in_the_pages_order_and_words(token: str) -> None:
    with snapshot() as session:
        expected = audit.entries(session, AuditFilters(), time_zone=ZONE, offset=0, limit=99)
        told = audit_words.told(session, [each.id for each in expected])
    found = entries(token)
    assert len(found) == len(expected) >= 3
    for shown, each in zip(found, expected, strict=True):
        names = ("id", "who", "action", "entity", "entity_id", "name")
        assert [shown[name] for name in names] == [getattr(each, name) for name in names]
        assert shown["changes"] == told[each.id]
    assert "Nome: Ana Luz" in found[0]["changes"]


def test_the_pages_filters_choose_the_same(token: str, vera: User) -> None:
    for query, filters in {
        f"?person={vera.id}": AuditFilters(person=vera.id),
        "?person=none": AuditFilters(person="none"),
        "?entity=customer&number=2": AuditFilters(entity="customer", number=2),
        "?action=create": AuditFilters(action="create"),
        "?day_from=2200-12-31": AuditFilters(action="no such action"),
        "?day_to=1900-01-01": AuditFilters(action="no such action"),
    }.items():
        with snapshot() as session:
            rows = audit.entries(session, filters, time_zone=ZONE, offset=0, limit=99)
        assert [each["id"] for each in entries(token, query)] == [row.id for row in rows], query
    assert len(entries(token, f"?person={vera.id}")) == 3


def test_nonsense_is_refused(token: str) -> None:
    cursors = ["WyJ4IiwgIjEiXQ", "WyIwMDAxLTAxLTAxVDAwOjAwOjAwLTIzOjU5IiwgIjEiXQ"]
    for query in ("action=steal", "entity=user", "person=x", "number=0", "day_to=0001-01-01"):
        answer = ask("GET", f"/audit?{query}", token=token)
        assert answer.json["errors"][0]["parameter"] == query.split("=")[0]
    for cursor in cursors:
        assert ask("GET", f"/audit?cursor={cursor}", token=token).status in (200, 422)


def test_nobody_else_reads_it(token: str, manager_token: str) -> None:
    assert ask("GET", "/audit", token=manager_token).code == "not_allowed"
    assert get("/audit?limit=1", token)["next_cursor"]
