"""The contract of a sale on credit (contrato de compra e venda a prazo): a copy for each who signs.

All of it stands in type of 12 points but for head and foot (CDC art. 54 §3). Two witnesses have
lines too: signed by them it is an enforceable title (CPC art. 784, III).
"""

from __future__ import annotations

from datetime import datetime

from credigestor.documents import contract_words as words
from credigestor.documents.blocks import Blocks
from credigestor.documents.credit_words import figures
from credigestor.documents.flow import BOTTOM, LEFT, LEGAL, WIDTH, Flow
from credigestor.documents.signatures import drawn_signatures
from credigestor.reports.contract import Contract
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import note_number, old_number

TITLE = "Contrato de compra e venda a prazo"


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
        if data.ref:
            self.clause("Venda", f"{data.number}. {old_number(data.ref)}")
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
        signatures = drawn_signatures(self.page, data)
        last = self.page.paragraph(": ".join(numbered[-1]), LEGAL, "B").height
        if self.y + last + signatures.height + 1.5 > BOTTOM:
            self.fresh_page()
        self.clause(*numbered[-1])
        self.put(signatures)
        return self.pages
