"""The quote on paper: what settles notes, or what less does to them, and how it was found (R14)."""

from __future__ import annotations

from datetime import datetime

from credigestor.documents.canvas import BAND, GREY
from credigestor.documents.credit_words import effective
from credigestor.documents.customer_statement import customer_lines, lateness
from credigestor.documents.sheet import MARGIN, Sheet
from credigestor.reports.settlement import Quote, QuotedNote
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.money import ZERO, exact_percent, format_brl

TITLE, IN_PART = "Cotação de quitação", "Cotação de pagamento em parte"
_PANEL, _CODE = 42.0, 37.0  # mm: height of the total's panel, width of the Pix code in it


def pdf(data: Quote, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of a quote; the same data and moment, the same bytes."""
    sheet = Sheet(data.shop, IN_PART if data.after else TITLE, made_at, logo=logo)
    sheet.pairs(customer_lines(data.customer))
    _panel(sheet, data)
    sheet.heading("As notas, em R$")
    _notes(sheet, data)
    sheet.heading("As taxas efetivas, pelas datas")
    _rates(sheet, data)
    sheet.heading("Como se chegou ao valor")
    _steps(sheet, data)
    sheet.paragraph(
        f"Válido para pagamento em {format_date(data.on)} e enquanto não houver outro pagamento "
        "destas notas: em outro dia o valor pode ser outro. Este documento não é recibo."
    )
    if data.saved:
        sheet.paragraph(
            "Quem paga antes, no todo ou em parte, tem direito à redução proporcional dos juros do "
            "contrato (Código de Defesa do Consumidor, art. 52, § 2º). Uma nota se quita pelo que "
            "falta dela ÷ fator; quem paga só uma parte abate o valor pago × fator. O fator é "
            "(1 + taxa efetiva ao dia da venda) elevado aos dias corridos até o vencimento."
        )
    return sheet.finished()


def _panel(sheet: Sheet, data: Quote) -> None:
    """The total on a band and, when the shop can be paid by Pix, the code of exactly that."""
    top, left, width = sheet.y, MARGIN, sheet.epw
    code = data.pix
    height = _PANEL if code else 24.0
    sheet.set_fill_color(*BAND)
    sheet.rect(left, top, width, height, "F")
    x, inner = left + 4, width - 8 - (_CODE + 4 if code else 0)
    day = format_date(data.on)
    what = f"Pagando em parte, em {day}" if data.after else f"Para quitar, pagando em {day}"
    y = sheet.box(x, top + 3, inner, 5, what, size=9, color=GREY)
    y = sheet.box(x, y, inner, 9, format_brl(data.total), size=18, style="B")
    y = sheet.box(x, y, inner, 5, _reckoned(data), size=9)
    if code:
        _pix(sheet, code, x, y + 1.5, inner, top)
    sheet.set_xy(left, top + height + 2)


def _pix(sheet: Sheet, code: str, x: float, y: float, width: float, top: float) -> None:
    y = sheet.box(x, y, width, 0, "Pix copia e cola, deste valor:", size=7, color=GREY)
    sheet.copyable(code, x, y, width, size=7)
    corner, upper = MARGIN + sheet.epw - _CODE - 2.5, top + (_PANEL - _CODE) / 2
    sheet.set_fill_color(255, 255, 255)
    sheet.rect(corner, upper, _CODE, _CODE, "F")
    sheet.code(code, corner, upper, _CODE)


def _reckoned(data: Quote) -> str:
    if data.after:
        saved = f"Economia de {format_brl(data.saved)}. " if data.saved else ""
        return f"{saved}Ficam {format_brl(data.after)} a pagar destas notas."
    if not data.saved:
        return "Sem redução: não há juros do contrato a reduzir nesta data."
    return f"{format_brl(data.owed)} sem a redução; economia de {format_brl(data.saved)}."


def _notes(sheet: Sheet, data: Quote) -> None:
    rows = [
        [
            note.number,
            note.due_date,
            _situation(note),
            note.owed.principal,
            note.owed.interest or None,
            note.owed.fine or None,
            note.discount or None,
            note.paid,
            note.after or None,
        ]
        for note in data.reached
    ]
    if len(rows) > 1:
        columns = list(zip(*(row[3:] for row in rows), strict=True))
        sums = [sum(filter(None, column), ZERO) or None for column in columns]
        rows.append(["Total", None, None, *sums])
    paid = "Pagar" if data.after else "Quitar"
    labels = ["Nota", "Vencimento", "Situação", "Principal", "Juros", "Multa", "Redução", paid]
    sheet.grid([*labels, "Resta"], rows, bold=[len(data.reached)])
    if rest := len(data.notes) - len(data.reached):
        sheet.paragraph(
            "A outra nota fica como está." if rest == 1 else f"As outras {rest} ficam como estão."
        )


def _rates(sheet: Sheet, data: Quote) -> None:
    rows = [
        [
            sale.number,
            exact_percent(sale.contract_rate) if sale.contract_rate else "sem juros",
            *effective(sale.daily_rate),
        ]
        for sale in data.sales
    ]
    sheet.grid(["Venda", "Juros do contrato ao mês", "Efetiva ao mês", "Ao ano (CET)"], rows)


def _situation(note: QuotedNote) -> str:
    if note.days_early:
        return f"{format_days(note.days_early)} antes"
    return lateness(note.days_late)


def _steps(sheet: Sheet, data: Quote) -> None:
    rows: list[list[object]] = []
    faint = []
    for note in data.reached:
        for number, step in enumerate(note.steps):
            if number:
                faint.append(len(rows))
            rows.append([None if number else note.number, step])
    sheet.grid(["Nota", "Cálculo"], rows, faint=faint)
