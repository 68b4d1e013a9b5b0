"""The copy of a customer's data on paper (R28)."""

from __future__ import annotations

from credigestor.db.settings import ShopSettings
from credigestor.documents.sheet import Sheet
from credigestor.rules.calendar import format_date
from credigestor.rules.privacy import CustomerFile

TITLE = "Dados pessoais do cliente"


def pdf(file: CustomerFile, shop: ShopSettings) -> bytes:
    """The PDF of a customer's copy, under the shop's head; the same copy, the same bytes."""
    sheet = Sheet(shop, TITLE, file.made_at, orientation="landscape")
    sheet.heading("Quem trata os dados")
    sheet.pairs(file.controller)
    for head, text in file.notice:
        sheet.paragraph(text, bold=head)
    sheet.paragraph(f"O que é devido está como em {format_date(file.as_of)}.", bold="Posição")
    sheet.heading("Cadastro")
    sheet.pairs(file.register)
    for section in file.sections:
        sheet.heading(section.title)
        if section.rows:
            sheet.grid(section.labels, section.rows)
        else:
            sheet.paragraph("Nada registrado.")
    return sheet.finished()
