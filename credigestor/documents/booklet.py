"""The booklet (carnê) of a sale: a cover, then a slip for each note that is not settled.

Three slips to an A4 page, each to be cut out, and its stub for the shop to be cut off. A slip's
Pix code asks for what is owed in time; a note that is late already has none, because its amount
grows with each day.
"""

from __future__ import annotations

from datetime import datetime

from credigestor.documents.blocks import Blocks
from credigestor.documents.booklet_cover import THIRDS, Cover
from credigestor.documents.booklet_words import grows, on_slip
from credigestor.documents.canvas import BAND, GREY, RULE
from credigestor.documents.flow import LEFT, WIDTH
from credigestor.documents.letterhead import phone, shop_name
from credigestor.reports.booklet import Booklet, Installment
from credigestor.rules.calendar import format_date
from credigestor.rules.identification import label_identity
from credigestor.rules.identity import labelled_tax_id
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import old_number
from credigestor.rules.pix import note_txid, shop_payload

_STUB = 50.0  # mm, the shop's part
_CUT = LEFT + _STUB + 4
_X = _CUT + 6  # the customer's part
_ACROSS = LEFT + WIDTH - _X
_CODE = 40.0  # a QR code with its quiet zone
_TEXT = _ACROSS - _CODE - 4  # what stands beside it
_TOLD_UNTIL = 75.0  # how far below a slip's top that goes


def pdf(booklet: Booklet, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of a booklet; `logo` is a PNG or JPEG. Same data and moment, same bytes."""
    pages = _Slips(booklet, made_at, logo)
    Cover(pages, booklet, format_date(made_at), logo).draw()
    for place, installment in enumerate(booklet.open):
        pages.slip(place, installment)
    return pages.finished()


class _Slips(Blocks):
    def __init__(self, booklet: Booklet, made_at: datetime, logo: bytes | None) -> None:
        super().__init__(f"Carnê da venda {booklet.number}", made_at, left=LEFT, width=WIDTH)
        self.booklet, self.logo = booklet, logo

    def slip(self, place: int, note: Installment) -> None:
        """Draw the slip of a note in the next third of a page."""
        third = place % 3
        if third == 0:
            self.add_page()
        if third < len(THIRDS):
            self._cut_along(THIRDS[third])
        top = (0.0, *THIRDS)[third]
        self.cut_line(_CUT, top + 5, _CUT, top + 94)
        self._stub(top + 8, note)
        self._customers_part(top + 8, note)

    def _cut_along(self, y: float) -> None:
        self.cut_line(10, y, 205, y)
        self.set_type(9, color=GREY)
        self.set_xy(5, y - self.leading / 2)
        self.cell(5, self.leading, "✂")

    def _stub(self, y: float, note: Installment) -> None:
        """The part that the shop keeps, with lines to fill in by hand."""
        sale = self.booklet
        self._label(LEFT, y, "Via da loja")
        self.box(LEFT, y + 3.2, _STUB, 12, shop_name(sale.shop), size=9, style="B")
        self._field(LEFT, y + 17, _STUB, self._note(note), sale.note_number(note), 10)
        self._field(LEFT, y + 26, _STUB, "Vencimento", format_date(note.due_date), 10)
        self._field(LEFT, y + 35, _STUB, _worth(note), format_brl(note.to_pay), 10)
        self._label(LEFT, y + 44, "Cliente")
        below = self.box(LEFT, y + 47.2, _STUB, 12, sale.customer.name, size=8, style="B")
        self.box(LEFT, below, _STUB, 4, label_identity(sale.customer.tax_id), size=7)
        self.set_draw_color(*GREY)
        for number, label in enumerate(("Recebido em", "Valor recebido", "Visto")):
            line = y + 70 + number * 7.5
            self._label(LEFT, line - 3, label)
            self.line(LEFT + 19, line, LEFT + _STUB, line)
        self.set_draw_color(*RULE)

    def _customers_part(self, y: float, note: Installment) -> None:
        sale, shop = self.booklet, self.booklet.shop
        at = _X
        if self.logo:
            at = self.picture(self.logo, _X, y, 26, 12) + 3
        right = _X + _ACROSS
        place = f"Parcela {note.number} de {len(sale.installments)}"
        self.box(right - 42, y, 42, 6, place, size=11, style="B", align="R")
        self.box(right - 42, y + 6, 42, 4, "Via do cliente", size=6.5, align="R", color=GREY)
        below = self.box(at, y, right - 44 - at, 9, shop_name(shop), size=12, style="B")
        who = " · ".join(filter(None, (labelled_tax_id(shop.tax_id), phone(shop))))
        self.box(at, below, right - 44 - at, 4, who, size=7, color=GREY)
        self.set_fill_color(*BAND)
        self.rect(_X, y + 16, _ACROSS, 12.5, "F")
        self._field(_X + 2, y + 17, 38, "Nota", sale.note_number(note), 12)
        self._field(_X + 42, y + 17, 34, "Vencimento", format_date(note.due_date), 12)
        self._field(_X + 78, y + 17, _ACROSS - 80, _worth(note), format_brl(note.to_pay), 14)
        self._label(_X, y + 31, "Cliente")
        below = self.box(_X, y + 34.2, _TEXT, 8, sale.customer.name, size=10, style="B")
        below = self.box(_X, below, _TEXT, 4, label_identity(sale.customer.tax_id), size=7.5)
        told = on_slip(sale, note)
        for number, text in enumerate(told):
            room = (y + _TOLD_UNTIL - below) / (len(told) - number) - 1.8
            below = self.box(_X, below + 1.8, _TEXT, room, text, size=8)
        self._code(y + 29.5, note)

    def _code(self, y: float, note: Installment) -> None:
        """The Pix code, as squares and as text; a place for a stamp where there is none."""
        sale, x = self.booklet, _X + _ACROSS - _CODE
        code = None
        if not grows(sale, note):
            code = shop_payload(sale.shop, note.to_pay, note_txid(sale.sale_id, note.number))
        if code is None:
            self.rect(x, y + 3, _CODE, 34)
            below = "Carimbo ou visto da loja"
            self.box(x, y + 38, _CODE, 4, below, size=6.5, align="C", color=GREY)
            return
        self.code(code, x, y, _CODE)
        self.box(x, y + _CODE - 1, _CODE, 4, "Pague com Pix", size=8, style="B", align="C")
        about = "Pix copia e cola, no valor sem acréscimos (em atraso, peça na loja o do dia)"
        self._label(_X, y + 46.5, about)
        self.copyable(code, _X, y + 49.7, _ACROSS, size=5.5)

    def _field(self, x: float, y: float, width: float, label: str, value: str, size: float) -> None:
        self._label(x, y, label)
        self.box(x, y + 3.2, width, 7, value, size=size, style="B")

    def _note(self, note: Installment) -> str:
        """Over the note's number on the stub: its old one too, where there is one and room."""
        both = " · ".join(filter(None, ("Nota", old_number(note.ref))))
        self.set_type(6.5)
        return both if self.get_string_width(both) <= _STUB else "Nota"

    def _label(self, x: float, y: float, text: str) -> None:
        self.box(x, y, _ACROSS, 3, text, size=6.5, color=GREY)


def _worth(note: Installment) -> str:
    return "Saldo a pagar" if note.paid else "Valor"
