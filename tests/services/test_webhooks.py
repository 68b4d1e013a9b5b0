"""What administrators do with endpoints: who may, what is logged, and what is thrown away."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import WebhookEvent
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed, NotFound
from credigestor.exports.audit_words import ACTIONS, ENTITIES, FIELDS
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.rules.webhooks import KEPT, Off, told
from credigestor.services import webhooks
from tests.moments import NOW
from tests.portfolio import TODAY
from tests.webhooks.receiving import add_event, audited, endpoint, events, stored

pytestmark = pytest.mark.usefixtures("db")

URL = "https://erp.example.com/segredo"


def changed(session: Session, actor: Actor, of: int, **changes: object) -> None:
    values = {"url": URL, "events": ["note.settled"], "description": "ERP", **changes}
    webhooks.change(session, actor, endpoint_id=of, private=False, today=TODAY, **values)  # type: ignore[arg-type]


def switched_on(session: Session, actor: Actor, of: int) -> None:
    webhooks.switch_off(session, actor, endpoint_id=of, now=NOW)
    webhooks.switch_on(session, actor, endpoint_id=of, today=TODAY)


#: Each act on an endpoint and an event, and the action it is logged as.
ACTS: dict[str, tuple[str, Callable[[Session, Actor, int, int], object]]] = {
    "create": (
        "create",
        lambda s, a, of, event: webhooks.create(
            s, a, url=URL, events=["sale.created"], private=False, today=TODAY
        ),
    ),
    "change": ("edit", lambda s, a, of, event: changed(s, a, of)),
    "rotate": (
        "new_secret",
        lambda s, a, of, event: webhooks.rotate(s, a, endpoint_id=of, now=NOW),
    ),
    "switch_off": (
        "deactivate",
        lambda s, a, of, event: webhooks.switch_off(s, a, endpoint_id=of, now=NOW),
    ),
    "switch_off_itself": (
        "deactivate",
        lambda s, a, of, event: webhooks.switch_off_itself(
            s, a, endpoint_id=of, cause=Off.GONE, now=NOW
        ),
    ),
    "switch_on": ("activate", lambda s, a, of, event: switched_on(s, a, of)),
    "remove": ("delete", lambda s, a, of, event: webhooks.remove(s, a, endpoint_id=of)),
    "resend": (
        "resend",
        lambda s, a, of, event: webhooks.resend(s, a, endpoint_id=of, event_id=event),
    ),
    "discard": (
        "discard",
        lambda s, a, of, event: webhooks.discard(s, a, endpoint_id=of, event_id=event),
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_an_administrators_and_logged_without_the_secret_or_the_path(
    name: str, admin: Actor, manager: Actor
) -> None:
    action, act = ACTS[name]
    of = endpoint(URL)
    event = add_event(of, 1)
    with pytest.raises(NotAllowed), transaction() as session:
        act(session, manager, of, event)
    secret = stored(of).secret
    with transaction() as session:
        act(session, admin, of, event)
    entry = audited()[-1]
    assert (entry.actor_id, entry.action, entry.entity) == (admin.id, action, "webhook")
    assert (action in ACTIONS, "webhook" in ENTITIES) == (True, True)
    both = {**(entry.before or {}), **(entry.after or {})}
    assert set(both) <= set(FIELDS)
    written = repr((entry.before, entry.after))
    assert not any(each in written for each in ("segredo", "whsec", secret.hex(), str(secret)))
    with snapshot() as session:
        assert list(check(session)) == []


def test_no_act_is_forgotten_here() -> None:
    found = {
        name
        for name, function in inspect.getmembers(webhooks, inspect.isfunction)
        if function.__module__ == webhooks.__name__
        and not name.startswith("_")
        and "actor" in inspect.signature(function).parameters
    }
    assert found == set(ACTS)


def test_what_changes_nothing_is_not_logged_and_a_new_path_is_told_as_another(
    admin: Actor,
) -> None:
    of = endpoint(URL, ["note.settled"])
    with transaction() as session:
        changed(session, admin, of, description="")
        webhooks.switch_on(session, admin, endpoint_id=of, today=TODAY)
    assert len(audited()) == 1
    with transaction() as session:
        changed(session, admin, of, url=f"{URL}2", description="")
    entry = audited()[-1]
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["url"], entry.after["url"]) == (told(URL), told(f"{URL}2"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"events": []}, "events"),
        ({"events": ["sale.created", "outro"]}, "events"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"description": "x" * 121}, "description"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(
    changes: dict[str, object], field: str, admin: Actor
) -> None:
    of = endpoint(URL)
    with pytest.raises(InvalidInput) as caught, transaction() as session:
        changed(session, admin, of, **changes)
    assert caught.value.field == field


def test_an_address_of_ones_own_network_stays_when_something_else_is_changed(
    admin: Actor,
) -> None:
    """Made while that was let through; whether it is still is judged when it is sent."""
    of = endpoint("http://10.0.0.1/x")
    with transaction() as session:
        changed(session, admin, of, url="http://10.0.0.1/x")
    assert stored(of).description == "ERP"


def test_what_is_not_there_or_cannot_be_is_refused(admin: Actor) -> None:
    of, other = endpoint(URL), endpoint(URL)
    event = add_event(of, 1)

    def refused(kind: type[BusinessError], act: Callable[[Session], object]) -> None:
        with pytest.raises(kind), transaction() as session:
            act(session)

    refused(NotFound, lambda s: webhooks.remove(s, admin, endpoint_id=99))
    refused(NotFound, lambda s: webhooks.resend(s, admin, endpoint_id=other, event_id=event))
    with transaction() as session:
        webhooks.switch_off(session, admin, endpoint_id=of, now=NOW)
        session.merge(events()[0]).delivered_at = NOW
    refused(Conflict, lambda s: webhooks.resend(s, admin, endpoint_id=of, event_id=event))
    refused(Conflict, lambda s: webhooks.discard(s, admin, endpoint_id=of, event_id=event))


def test_old_events_go_but_those_that_still_wait_to_be_sent(admin: Actor) -> None:
    on, off = endpoint(URL), endpoint(URL)
    old = NOW - KEPT - timedelta(hours=1)
    delivered, waiting, of_one_off, young = (add_event(of, 1) for of in (on, on, off, on))
    with transaction() as session:
        for event in (delivered, waiting, of_one_off, young):
            session.get_one(WebhookEvent, event).at = NOW if event == young else old
        session.get_one(WebhookEvent, delivered).delivered_at = old
        webhooks.switch_off(session, admin, endpoint_id=off, now=old)
    with transaction() as session:
        webhooks.clean(session, now=NOW)
    assert [each.id for each in events()] == [waiting, young]
