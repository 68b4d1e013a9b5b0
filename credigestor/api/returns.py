"""Goods that come back: what would fall and go back, recorded, read, undone (R30)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Call, Caller
from credigestor.api.fields import (
    Answer,
    Body,
    Day,
    Money,
    MoneyIn,
    PathId,
    Rate,
    RateIn,
    Why,
    examples,
)
from credigestor.api.once import Once, placed
from credigestor.api.operations import Operations
from credigestor.api.papers import PDF, drawn
from credigestor.api.payments import Undone
from credigestor.api.sale_previews import NO_OPERATION
from credigestor.db.engine import snapshot
from credigestor.reports import returns as reports
from credigestor.reports import sale as one_sale
from credigestor.rules.methods import OneWay
from credigestor.rules.permissions import Permission
from credigestor.rules.returns import ReturnKind
from credigestor.services import acts
from credigestor.services import returns as services
from credigestor.services.inputs import parse
from credigestor.services.returns import NewReturn

sales = Operations("/sales", "Vendas")
router = Operations("/returns", "Vendas")

#: Elsewhere the word is a range of sales.
_VALUE = "O que a mercadoria devolvida vale, R$."


class GoodsToTake(Body):
    """What comes back of the sale: its value, or its share in percent; of today if not told."""

    model_config = examples(
        {"kind": "defect", "value": "400.00", "reason": "Geladeira com defeito, não consertada"},
        {
            "kind": "regret",
            "share": "100",
            "back_by": "pix",
            "expected_back": "300.00",
            "reason": "Comprou pelo telefone e desistiu em 5 dias",
        },
    )

    kind: ReturnKind
    value: MoneyIn | None = Field(None, description=_VALUE)
    share: RateIn | None = None
    returned_on: Day | None = None
    back_by: OneWay | None = None
    expected_back: MoneyIn | None = None
    reason: str


class GoodsToPreview(Body):
    """What would come back of the sale."""

    model_config = examples({"kind": "courtesy", "share": "50"})

    kind: ReturnKind
    value: MoneyIn | None = Field(None, description=_VALUE)
    share: RateIn | None = None
    returned_on: Day | None = None


class NoteToFall(Answer):
    """What of a note would fall, what that is worth on the day, and what would be left."""

    note_id: int
    number: str
    principal: Money
    worth: Money
    left: Money


class ReturnPreview(Answer):
    """What a return would do; `back` goes back to the customer."""

    sale_id: int
    returned_on: date
    value: Annotated[Money, Field(description=_VALUE)]
    notes: list[NoteToFall]
    principal: Money
    back: Money


class ReturnMade(Answer):
    """The return that was recorded."""

    id: int
    number: str
    sale_id: int
    returned_on: date
    value: Annotated[Money, Field(description=_VALUE)]
    principal: Money
    back: Money
    back_by: OneWay | None


class FallenNote(Answer):
    """What of a note fell, and what was left of it then."""

    note_id: int
    number: str
    due_date: date
    principal: Money
    after: Money


class GoodsReturn(Answer):
    """A return of the sale, undone or not."""

    id: int
    number: str
    returned_on: date
    recorded_at: datetime
    kind: ReturnKind
    value: Annotated[Money, Field(description=_VALUE)]
    share: Rate | None
    principal: Money
    back: Money
    back_by: OneWay | None
    reason: str
    made_by: str | None
    notes: list[FallenNote]
    undone: Undone | None


class SaleReturns(Answer):
    """What came back of a sale, oldest first."""

    items: list[GoodsReturn]


class ReturnUndone(Answer):
    """A return that was undone."""

    id: int
    reversed_on: date


@sales.acts(
    "/{sale_id}/returns/preview",
    Permission.RETURN,
    "O que uma devolução faria: notas abatidas e o que volta ao cliente",
)
def preview_return(sale_id: PathId, call: Caller, data: GoodsToPreview) -> ReturnPreview:
    """What a return would do; what would refuse it refuses this."""
    with placed(data, {}), snapshot() as session:
        new = _asked(sale_id, call, data, NO_OPERATION)
        found = services.preview(session, call.actor, new, today=call.today)
    return ReturnPreview(
        sale_id=sale_id,
        returned_on=new.returned_on,
        value=found.value,
        notes=[
            NoteToFall(
                note_id=note.id,
                number=note.label,
                principal=fall.principal,
                worth=fall.worth,
                left=fall.left,
            )
            for note, fall in found.falls
        ],
        principal=found.principal,
        back=found.back,
    )


@sales.writes(
    "/{sale_id}/returns",
    Permission.RETURN,
    "Registrar a devolução de mercadoria de uma venda",
    answers=ReturnMade,
)
def take_back(sale_id: PathId, call: Caller, once: Once, data: GoodsToTake) -> Response:
    """Take goods back."""

    def act(session: Session) -> ReturnMade:
        new = _asked(sale_id, call, data, once.key)
        act_id = services.record(session, call.actor, new, today=call.today)
        made = reports.one(session, act_id)
        shown = {name: getattr(made, name) for name in ReturnMade.model_fields if name != "id"}
        return ReturnMade(id=act_id, **shown)

    return once(data, act)


@sales.reads("/{sale_id}/returns", Permission.COUNTER, "As devoluções de uma venda")
def returned(sale_id: PathId) -> SaleReturns:
    """What came back of a sale."""
    with snapshot() as session:
        one_sale.record(session, sale_id)
        found = reports.of_sale(session, sale_id)
    return SaleReturns(items=[_shown(each) for each in found])


@router.reads(
    "/{return_id}/slip", Permission.COUNTER, "O comprovante de uma devolução, em PDF", **PDF
)
def slip(return_id: PathId, call: Caller) -> Response:
    """A return's paper."""
    return drawn(call, "devolucao", return_id)


@router.writes(
    "/{return_id}/reversal", Permission.RETURN, "Desfazer uma devolução", answers=ReturnUndone
)
def reverse(return_id: PathId, call: Caller, once: Once, data: Why) -> Response:
    """Undo a return as of today."""

    def act(session: Session) -> ReturnUndone:
        reports.one(session, return_id)  # no other act is undone at this address
        acts.reverse(session, call.actor, act_id=return_id, why=data.reason, today=call.today)
        return ReturnUndone(id=return_id, reversed_on=call.today)

    return once(data, act)


def _asked(
    sale_id: int, call: Call, data: GoodsToTake | GoodsToPreview, key: uuid.UUID
) -> NewReturn:
    """The return that a body asks for, as the service takes it."""
    values = {"reason": "", **data.model_dump()}
    values |= {"operation_id": key, "sale_id": sale_id}
    values["returned_on"] = data.returned_on or call.today
    return parse(NewReturn, values)


def _shown(found: reports.GoodsReturn) -> GoodsReturn:
    shown = {name: getattr(found, name, None) for name in GoodsReturn.model_fields}
    return GoodsReturn.model_validate({**shown, "id": found.act_id})
