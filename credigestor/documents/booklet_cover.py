"""The booklet's cover: who sells and who buys, the figures of the credit, its conditions.

What the law wants told of a sale on credit stands here (CDC art. 52 and 54-B), conditions in
type of 12 points as art. 54 §3 wants them. Folded at the two ticks, an A4 cover holds the slips.
"""

from __future__ import annotations

from collections.abc import Iterator

from credigestor.documents.blocks import Block, Blocks, beside, space, stack
from credigestor.documents.booklet_words import amounts, conditions, settled
from credigestor.documents.canvas import BAND, GREY, clean
from credigestor.documents.letterhead import phone, shop_address, shop_name
from credigestor.reports.booklet import Booklet, Installment
from credigestor.rules import true_rate
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.identity import labelled_tax_id, tax_id_kind
from credigestor.rules.money import exact_percent, format_brl, format_percent

LEFT, WIDTH = 12.0, 186.0  # mm
_TOP, _BOTTOM = 12.0, 282.0
_LEGAL, _TABLE = 12.0, 8.5  # pt; conditions: CDC art. 54 §3
_APART, _GUTTER = 1.6, 3.0  # mm between the cells of a row, and between columns of rows
_COLUMN = WIDTH / 3
#: Where an A4 sheet is folded, or cut, into three.
THIRDS = (99.0, 198.0)
_TO_FILL_IN = "_" * 30


class Cover:
    """Draws the cover from the top of a fresh page on, over as many pages as it needs."""

    def __init__(self, page: Blocks, booklet: Booklet, made_on: str, logo: bytes | None) -> None:
        self.page, self.booklet, self.made_on, self.logo = page, booklet, made_on, logo
        self.y = _TOP

    def draw(self) -> None:
        """Draw all of it."""
        self._fresh_page()
        for y in THIRDS:
            self.page.line(3, y, 7, y)
            self.page.line(203, y, 207, y)
        self._head()
        for block in self._figures():
            self._put(block)
        self._heading("Condições")
        for lead, text in conditions(self.booklet):
            self._paragraph(lead, text)
        self._installments()

    def _fresh_page(self) -> None:
        self.page.add_page()
        self.y = _TOP
        made = f"Venda {self.booklet.number} · Emitido em {self.made_on}"
        self.page.box(LEFT, _BOTTOM + 2, 58, 4, made, size=7, color=GREY)
        footer = self.booklet.shop.document_footer
        self.page.box(LEFT + 60, _BOTTOM + 2, WIDTH - 60, 7, footer, size=7, align="R", color=GREY)

    def _put(self, block: Block) -> None:
        if self.y + block.height > _BOTTOM:
            self._fresh_page()
        block.draw(self.y)
        self.y += block.height

    def _heading(self, text: str) -> None:
        heading = self.page.paragraph(text, 12, "B")
        if self.y + heading.height + 20 > _BOTTOM:
            self._fresh_page()
        self._put(stack(space(3), heading, self.page.rule(1, 2)))

    def _head(self) -> None:
        """The shop, its customer and the sale: what is seen of a folded cover."""
        page, shop, sale = self.page, self.booklet.shop, self.booklet
        left = LEFT
        if self.logo:
            left = page.picture(self.logo, LEFT, self.y, 42, 20) + 5
        width = LEFT + WIDTH - left
        y = page.box(left, self.y, width, 10, shop_name(shop), size=20, style="B")
        number = labelled_tax_id(shop.tax_id) or f"CNPJ {_TO_FILL_IN}"
        if shop.legal_name:
            number = f"{shop.legal_name} · {number}"
        elif tax_id_kind(shop.tax_id) == "CNPJ":
            number = f"Razão social: {_TO_FILL_IN} · {number}"
        y = page.box(left, y + 0.5, width, 9, number, size=9)
        address = shop_address(shop)
        if not shop.street:
            address = ", ".join(filter(None, (f"Endereço: {_TO_FILL_IN * 2}", address)))
        y = page.box(left, y, width, 9, address, size=9)
        y = page.box(left, y, width, 5, " · ".join(filter(None, (phone(shop), shop.email))), size=9)
        y = max(y, self.y + 21 if self.logo else 0) + 2
        page.set_fill_color(*BAND)
        page.rect(LEFT, y, WIDTH, 11, "F")
        page.box(LEFT + 3, y + 1.6, 110, 7, "Carnê de pagamento", size=15, style="B")
        sold = f"Venda {sale.number} de {format_date(sale.sold_on)}"
        page.box(LEFT + 113, y + 2.6, WIDTH - 116, 6, sold, size=11, align="R")
        y = page.box(LEFT, y + 14, WIDTH, 6, sale.customer.name, size=13, style="B")
        who = " · ".join(
            filter(None, (labelled_tax_id(sale.customer.tax_id), sale.customer.address))
        )
        y = page.box(LEFT, y + 0.5, WIDTH, 9, who, size=9)
        if sale.description:
            y = page.box(LEFT, y + 0.5, WIDTH, 14, f"Compra: {sale.description}", size=9)
        self.y = y + 3

    def _figures(self) -> Iterator[Block]:
        """What the credit costs, in a grid of three."""
        sale = self.booklet
        rate = f"{exact_percent(sale.contract_rate)} ao mês" if sale.contract_rate else "sem juros"
        grace = format_days(sale.grace_days) if sale.grace_days else "não há"
        fine = exact_percent(sale.fine_rate) if sale.fine_rate else "não há"
        monthly = format_percent(true_rate.monthly(sale.daily_rate))
        yearly = format_percent(true_rate.yearly(sale.daily_rate))
        count = len(sale.installments)
        due = [each.due_date for each in sale.installments]
        rows = [
            [
                ("Preço à vista", format_brl(sale.total)),
                ("Entrada", format_brl(sale.down_payment)),
                ("Valor financiado", format_brl(sale.financed)),
            ],
            [
                ("Juros do contrato", rate),
                ("Taxa efetiva ao mês · ao ano (CET)", f"{monthly} · {yearly}"),
                ("Juros, em reais", format_brl(sale.interest)),
            ],
            [
                ("Parcelas", f"{count} {sale.due_told}" if count > 1 else "1, única"),
                ("Valor de cada parcela", amounts(sale.installments)),
                ("Soma das parcelas", format_brl(sale.in_installments)),
            ],
            [
                ("Primeiro vencimento", format_date(min(due))),
                ("Último vencimento", format_date(max(due))),
                ("Total a pagar a prazo, com a entrada", format_brl(sale.to_pay)),
            ],
            [
                ("Multa por atraso", fine),
                (
                    "Juros de mora, por atraso",
                    f"{exact_percent(sale.late_rate)} ao mês" if sale.late_rate else "não há",
                ),
                ("Carência depois do vencimento", grace),
            ],
        ]
        for row in rows:
            cells = [self._cell(k, label, value) for k, (label, value) in enumerate(row)]
            yield stack(self.page.rule(0, 1.2), beside(*cells), space(1.2))

    def _cell(self, column: int, label: str, value: str) -> Block:
        at, width = column * _COLUMN, _COLUMN - 3
        return stack(
            self.page.paragraph(label, 8, at=at, width=width),
            self.page.paragraph(value, _LEGAL, "B", at=at, width=width),
        )

    def _paragraph(self, lead: str, text: str) -> None:
        """A paragraph that its first words name; it may go on on the next page."""
        page = self.page
        page.set_type(_LEGAL, "B")
        lead, text = f"{lead}. ", clean(text)
        indent = page.get_string_width(lead)
        page.set_type(_LEGAL)
        first = page.wrapped(text, WIDTH - indent)[0]
        rest = text[len(first) :].lstrip(" ")
        for number, line in enumerate([first, *(page.wrapped(rest, WIDTH) if rest else [])]):
            if self.y + page.leading > _BOTTOM:
                self._fresh_page()
            at = 0.0
            if number == 0:
                page.set_type(_LEGAL, "B")
                page.set_xy(LEFT, self.y)
                page.cell(indent, page.leading, lead)
                at = indent
            page.set_type(_LEGAL)
            page.set_xy(LEFT + at, self.y)
            page.cell(WIDTH - at, page.leading, line)
            self.y += page.leading
        self.y += 1.5

    def _installments(self) -> None:
        """Number, due date and amount of every instalment, in columns read downwards."""
        self._heading("Parcelas")
        page, left = self.page, list(self.booklet.installments)
        if without_slip := settled(self.booklet):
            self._put(stack(page.paragraph(without_slip, 9), space(1.5)))
        page.set_type(_TABLE)
        widths = [
            max(map(page.get_string_width, cells)) for cells in zip(*map(_row, left), strict=True)
        ]
        needed = sum(widths) + 3 * _APART
        columns = int((WIDTH + _GUTTER) / (needed + _GUTTER))
        step = (WIDTH + _GUTTER) / columns
        while left:
            room = int((_BOTTOM - self.y) / page.leading)
            deep = min(room, -(-len(left) // columns))
            for place, each in enumerate(left[: deep * columns]):
                column, row = divmod(place, deep)
                x = LEFT + column * step
                for width, text, align in zip(widths, _row(each), "RLRL", strict=True):
                    page.set_xy(x, self.y + row * page.leading)
                    page.cell(width, page.leading, text, align=align)
                    x += width + _APART
            left = left[deep * columns :]
            self.y += deep * page.leading
            if left:
                self._fresh_page()
                page.set_type(_TABLE)


def _row(each: Installment) -> tuple[str, str, str, str]:
    state = "paga" if not each.balance else "em parte" if each.paid else ""
    return str(each.number), format_date(each.due_date), format_brl(each.amount), state
