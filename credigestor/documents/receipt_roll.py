"""A receipt on the paper roll of a receipt printer, 80 or 58 mm wide (R24).

One page, as long as its text. Black only: such a printer turns grey into dots.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from credigestor.documents.blocks import Block, Blocks, beside, space, stack
from credigestor.documents.letterhead import payee, shop_lines, shop_name
from credigestor.documents.receipt_words import (
    AMOUNT,
    BY,
    DAY,
    balance_label,
    left,
    method,
    payer,
    place_and_day,
    purpose,
    recorded,
    remarks,
    reversal,
    stamp,
)
from credigestor.reports.receipt import Money, Receipt, ReceiptItem
from credigestor.rules.calendar import format_date
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.identification import label_identity
from credigestor.rules.money import format_brl, format_number
from credigestor.rules.words import money_in_words

#: Width of each paper, and how much of it such a printer prints on, mm.
ROLLS = {ReceiptFormat.ROLL: (80.0, 72.0), ReceiptFormat.ROLL_58: (58.0, 48.0)}
_ABOVE, _BELOW = 5.0, 8.0  # the knife cuts a little past the end
_BODY, _SMALL = 8.5, 7.5
_LOGO_WIDTH, _LOGO_HEIGHT = 40.0, 18.0


def pdf(
    data: Receipt, *, made_at: datetime, logo: bytes | None, format: ReceiptFormat, copies: int
) -> bytes:
    """The receipt as a PDF of one page a copy, as long as it needs."""
    roll = _Roll(data, made_at, logo, *ROLLS[format])
    content = stack(*roll.blocks())
    for _ in range(copies):
        roll.add_page(format=(roll.paper, content.height + _ABOVE + _BELOW))
        content.draw(_ABOVE)
    return roll.finished()


class _Roll(Blocks):
    def __init__(
        self, data: Receipt, made_at: datetime, logo: bytes | None, paper: float, printed: float
    ) -> None:
        edge = (paper - printed) / 2
        super().__init__(
            f"Recibo {data.number}", made_at, left=edge, width=printed, format=(paper, paper)
        )
        self.paper = paper
        self.set_draw_color(0)
        self.data, self.logo, self.made_at = data, logo, made_at

    def blocks(self) -> Iterator[Block]:
        """All of the receipt, from the top."""
        data, shop = self.data, self.data.shop
        if self.logo is not None:
            yield self._picture(self.logo)
        yield self.paragraph(shop_name(shop), 11, "B", align="C")
        for part in chain(*shop_lines(shop)):
            yield self.paragraph(part, _SMALL, align="C")
        yield self.rule(2, 2, dashed=True)
        yield self.paragraph(f"RECIBO Nº {data.number}", 11, "B", align="C")
        if data.undone:
            yield self._reversed()
        yield self.paragraph(AMOUNT.get(data.kind, ""), _SMALL, align="C")
        yield self._line(format_brl(data.amount), 17)
        yield self.paragraph(f"({money_in_words(data.amount)})", _BODY, align="C")
        yield space(2)
        for label, name, tax_id, address in payer(data):
            yield self.paragraph(label, _SMALL)
            yield self.paragraph(name, 9.5, "B")
            yield self.paragraph(tax_id, _BODY)
            yield self.paragraph(address, _SMALL)
        yield space(1.5)
        yield self.paragraph(f"{purpose(data)}.", _SMALL)
        yield space(1.5)
        yield self._pair(DAY.get(data.kind, "Data do pagamento"), format_date(data.paid_on))
        yield self._pair("Forma", method(data))
        yield self.rule(2, 1.5, dashed=True)
        if data.items:
            yield from map(self._note, data.items)
            yield self.rule(0.5 if len(data.items) > 1 else 1.5, 1.5, dashed=True)
            yield from self._sums()
        yield space(1.5)
        for remark in remarks(data):
            yield self.paragraph(remark, _SMALL)
        yield space(1.5)
        by = BY.get(data.kind, "Recebido por")
        yield self.paragraph(f"{by} {data.received_by or '—'}", _BODY)
        yield self.paragraph(f"Registrado em {recorded(data)}", _SMALL)
        yield self.paragraph(place_and_day(data), _BODY)
        yield self.rule(13, 1)
        given = data.kind is Money.REFUND
        yield self.paragraph(data.customer if given else payee(shop), _SMALL, align="C")
        signer = data.tax_id if given else shop.tax_id
        yield self.paragraph(label_identity(signer), _SMALL, align="C")
        yield self.rule(2, 2, dashed=True)
        yield self.paragraph(shop.document_footer, _SMALL, align="C")
        yield self.paragraph(f"Emitido em {format_date(self.made_at)}", _SMALL, align="C")

    def _note(self, item: ReceiptItem) -> Block:
        """A note's number and due date; of several also what was paid on it and what is left."""
        head = self._pair(item.number, f"venc. {format_date(item.due_date)}", "B")
        if len(self.data.items) == 1:
            return head
        split = item.split
        parts = {"principal": split.principal, "juros": split.interest, "multa": split.fine}
        made_of = " + ".join(f"{name} {format_number(v)}" for name, v in parts.items() if v)
        if item.discount:
            made_of += f"; desconto {format_number(item.discount)}"
        rest = left(item) if self.data.undone is None else ""
        if rest and item.after:
            rest = f"saldo {rest}"
        return stack(
            head,
            self._pair(f"pago {format_number(item.amount)}", rest),
            self.paragraph(made_of, _SMALL),
            space(1.5),
        )

    def _sums(self) -> Iterator[Block]:
        data, split = self.data, self.data.split
        yield self._pair("Principal", format_number(split.principal))
        yield self._pair("Juros", format_number(split.interest))
        yield self._pair("Multa", format_number(split.fine))
        yield self._pair("Total pago", format_brl(data.amount), "B")
        if data.discount:
            yield self._pair("Desconto", format_number(data.discount))
        if data.undone is None:
            yield self._pair(balance_label(data), format_brl(data.after))
            yield self._pair("Saldo do cliente", format_brl(data.customer_after))
            yield self.paragraph(f"ao fim de {format_date(data.paid_on)}", _SMALL)

    def _pair(self, label: str, value: str, style: str = "") -> Block:
        """A label at the left and its value at the right, under it where both are long."""
        self.set_type(_BODY, style)
        fits = self.get_string_width(label) + self.get_string_width(value) + 2 < self.width
        both = (self.paragraph(label, _BODY, style), self.paragraph(value, _BODY, style, align="R"))
        return beside(*both) if fits else stack(*both)

    def _reversed(self) -> Block:
        """ESTORNADO, as large as the paper, in a frame, with when and why under it."""
        word = self._line(stamp(self.data), 26)

        def draw(y: float) -> None:
            self.set_line_width(0.8)
            self.rect(self.left + 0.4, y + 1, self.width - 0.8, word.height + 2)
            self.set_line_width(0.2)
            word.draw(y + 2)

        framed = Block(word.height + 5, draw)
        return stack(framed, self.paragraph(reversal(self.data), _BODY, "B"), space(3))

    def _line(self, text: str, size: float) -> Block:
        """A text in bold, as large as it may be in one line."""
        return self.paragraph(text, self.fitting([(text, self.width)], size, "B"), "B", align="C")

    def _picture(self, logo: bytes) -> Block:
        at = self.left + (self.width - _LOGO_WIDTH) / 2
        return Block(
            _LOGO_HEIGHT + 2,
            lambda y: self.picture(logo, at, y, _LOGO_WIDTH, _LOGO_HEIGHT, align="C"),
        )
