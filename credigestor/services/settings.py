"""Changing the shop's settings, one version a change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import SettingsVersion
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import audit
from credigestor.services.inputs import parse


def change(session: Session, actor: Actor, settings: ShopSettings) -> bool:
    """Put a new version of the settings in force; False when nothing differs.

    Existing sales and notes keep what they were made with (R5). Raises NotAllowed, or
    InvalidInputs naming every wrong field: a copy with other values was not checked yet.
    """
    actor.require(Permission.SETTINGS)
    settings = parse(ShopSettings, settings.model_dump(warnings=False))
    lock(session)
    before = current_settings(session).model_dump(mode="json")
    after = settings.model_dump(mode="json")
    changed = differences(before, after)
    has_version = session.scalar(select(SettingsVersion.id).limit(1))
    if not changed and has_version:
        return False
    version = session.scalar(
        insert(SettingsVersion)
        .values(data=after, changed_by=actor.id, changed_by_name=actor.name)
        .returning(SettingsVersion.id)
    )
    audit.record(
        session,
        actor,
        "change",
        "settings",
        version,
        before={key: old for key, (old, _) in changed.items()},
        after={key: new for key, (_, new) in changed.items()},
    )
    return True


def lock(session: Session) -> None:
    """Keep everybody else from changing them until the end of the transaction."""
    session.execute(text("LOCK TABLE settings IN EXCLUSIVE MODE"))


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Fields that differ between two versions' data, each with its old and new value."""
    return {
        key: (before.get(key), after.get(key)) for key in after if before.get(key) != after.get(key)
    }
