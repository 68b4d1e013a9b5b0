"""What is asked for when money is received."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import Field

from credigestor.errors import InvalidInput
from credigestor.rules.acts import Acted
from credigestor.rules.charges import Split
from credigestor.rules.methods import CREDIT, Method, Part
from credigestor.rules.money import CENT, MAX_MONEY, ZERO, format_brl
from credigestor.services import handing, store_credit
from credigestor.services.discounts import check_values
from credigestor.services.inputs import InputModel
from credigestor.services.payers import PayerInput
from credigestor.services.waivers import Waived


class NewPayment(InputModel):
    """Money of one customer for one or several notes: (note id, R$) pairs, in any order."""

    operation_id: uuid.UUID
    customer_id: int
    paid_on: date
    #: One method, or in `methods` the part of each, R$ (R36).
    method: Method | None = None
    methods: tuple[Part, ...] = ()
    #: In place of both: by what the shop owes the customer; no money comes then (R31).
    by_credit: bool = False
    #: What was handed over beyond the notes and is kept as the customer's credit, R$ (R31).
    kept: Decimal = ZERO
    items: tuple[tuple[int, Decimal], ...]
    payer: PayerInput | None = None
    backdate_reason: str | None = None
    #: Note id → R$ taken off its principal beside the money, which settles it (R14).
    discounts: dict[int, Decimal] = Field(default_factory=dict)
    #: A manager's, where that is more than the law grants.
    discount_reason: str | None = None
    #: Note id → charges let go beside the money, and why (R29).
    waived: dict[int, Waived] = Field(default_factory=dict)
    waiver_reason: str | None = None
    #: What the person was shown: note id → its allocation. Another one is refused (R10).
    previewed: dict[int, Split] | None = None

    @property
    def amount(self) -> Decimal:
        """All that was handed over, R$."""
        return sum((value for _, value in self.items), ZERO)

    @property
    def acts(self) -> dict[int, Acted]:
        """What is let go of each note's charges, by its id (R29)."""
        return {note_id: waived.on(self.paid_on) for note_id, waived in self.waived.items()}

    @property
    def handed(self) -> Sequence[tuple[str, Decimal]]:
        """What came by each method, R$; raises InvalidInput where that is not the amount."""
        if self.by_credit:
            if self.method or self.methods or self.kept:
                raise InvalidInput(store_credit.ALONE, field="methods")
            return [(CREDIT, self.amount)]
        return handing.parts(self.amount, self.method, self.methods)

    @property
    def parts(self) -> set[tuple[int, Decimal, Decimal]]:
        """(note id, R$ handed over, discount R$) of each note."""
        return {
            (note_id, value, self.discounts.get(note_id, ZERO)) for note_id, value in self.items
        }


def check_items(data: NewPayment) -> None:
    """Refuse a payment of no note, of one twice, or of amounts that cannot be."""
    if not data.items:
        raise InvalidInput("Escolha ao menos uma nota.", field="items")
    if len({note_id for note_id, _ in data.items}) != len(data.items):
        raise InvalidInput("A mesma nota aparece duas vezes.", field="items")
    if any(value < CENT for _, value in data.items):
        raise InvalidInput("O valor deve ser maior que zero.", field="amount")
    if data.amount > MAX_MONEY:
        raise InvalidInput(f"O valor máximo é {format_brl(MAX_MONEY)}.", field="amount")
    if any(value != value.quantize(CENT) for _, value in data.items):
        raise InvalidInput("Use no máximo dois decimais.", field="amount")
    check_values(data.discounts, dict(data.items))
    store_credit.check_kept(data.kept)
    _ = data.handed
