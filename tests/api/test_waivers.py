"""Charges let go by address, beside a payment or by themselves, and undone (R29, R12)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Act, Payment
from credigestor.db.settings import ShopSettings
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import settings
from tests.api.asking import ask, get, post
from tests.api.keying import key_of
from tests.api.test_acts import done_once, made
from tests.api.test_previews import preview
from tests.factories import add_user
from tests.portfolio import TODAY
from tests.services.paying import note_row, sell
from tests.services.selling import count, new_customer

LATE = TODAY - timedelta(days=10)


@pytest.fixture
def note() -> int:
    """150,00 due ten days ago: 0,50 of interest and 3,00 of fine."""
    return sell(("150.00", LATE)).notes[0]


def waiver(note: int, interest: str = "0.50", fine: str = "3.00", **more: Any) -> dict[str, Any]:
    return {
        "customer_id": note_row(note).customer_id,
        "waivers": [{"note_id": note, "interest": interest, "fine": fine}],
        "reason": "bom cliente",
        **more,
    }


def payment(note: int, amount: str = "150.00", **more: Any) -> dict[str, Any]:
    return {
        "customer_id": note_row(note).customer_id,
        "method": "cash",
        "items": [{"note_id": note, "amount": amount}],
        "waivers": [{"note_id": note, "interest": "0.50", "fine": "3.00"}],
        "waiver_reason": "bom cliente",
        **more,
    }


def limit(admin: Actor, value: str) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(waiver_limit=D(value)))


def test_r29_a_payment_at_face_value_lets_the_charges_go_as_previewed(
    note: int, manager_token: str
) -> None:
    shown = preview("/payments/preview", manager_token, payment(note))
    done = made(post("/payments", manager_token, payment(note)))
    read = get(f"/payments/{done['id']}", manager_token)
    assert read["waiver_reason"] == "bom cliente"
    assert read["split"] == {"interest": "0.00", "fine": "0.00", "principal": "150.00"}
    for name in ("split", "waived", "after"):
        assert shown[name] == read[name]
    [item] = shown["notes"]
    assert item.pop("owed") == "153.50"
    steps = item.pop("steps")
    assert read["items"] == [item]
    found = get(f"/notes/{note}", manager_token)
    assert steps == [line["text"] for line in found["calculation"]]
    assert found["status"] == "paid"
    [act] = found["acts"]
    assert (act["kind"], act["reason"], act["reversed_on"]) == ("waiver", "bom cliente", None)
    assert act["taken"] == {"interest": "0.50", "fine": "3.00", "principal": "0.00"}
    made(post(f"/payments/{done['id']}/reversal", manager_token, {"reason": "engano"}))
    found = get(f"/notes/{note}", manager_token)
    assert (found["owed"]["total"], found["acts"][0]["reversed_on"]) == ("153.50", str(TODAY))


def test_charges_are_let_go_by_themselves_told_by_the_note_and_undone(
    note: int, manager_token: str
) -> None:
    body = waiver(note, interest="0.00")
    shown = preview("/waivers/preview", manager_token, body)
    assert shown["notes"] == [
        {
            "note_id": note,
            "number": "000001-01/01",
            "taken": {"interest": "0.00", "fine": "3.00", "principal": "0.00"},
            "after": "150.50",
        }
    ]
    done = made(post("/waivers", manager_token, body))
    assert done == {"id": 1, "waived_on": str(TODAY), "interest": "0.00", "fine": "3.00"}
    assert get(f"/notes/{note}", manager_token)["owed"]["total"] == "150.50"
    path = f"/acts/{done['id']}/reversal"
    assert made(post(path, manager_token, {"reason": "engano"})) == {
        "id": 1,
        "reversed_on": str(TODAY),
    }
    assert get(f"/notes/{note}", manager_token)["owed"]["total"] == "153.50"
    assert post(path, manager_token, {"reason": "engano"}).code == "conflict"
    assert post("/acts/99/reversal", manager_token, {"reason": "engano"}).code == "not_found"


def test_r29_a_payments_preview_says_what_lapses_of_a_later_waiver(manager_token: str) -> None:
    [note] = sell().notes
    body = waiver(note, "0.00", "6.00", waived_on="2026-01-25", backdate_reason="achado")
    made(post("/waivers", manager_token, body))
    paid = {
        "customer_id": note_row(note).customer_id,
        "method": "cash",
        "paid_on": "2026-01-15",
        "backdate_reason": "achado",
        "items": [{"note_id": note, "amount": "3.00"}],
    }
    shown = preview("/payments/preview", manager_token, paid)
    assert shown["lapses"] == [
        {
            "note_id": note,
            "number": "000001-01/01",
            "acted_on": "2026-01-25",
            "amount": "2.50",  # 0,50 of the 3,00 paid the interest
        }
    ]
    made(post("/payments", manager_token, paid))
    assert get(f"/notes/{note}", manager_token)["acts"][0]["taken"]["fine"] == "3.50"


def test_a_waiver_and_its_undoing_are_done_once_a_key(note: int, manager_token: str) -> None:
    done_once("/waivers", manager_token, waiver(note), reason="outro")
    done_once("/acts/1/reversal", manager_token, {"reason": "engano"}, reason="outro")
    done_once("/payments", manager_token, payment(note), method="card")


def test_r29_a_seller_has_the_limit_of_the_settings_and_undoes_nothing(
    note: int, seller_token: str, manager_token: str, admin: Actor
) -> None:
    refused = post("/payments", seller_token, payment(note))
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "#/waivers")
    assert "precisa de um gerente" in refused.json["errors"][0]["detail"]
    assert post("/waivers", seller_token, waiver(note)).body == refused.body
    limit(admin, "3.00")
    assert post("/waivers", seller_token, waiver(note)).status == 422
    act = made(post("/waivers", seller_token, waiver(note, interest="0.00")))
    undo = post(f"/acts/{act['id']}/reversal", seller_token, {"reason": "engano"})
    assert undo.code == "not_allowed"
    assert count(Act) == 1


def test_r29_a_key_without_the_scope_is_held_to_a_sellers_limit(note: int) -> None:
    user = add_user(Role.MANAGER)
    sells = key_of(user, Permission.SELL, Permission.REVERSE, name="caixa")
    assert post("/waivers", sells, waiver(note)).status == 422
    waives = key_of(user, Permission.SELL, Permission.WAIVE, name="cobrança")
    act = made(post("/waivers", waives, waiver(note)))
    for key in (sells, waives):
        undo = post(f"/acts/{act['id']}/reversal", key, {"reason": "engano"})
        assert undo.code == "scope_missing", "undoing needs both"


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"waivers": []}, 422, "#/waivers"),
    ({"reason": " "}, 422, "#/reason"),
    ({"waived_on": "2026-11-24"}, 422, "#/waived_on"),
    ({"waived_on": "2025-11-30"}, 422, "#/backdate_reason"),
    ({"waived_on": "2025-11-30", "backdate_reason": "achado"}, 422, "#/waived_on"),
    ({"waivers": [{"note_id": 99, "fine": "1.00"}]}, 404, ""),
    ({"waivers": [{"note_id": 1}]}, 422, "#/waivers"),
    ({"waivers": [{"note_id": 1, "fine": "3.01"}]}, 422, "#/waivers"),
    ({"waivers": [{"note_id": 1, "fine": "-1.00"}]}, 422, "#/waivers/0/fine"),
    ({"waivers": [{"note_id": 1, "principal": "1.00"}]}, 422, "#/waivers/0/principal"),
    ({"waivers": [{"note_id": 1, "fine": "1.00"}] * 2}, 422, "#/waivers"),
]


def test_what_is_wrong_is_told_at_its_place_by_the_preview_too_and_writes_nothing(
    note: int, manager_token: str
) -> None:
    assert note == 1
    other = ({"customer_id": new_customer()}, 422, "#/waivers")
    for changes, status, pointer in [*WRONG, other]:
        body = waiver(note) | changes
        told = post("/waivers", manager_token, body)
        assert told.status == status, (changes, told.body)
        assert [each["pointer"] for each in told.json.get("errors", ())] == [pointer] * bool(
            pointer
        )
        assert ask("POST", "/waivers/preview", token=manager_token, body=body).body == told.body
    for changes, pointer in (
        ({"waiver_reason": None}, "#/waiver_reason"),
        ({"waivers": [{"note_id": 2, "fine": "1.00"}]}, "#/waivers"),
        ({"waivers": [{"note_id": 1, "fine": "1.00"}] * 2}, "#/waivers"),
        ({"items": [{"note_id": 1, "amount": "150.01"}]}, "#/items"),
    ):
        body = payment(note) | changes
        told = post("/payments", manager_token, body)
        assert told.status == 422, (changes, told.body)
        assert [each["pointer"] for each in told.json["errors"]] == [pointer]
        assert ask("POST", "/payments/preview", token=manager_token, body=body).body == told.body
    assert count(Act) == count(Payment) == 0
