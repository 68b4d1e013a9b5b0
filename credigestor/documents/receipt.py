"""The receipt of a payment (R24; Código Civil art. 320): on A4, twice on one A4, or on a roll.

The roll is in `receipt_roll`. A receipt printed again is the same receipt: it has the payment's
number and no second one. Once the payment is reversed it says ESTORNADO.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain, cycle

from credigestor.documents import receipt_roll
from credigestor.documents.blocks import Align, Block, Blocks, beside, space, stack, total
from credigestor.documents.canvas import GREY, RULE
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
from credigestor.reports.receipt import Money, Receipt
from credigestor.rules.calendar import format_date
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.identification import label_identity
from credigestor.rules.identity import labelled_tax_id
from credigestor.rules.money import format_brl, format_number
from credigestor.rules.words import money_in_words

_MARGIN, _WIDTH = 15.0, 180.0
_PAGE, _HALF = 297.0, 148.5
_EDGE = 8.0  # blank above and below, of a page as of a half
_BODY, _SMALL = 9.0, 7.5
_LOGO_WIDTH, _LOGO_HEIGHT = 34.0, 16.0
_TITLE_WIDTH = 40.0
_NUMBER_WIDTH, _DATE_WIDTH = 32.0, 21.0  # of a table's note and date; amounts share the rest
_PAD = 0.7
_SAID = 104.0  # what stands beside the signature
_STAMP, _STAMP_OPACITY = (176, 40, 40), 0.28


def pdf(
    data: Receipt,
    *,
    made_at: datetime,
    logo: bytes | None,
    format: ReceiptFormat = ReceiptFormat.ONE,
    copies: int = 1,
) -> bytes:
    """A payment's receipt as a PDF, dated `made_at`, the whole of it so many times.

    Two on one page are a copy for the shop and one for the customer; with more notes than half a
    page takes, each copy has pages of its own. On a roll it is one page as long as it needs.
    """
    if format in receipt_roll.ROLLS:
        return receipt_roll.pdf(data, made_at=made_at, logo=logo, format=format, copies=copies)
    form = _Form(data, made_at, logo)
    for _ in range(copies):
        form.print(("",) if format is ReceiptFormat.ONE else ("Via da loja", "Via do cliente"))
    return form.finished()


class _Form(Blocks):
    """The receipt over the width of an A4 page."""

    def __init__(self, data: Receipt, made_at: datetime, logo: bytes | None) -> None:
        super().__init__(f"Recibo {data.number}", made_at, left=_MARGIN, width=_WIDTH)
        self.data, self.logo, self.made_at = data, logo, made_at

    def print(self, copies: Sequence[str]) -> None:
        """Add the pages of these copies, two on one page where they fit."""
        halves = [self.paged(copy, _HALF) for copy in copies]
        if len(halves) == 2 and len(halves[0]) == 1:
            self.add_page()
            for place, pages in enumerate(halves):
                self.place(pages[0], place * _HALF, _HALF, self.foot())
            self.cut_line(5, _HALF, 205, _HALF)
            return
        for copy in copies:
            pages = self.paged(copy, _PAGE)
            for number, blocks in enumerate(pages, start=1):
                self.add_page()
                self.place(blocks, 0, _PAGE, self.foot(number, len(pages)))

    def paged(self, copy: str, height: float) -> list[list[Block]]:
        """The blocks of each page of this height; what closes the receipt never stands alone."""
        room = height - 2 * _EDGE - self.foot().height
        head, *rows = self._table() or [stack()]
        title = " · ".join(filter(None, (f"Recibo {self.data.number}", copy, "continuação")))
        again = [self.paragraph(title, _BODY, "B"), self.rule(1.5, 2), head]
        pages = [[*self._opening(copy), head]]
        for row in rows:
            if total([*pages[-1], row]) > room:
                pages.append(list(again))
            pages[-1].append(row)
        closing = self._closing()
        if total([*pages[-1], closing]) > room:
            pages.append([*again, pages[-1].pop()])
        pages[-1].append(closing)
        return pages

    def place(self, blocks: Sequence[Block], top: float, height: float, foot: Block) -> None:
        """Draw a page, or half of one, and ESTORNADO across it once the payment is reversed."""
        stack(*blocks).draw(top + _EDGE)
        foot.draw(top + height - _EDGE - foot.height)
        if self.data.undone:
            # Across what is written, but no higher than it fits turned.
            size, highest = (74, 62) if height == _PAGE else (54, 48)
            self._stamp(top + max(_EDGE + total(blocks) / 2, highest), size)

    def foot(self, number: int = 1, count: int = 1) -> Block:
        """The shop's own words, and when this was printed."""
        printed = f"Emitido em {format_date(self.made_at)}"
        page = f"Página {number} de {count}" if count > 1 else ""
        return stack(
            self.paragraph(self.data.shop.document_footer, _SMALL, align="C", color=GREY),
            self.paragraph(
                " · ".join(filter(None, (printed, page))), _SMALL, align="C", color=GREY
            ),
        )

    def _opening(self, copy: str) -> list[Block]:
        """Shop and number; what was paid, by whom, when and how."""
        data = self.data
        operator = data.received_by or "—"
        facts = {
            DAY.get(data.kind, "Data do pagamento"): format_date(data.paid_on),
            "Forma": method(data),
            BY.get(data.kind, "Recebido por"): operator,
            "Registrado em": recorded(data),
        }
        widths = (36.0, 30.0, 74.0, 40.0)
        return [
            beside(self._shop(), self._number(copy)),
            self.rule(2, 2.5),
            stack(
                self.paragraph(reversal(data), _BODY, "B", color=_STAMP),
                space(2 * bool(data.undone)),
            ),
            self._amount(),
            space(2.5),
            self._person(*payer(data)[0]),
            *(stack(space(1.2), self._person(*other)) for other in payer(data)[1:]),
            space(2),
            beside(
                *(
                    self._fact(label, value, _BODY, "", sum(widths[:k]), widths[k] - 3)
                    for k, (label, value) in enumerate(facts.items())
                )
            ),
            space(2.5),
        ]

    def _shop(self) -> Block:
        """The shop's logo, name and address."""
        shop, at, logo = self.data.shop, 0.0, self.logo
        if logo is not None:
            at = self.fitted(logo, _LOGO_WIDTH, _LOGO_HEIGHT)[0] + 4
        width = _WIDTH - _TITLE_WIDTH - at - 4
        words = stack(
            self.paragraph(shop_name(shop), 12, "B", at=at, width=width),
            *(
                self.paragraph(" · ".join(line), _SMALL, at=at, width=width, color=GREY)
                for line in shop_lines(shop)
            ),
        )
        if logo is None:
            return words

        def draw(y: float) -> None:
            self.picture(logo, self.left, y, _LOGO_WIDTH, _LOGO_HEIGHT)

        return beside(words, Block(_LOGO_HEIGHT, draw))

    def _number(self, copy: str) -> Block:
        at = _WIDTH - _TITLE_WIDTH
        return stack(
            self.paragraph("RECIBO", 15, "B", at=at, align="R"),
            self.paragraph(f"Nº {self.data.number}", 11, at=at, align="R"),
            self.paragraph(copy, _SMALL, at=at, align="R", color=GREY),
        )

    def _person(self, label: str, name: str, tax_id: str, address: str) -> Block:
        who = " · ".join(filter(None, (tax_id, address)))
        fact = self._fact(label, name, 10.5, "B", 0, _WIDTH)
        return stack(fact, self.paragraph(who, _SMALL + 0.5))

    def _amount(self) -> Block:
        """What was paid, in words and in figures."""
        words, figures, gap = 112.0, _WIDTH - 120, 3.0
        shown = format_brl(self.data.amount)
        size = self.fitting([(shown, figures)], 16, "B")
        in_words = money_in_words(self.data.amount)
        label = AMOUNT.get(self.data.kind, "Valor recebido")
        block = beside(
            self._fact(f"{label}, {purpose(self.data)}", in_words, _BODY, "", gap, words),
            self.paragraph(shown, size, "B", at=_WIDTH - figures - gap, width=figures, align="R"),
        )
        return self.band(block, 1.4)

    def _fact(
        self, label: str, value: str, size: float, style: str, at: float, width: float
    ) -> Block:
        return stack(
            self.paragraph(label, _SMALL, at=at, width=width, color=GREY),
            self.paragraph(value, size, style, at=at, width=width),
        )

    def _table(self) -> list[Block]:
        """What was paid on which note, its columns' labels first; nothing where there is none."""
        data = self.data
        if not data.items:
            return []
        live = data.undone is None
        columns: dict[str, list[str]] = {
            "Nota": [item.number for item in data.items],
            "Vencimento": [format_date(item.due_date) for item in data.items],
            "Principal": [format_number(item.split.principal) for item in data.items],
            "Juros": [format_number(item.split.interest) for item in data.items],
            "Multa": [format_number(item.split.fine) for item in data.items],
            "Pago (R$)": [format_number(item.amount) for item in data.items],
        }
        sums = [data.split.principal, data.split.interest, data.split.fine, data.amount]
        if data.discount:
            columns["Desconto"] = [format_number(item.discount) for item in data.items]
            sums.append(data.discount)
        shown = ["Total", "", *map(format_number, sums)]
        if live:
            columns["Saldo (R$)"] = [left(item) for item in data.items]
            shown.append(format_number(data.after))
        rows = list(zip(*columns.values(), strict=True))
        share = (_WIDTH - _NUMBER_WIDTH - _DATE_WIDTH) / (len(columns) - 2)
        widths = [_NUMBER_WIDTH, _DATE_WIDTH, *[share] * (len(columns) - 2)]
        cells = zip(chain(*rows, shown), cycle(widths))
        size = self.fitting(((cell, width - 2 * _PAD) for cell, width in cells), 8.5, "B")
        ruled = [self._row(list(columns), widths, _SMALL, "B", band=True)]
        ruled += [self._row(row, widths, size) for row in rows]
        return ruled if len(rows) == 1 else [*ruled, self._row(shown, widths, size, "B")]

    def _row(
        self,
        cells: Sequence[str],
        widths: Sequence[float],
        size: float,
        style: str = "",
        *,
        band: bool = False,
    ) -> Block:
        blocks = []
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            align: Align = "L" if place < 2 else "R"
            at = sum(widths[:place]) + _PAD
            blocks.append(
                self.paragraph(cell, size, style, at=at, width=width - 2 * _PAD, align=align)
            )
        row = beside(*blocks)
        return self.band(row, _PAD) if band else stack(space(_PAD), row, self.rule(_PAD, 0.01))

    def _closing(self) -> Block:
        """What is still owed and what the receipt does not prove; beside it the signature."""
        data = self.data
        owed: dict[str, Decimal] = {}
        if data.undone is None and data.items:
            owed[f"{balance_label(data)} depois do pagamento"] = data.after
            day = format_date(data.paid_on)
            owed[f"Saldo do cliente ao fim de {day}"] = data.customer_after
        said = stack(
            *(self._line(label, format_brl(amount)) for label, amount in owed.items()),
            space(1.5 if owed else 0),
            *(self.paragraph(said, _SMALL, width=_SAID, color=GREY) for said in remarks(data)),
        )
        return stack(space(3), beside(said, self._signature()), space(2))

    def _line(self, label: str, amount: str) -> Block:
        words = self.paragraph(label, _SMALL + 0.5, width=_SAID - 33)
        size = self.fitting([(amount, 30)], _SMALL + 0.5, "B")
        return beside(words, self.paragraph(amount, size, "B", at=_SAID - 30, width=30, align="R"))

    def _signature(self) -> Block:
        """Where and when, and the line on which signs who was given the money (art. 320)."""
        at, width = _SAID + 10, _WIDTH - _SAID - 10
        shop = self.data.shop

        def draw(y: float) -> None:
            self.set_draw_color(*GREY)
            self.line(self.left + at, y, self.left + _WIDTH, y)
            self.set_draw_color(*RULE)

        signer = (payee(shop), labelled_tax_id(shop.tax_id))
        if self.data.kind is Money.REFUND:
            signer = (self.data.customer, label_identity(self.data.tax_id))
        return stack(
            self.paragraph(place_and_day(self.data), _SMALL + 0.5, at=at, width=width, align="C"),
            space(11),
            Block(1, draw),
            *(self.paragraph(who, _SMALL, at=at, width=width, align="C") for who in signer),
        )

    def _stamp(self, middle: float, size: float) -> None:
        center = _MARGIN + _WIDTH / 2
        with self.rotation(28, center, middle), self.local_context(fill_opacity=_STAMP_OPACITY):
            self.set_type(size, "B", _STAMP)
            self.set_xy(_MARGIN, middle - self.leading / 2)
            self.cell(_WIDTH, self.leading, stamp(self.data), align="C")
