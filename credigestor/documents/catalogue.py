"""Every printed document by the words of its address: its kind, what it is of, its parameters.

    document = find(session, "recibo", "45", {"format": "roll"}, today=today)
    document.file_name          # recibo-000045.pdf; no person's name is ever in it
    document.pdf()              # the bytes, made without the session

A stranger writes addresses too: what makes no sense is refused here, before it is looked up.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from credigestor.db.settings import ShopSettings, bounds
from credigestor.documents import (
    agreement,
    booklet,
    contract,
    credit_payback,
    customer_statement,
    goods_return,
    new_dates,
    promissory_notes,
    proposal,
    receipt,
    settlement,
)
from credigestor.errors import InvalidInput, NotFound
from credigestor.reports import booklet as booklets
from credigestor.reports import contract as contracts
from credigestor.reports import customer_statement as statements
from credigestor.reports import logos, proposals, renegotiations, sale_money
from credigestor.reports import new_dates as agreements
from credigestor.reports import printed_notes as printings
from credigestor.reports import receipt as receipts
from credigestor.reports import returns as goods_returns
from credigestor.reports import settlement as settlements
from credigestor.reports import store_credit as store_credits
from credigestor.reports.named_customer import named_customer
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.numbering import sale_number

_ID = re.compile("[1-9][0-9]{0,9}")
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONEY = re.compile("(0|[1-9][0-9]{0,9})[.][0-9]{2}")
_LARGEST_ID = 2**31 - 1
_COPIES = {str(count) for count in range(1, bounds("receipt_copies")[1] + 1)}
#: Notes that one quote may name.
MOST_NOTES = 500

NOT_FOUND = "Documento não encontrado. Abra-o de novo pela página da venda, nota ou pagamento."
MALFORMED = "O endereço do documento está incompleto ou errado. Abra-o de novo pela página."


@dataclass(frozen=True)
class Document:
    """A document that can be made: the name of its file, and its bytes when they are wanted."""

    file_name: str
    pdf: Callable[[], bytes]


@dataclass(frozen=True)
class _Asked:
    """What an address says, and what it is answered from."""

    session: Session
    ref: str
    params: Mapping[str, str]
    today: date

    def id(self) -> int:
        found = _row_id(self.ref)
        if found is None:
            raise NotFound(NOT_FOUND)
        return found

    def operation(self) -> uuid.UUID:
        if not _UUID.fullmatch(self.ref):
            raise NotFound(NOT_FOUND)
        return uuid.UUID(self.ref)

    def day(self, name: str) -> date:
        word = self.params.get(name, "")
        try:
            return date.fromisoformat(word if _DAY.fullmatch(word) else "")
        except ValueError:
            raise InvalidInput(MALFORMED) from None

    def money(self, name: str) -> Decimal | None:
        """R$ as 1234.56; None where the address says nothing of it."""
        word = self.params.get(name)
        if word is not None and not _MONEY.fullmatch(word):
            raise InvalidInput(MALFORMED)
        return None if word is None else Decimal(word)

    def ids(self, name: str) -> list[int]:
        words = self.params.get(name, "").split(",", MOST_NOTES)
        found = [id_ for id_ in map(_row_id, words) if id_ is not None]
        if len(found) < len(words) or len(set(found)) < len(found) or len(found) > MOST_NOTES:
            raise InvalidInput(MALFORMED)
        return found

    def document(
        self,
        name: str,
        make: Callable[..., bytes],
        data: Any,
        made_at: datetime | None = None,
        **options: Any,
    ) -> Document:
        """The document of a report's data; it is dated today unless it has a moment of its own."""
        shop = data.shop
        made_at = made_at or datetime.combine(self.today, time(), ZoneInfo(shop.time_zone))
        logo = logos.content(self.session, shop)
        return Document(f"{name}.pdf", partial(make, data, made_at=made_at, logo=logo, **options))


def _notes(asked: _Asked) -> Document:
    data = printings.printed(asked.session, asked.operation())
    name = f"notas-{sale_number(data.sale_id)}"
    return asked.document(name, promissory_notes.pdf, data, data.printed_at)


def _booklet(asked: _Asked) -> Document:
    data = booklets.booklet(asked.session, asked.id(), today=asked.today)
    return asked.document(f"carne-{sale_number(data.sale_id)}", booklet.pdf, data)


def _contract(asked: _Asked) -> Document:
    data = contracts.contract(asked.session, asked.operation())
    return asked.document(f"contrato-{data.number}", contract.pdf, data, data.printed_at)


def _proposal(asked: _Asked) -> Document:
    data = proposals.proposal(asked.session, asked.id())
    return asked.document(f"proposta-{data.number}", proposal.pdf, data)


def _agreement(asked: _Asked) -> Document:
    data = renegotiations.agreed(asked.session, asked.id())
    return asked.document(f"acordo-{data.number}", agreement.pdf, data)


def _receipt(asked: _Asked) -> Document:
    return _receipt_of(asked, receipts.receipt)


def _money_receipt(asked: _Asked) -> Document:
    return _receipt_of(asked, sale_money.receipt)


def _receipt_of(asked: _Asked, report: Callable[[Session, int], receipts.Receipt]) -> Document:
    word = asked.params.get("format", ReceiptFormat.ONE.value)
    if word not in set(ReceiptFormat):
        raise InvalidInput(MALFORMED)
    copies = asked.params.get("copies", "1")
    if copies not in _COPIES:
        raise InvalidInput(MALFORMED)
    data = report(asked.session, asked.id())
    # Refuses who was anonymised; the page still shows what was paid.
    named_customer(asked.session, data.customer_id)
    name = f"recibo-{data.number}"
    paper = ReceiptFormat(word)
    return asked.document(name, receipt.pdf, data, format=paper, copies=int(copies))


def _statement(asked: _Asked) -> Document:
    since, until = asked.day("from"), asked.day("to")
    data = statements.statement(
        asked.session, asked.id(), since=since, until=until, today=asked.today
    )
    name = f"extrato-cliente-{data.customer.id}-{until}"
    return asked.document(name, customer_statement.pdf, data)


def _settlement(asked: _Asked) -> Document:
    notes, on = asked.ids("notes"), asked.day("on")
    data = settlements.quote(
        asked.session, asked.id(), notes, on=on, today=asked.today, amount=asked.money("amount")
    )
    name = f"quitacao-cliente-{data.customer.id}-{on}"
    return asked.document(name, settlement.pdf, data)


def _return(asked: _Asked) -> Document:
    data = goods_returns.slip(asked.session, asked.id())
    return asked.document(f"devolucao-{data.goods.number}", goods_return.pdf, data)


def _new_dates(asked: _Asked) -> Document:
    data = agreements.agreement(asked.session, asked.id())
    return asked.document(f"prorrogacao-{data.agreed.number}", new_dates.pdf, data)


def _payback(asked: _Asked) -> Document:
    data = store_credits.payback(asked.session, asked.id())
    return asked.document(f"credito-{data.movement.id:06d}", credit_payback.pdf, data)


#: Each kind's parameters, and how it is found.
KINDS: Mapping[str, tuple[frozenset[str], Callable[[_Asked], Document]]] = {
    "notas": (frozenset(), _notes),
    "carne": (frozenset(), _booklet),
    "contrato": (frozenset(), _contract),
    "proposta": (frozenset(), _proposal),
    "acordo": (frozenset(), _agreement),
    "recibo": (frozenset({"format", "copies"}), _receipt),
    "recibo-entrada": (frozenset({"format", "copies"}), _money_receipt),
    "extrato": (frozenset({"from", "to"}), _statement),
    "quitacao": (frozenset({"notes", "on", "amount"}), _settlement),
    "devolucao": (frozenset(), _return),
    "prorrogacao": (frozenset(), _new_dates),
    "credito": (frozenset(), _payback),
}


def find(
    session: Session, kind: str, ref: str, params: Mapping[str, str], *, today: date
) -> Document:
    """The document that an address names, as of today.

    `notas` and `contrato` are of a printing's operation, `carne` of a sale, `proposta` of a
    proposal, `recibo` of a payment and `recibo-entrada` of a down payment or its return (format,
    copies), `extrato` (from, to) and `quitacao` (notes, on, amount) of a customer, `devolucao` of a
    return's act, `prorrogacao` of an agreement's, `credito` of credit paid back, `acordo` of a
    renegotiation. Raises NotFound for a kind or a row that does not exist, InvalidInput for
    parameters that make no sense, Conflict for a document that is not given any more.
    """
    if kind not in KINDS:
        raise NotFound(NOT_FOUND)
    names, make = KINDS[kind]
    if not names.issuperset(params):
        raise InvalidInput(MALFORMED)
    return make(_Asked(session, ref, params, today))


def receipt_params(shop: ShopSettings) -> dict[str, Any]:
    """The parameters of a receipt as the shop wants it printed."""
    return {"format": shop.receipt_format.value, "copies": str(shop.receipt_copies)}


def _row_id(word: str) -> int | None:
    return int(word) if _ID.fullmatch(word) and int(word) <= _LARGEST_ID else None
