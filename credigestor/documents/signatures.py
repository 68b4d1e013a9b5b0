"""Place, day and lines to sign on: the shop, the customer, guarantors and two witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from credigestor.db.settings import ShopSettings
from credigestor.documents.blocks import Block, Blocks, beside, space, stack
from credigestor.documents.canvas import GREY, RULE
from credigestor.documents.contract_words import guarantor_title
from credigestor.documents.flow import LEFT, LEGAL, TO_FILL_IN, WIDTH
from credigestor.documents.letterhead import payee, shop_place
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.reports.named_customer import NamedCustomer
from credigestor.rules.calendar import written_date
from credigestor.rules.identification import label_identity

_HALF = WIDTH / 2
_TO_SIGN = 15.0  # mm above a line to sign on


class Signed(Protocol):
    """What is signed: by whom and on which day."""

    @property
    def shop(self) -> ShopSettings: ...
    @property
    def customer(self) -> NamedCustomer: ...
    @property
    def sold_on(self) -> date: ...
    @property
    def guarantors(self) -> Sequence[SaleGuarantor]: ...


def drawn_signatures(
    page: Blocks, data: Signed, shop: str = "Vendedora", customer: str = "Cliente"
) -> Block:
    """Place and date, then who signs, by what each is called: all of it on one page."""
    signers = [
        (shop, payee(data.shop), data.shop.tax_id),
        (customer, data.customer.name, data.customer.tax_id),
    ]
    signers += [
        (guarantor_title(data.guarantors, place), each.name, each.tax_id)
        for place, each in enumerate(data.guarantors, 1)
    ]
    boxes = [(title, [name, label_identity(tax_id)]) for title, name, tax_id in signers]
    boxes += [(f"{place}ª testemunha", ["Nome:", "CPF:"]) for place in (1, 2)]
    rows = [
        beside(*(_signer(page, column, *each) for column, each in enumerate(boxes[k : k + 2])))
        for k in range(0, len(boxes), 2)
    ]
    place = f"{shop_place(data.shop) or TO_FILL_IN}, {written_date(data.sold_on)}."
    return stack(space(3), page.paragraph(place, LEGAL), *rows)


def _signer(page: Blocks, column: int, title: str, lines: list[str]) -> Block:
    at, width = column * (_HALF + 3), _HALF - 3
    x = LEFT + at

    def ruled(y: float) -> None:
        page.set_draw_color(*GREY)
        page.line(x, y + _TO_SIGN, x + width, y + _TO_SIGN)
        page.set_draw_color(*RULE)

    told = [page.paragraph(line, LEGAL, at=at, width=width) for line in lines]
    head = page.paragraph(title, LEGAL, "B", at=at, width=width)
    return stack(Block(_TO_SIGN + 1, ruled), head, *told)
