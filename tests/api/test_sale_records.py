"""What may be changed of a sale by address: as on its page, and only what the caller has seen."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import NotePrinting, User
from credigestor.rules.permissions import Actor
from credigestor.services import guarantors, sales
from credigestor.services.guarantors import GuarantorInput
from credigestor.services.inputs import parse
from tests.api.asking import Request, at_once, get, patch, post, read
from tests.portfolio import TODAY
from tests.services.paying import JANUARY, pay, sell
from tests.services.selling import audited, sale_row

GIL = {"name": "Gil Reis", "tax_id": "52998224725", "address": "Rua B, 2"}
EVA = {"name": "Eva Reis", "tax_id": "11144477735", "address": ""}


@pytest.fixture
def path() -> str:
    """The record of a sale of two notes."""
    return f"/sales/{sell(('300.00', JANUARY), ('300.00', JANUARY)).id}/record"


def test_description_seller_and_guarantors_are_changed_apart(
    path: str, vera: User, seller_token: str
) -> None:
    tag = read(path, seller_token).headers["etag"]
    described = patch(path, seller_token, {"description": "Geladeira"}, tag)
    assert described.json == {"description": "Geladeira", "seller_id": None, "guarantors": []}
    sold = patch(path, seller_token, {"seller_id": vera.id}, described.headers["etag"])
    assert (sold.json["description"], sold.json["seller_id"]) == ("Geladeira", vera.id)
    both = patch(path, seller_token, {"guarantors": [GIL, EVA]}, sold.headers["etag"])
    assert both.json == {
        "description": "Geladeira",
        "seller_id": vera.id,
        "guarantors": [GIL, EVA],
    }
    assert get(path, seller_token) == both.json
    assert sale_row(1).description == "Geladeira"
    none = patch(path, seller_token, {"guarantors": [], "seller_id": None})
    assert (none.json["guarantors"], none.json["seller_id"]) == ([], None)
    assert len(audited("edit")) == 3
    assert patch(path, seller_token, {"seller_id": 1}, tag).code == "changed_meanwhile"


def test_what_is_paid_does_not_change_its_tag(path: str, admin: Actor, seller_token: str) -> None:
    tag = read(path, seller_token).headers["etag"]
    pay(admin, TODAY, (1, "10.00"))
    assert patch(path, seller_token, {"description": "Geladeira"}, tag).status == 200


def test_faults_are_told_at_their_place(
    path: str, admin: Actor, seller_token: str, manager_token: str
) -> None:
    def pointers(**body: object) -> list[str]:
        answer = patch(path, seller_token, body)
        assert answer.status in (404, 422), answer.body
        return [each["pointer"] for each in answer.json["errors"]]

    wrong = {"name": "", "tax_id": "1", "address": ""}
    assert pointers(guarantors=[GIL, wrong]) == ["#/guarantors/1/name", "#/guarantors/1/tax_id"]
    assert pointers(guarantors=[GIL, GIL]) == ["#/guarantors/1/tax_id"]
    assert pointers(guarantors=[GIL] * 3) == ["#/guarantors"]
    assert pointers(guarantors=None) == ["#/guarantors"]
    assert pointers(description=None) == ["#/description"]
    assert pointers(description="x" * 501) == ["#/description"]
    assert pointers(seller_id=999) == ["#/seller_id"]
    assert pointers(total="1.00") == ["#/total"]
    assert patch("/sales/999/record", seller_token, {}).code == "not_found"
    # Nothing of a change is written that is refused in part.
    assert pointers(description="Fogão", guarantors=[wrong])
    assert get(path, seller_token)["description"] == ""
    with transaction() as session:
        session.add(NotePrinting(operation_id=uuid.uuid4(), note_id=1, copy=1))
    assert patch(path, seller_token, {"guarantors": [GIL]}).code == "not_allowed"
    assert patch(path, manager_token, {"guarantors": [GIL]}).status == 200
    with transaction() as session:
        sales.cancel(session, admin, sale_id=1, why="desistiu", today=TODAY)
    assert patch(path, manager_token, {"guarantors": []}).code == "conflict"


def test_a_change_waits_for_the_pages_and_one_of_ten_wins(
    path: str, admin: Actor, seller_token: str
) -> None:
    tag = read(path, seller_token).headers["etag"]
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            given = (parse(GuarantorInput, GIL),)
            guarantors.replace(session, admin, sale_id=1, guarantors=given)
            waiting = pool.submit(patch, path, seller_token, {"description": "Fogão"}, tag)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        assert waiting.result(10).code == "changed_meanwhile"
    seen = {"if-match": read(path, seller_token).headers["etag"]}
    bodies = [{"description": str(k), "guarantors": [EVA]} for k in range(10)]
    answers = at_once([Request("PATCH", path, seller_token, each, headers=seen) for each in bodies])
    assert sorted(each.status for each in answers) == [200, *[412] * 9]
    assert post("/sales/1/cancellation", seller_token, {"reason": "não"}).code == "not_allowed"
