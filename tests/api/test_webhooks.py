"""Webhooks by address: as the page has them; a secret is told once and kept by nobody else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import WebhookAttempt
from credigestor.rules.permissions import Role
from credigestor.rules.webhooks import Event
from tests.api.asking import Answer, ask, get, patch, post, read, token_of
from tests.factories import add_user
from tests.moments import NOW
from tests.webhooks.receiving import add_event, endpoint, events, stored

ERP = {"url": "https://erp.example.com/x", "events": ["note.settled", "sale.created"]}


@pytest.fixture
def token() -> str:
    """An administrator's access token."""
    return token_of(add_user(Role.ADMIN))


def made(answer: Answer) -> Any:
    assert answer.status == 201, answer.body
    return answer.json


def test_an_endpoint_is_made_and_its_secret_told_once_and_kept_nowhere_else(token: str) -> None:
    key = str(uuid.uuid4())
    first, again = (post("/webhooks", token, ERP, key=key) for _ in range(2))
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json == {**made(first), "secret": None}
    assert first.json["secret"].startswith("whsec_")
    rotated = made(post(f"/webhooks/{first.json['id']}/secret", token, {}))
    assert rotated["secret"] != first.json["secret"]
    with snapshot() as session:
        for table in ("api_operations", "audit_log"):
            kept = session.scalar(text(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
            assert not any(each["secret"][6:] in kept for each in (first.json, rotated))
    [listed] = get("/webhooks", token)["items"]
    assert listed == {
        "id": first.json["id"],
        "url": ERP["url"],
        "description": "",
        "events": ["sale.created", "note.settled"],
        "active": True,
        "off_cause": None,
        "off_at": None,
        "created_at": listed["created_at"],
        "waiting": 0,
        "last_delivered_at": None,
    }


def test_it_is_changed_switched_and_removed(token: str) -> None:
    of = endpoint(ERP["url"])  # type: ignore[arg-type]
    path = f"/webhooks/{of}"
    seen = read(path, token)
    changed = patch(path, token, {"description": "ERP"}, seen.headers["etag"])
    assert (changed.json["description"], changed.json["url"]) == ("ERP", ERP["url"])
    assert patch(path, token, {"active": False}, seen.headers["etag"]).status == 412
    off = patch(path, token, {"active": False, "events": ["sale.cancelled"]})
    assert (off.json["active"], off.json["off_cause"]) == (False, "person")
    assert off.json["events"] == ["sale.cancelled"]
    assert patch(path, token, {"active": True}).json["active"] is True
    assert made(post(f"{path}/removal", token, {})) == {"id": of}
    assert ask("GET", path, token=token).code == "not_found"


def test_deliveries_are_walked_and_sent_again(token: str) -> None:
    of = endpoint(ERP["url"])  # type: ignore[arg-type]
    ids = [add_event(of, customer, Event.NOTE_SETTLED) for customer in (1, 2, 3)]
    with transaction() as session:
        session.add(WebhookAttempt(event_id=ids[1], at=NOW, status=500, milliseconds=7, error="x"))
        session.merge(events()[0]).delivered_at = NOW
    path = f"/webhooks/{of}/deliveries"
    first = get(f"{path}?limit=2", token)
    rest = get(f"{path}?limit=2&cursor={first['next_cursor']}", token)
    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]
    [failing] = get(f"{path}?failing=true", token)["items"]
    assert failing == {
        "id": ids[1],
        "webhook_id": f"evt_{events()[1].message_id.hex}",
        "type": "note.settled",
        "number": "",
        "customer_id": 2,
        "at": failing["at"],
        "state": "failing",
        "next_at": None,
        "delivered_at": None,
        "attempts": [
            {"at": "2026-11-23T15:00:00Z", "status": 500, "milliseconds": 7, "error": "x"}
        ],
    }
    assert made(post(f"{path}/{ids[0]}/resend", token, {})) == {"id": ids[0]}
    assert made(post(f"{path}/{ids[1]}/discard", token, {})) == {"id": ids[1]}
    assert [each.id for each in events()] == [ids[0], ids[2]]
    assert events()[0].delivered_at is None
    assert post(f"{path}/999/resend", token, {}).code == "not_found"
    assert ask("GET", "/webhooks/999/deliveries", token=token).code == "not_found"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**ERP, "url": "http://erp.example.com/"}, "#/url"),
        ({**ERP, "url": "https://192.168.0.1/"}, "#/url"),
        ({**ERP, "events": []}, "#/events"),
        ({**ERP, "events": ["outro"]}, "#/events/0"),
        ({**ERP, "secret": "whsec_x"}, "#/secret"),
        ({"events": ["sale.created"]}, "#/url"),
    ],
)
def test_what_the_page_refuses_is_refused_at_its_place(
    body: dict[str, Any], pointer: str, token: str
) -> None:
    answer = post("/webhooks", token, body)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)
    of = endpoint(ERP["url"])  # type: ignore[arg-type]
    assert patch(f"/webhooks/{of}", token, {"events": []}).status == 422
    assert len(stored(of).events) == len(Event)
