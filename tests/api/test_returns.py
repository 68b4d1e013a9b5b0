"""Goods that come back, by address (R30)."""

from __future__ import annotations

import pytest

from credigestor.db.models import Act
from credigestor.rules.permissions import Actor
from tests.api.asking import ask, get, post
from tests.api.test_acts import made
from tests.services.returning import without_interest
from tests.services.selling import count

pytestmark = pytest.mark.usefixtures("db")

GOODS = {"kind": "defect", "value": "650.00", "reason": "defeito não consertado"}


def test_r30_previewed_recorded_read_and_undone(manager: Actor, manager_token: str) -> None:
    sale = without_interest(manager)
    seen = {name: GOODS[name] for name in ("kind", "value")}
    shown = ask("POST", f"/sales/{sale}/returns/preview", token=manager_token, body=seen)
    assert shown.status == 200, shown.body
    assert [note["number"][-5:] for note in shown.json["notes"]] == [
        f"0{n}/07" for n in (7, 6, 5, 4, 3)
    ]
    assert (shown.json["principal"], shown.json["back"], count(Act)) == ("500.00", "150.00", 0)
    without = post(f"/sales/{sale}/returns", manager_token, GOODS)
    assert without.json["errors"][0]["pointer"] == "#/back_by"
    body = {**GOODS, "back_by": "pix", "expected_back": "150.00"}
    taken = made(post(f"/sales/{sale}/returns", manager_token, body))
    assert (taken["value"], taken["principal"], taken["back"]) == ("650.00", "500.00", "150.00")
    [item] = get(f"/sales/{sale}/returns", manager_token)["items"]
    assert (item["id"], item["kind"], item["undone"]) == (taken["id"], "defect", None)
    assert item["notes"][0]["after"] == "0.00"
    slip = ask("GET", f"/returns/{taken['id']}/slip", token=manager_token)
    assert (slip.status, slip.body[:5]) == (200, b"%PDF-")
    made(post(f"/returns/{taken['id']}/reversal", manager_token, {"reason": "engano"}))
    [item] = get(f"/sales/{sale}/returns", manager_token)["items"]
    assert item["undone"]["reason"] == "engano"


def test_what_was_seen_to_go_back_is_what_goes_back(manager: Actor, manager_token: str) -> None:
    sale = without_interest(manager)
    body = {**GOODS, "back_by": "pix", "expected_back": "140.00"}
    answer = post(f"/sales/{sale}/returns", manager_token, body)
    assert (answer.status, answer.code) == (409, "conflict")
    assert "150,00" in answer.json["detail"]
    assert count(Act) == 0
