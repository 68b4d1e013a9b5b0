"""The audit log as people read it: who wrote what, when, with what was there before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true
from sqlalchemy.orm import Session

from credigestor.db.models import AuditEntry, Customer, User
from credigestor.reports.audit_changes import ENTITIES, changes
from credigestor.rules.numbering import receipt_number, sale_number

#: Stands for what nobody who logs in did: the command line.
NOBODY: Literal["none"] = "none"


@dataclass(frozen=True)
class Filters:
    """What limits the log; days are the shop's and inclusive, `person` a user's id or NOBODY.

    `number` is the entity's: a customer's code, the number of a sale or of a receipt.
    """

    day_from: date | None = None
    day_to: date | None = None
    person: int | Literal["none"] | None = None
    action: str | None = None
    entity: str | None = None
    number: int | None = None


@dataclass(frozen=True)
class Entry:
    """One write: `at` in the shop's time, `about` and `changes` worded, a line a field."""

    id: int
    at: datetime
    who: str
    action: str
    entity: str
    entity_id: int | None
    about: str
    changes: Sequence[str]


def entries(
    session: Session, filters: Filters, *, time_zone: str, offset: int, limit: int
) -> list[Entry]:
    """One page of the log as filtered, the newest first."""
    zone = ZoneInfo(time_zone)
    # Of a page far down, only its own entries are worded.
    ids = _newest_first(select(AuditEntry.id).where(_kept(filters, time_zone)))
    page = listed(Filters(), time_zone=time_zone).where(
        AuditEntry.id.in_(ids.offset(offset).limit(limit))
    )
    return [
        Entry(
            id=row.id,
            at=row.at.astimezone(zone),
            who=row.who,
            action=row.action,
            entity=row.entity,
            entity_id=row.entity_id,
            about=about(row.entity, row.entity_id, row.name),
            changes=(row.changes or "").splitlines(),
        )
        for row in session.execute(page)
    ]


def count(session: Session, filters: Filters, *, time_zone: str) -> int:
    """How many entries the filters leave."""
    kept = select(func.count()).select_from(AuditEntry).where(_kept(filters, time_zone))
    return session.scalar(kept) or 0


def people(session: Session) -> dict[int, str]:
    """Names of all users, by id, in alphabetical order."""
    rows = session.execute(select(User.id, User.name).order_by(User.name, User.id))
    return {row.id: row.name for row in rows}


def listed(filters: Filters, *, time_zone: str) -> Select[*tuple[Any, ...]]:
    """SELECT of every entry that the filters leave, the newest first.

    Columns: id, at, who, action, entity, entity_id, name (of a customer or user), changes.
    """
    entry = AuditEntry
    name = case(
        (entry.entity == "customer", _name(Customer)), (entry.entity == "users", _name(User))
    )
    return _newest_first(
        select(
            entry.id,
            entry.at,
            entry.actor_name.label("who"),
            entry.action,
            entry.entity,
            entry.entity_id,
            name.label("name"),
            changes().label("changes"),
        ).where(_kept(filters, time_zone))
    )


def _newest_first(entries: Select[Any]) -> Select[Any]:
    return entries.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def about(entity: str, entity_id: int | None, name: str | None) -> str:
    """What an entry is about: Venda 000123, Cliente 7 (Ana Luz), Configurações."""
    word = ENTITIES.get(entity, entity)
    if entity_id is None or entity in ("settings", "download", "shop"):
        return word
    if entity == "sale":
        return f"{word} {sale_number(entity_id)}"
    if entity == "payment":
        return f"{word} {receipt_number(entity_id)}"
    return f"{word} {entity_id}" + (f" ({name})" if name else "")


def _name(model: type[Customer] | type[User]) -> ColumnElement[str]:
    of_entry = select(model.name).where(model.id == AuditEntry.entity_id)
    return of_entry.correlate(AuditEntry).scalar_subquery()


def _kept(filters: Filters, time_zone: str) -> ColumnElement[bool]:
    entry = AuditEntry
    conditions: list[ColumnElement[bool]] = []
    if filters.day_from:
        conditions.append(entry.at >= _midnight(filters.day_from, time_zone))
    if filters.day_to:
        conditions.append(entry.at < _midnight(filters.day_to + timedelta(days=1), time_zone))
    if filters.person == NOBODY:
        conditions.append(entry.actor_id.is_(None))
    elif filters.person is not None:
        conditions.append(entry.actor_id == filters.person)
    if filters.action:
        conditions.append(entry.action == filters.action)
    if filters.entity:
        conditions.append(entry.entity == filters.entity)
    if filters.number is not None:
        conditions.append(entry.entity_id == filters.number)
    return and_(true(), *conditions)


def _midnight(day: date, time_zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))
