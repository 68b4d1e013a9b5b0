"""Goods that came back: of a sale, and one return with what its paper tells (R30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import Act, ActItem, ActReversal, Note, Return, Sale, User
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import NotFound
from credigestor.reports.named_customer import NamedCustomer, named_customer
from credigestor.reports.receipt import Undone
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number, receipt_number, sale_number
from credigestor.rules.returns import ReturnKind


@dataclass(frozen=True)
class FallenNote:
    """What of a note's principal fell, and what was left of it then, R$."""

    note_id: int
    number: str
    due_date: date
    principal: Decimal
    after: Decimal


@dataclass(frozen=True)
class GoodsReturn:
    """One return: what came back, which notes fell, newest first, and what went back, R$."""

    act_id: int
    number: str
    sale_id: int
    sale: str
    customer_id: int
    returned_on: date
    recorded_at: datetime
    kind: ReturnKind
    value: Decimal
    share: Decimal | None
    back: Decimal
    back_by: str | None
    reason: str
    made_by: str | None
    notes: Sequence[FallenNote]
    undone: Undone | None

    @property
    def principal(self) -> Decimal:
        """What fell of all notes together, R$."""
        return sum((note.principal for note in self.notes), ZERO)


@dataclass(frozen=True)
class ReturnSlip:
    """All that the paper of a return states: the return, its sale, and who is concerned."""

    shop: ShopSettings
    customer: NamedCustomer
    goods: GoodsReturn
    sold_on: date
    description: str
    total: Decimal


def of_sale(session: Session, sale_id: int) -> list[GoodsReturn]:
    """What came back of a sale, undone or not, oldest first."""
    return _found(session, _RETURNS.where(Return.sale_id == sale_id))


def one(session: Session, act_id: int) -> GoodsReturn:
    """One return by its act; raises NotFound."""
    found = _found(session, _RETURNS.where(Return.act_id == act_id))
    if not found:
        raise NotFound("Devolução não encontrada.")
    return found[0]


def slip(session: Session, act_id: int) -> ReturnSlip:
    """What the paper of a return states; raises NotFound, and Conflict for who was anonymised."""
    goods = one(session, act_id)
    sale = session.get_one(Sale, goods.sale_id)
    return ReturnSlip(
        shop=current_settings(session),
        customer=named_customer(session, goods.customer_id),
        goods=goods,
        sold_on=sale.sold_on,
        description=sale.description,
        total=sale.total,
    )


_maker, _undoer = aliased(User), aliased(User)
_RETURNS: Select[*tuple[Any, ...]] = (
    select(Return, Act, _maker.name, ActReversal, _undoer.name)
    .join(Act, Act.id == Return.act_id)
    .outerjoin(_maker, _maker.id == Act.made_by)
    .outerjoin(ActReversal, ActReversal.act_id == Act.id)
    .outerjoin(_undoer, _undoer.id == ActReversal.reversed_by)
    .order_by(Act.acted_on, Act.id)
)


def _found(session: Session, statement: Select[*tuple[Any, ...]]) -> list[GoodsReturn]:
    rows = session.execute(statement).all()
    notes = _notes(session, [row[1].id for row in rows])
    return [_goods(row, notes.get(row[1].id, [])) for row in rows]


def _goods(row: Row[*tuple[Any, ...]], notes: Sequence[FallenNote]) -> GoodsReturn:
    goods, act, made_by, undone, undone_by = row
    return GoodsReturn(
        act_id=act.id,
        number=receipt_number(act.id),
        sale_id=goods.sale_id,
        sale=sale_number(goods.sale_id),
        customer_id=act.customer_id,
        returned_on=act.acted_on,
        recorded_at=act.created_at,
        kind=ReturnKind(goods.kind),
        value=goods.value,
        share=goods.share,
        back=goods.back,
        back_by=goods.back_by,
        reason=act.reason or "",
        made_by=made_by,
        notes=notes,
        undone=undone and Undone(undone.reversed_on, undone.reversed_at, undone_by, undone.reason),
    )


def _notes(session: Session, act_ids: Sequence[int]) -> dict[int, list[FallenNote]]:
    found: dict[int, list[FallenNote]] = {}
    rows = session.execute(
        select(ActItem, Note, Sale.installments)
        .join(Note, Note.id == ActItem.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .where(ActItem.act_id.in_(act_ids))
        .order_by(Note.due_date.desc(), Note.number.desc())
    )
    for item, note, installments in rows:
        found.setdefault(item.act_id, []).append(
            FallenNote(
                note_id=note.id,
                number=note_number(note.sale_id, note.number, installments),
                due_date=note.due_date,
                principal=item.principal,
                after=item.principal_after,
            )
        )
    return found
