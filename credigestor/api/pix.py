"""The Pix of the day of a note: the code to copy, and its QR code (R25)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Money, PathId
from credigestor.api.operations import Operations
from credigestor.db.engine import snapshot
from credigestor.db.settings import current_settings
from credigestor.documents import qr
from credigestor.documents.letterhead import payee
from credigestor.errors import Conflict, NotFound
from credigestor.reports import notes
from credigestor.reports.pix_of_the_day import pix_of_the_day
from credigestor.rules import pix
from credigestor.rules.money import MAX_MONEY, ZERO, format_brl
from credigestor.rules.permissions import Permission
from credigestor.rules.words import listed

router = Operations("/notes", "Notas")

Early = Annotated[
    bool, Query(description="Com o desconto da quitação antecipada (CDC, art. 52, § 2º).")
]


class Pix(Answer):
    """What settles a note today by Pix: `owed` less `saved` makes `amount`.

    A Pix does not record itself: see that it came, and record the payment.
    """

    as_of: date
    note_id: int
    owed: Money
    saved: Money
    amount: Money
    payee: str
    txid: str
    code: str


@router.reads("/{note_id}/pix", Permission.COUNTER, "O Pix de hoje de uma nota: copia e cola")
def code(note_id: PathId, call: Caller, early_discount: Early = True) -> Pix:
    """A note's Pix of today."""
    return _pix(note_id, early_discount, call.today)


@router.reads(
    "/{note_id}/pix.png",
    Permission.COUNTER,
    "O QR Code do Pix de hoje de uma nota",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "A imagem."}},
)
def image(note_id: PathId, call: Caller, early_discount: Early = True) -> Response:
    """The same as an image."""
    found = _pix(note_id, early_discount, call.today)
    return Response(qr.png(found.code, scale=8), media_type="image/png")


def _pix(note_id: int, early: bool, today: date) -> Pix:
    with snapshot() as session:
        customer_id = notes.owner(session, note_id)
        if customer_id is None:
            raise NotFound("Nota não encontrada.")
        shop = current_settings(session)
        found = pix_of_the_day(session, customer_id, [note_id], today=today)
    if not found.due:
        raise Conflict("Esta nota não está em aberto hoje: não há o que pagar.")
    saved: Decimal = found.saved if early else ZERO
    amount = found.owed - saved
    if amount > MAX_MONEY:
        raise Conflict(f"Um Pix vale no máximo {format_brl(MAX_MONEY)}.")
    payload = pix.shop_payload(shop, amount, found.txid)
    if payload is None:
        lacking = listed(pix.missing(shop))
        raise Conflict(
            f"Para o código Pix, falta cadastrar: {lacking}. Um administrador preenche em "
            "Configurações."
        )
    return Pix(
        as_of=today,
        note_id=note_id,
        owed=found.owed,
        saved=saved,
        amount=amount,
        payee=payee(shop),
        txid=found.txid,
        code=payload,
    )
