"""The booklet's cover: who sells and who buys, the figures of the credit, its conditions.

What the law wants told of a sale on credit stands here (CDC art. 52 and 54-B). Folded at the two
ticks, an A4 cover holds the slips.
"""

from __future__ import annotations

from credigestor.documents.blocks import Blocks, space, stack
from credigestor.documents.booklet_words import conditions, settled
from credigestor.documents.credit_words import figures
from credigestor.documents.flow import LEFT, WIDTH, Flow
from credigestor.reports.booklet import Booklet, Installment
from credigestor.rules.calendar import format_date
from credigestor.rules.identification import label_identity
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import old_number

#: Where an A4 sheet is folded, or cut, into three.
THIRDS = (99.0, 198.0)


class Cover(Flow):
    """Draws the cover from the top of a fresh page on, over as many pages as it needs."""

    def __init__(self, page: Blocks, booklet: Booklet, made_on: str, logo: bytes | None) -> None:
        foot = f"Venda {booklet.number} · Emitido em {made_on}"
        super().__init__(page, lambda _: foot, booklet.shop.document_footer)
        self.booklet, self.logo = booklet, logo

    def draw(self) -> None:
        """Draw all of it."""
        self.fresh_page()
        for y in THIRDS:
            self.page.line(3, y, 7, y)
            self.page.line(203, y, 207, y)
        self._head()
        self.figures(figures(self.booklet))
        self.heading("Condições")
        for lead, text in conditions(self.booklet):
            self.clause(lead, text)
        self._installments()

    def _head(self) -> None:
        """The shop, its customer and the sale: what is seen of a folded cover."""
        page, sale = self.page, self.booklet
        self.letterhead(sale.shop, self.logo)
        self.band("Carnê de pagamento", f"Venda {sale.number} de {format_date(sale.sold_on)}")
        y = page.box(LEFT, self.y, WIDTH, 6, sale.customer.name, size=13, style="B")
        who = " · ".join(
            filter(None, (label_identity(sale.customer.tax_id), sale.customer.address))
        )
        y = page.box(LEFT, y + 0.5, WIDTH, 9, who, size=9)
        if sale.ref:
            y = page.box(LEFT, y + 0.5, WIDTH, 4, old_number(sale.ref), size=9)
        if sale.description:
            y = page.box(LEFT, y + 0.5, WIDTH, 14, f"Compra: {sale.description}", size=9)
        self.y = y + 3

    def _installments(self) -> None:
        """Number, due date and amount of every instalment, in columns read downwards."""
        self.heading("Parcelas")
        if without_slip := settled(self.booklet):
            self.put(stack(self.page.paragraph(without_slip, 9), space(1.5)))
        self.columns([_row(each) for each in self.booklet.installments], "RLRL")


def _row(each: Installment) -> tuple[str, str, str, str]:
    state = "paga" if not each.balance else "em parte" if each.paid else ""
    return str(each.number), format_date(each.due_date), format_brl(each.amount), state
