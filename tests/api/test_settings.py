"""The settings by address: changed as the page changes them, refused at the field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from credigestor.api.settings import Settings, SettingsChange
from credigestor.db.engine import snapshot
from credigestor.db.models import SettingsVersion
from credigestor.db.settings import ShopSettings, bounds, current_settings
from credigestor.rules.permissions import Role
from tests.api.asking import ask, patch, post, read, token_of
from tests.factories import add_user
from tests.services.selling import new_customer


@pytest.fixture
def token() -> str:
    """An administrator's."""
    return token_of(add_user(Role.ADMIN, name="Dona Ada"))


def versions() -> int:
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(SettingsVersion)) or 0


def in_force() -> ShopSettings:
    with snapshot() as session:
        return current_settings(session)


def test_every_setting_is_read_and_but_for_the_logo_changed() -> None:
    settings = ShopSettings.model_fields.keys()
    assert Settings.model_fields.keys() - {"version", "changed_at", "changed_by"} == settings
    assert SettingsChange.model_fields.keys() == settings - {"logo"}


def test_only_what_is_sent_changes(token: str) -> None:
    before = read("/settings", token)
    assert (before.json["version"], before.json["late_rate"]) == (None, "1")
    sent: dict[str, Any] = {
        "shop_name": "  Móveis   Luz ",
        "tax_id": "11.222.333/0001-81",
        "phone": "(85) 98872-4443",
        "state": "ce",
        "pix_key": "loja@exemplo.com.br",
        "late_rate": "0.9",
        "grace_days": 3,
        "waiver_limit": "3.50",
        "new_date_limit_days": 10,
        "carnival": True,
        "local_holidays": [
            {"day": "2026-08-15", "name": "Padroeira"},
            {"day": "2026-04-13", "name": "Aniversário"},
        ],
        "sale_plans": [
            {"name": "10/40", "kind": "list", "days": [10, 40], "step": None, "installments": None},
            {"name": "Semanal", "kind": "days", "step": 7, "days": [], "installments": 8},
        ],
        "backup_hour": None,
        "document_footer": " Obrigado\n pela preferência! ",
        "whatsapp_text": "Oi, {nome}: {valor}",
        "receipt_format": "roll58",
        "receipt_copies": 2,
        "receipt_prints_itself": True,
        "first_steps_hidden": True,
    }
    after = patch("/settings", token, sent, before.headers["etag"])
    assert after.status == 200, after.body
    assert after.json | {"changed_at": None} == before.json | sent | {
        "changed_at": None,
        "version": 1,
        "changed_by": "Dona Ada",
        "shop_name": "Móveis Luz",
        "tax_id": "11222333000181",
        "phone": "+5585988724443",
        "state": "CE",
        "late_rate": "0.9",
        "local_holidays": sent["local_holidays"][::-1],
        "document_footer": "Obrigado pela preferência!",
    }
    assert read("/settings", token).json == after.json
    assert in_force().late_rate == Decimal("0.9")
    emptied = patch("/settings", token, {"phone": "", "pix_key": " ", "local_holidays": []})
    assert (emptied.json["phone"], emptied.json["pix_key"]) == ("", "")
    assert emptied.json["local_holidays"] == []


def test_a_new_sale_has_the_new_rate(token: str) -> None:
    patch("/settings", token, {"contract_rate": "1.25"})
    body = {
        "customer_id": new_customer(),
        "total": "100.00",
        "installments": 1,
        "first_due_date": "2026-12-23",
    }
    sale = post("/sales", token, body).json["id"]
    assert read(f"/sales/{sale}", token).json["contract_rate"] == "1.2500"


def test_whoever_was_slower_is_told_so(token: str) -> None:
    seen = read("/settings", token).headers["etag"]
    assert patch("/settings", token, {"grace_days": 1}, seen).status == 200
    late = patch("/settings", token, {"grace_days": 2}, seen)
    assert (late.status, in_force().grace_days) == (412, 1)
    assert ask("PATCH", "/settings", token=token, body={"grace_days": 2}).status == 428


def test_nothing_changed_makes_no_version(token: str) -> None:
    patch("/settings", token, {"grace_days": 1})
    for body in ({}, {"grace_days": 1}):
        assert patch("/settings", token, body).json["version"] == 1
    assert versions() == 1


WRONG: list[tuple[dict[str, Any], set[str]]] = [
    ({"shop_name": " "}, {"#/shop_name"}),
    ({"tax_id": "1", "email": "x", "phone": "1"}, {"#/tax_id", "#/email", "#/phone"}),
    ({"zip_code": "123", "state": "XX"}, {"#/zip_code", "#/state"}),
    ({"pix_key": "chave"}, {"#/pix_key"}),
    ({"street": "a\x00b", "city": "x" * 81}, {"#/street", "#/city"}),
    ({"fine_rate": "2.01"}, {"#/fine_rate"}),
    ({"late_rate": "100.01"}, {"#/late_rate"}),
    ({"late_rate": 1.5}, {"#/late_rate"}),
    ({"waiver_limit": 3.5}, {"#/waiver_limit"}),
    ({"waiver_limit": "-1.00"}, {"#/waiver_limit"}),
    ({"time_zone": "Europe/Lisbon"}, {"#/time_zone"}),
    ({"backup_hour": 24}, {"#/backup_hour"}),
    ({"carnival": "yes"}, {"#/carnival"}),
    ({"document_footer": "x" * 201}, {"#/document_footer"}),
    ({"whatsapp_text": "Oi, {cliente}"}, {"#/whatsapp_text"}),
    ({"whatsapp_text": "x" * 801}, {"#/whatsapp_text"}),
    ({"local_holidays": [{"day": "2026-01-01"}, {"day": "2026-01-01"}]}, {"#/local_holidays"}),
    ({"local_holidays": [{"day": "1901-01-01"}]}, {"#/local_holidays"}),
    ({"local_holidays": [{"day": "nunca"}]}, {"#/local_holidays/0/day"}),
    (
        {"sale_plans": [{"name": "x", "kind": "monthly"}, {"name": "X", "kind": "monthly"}]},
        {"#/sale_plans/1/name"},
    ),
    ({"sale_plans": [{"name": "x", "kind": "days"}]}, {"#/sale_plans/0/step"}),
    ({"sale_plans": [{"name": "x", "kind": "list"}]}, {"#/sale_plans/0/days"}),
    (
        {"sale_plans": [{"name": "x", "kind": "days", "step": 7, "days": [7]}]},
        {"#/sale_plans/0/days"},
    ),
    ({"sale_plans": [{"name": str(k), "kind": "monthly"} for k in range(10)]}, {"#/sale_plans"}),
    ({"logo": "abc"}, {"#/logo"}),
    ({"version": 3}, {"#/version"}),
    *(
        ({name: bounds(name)[1] + 1}, {f"#/{name}"})
        for name in (
            "grace_days",
            "new_date_limit_days",
            "backdating_days",
            "backups_daily",
            "retention_years",
        )
    ),
]


def test_what_the_page_refuses_is_refused_at_its_place(token: str) -> None:
    patch("/settings", token, {"shop_name": "Loja"})
    for body, pointers in WRONG:
        answer = patch("/settings", token, {"grace_days": 9, **body})
        assert answer.status == 422, (body, answer.body)
        assert {each["pointer"] for each in answer.json["errors"]} == pointers, body
    fine = patch("/settings", token, {"fine_rate": "2.01"}).json["errors"][0]["detail"]
    assert "art. 52" in fine
    assert (versions(), in_force().grace_days) == (1, 0)


def test_a_manager_neither_reads_nor_changes_them(manager_token: str) -> None:
    assert read("/settings", manager_token).code == "not_allowed"
    assert patch("/settings", manager_token, {"grace_days": 1}).code == "not_allowed"
