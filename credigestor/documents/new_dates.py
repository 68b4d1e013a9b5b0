"""The paper of later due dates agreed on: both dates, the interest, what stays, who signs (R32)."""

from __future__ import annotations

from datetime import datetime

from credigestor.documents.canvas import GREY
from credigestor.documents.customer_statement import customer_lines
from credigestor.documents.letterhead import payee, shop_place
from credigestor.documents.sheet import MARGIN, Sheet
from credigestor.reports.new_dates import Agreement, MovedNote
from credigestor.rules.calendar import format_date, format_days, written_date
from credigestor.rules.money import exact_percent, format_brl
from credigestor.rules.numbering import sale_number
from credigestor.rules.words import money_in_words

TITLE = "Acordo de prorrogação"
UNDONE = "DESFEITO"


def pdf(data: Agreement, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of an agreement; the same data and moment, the same bytes."""
    agreed = data.agreed
    sheet = Sheet(data.shop, f"{TITLE} nº {agreed.number}", made_at, logo=logo)
    if agreed.undone:
        by = f" por {agreed.undone.by}" if agreed.undone.by else ""
        why = agreed.undone.reason.rstrip(".")
        told = f"em {format_date(agreed.undone.on)}{by}. Motivo: {why}."
        sheet.paragraph(told, bold=UNDONE)
    sheet.pairs(customer_lines(data.customer))
    sale = f"{sale_number(agreed.notes[0].sale_id)}, de {format_date(data.sold_on)}"
    sheet.pairs(
        {
            "Venda": sale,
            "O que foi vendido": data.description,
            "Combinado em": format_date(agreed.agreed_on),
            "Motivo": agreed.reason,
            "Registrado por": agreed.made_by,
        }
    )
    one = len(agreed.notes) == 1
    which = "a nota promissória abaixo vence" if one else "as notas promissórias abaixo vencem"
    sheet.paragraph(f"{payee(data.shop)} e {data.customer.name} combinam que {which} na nova data.")
    sheet.heading("Novos vencimentos, em R$")
    _notes(sheet, data)
    sheet.heading("Juros da prorrogação")
    sheet.paragraph(_interest(data))
    sheet.heading("O que fica como estava")
    for text in _as_before(data):
        sheet.paragraph(text)
    _signatures(sheet, data)
    return sheet.finished()


def _notes(sheet: Sheet, data: Agreement) -> None:
    notes = data.agreed.notes
    rows: list[list[object]] = [
        [
            note.number,
            note.before,
            note.due_date,
            _until(note),
            format_days((note.due_date - note.before).days),
            note.principal,
            note.interest or None,
        ]
        for note in notes
    ]
    if len(rows) > 1:
        principal = sum(note.principal for note in notes)
        rows.append(["Total", None, None, None, None, principal, data.agreed.interest or None])
    labels = ["Nota", "Vencia em", "Vence em", "Em dia até", "Prorrogada por", "Principal", "Juros"]
    sheet.grid(labels, rows, bold=[len(notes)])


def _until(note: MovedNote) -> object:
    return note.on_time_until if note.on_time_until != note.due_date else None


def _interest(data: Agreement) -> str:
    agreed = data.agreed.interest
    if not agreed:
        return "Nenhum: a nova data não custa nada, se for cumprida."
    return (
        f"{format_brl(agreed)} ({money_in_words(agreed)}), calculados sobre o principal pelos dias "
        "da prorrogação. São devidos junto com cada nota, na nova data."
    )


def _as_before(data: Agreement) -> list[str]:
    late = []
    if data.late_rate:
        late.append(f"juros de mora de {exact_percent(data.late_rate)} ao mês")
    if data.fine_rate:
        late.append(f"multa de {exact_percent(data.fine_rate)}")
    grace = f", depois de {format_days(data.grace_days)} de carência" if data.grace_days else ""
    charged = f"{' e '.join(late)}{grace}" if late else "sem juros de mora nem multa"
    told = [
        "O valor das notas, as garantias e as demais condições da venda. Paga depois da nova data, "
        f"a nota tem os encargos da venda, {charged}, contados da nova data.",
        "É a mesma dívida: este acordo não é novação (Código Civil, art. 361). Se a nota já havia "
        "sido impressa, ela é trocada por outra via com a nova data.",
    ]
    if data.guarantors:
        names = " e ".join(each.name for each in data.guarantors)
        one = len(data.guarantors) == 1
        signs = "Avalista, que assina" if one else "Avalistas, que assinam"
        told.append(f"{signs} também este acordo: {names}.")
    return told


def _signatures(sheet: Sheet, data: Agreement) -> None:
    """Where and when, and who signs: both sides, and who answers for the notes."""
    day = written_date(data.agreed.agreed_on)
    signers = [data.customer.name, payee(data.shop), *(each.name for each in data.guarantors)]
    rows = (len(signers) + 1) // 2
    sheet.ln(4)
    if sheet.y + 8 + 24 * rows > sheet.page_break_trigger:
        sheet.add_page()
    sheet.paragraph(", ".join(filter(None, (shop_place(data.shop), day))) + ".")
    half, top = sheet.epw / 2 - 5, sheet.y + 14
    for place, who in enumerate(signers):
        left, line = MARGIN + place % 2 * (half + 10), top + place // 2 * 24
        sheet.set_draw_color(*GREY)
        sheet.line(left, line, left + half, line)
        sheet.box(left, line + 1, half, 0, who, size=8, align="C")
