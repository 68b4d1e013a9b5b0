"""Changes by address: made only of what the caller has seen, one of those made at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry
from credigestor.rules.permissions import Actor
from credigestor.rules.privacy import REFUSAL
from credigestor.services import customers
from tests.api.asking import Answer, Request, ask, at_once, patch, post, read
from tests.api.test_acts import ANA
from tests.services.anonymising import anonymise
from tests.services.selling import new_customer


@pytest.fixture
def ana(manager_token: str) -> str:
    """The address of a customer with a limit and a city."""
    answer = post("/customers", manager_token, {**ANA, "credit_limit": "1500.00", "city": "Sobral"})
    return f"/customers/{answer.json['id']}"


def edits() -> Sequence[AuditEntry]:
    """What the log tells of changed customers."""
    with snapshot() as session:
        return session.scalars(
            select(AuditEntry)
            .where(AuditEntry.entity == "customer", AuditEntry.action == "edit")
            .order_by(AuditEntry.id)
        ).all()


def tag_of(path: str, token: str) -> str:
    return read(path, token).headers["etag"]


def test_only_what_is_sent_changes_and_null_empties(ana: str, seller_token: str) -> None:
    before = read(ana, seller_token)
    answer = patch(
        ana, seller_token, {"phone": "(85) 3333-4444", "city": None}, before.headers["etag"]
    )
    assert answer.status == 200, answer.body
    after = read(ana, seller_token)
    assert (after.body, after.headers["etag"]) == (answer.body, answer.headers["etag"])
    changed = {name for name, value in after.json.items() if before.json[name] != value}
    assert changed == {"phone", "city", "updated_at"}
    assert (after.json["phone"], after.json["city"]) == ("+558533334444", None)


def test_a_change_of_nothing_changes_nothing(ana: str, seller_token: str) -> None:
    before = read(ana, seller_token)
    for body in ({}, {"name": "Ana Luz"}, {"active": True}):
        answer = patch(ana, seller_token, body, before.headers["etag"])
        assert (answer.status, answer.body) == (200, before.body)


def test_who_has_not_seen_the_last_change_is_told_so(ana: str, seller_token: str) -> None:
    seen = tag_of(ana, seller_token)
    assert patch(ana, seller_token, {"city": "Crato"}, seen).status == 200
    late = patch(ana, seller_token, {"city": "Icó"}, seen)
    assert (late.status, late.code) == (412, "changed_meanwhile")
    assert read(ana, seller_token).json["city"] == "Crato"


def test_without_if_match_nothing_is_changed(ana: str, seller_token: str) -> None:
    before = read(ana, seller_token)
    for headers in ({}, {"if-match": ""}):
        answer = ask("PATCH", ana, token=seller_token, body={"city": "Crato"}, headers=headers)
        assert (answer.status, answer.code) == (428, "precondition_required")
        assert "If-Match" in answer.json["detail"]
    assert read(ana, seller_token).body == before.body


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("*", 200),
        ("{}", 200),
        ('"x,y", {}', 200),
        ('"x",, W/"y" ,{},', 200),
        ("W/{}", 412),
        ('"x"', 412),
        ('"*"', 412),
        ("x", 400),
        ('*, "x"', 400),
        ('"x" {}', 400),
    ],
)
def test_tags_are_read_as_the_rfc_says(sent: str, status: int, ana: str, seller_token: str) -> None:
    answer = patch(ana, seller_token, {"city": "Crato"}, sent.format(tag_of(ana, seller_token)))
    assert answer.status == status, answer.body


def test_a_read_of_what_one_has_already_is_short(ana: str, seller_token: str) -> None:
    seen = tag_of(ana, seller_token)

    def again(known: str) -> Answer:
        return ask("GET", ana, token=seller_token, headers={"if-none-match": known})

    for known in (seen, f"W/{seen}", f'"x", {seen}', "*"):
        answer = again(known)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", seen)
    assert again('"x"').status == 200
    assert again("x").code == "malformed"
    assert patch(ana, seller_token, {"city": "Crato"}, seen).status == 200
    assert again(seen).json["city"] == "Crato"


def test_of_twenty_that_saw_the_same_one_changes_it(ana: str, seller_token: str) -> None:
    seen = {"if-match": tag_of(ana, seller_token)}
    answers = at_once(
        [
            Request("PATCH", ana, seller_token, {"remarks": f"lido por {k}"}, headers=seen)
            for k in range(20)
        ]
    )
    [won] = [each for each in answers if each.status == 200]
    assert {each.code for each in answers if each is not won} == {"changed_meanwhile"}
    assert read(ana, seller_token).json == won.json
    assert len(edits()) == 1


def test_a_change_waits_for_the_pages_and_sees_it(
    ana: str, seller_token: str, admin: Actor
) -> None:
    """What the page writes is compared as well, also when it began first and ends last."""
    seen, customer_id = tag_of(ana, seller_token), int(ana.rpartition("/")[2])
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            customers.set_active(session, admin, customer_id=customer_id, active=False)
            waiting = pool.submit(patch, ana, seller_token, {"city": "Crato"}, seen)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        assert waiting.result(10).code == "changed_meanwhile"


def test_refusals_are_those_of_the_page_at_their_field(
    ana: str, seller_token: str, manager_token: str
) -> None:
    new_customer(tax_id="11144477735")

    def refused(body: dict[str, Any], token: str = seller_token) -> tuple[int, str | None]:
        answer = patch(ana, token, body)
        [error] = answer.json.get("errors", [{}])
        return answer.status, error.get("pointer")

    assert refused({"credit_limit": "9000.00"}) == (403, "#/credit_limit")
    assert refused({"credit_limit": None}) == (403, "#/credit_limit")
    assert refused({"tax_id": "11144477735"}) == (409, "#/tax_id")
    assert refused({"tax_id": "11144477734"}) == (422, "#/tax_id")
    assert refused({"name": None}) == (422, "#/name")
    assert refused({"name": ""}) == (422, "#/name")
    assert refused({"active": "false"}) == (422, "#/active")
    assert refused({"birth_date": "2027-01-01"}) == (422, "#/birth_date")
    assert refused({"id": 5}) == (422, "#/id")
    assert patch(ana, manager_token, {"credit_limit": None}).json["credit_limit"] is None
    assert patch("/customers/999", seller_token, {"city": "Crato"}).code == "not_found"


def test_one_who_is_off_buys_no_more_and_comes_back(ana: str, seller_token: str) -> None:
    assert patch(ana, seller_token, {"active": False}).json["active"] is False
    assert edits()[-1].after == {"active": False}
    sale = {"customer_id": int(ana.rpartition("/")[2]), "total": "10.00", "down_payment": "10.00"}
    assert post("/sales", seller_token, sale).code == "conflict"
    assert patch(ana, seller_token, {"active": True}).json["active"] is True
    assert post("/sales", seller_token, sale).status == 201


def test_who_was_anonymised_is_read_and_never_changed(
    ana: str, admin: Actor, manager_token: str
) -> None:
    anonymise(admin, int(ana.rpartition("/")[2]))
    for body in ({"city": "Crato"}, {"active": True}, {}):
        refused = patch(ana, manager_token, body, tag_of(ana, manager_token))
        assert (refused.status, refused.code) == (409, "conflict")
        assert refused.json["detail"] == REFUSAL
