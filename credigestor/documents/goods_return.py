"""The paper of goods that came back, for the customer: what fell and what went back (R30)."""

from __future__ import annotations

from datetime import date, datetime

from credigestor.db.settings import ShopSettings
from credigestor.documents.canvas import GREY
from credigestor.documents.customer_statement import customer_lines
from credigestor.documents.letterhead import payee, shop_place
from credigestor.documents.sheet import MARGIN, Sheet
from credigestor.reports.returns import GoodsReturn, ReturnSlip
from credigestor.rules.calendar import format_date, written_date
from credigestor.rules.methods import NAMES
from credigestor.rules.money import exact_percent, format_brl
from credigestor.rules.returns import RETURN_NAMES, ReturnKind
from credigestor.rules.words import money_in_words

TITLE = "Devolução de mercadoria"
UNDONE = "DESFEITA"
_LAW = {
    ReturnKind.REGRET: " (Código de Defesa do Consumidor, art. 49)",
    ReturnKind.DEFECT: " (Código de Defesa do Consumidor, art. 18)",
    ReturnKind.COURTESY: "",
}


def pdf(data: ReturnSlip, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of a return; the same data and moment, the same bytes."""
    goods = data.goods
    sheet = Sheet(data.shop, f"{TITLE} nº {goods.number}", made_at, logo=logo)
    if goods.undone:
        sheet.paragraph(undone(goods), bold=UNDONE)
    sheet.pairs(customer_lines(data.customer))
    share = f", {exact_percent(goods.share)} da venda" if goods.share else ""
    sheet.pairs(
        {
            "Venda": f"{goods.sale}, de {format_date(data.sold_on)}, {format_brl(data.total)}",
            "O que foi vendido": data.description,
            "Devolvido em": format_date(goods.returned_on),
            "Valor devolvido": f"{format_brl(goods.value)}{share}",
            "Motivo": f"{RETURN_NAMES[goods.kind]}{_LAW[goods.kind]}: {goods.reason}",
            "Registrada por": goods.made_by,
        }
    )
    sheet.heading("Notas que deixam de ser devidas, em R$")
    if goods.notes:
        rows: list[list[object]] = [
            [note.number, note.due_date, note.principal, note.after or "nada"]
            for note in goods.notes
        ]
        rows.append(["Total", None, goods.principal, None])
        labels = ["Nota", "Vencimento", "Abatido", "Ainda se deve"]
        sheet.grid(labels, rows, bold=[len(goods.notes)])
        sheet.paragraph(
            "As notas abatidas por inteiro não valem mais: quem as assinou as recebe de volta."
        )
    else:
        sheet.paragraph("Nenhuma: não havia nota em aberto nesta venda.")
    sheet.heading("Dinheiro de volta")
    sheet.paragraph(given_back(goods))
    signatures(sheet, data.customer.name, data.shop, goods.returned_on)
    return sheet.finished()


def undone(goods: GoodsReturn) -> str:
    """That the return no longer counts, since when, by whom and why; empty while it does."""
    if goods.undone is None:
        return ""
    by = f" por {goods.undone.by}" if goods.undone.by else ""
    return f"em {format_date(goods.undone.on)}{by}. Motivo: {goods.undone.reason.rstrip('.')}."


def given_back(goods: GoodsReturn) -> str:
    """What went back to the customer and how, in figures and in words."""
    if goods.back_by is None:
        return "Nada: o valor devolvido coube nas notas em aberto."
    words = money_in_words(goods.back)
    return f"{format_brl(goods.back)} ({words}). Forma: {NAMES[goods.back_by]}."


def signatures(sheet: Sheet, customer: str, shop: ShopSettings, on: date) -> None:
    """Where and when, and the two who sign: what went back is acknowledged by the customer."""
    sheet.ln(4)
    sheet.paragraph(", ".join(filter(None, (shop_place(shop), written_date(on)))) + ".")
    if sheet.y + 30 > sheet.page_break_trigger:
        sheet.add_page()
    sheet.ln(14)
    top, half = sheet.y, sheet.epw / 2 - 5
    for place, who in enumerate((customer, payee(shop))):
        left = MARGIN + place * (half + 10)
        sheet.set_draw_color(*GREY)
        sheet.line(left, top, left + half, top)
        sheet.box(left, top + 1, half, 0, who, size=8, align="C")
