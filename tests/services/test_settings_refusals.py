"""Whatever `settings.change` puts in force can be read back; the rest is refused at its field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, SettingsVersion
from credigestor.db.settings import LocalHoliday, ShopSettings, bounds, current_settings, longest
from credigestor.errors import BusinessError, InvalidInputs
from credigestor.rules.money import MAX_MONEY
from credigestor.rules.permissions import Actor
from credigestor.services import settings

pytestmark = pytest.mark.usefixtures("db")

BOUNDED = {
    *("grace_days", "backdating_days", "backups_daily", "backups_weekly", "backups_monthly"),
    *("retention_years", "new_date_limit_days", "deal_broken_days", "receipt_copies"),
}
RATES = {"late_rate": Decimal(100), "fine_rate": Decimal(2), "contract_rate": Decimal(100)}
AMOUNTS = {"waiver_limit"}
TEXTS = {"document_footer", "document_clause", "whatsapp_text"}
#: What a page, an import or a hand at the console might give any field.
ANYTHING = [
    *(None, True, -1, 0, 1, 2, 3, 5, 12, 23, 24, 31, 61, 101, 241, 367, 521, 3651, 10**30, 0.5),
    *(Decimal("2.0001"), Decimal("0.00001"), Decimal("-0.0001"), Decimal("NaN"), Decimal("1E+9")),
    *("", "x", "Loja 🌻", "x" * 201, "x" * 601, "\0", "\ud800", "papyrus", "America/Manaus"),
    *("roll", "Europe/Lisbon", b"\xff", (), {"a": 1}, ["x"], ({"day": "31/12"},), object()),
    (LocalHoliday(day=date(2026, 8, 15)).model_copy(update={"day": "nunca"}),),
    (LocalHoliday(day=date(2026, 8, 15), name="Padroeira"),),
]


def change(actor: Actor, **values: Any) -> None:
    """As whoever copies the settings in force with other values: a copy checks nothing."""
    with transaction() as session:
        settings.change(session, actor, current_settings(session).model_copy(update=values))


def written() -> tuple[int, int]:
    with snapshot() as session:
        return (
            session.scalar(select(func.count()).select_from(SettingsVersion)) or 0,
            session.scalar(select(func.count()).select_from(AuditEntry)) or 0,
        )


def in_force(name: str) -> Any:
    with snapshot() as session:
        return getattr(current_settings(session), name)


@pytest.mark.parametrize("name", ShopSettings.model_fields)
def test_what_is_accepted_can_be_read_back_and_what_is_refused_writes_nothing(
    name: str, admin: Actor
) -> None:
    refused = []
    for value in ANYTHING:
        before = written()
        try:
            change(admin, **{name: value})
        except BusinessError:
            refused.append(value)
            assert written() == before
            in_force(name)
        else:
            assert in_force(name) == getattr(ShopSettings.model_validate({name: value}), name)
    assert refused


@pytest.mark.parametrize("name", sorted(BOUNDED))
def test_a_number_is_accepted_up_to_its_bounds_and_refused_beyond(name: str, admin: Actor) -> None:
    for inside in bounds(name):
        change(admin, **{name: inside})
        assert in_force(name) == inside
    least, most = bounds(name)
    refused_at(name, admin, least - 1, most + 1)


def test_an_hour_is_one_of_the_day_or_none(admin: Actor) -> None:
    for hour in (0, 23, None):
        change(admin, backup_hour=hour)
        assert in_force("backup_hour") == hour
    refused_at("backup_hour", admin, -1, 24)


@pytest.mark.parametrize("name", RATES)
def test_a_rate_is_accepted_up_to_its_limit_and_refused_beyond(name: str, admin: Actor) -> None:
    """R6: the fine is 2 % at most."""
    for inside in (Decimal(0), RATES[name]):
        change(admin, **{name: inside})
        assert in_force(name) == inside
    more = Decimal("0.0001")
    refused_at(name, admin, -more, RATES[name] + more, RATES[name] + 1, Decimal("0.00001"))


@pytest.mark.parametrize("name", sorted(AMOUNTS))
def test_an_amount_is_accepted_in_cents_and_refused_otherwise(name: str, admin: Actor) -> None:
    for inside in (Decimal(0), Decimal("0.01"), MAX_MONEY):
        change(admin, **{name: inside})
        assert in_force(name) == inside
    refused_at(name, admin, Decimal("-0.01"), MAX_MONEY + 1, Decimal("0.001"))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_text_is_accepted_up_to_its_length_and_refused_beyond(name: str, admin: Actor) -> None:
    change(admin, **{name: "x" * longest(name)})
    assert in_force(name) == "x" * longest(name)
    refused_at(name, admin, "x" * (longest(name) + 1))


def test_every_limit_of_the_settings_is_walked_here() -> None:
    limited = {name for name, field in ShopSettings.model_fields.items() if field.metadata}
    assert limited == BOUNDED | RATES.keys() | AMOUNTS | TEXTS


def test_every_wrong_field_is_named_in_portuguese(admin: Actor) -> None:
    with pytest.raises(InvalidInputs) as refusal:
        change(admin, fine_rate=Decimal(3), time_zone="Europe/Lisbon", shop_name="Loja")
    assert refusal.value.errors == {
        "time_zone": "Fuso horário desconhecido.",
        "fine_rate": "Valor inválido ou não preenchido.",
    }
    assert written() == (0, 0)


def refused_at(name: str, actor: Actor, *values: object) -> None:
    before = written()
    for value in values:
        with pytest.raises(InvalidInputs) as refusal:
            change(actor, **{name: value})
        assert list(refusal.value.errors) == [name]
    assert written() == before
