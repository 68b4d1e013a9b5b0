"""Settings: versions, who made them, and their history in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, SettingsVersion
from credigestor.db.settings import LocalHoliday, ShopSettings, current_settings
from credigestor.errors import NotAllowed
from credigestor.reports.settings_history import LABELS, settings_history
from credigestor.rules.permissions import Actor
from credigestor.services import settings

pytestmark = pytest.mark.usefixtures("db")


def change(actor: Actor, **values: object) -> bool:
    with transaction() as session:
        before = current_settings(session).model_dump()
        return settings.change(session, actor, ShopSettings.model_validate({**before, **values}))


def history() -> list[tuple[str, str, str, str]]:
    with snapshot() as session:
        frame = settings_history(session, time_zone="America/Fortaleza")
    return list(zip(frame["who"], frame["field"], frame["old"], frame["new"], strict=True))


def versions() -> int:
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(SettingsVersion)) or 0


def test_the_defaults_are_in_force_while_nothing_was_saved() -> None:
    with snapshot() as session:
        assert current_settings(session) == ShopSettings()
    assert history() == []


def test_a_change_is_a_new_version_and_the_newest_is_in_force(admin: Actor) -> None:
    assert change(admin, shop_name="Loja Modelo")
    assert change(admin, late_rate=Decimal("0.033"))
    with snapshot() as session:
        current = current_settings(session)
    assert (current.shop_name, current.late_rate) == ("Loja Modelo", Decimal("0.033"))
    assert versions() == 2


def test_an_hour_that_is_none_is_a_dash_in_the_history(admin: Actor) -> None:
    change(admin, backup_hour=None)
    assert history() == [(admin.name, LABELS["backup_hour"], "3", "—")]


def test_an_old_version_that_makes_no_sense_does_not_hide_the_history(admin: Actor) -> None:
    nonsense = {"shop_name": "Loja", "sale_document": "papyrus", "grace_days": -1, "logo": "0"}
    with transaction() as session:
        session.add(SettingsVersion(data=nonsense, changed_by_name="Backup antigo"))
    newest = ShopSettings(shop_name="Loja Modelo").model_dump(mode="json")
    with transaction() as session:
        session.add(SettingsVersion(data=newest, changed_by_name="Ada"))
    assert history() == [
        ("Ada", LABELS["shop_name"], "Loja", "Loja Modelo"),
        ("Ada", LABELS["logo"], "imagem", "—"),
        ("Backup antigo", LABELS["shop_name"], "—", "Loja"),
        ("Backup antigo", LABELS["logo"], "—", "imagem"),
    ]


def test_saving_what_is_already_there_makes_no_version(admin: Actor) -> None:
    change(admin, shop_name="Loja Modelo")
    assert not change(admin, shop_name="Loja Modelo")
    assert versions() == 1


def test_the_history_says_who_changed_what_newest_first(admin: Actor) -> None:
    change(admin, shop_name="Loja Modelo", late_rate=Decimal("0.5"))
    change(
        admin,
        carnival=True,
        grace_days=3,
        local_holidays=(LocalHoliday(day=date(2026, 8, 15), name="Nossa Senhora"),),
    )
    assert history() == [
        (admin.name, "Carência (dias)", "0", "3"),
        (admin.name, "Carnaval sem expediente", "Não", "Sim"),
        (admin.name, "Feriados locais", "—", "15/08/2026 Nossa Senhora"),
        (admin.name, "Nome da loja", "—", "Loja Modelo"),
        (admin.name, "Juros de mora (% ao mês)", "1", "0,5"),
    ]


def test_the_audit_log_keeps_only_the_fields_that_changed(admin: Actor) -> None:
    change(admin, shop_name="Loja Modelo")
    with snapshot() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor_id, entry.entity) == (admin.id, "settings")
    assert (entry.before, entry.after) == ({"shop_name": ""}, {"shop_name": "Loja Modelo"})


def test_every_setting_has_a_name_for_people() -> None:
    assert set(LABELS) == set(ShopSettings.model_fields)


def test_a_fine_above_two_percent_is_refused_and_nothing_is_written(admin: Actor) -> None:
    """R6."""
    with pytest.raises(ValidationError):
        change(admin, fine_rate=Decimal("2.01"))
    assert versions() == 0


@pytest.mark.parametrize("rate", ["late_rate", "fine_rate", "contract_rate"])
def test_a_rate_with_more_decimals_than_a_sale_keeps_is_refused(rate: str) -> None:
    assert getattr(ShopSettings.model_validate({rate: "0.0333"}), rate) == Decimal("0.0333")
    with pytest.raises(ValidationError):
        ShopSettings.model_validate({rate: "0.03333"})


def test_only_an_administrator_changes_settings(manager: Actor, seller: Actor) -> None:
    for actor in (manager, seller):
        with pytest.raises(NotAllowed):
            change(actor, shop_name="Outra")
    assert versions() == 0


def test_numbers_kept_as_digits_are_written_as_on_the_form_in_the_history(admin: Actor) -> None:
    change(admin, tax_id="11222333000181", phone="+558532223344", zip_code="60175000")
    assert history() == [
        (admin.name, LABELS["tax_id"], "—", "11.222.333/0001-81"),
        (admin.name, LABELS["phone"], "—", "(85) 3222-3344"),
        (admin.name, LABELS["zip_code"], "—", "60175-000"),
    ]
