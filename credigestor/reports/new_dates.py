"""Agreements on later due dates: of a sale, and one with what its paper tells (R32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import Act, ActItem, ActReversal, Note, Sale, User
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.db.steps import DUE_AS_MADE
from credigestor.errors import NotFound
from credigestor.reports import guarantors
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.reports.named_customer import NamedCustomer, named_customer
from credigestor.reports.receipt import Undone
from credigestor.rules.acts import ActKind
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number, receipt_number


@dataclass(frozen=True)
class MovedNote:
    """A note that was put off: principal, R$, dates before and after, and agreed interest, R$."""

    note_id: int
    number: str
    sale_id: int
    principal: Decimal
    before: date
    due_date: date
    on_time_until: date
    interest: Decimal


@dataclass(frozen=True)
class NewDates:
    """One agreement on later dates, with its notes in order."""

    act_id: int
    number: str
    customer_id: int
    agreed_on: date
    reason: str
    made_by: str | None
    notes: Sequence[MovedNote]
    undone: Undone | None

    @property
    def interest(self) -> Decimal:
        """What was agreed for all its notes, R$."""
        return sum((note.interest for note in self.notes), ZERO)


@dataclass(frozen=True)
class Agreement:
    """All that the paper of an agreement states; rates in percent, `grace_days` the sale's."""

    shop: ShopSettings
    customer: NamedCustomer
    guarantors: Sequence[SaleGuarantor]
    agreed: NewDates
    sold_on: date
    description: str
    late_rate: Decimal
    fine_rate: Decimal
    grace_days: int


_maker, _undoer = aliased(User), aliased(User)
_ACTS = (
    select(Act, _maker.name, ActReversal, _undoer.name)
    .outerjoin(_maker, _maker.id == Act.made_by)
    .outerjoin(ActReversal, ActReversal.act_id == Act.id)
    .outerjoin(_undoer, _undoer.id == ActReversal.reversed_by)
    .where(Act.kind == ActKind.NEW_DATE.value)
    .order_by(Act.acted_on, Act.id)
)


def of_sale(session: Session, sale_id: int) -> list[NewDates]:
    """The agreements on notes of a sale, undone or not, oldest first."""
    acts = select(ActItem.act_id).join(Note, Note.id == ActItem.note_id)
    return _found(session, Act.id.in_(acts.where(Note.sale_id == sale_id)))


def one(session: Session, act_id: int) -> NewDates:
    """One agreement by its act; raises NotFound."""
    found = _found(session, Act.id == act_id)
    if not found:
        raise NotFound("Prorrogação não encontrada.")
    return found[0]


def agreement(session: Session, act_id: int) -> Agreement:
    """What an agreement's paper states; raises NotFound, and Conflict for who was anonymised."""
    agreed = one(session, act_id)
    sale = session.get_one(Sale, agreed.notes[0].sale_id)
    return Agreement(
        shop=current_settings(session),
        customer=named_customer(session, agreed.customer_id),
        guarantors=guarantors.of_sale(session, sale.id),
        agreed=agreed,
        sold_on=sale.sold_on,
        description=sale.description,
        late_rate=sale.late_rate,
        fine_rate=sale.fine_rate,
        grace_days=sale.grace_days,
    )


def _found(session: Session, which: ColumnElement[bool]) -> list[NewDates]:
    rows = session.execute(_ACTS.where(which)).all()
    notes = _notes(session, [act.id for act, *_ in rows])
    return [_agreed(row, notes.get(row[0].id, [])) for row in rows]


def _agreed(row: Row[*tuple[Any, ...]], notes: Sequence[MovedNote]) -> NewDates:
    act, made_by, undone, undone_by = row
    return NewDates(
        act_id=act.id,
        number=receipt_number(act.id),
        customer_id=act.customer_id,
        agreed_on=act.acted_on,
        reason=act.reason or "",
        made_by=made_by,
        notes=notes,
        undone=undone and Undone(undone.reversed_on, undone.reversed_at, undone_by, undone.reason),
    )


def _notes(session: Session, act_ids: Sequence[int]) -> dict[int, list[MovedNote]]:
    """The notes of each act: the date before it is that of the newest agreement that stood then."""
    other, act = aliased(ActItem), aliased(Act)
    undone = aliased(ActReversal)
    before = (
        select(other.due_date)
        .join(act, act.id == other.act_id)
        .outerjoin(undone, undone.act_id == act.id)
        .where(
            other.note_id == ActItem.note_id,
            other.kind == ActKind.NEW_DATE.value,
            tuple_(other.acted_on, other.act_id) < tuple_(ActItem.acted_on, ActItem.act_id),
            act.created_at <= Act.created_at,
            or_(undone.id.is_(None), undone.reversed_at > Act.created_at),
        )
        .order_by(other.acted_on.desc(), other.act_id.desc())
        .limit(1)
        .correlate(ActItem, Act)
        .scalar_subquery()
    )
    rows: Sequence[Any] = session.execute(
        select(
            ActItem,
            Note,
            Sale.installments,
            func.coalesce(before, DUE_AS_MADE).label("before"),
        )
        .join(Act, Act.id == ActItem.act_id)
        .join(Note, Note.id == ActItem.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .where(ActItem.act_id.in_(act_ids))
        .order_by(ActItem.act_id, Note.number)
    ).all()
    found: dict[int, list[MovedNote]] = {}
    for item, note, installments, due_before in rows:
        assert item.due_date is not None  # of this kind, each has both
        assert item.on_time_until is not None
        assert due_before is not None
        found.setdefault(item.act_id, []).append(
            MovedNote(
                note_id=note.id,
                number=note_number(note.sale_id, note.number, installments),
                sale_id=note.sale_id,
                principal=item.principal_after,
                before=due_before,
                due_date=item.due_date,
                on_time_until=item.on_time_until,
                interest=-item.asked_interest,
            )
        )
    return found
