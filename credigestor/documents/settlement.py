"""The settlement quote on paper (quitação): the total, note by note, and how it was found (R14)."""

from __future__ import annotations

from datetime import datetime

from credigestor.documents.canvas import BAND, GREY
from credigestor.documents.customer_statement import customer_lines, lateness
from credigestor.documents.sheet import MARGIN, Sheet
from credigestor.reports.settlement import Quote, QuotedNote
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.money import ZERO, format_brl

TITLE = "Cotação de quitação"
_PANEL, _CODE = 42.0, 37.0  # mm: height of the total's panel, width of the Pix code in it


def pdf(data: Quote, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of a quote; the same data and moment, the same bytes."""
    sheet = Sheet(data.shop, TITLE, made_at, logo=logo)
    sheet.pairs(customer_lines(data.customer))
    _panel(sheet, data)
    sheet.heading("As notas, em R$")
    _notes(sheet, data)
    sheet.heading("Como se chegou ao valor")
    _steps(sheet, data)
    sheet.paragraph(
        f"Válido para pagamento em {format_date(data.on)} e enquanto não houver outro pagamento "
        "destas notas: em outro dia o valor pode ser outro. Este documento não é recibo."
    )
    if data.saved:
        sheet.paragraph(
            "Quem paga antes tem direito à redução proporcional dos juros do contrato (Código de "
            "Defesa do Consumidor, art. 52, § 2º): o que falta de cada nota, trazido ao dia do "
            "pagamento por dias corridos, em meses de 30 dias."
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
    y = sheet.box(x, top + 3, inner, 5, f"Para quitar, pagando em {day}", size=9, color=GREY)
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
    if not data.saved:
        return "Sem redução: não há juros do contrato a reduzir nesta data."
    return f"{format_brl(data.owed)} sem a redução; economia de {format_brl(data.saved)}."


def _notes(sheet: Sheet, data: Quote) -> None:
    rows = [
        [
            note.number,
            note.due_date,
            _situation(note),
            found.owed.principal,
            found.owed.interest or None,
            found.owed.fine or None,
            found.discount or None,
            found.total,
        ]
        for note in data.notes
        for found in [note.settlement]
    ]
    if len(rows) > 1:
        columns = list(zip(*(row[3:] for row in rows), strict=True))
        sums = [sum(filter(None, column), ZERO) or None for column in columns]
        rows.append(["Total", None, None, *sums])
    labels = ["Nota", "Vencimento", "Situação", "Principal", "Juros", "Multa", "Redução", "Quitar"]
    sheet.grid(labels, rows, bold=[len(data.notes)])


def _situation(note: QuotedNote) -> str:
    early = note.settlement.days_early
    if early:
        return f"{format_days(early)} antes"
    return lateness(note.days_late)


def _steps(sheet: Sheet, data: Quote) -> None:
    rows: list[list[object]] = []
    faint = []
    for note in data.notes:
        for number, step in enumerate(note.settlement.steps):
            if number:
                faint.append(len(rows))
            rows.append([None if number else note.number, step])
    sheet.grid(["Nota", "Cálculo"], rows, faint=faint)
