"""The contract of a sale on credit (contrato de compra e venda a prazo): a copy for each who signs.

All of it stands in type of 12 points but for head and foot (CDC art. 54 §3). Two witnesses have
lines too: signed by them it is an enforceable title (CPC art. 784, III).
"""

from __future__ import annotations

from datetime import datetime

from credigestor.documents import contract_words as words
from credigestor.documents.blocks import Block, Blocks, beside, space, stack
from credigestor.documents.canvas import GREY, RULE
from credigestor.documents.credit_words import figures
from credigestor.documents.flow import BOTTOM, LEFT, LEGAL, TO_FILL_IN, WIDTH, Flow
from credigestor.documents.letterhead import payee, shop_place
from credigestor.reports.contract import Contract
from credigestor.rules.calendar import format_date, written_date
from credigestor.rules.identity import labelled_tax_id
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import note_number

TITLE = "Contrato de compra e venda a prazo"
_HALF = WIDTH / 2
_TO_SIGN = 15.0  # mm above a line to sign on


def pdf(data: Contract, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of a contract's copies; `logo` is a PNG or JPEG. Same data and moment, same bytes."""
    pages = _Copy(_paper(data, made_at), data, "", 0).drawn(logo)
    paper = _paper(data, made_at)
    for whose in words.copies(data):
        _Copy(paper, data, whose, pages).drawn(logo)
    return paper.finished()


def _paper(data: Contract, made_at: datetime) -> Blocks:
    return Blocks(f"Contrato da venda {data.number}", made_at, left=LEFT, width=WIDTH)


class _Copy(Flow):
    """One copy, of so many pages: as long as any other, whose one differs from in a few words."""

    def __init__(self, page: Blocks, data: Contract, whose: str, pages: int) -> None:
        again = f" · {data.copy}ª impressão" if data.copy > 1 else ""
        printed = format_date(data.printed_at)

        def foot(number: int) -> str:
            of = f"página {number} de {pages}"
            return f"Contrato {data.number} · {whose} · {of} · impresso em {printed}{again}"

        super().__init__(page, foot, data.shop.document_footer)
        self.data, self.aside = data, f"Nº {data.number} · {whose}{again}"

    def drawn(self, logo: bytes | None) -> int:
        """Draw all of it; gives how many pages it took."""
        data = self.data
        self.fresh_page()
        self.letterhead(data.shop, logo)
        self.band(TITLE, self.aside)
        for lead, text in [*words.parties(data), words.goods(data)]:
            self.clause(lead, text)
        self.heading("Preço e crédito")
        self.figures(figures(data), labels=LEGAL, headed=True)
        self.heading("Parcelas")
        count = len(data.installments)
        rows = [
            (
                note_number(data.sale_id, each.number, count),
                format_date(each.due_date),
                format_brl(each.amount),
            )
            for each in data.installments
        ]
        self.columns(rows, "RLR", size=LEGAL, apart=5)
        self.heading("Condições")
        numbered = [(f"{k}. {lead}", text) for k, (lead, text) in enumerate(words.clauses(data), 1)]
        for lead, text in numbered[:-1]:
            self.clause(lead, text)
        # No page of signatures alone: the last clause stands above them.
        signatures = self._signatures()
        last = self.page.paragraph(": ".join(numbered[-1]), LEGAL, "B").height
        if self.y + last + signatures.height + 1.5 > BOTTOM:
            self.fresh_page()
        self.clause(*numbered[-1])
        self.put(signatures)
        return self.pages

    def _signatures(self) -> Block:
        """Place and date, then who signs: all of it on one page."""
        data = self.data
        signers = [
            ("Vendedora", payee(data.shop), data.shop.tax_id),
            ("Cliente", data.customer.name, data.customer.tax_id),
        ]
        signers += [
            (words.guarantor_title(data, place), each.name, each.tax_id)
            for place, each in enumerate(data.guarantors, 1)
        ]
        boxes = [(title, [name, labelled_tax_id(tax_id)]) for title, name, tax_id in signers]
        boxes += [(f"{place}ª testemunha", ["Nome:", "CPF:"]) for place in (1, 2)]
        rows = [
            beside(*(self._signer(column, *each) for column, each in enumerate(boxes[k : k + 2])))
            for k in range(0, len(boxes), 2)
        ]
        place = f"{shop_place(data.shop) or TO_FILL_IN}, {written_date(data.sold_on)}."
        return stack(space(3), self.page.paragraph(place, LEGAL), *rows)

    def _signer(self, column: int, title: str, lines: list[str]) -> Block:
        at, width = column * (_HALF + 3), _HALF - 3
        x = LEFT + at

        def ruled(y: float) -> None:
            self.page.set_draw_color(*GREY)
            self.page.line(x, y + _TO_SIGN, x + width, y + _TO_SIGN)
            self.page.set_draw_color(*RULE)

        told = [self.page.paragraph(line, LEGAL, at=at, width=width) for line in lines]
        head = self.page.paragraph(title, LEGAL, "B", at=at, width=width)
        return stack(Block(_TO_SIGN + 1, ruled), head, *told)
