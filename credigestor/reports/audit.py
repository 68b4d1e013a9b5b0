"""The audit log: who wrote what and when, as filtered, and about one customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true, tuple_, union_all
from sqlalchemy.orm import Session

from credigestor.db.models import (
    AuditEntry,
    Contact,
    Customer,
    Payment,
    PromiseToPay,
    Proposal,
    Sale,
    User,
)
from credigestor.reports.ordering import ordered

#: Stands for what nobody who logs in did: the command line.
NOBODY: Literal["none"] = "none"
#: A log of any size is walked along its moments, either way.
ORDERS = {"at": AuditEntry.at}
NEWEST_FIRST = "-at"


@dataclass(frozen=True)
class AuditFilters:
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
    """One write: `at` in the shop's time, `name` that of the customer or user it is about.

    What was there before and after, `exports.audit_words` tells by the id.
    """

    id: int
    at: datetime
    who: str
    action: str
    entity: str
    entity_id: int | None
    name: str | None


def entries(
    session: Session,
    filters: AuditFilters,
    *,
    time_zone: str,
    offset: int,
    limit: int,
    order: str = NEWEST_FIRST,
) -> list[Entry]:
    """One page of the log as filtered, in an order of ORDERS."""
    # Of a page far down, only its own entries are named.
    by = ordered(order, ORDERS, tie=AuditEntry.id)
    ids = select(AuditEntry.id).where(_kept(filters, time_zone)).order_by(*by)
    page = listed(AuditFilters(), time_zone=time_zone, order=order).where(
        AuditEntry.id.in_(ids.offset(offset).limit(limit))
    )
    return _read(session, page, time_zone)


def entries_of_customer(session: Session, customer_id: int, *, time_zone: str) -> list[Entry]:
    """All written about a customer, their sales, proposals, payments and contacts, in order."""

    def about(
        entity: str, model: type[Sale] | type[Proposal] | type[Payment] | type[Contact]
    ) -> Select[int]:
        return (
            select(AuditEntry.id)
            .join(model, model.id == AuditEntry.entity_id)
            .where(AuditEntry.entity == entity, model.customer_id == customer_id)
        )

    # As many ways to the log's index; as one condition they would read the whole log.
    ids: Any = union_all(
        select(AuditEntry.id).where(
            AuditEntry.entity == "customer", AuditEntry.entity_id == customer_id
        ),
        about("sale", Sale),
        about("proposal", Proposal),
        about("payment", Payment),
        about("contact", Contact),
        select(AuditEntry.id)
        .join(PromiseToPay, PromiseToPay.id == AuditEntry.entity_id)
        .join(Contact, Contact.id == PromiseToPay.contact_id)
        .where(AuditEntry.entity == "promise", Contact.customer_id == customer_id),
    )
    log = listed(AuditFilters(), time_zone=time_zone).where(AuditEntry.id.in_(ids))
    return _read(session, log.order_by(None).order_by(AuditEntry.id), time_zone)


def _read(session: Session, log: Select[Any], time_zone: str) -> list[Entry]:
    zone = ZoneInfo(time_zone)
    return [
        Entry(
            id=row.id,
            at=row.at.astimezone(zone),
            who=row.who,
            action=row.action,
            entity=row.entity,
            entity_id=row.entity_id,
            name=row.name,
        )
        for row in session.execute(log)
    ]


def count(session: Session, filters: AuditFilters, *, time_zone: str) -> int:
    """How many entries the filters leave."""
    kept = select(func.count()).select_from(AuditEntry).where(_kept(filters, time_zone))
    return session.scalar(kept) or 0


def people(session: Session) -> dict[int, str]:
    """Names of all users, by id, in alphabetical order."""
    rows = session.execute(select(User.id, User.name).order_by(User.name, User.id))
    return {row.id: row.name for row in rows}


def listed(
    filters: AuditFilters,
    *,
    time_zone: str,
    after: tuple[datetime, int] | None = None,
    order: str = NEWEST_FIRST,
) -> Select[*tuple[Any, ...]]:
    """SELECT of every entry that the filters leave.

    Columns: id, at, who, action, entity, entity_id, name (of a customer or user). `after` are
    moment and id of the entry that a page, newest first, ended with.
    """
    entry = AuditEntry
    rest = true() if after is None else tuple_(entry.at, entry.id) < after
    name = case(
        (entry.entity == "customer", _name(Customer)), (entry.entity == "users", _name(User))
    )
    return (
        select(
            entry.id,
            entry.at,
            entry.actor_name.label("who"),
            entry.action,
            entry.entity,
            entry.entity_id,
            name.label("name"),
        )
        .where(_kept(filters, time_zone), rest)
        .order_by(*ordered(order, ORDERS, tie=entry.id))
    )


def _name(model: type[Customer] | type[User]) -> ColumnElement[str]:
    of_entry = select(model.name).where(model.id == AuditEntry.entity_id)
    return of_entry.correlate(AuditEntry).scalar_subquery()


def _kept(filters: AuditFilters, time_zone: str) -> ColumnElement[bool]:
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
