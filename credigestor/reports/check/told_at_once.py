"""The settings' versions, and what one entry of the log told of many rows, beside what is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.models import SettingsVersion
from credigestor.db.settings import ShopSettings
from credigestor.reports.check.problem import Problem


def settings_and_bulk(session: Session) -> Iterator[Problem]:
    """Versions of the settings, imports and demonstrations that are not as the log told."""
    yield from _settings(session)
    yield from _bulk(session)


def _settings(session: Session) -> Iterator[Problem]:
    """Each version differs from the one before in what its entry told, and in nothing else."""
    entries = {
        row.entity_id: row
        for row in session.execute(
            text(
                "SELECT entity_id, actor_id, actor_name, after, at FROM audit_log "
                "WHERE entity = 'settings' AND action = 'change' ORDER BY id DESC"
            )
        )
    }
    before: dict[str, Any] = ShopSettings().model_dump(mode="json")
    for version in session.scalars(select(SettingsVersion).order_by(SettingsVersion.id)):
        data = version.data if isinstance(version.data, dict) else {}
        entry = entries.get(version.id)
        if entry is not None and isinstance(entry.after, dict):
            right = {**before, **entry.after}
            wrong = {key for key in data if key in right and not _alike(key, data[key], right[key])}
            wrong |= {key for key in entry.after if key not in data}
            if version.changed_by != entry.actor_id or version.changed_by_name != entry.actor_name:
                wrong.add("changed_by")
            if abs((version.changed_at - entry.at).total_seconds()) > 3600:
                wrong.add("changed_at")
            if wrong:
                yield Problem(
                    "trail_differs",
                    "settings",
                    version.id,
                    f"A auditoria conta outra coisa de: {', '.join(sorted(wrong))}.",
                )
        before = {**before, **data}


def _alike(key: str, one: Any, other: Any) -> bool:
    """Whether both mean the same, "2" and "2.00" for one."""
    if one == other or key not in ShopSettings.model_fields:
        return True
    try:
        values = [getattr(ShopSettings.model_validate({key: each}), key) for each in (one, other)]
    except ValidationError:
        return False
    return bool(values[0] == values[1])


def _bulk(session: Session) -> Iterator[Problem]:
    """What one entry told of many rows: how many, and sold under the settings of that day (R5)."""
    entries = session.execute(
        text(
            "SELECT id, at, action, after FROM audit_log WHERE entity = 'shop' "
            "AND action IN ('import', 'demo') AND jsonb_typeof(after) = 'object' ORDER BY id"
        )
    ).all()
    undone = set(
        session.scalars(
            text(
                "SELECT after ->> 'import' FROM audit_log "
                "WHERE entity = 'shop' AND action = 'undo_import'"
            )
        )
    )
    for entry in entries:
        only = " AND ref IS NOT NULL" if entry.action == "import" else ""
        for table in ("customers", "sales", "payments"):
            told = entry.after.get(table, 0)
            # A customer's reference goes when they are anonymised (R28).
            these = "" if table == "customers" else only
            there = session.scalar(
                text(f"SELECT count(*) FROM {table} WHERE created_at = :at{these}"),
                {"at": entry.at},
            )
            if entry.action == "import" and str(entry.id) in undone:
                if there:
                    detail = f"A importação foi desfeita, e ficaram {there} linhas de {table}."
                    yield Problem("trail_bulk", "audit_log", entry.id, detail)
                continue
            if not isinstance(told, int) or (there or 0) < told:
                yield Problem(
                    "trail_bulk",
                    "audit_log",
                    entry.id,
                    f"Foram gravadas {told} linhas de {table}; restam {there}.",
                )
        rates = _rates_until(session, entry.at) | _rates_told(entry.after)
        sold = text(
            "SELECT min(id) AS id, late_rate, fine_rate, grace_days FROM sales "
            f"WHERE created_at = :at{only} GROUP BY 2, 3, 4 ORDER BY 1"
        )
        for row in session.execute(sold, {"at": entry.at}):
            if (row.late_rate, row.fine_rate, row.grace_days) not in rates:
                yield Problem(
                    "sale_rates",
                    "sales",
                    row.id,
                    "Os juros, a multa ou a carência da venda não são os que as configurações "
                    "tinham quando ela entrou, nem os que a importação conta.",
                )


def _rates_told(after: dict[str, Any]) -> set[tuple[Decimal, Decimal, int]]:
    """The rates of their own that an import's sales had, as its entry tells them (R5)."""
    told = after.get("rates", [])
    try:
        return {(Decimal(late), Decimal(fine), int(grace)) for late, fine, grace in told}
    except (TypeError, ValueError, ArithmeticError):
        return set()


def _rates_until(session: Session, moment: datetime) -> set[tuple[Decimal, Decimal, int]]:
    """The rates of every version of the settings until then; the defaults where there is none."""
    versions = session.scalars(
        select(SettingsVersion.data).where(SettingsVersion.changed_at <= moment)
    ).all()
    rates = set()
    for data in versions or [{}]:
        try:
            shop = ShopSettings.model_validate(data)
        except ValidationError:
            continue
        rates.add((shop.late_rate, shop.fine_rate, shop.grace_days))
    return rates
