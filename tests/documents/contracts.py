"""Contracts for tests, without a database: of a plain sale, and of the longest texts there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from credigestor.documents import contract as document
from credigestor.reports.contract import Contract
from credigestor.reports.credit_terms import AgreedNote
from credigestor.reports.guarantors import SaleGuarantor
from tests.documents import looking
from tests.documents.booklets import booklet

AT = datetime(2026, 1, 6, 9, 30)  # noqa: DTZ001 - the shop's time
_SHARED = (
    *("shop", "customer", "sold_on", "description", "total", "down_payment", "contract_rate"),
    *("daily_rate", "late_rate", "fine_rate", "grace_days", "schedule", "schedule_step", "sale_id"),
)


def contract(
    *, guarantors: Sequence[SaleGuarantor] = (), copy: int = 1, **changes: Any
) -> Contract:
    """The contract of the sale whose booklet `booklets.booklet` makes."""
    sale = booklet(**changes)
    return Contract(
        **{name: getattr(sale, name) for name in _SHARED},
        installments=[AgreedNote(n.number, n.amount, n.due_date) for n in sale.installments],
        guarantors=guarantors,
        copy=copy,
        printed_at=AT,
    )


def printed(data: Contract, logo: bytes | None = None) -> bytes:
    """Its PDF, made when it was printed."""
    return document.pdf(data, made_at=data.printed_at, logo=logo)


def words(pdf: bytes) -> str:
    """All that is written, with plain spaces."""
    return looking.words(pdf).replace("\xa0", " ")
