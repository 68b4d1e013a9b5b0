"""Promissory notes on A4, three to a page, to be cut apart (R23).

A note holds what the law asks (LUG art. 75; Decreto 2.044/1908 art. 54; Lei 6.268/75 art. 3) and
nothing else of the shop's: its footer text stays off, since what is written on a note may be read
as a condition, and a promise with a condition is no note.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from credigestor.documents.canvas import BAND, GREY, RULE, SMALLEST, Canvas, clean
from credigestor.reports.printed_notes import PrintedNote, PrintedNotes
from credigestor.rules.calendar import MONTH_NAMES, format_date
from credigestor.rules.identity import format_tax_id
from credigestor.rules.money import format_brl
from credigestor.rules.words import date_in_words, money_in_words

_PER_PAGE, _SLIP = 3, 99.0  # mm: a third of A4's height
_INK = (38, 62, 60)
# Lengths in mm; those across count from the page's left, those down from the frame's top.
_LEFT, _WIDTH, _ABOVE, _HEIGHT = 10.0, 190.0, 4.0, 89.5  # the frame
_STRIP = 11.0
_X, _RIGHT = _LEFT + _STRIP + 3, _LEFT + _WIDTH - 3
_W = _RIGHT - _X
_SIGNERS, _GAP, _PAD = 51.0, 2.0, 1.6
_BODY, _VALUE = 8.5, 9.0  # pt


@dataclass(frozen=True)
class _Signer:
    """Who signs: the issuer or a guarantor."""

    title: str
    name: str
    tax_id: str
    address: str
    signature: str


def pdf(data: PrintedNotes, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of the notes of one printing, made at its moment; same data, same bytes."""
    paper = _Paper(data, made_at, logo)
    for place, note in enumerate(data.notes):
        if place % _PER_PAGE == 0:
            paper.add_page()
        paper.note(note, top=place % _PER_PAGE * _SLIP)
    return paper.finished()


class _Paper(Canvas):
    def __init__(self, data: PrintedNotes, made_at: datetime, logo: bytes | None) -> None:
        super().__init__(f"Notas promissórias da venda {data.sale_id:06d}", made_at)
        self.data, self.made_at, self.logo = data, made_at, logo
        shop = data.shop
        self.payee = shop.legal_name or shop.shop_name
        self.place = "/".join(filter(None, (shop.city, shop.state)))
        day = data.sold_on
        self.issued = f"{self.place}, {day.day} de {MONTH_NAMES[day.month - 1]} de {day.year}"
        who = data.customer
        issuer = _Signer("EMITENTE", who.name, who.tax_id, who.address, "Assinatura do emitente")
        many = len(data.guarantors) > 1
        self.signers = [issuer] + [
            _Signer(
                f"{place}º AVALISTA" if many else "AVALISTA",
                *(guarantor.name, guarantor.tax_id, guarantor.address),
                "Assinatura, por aval do emitente",
            )
            for place, guarantor in enumerate(data.guarantors, 1)
        ]

    def note(self, note: PrintedNote, top: float) -> None:
        y = top + _ABOVE
        self._frame(y)
        self._head(note, y + 2.5)
        self._promise(note, y)
        self._signatures(y + _SIGNERS, _HEIGHT - _SIGNERS - 2)
        self._foot(note, y + _HEIGHT + 0.8)
        if top + _SLIP < self.h - 1:
            self._cut(top + _SLIP)

    def _frame(self, y: float) -> None:
        self.set_fill_color(*BAND)
        self.rect(_LEFT, y, _STRIP, _HEIGHT, "F")
        self._outlined(_LEFT, y, _WIDTH, _HEIGHT, 0.6)
        self._outlined(_LEFT + 0.9, y + 0.9, _WIDTH - 1.8, _HEIGHT - 1.8)
        self._ruled(_LEFT + _STRIP, y + 0.9, _LEFT + _STRIP, y + _HEIGHT - 0.9, _INK)
        middle_x, middle_y = _LEFT + _STRIP / 2 + 0.4, y + _HEIGHT / 2
        with self.rotation(90, middle_x, middle_y):
            self.set_type(13, "B", _INK)
            self.set_char_spacing(3)
            # Not by set_xy, which takes what lies left of the page as counted from its right.
            self.x, self.y = middle_x - _HEIGHT / 2, middle_y - self.leading / 2
            self.cell(_HEIGHT, self.leading, "NOTA PROMISSÓRIA", align="C")
            self.set_char_spacing(0)

    def _head(self, note: PrintedNote, y: float) -> None:
        height, number, due, amount = 11.0, 38.0, 31.0, 43.0
        brand = _W - number - due - amount - 3 * _GAP
        if note.copy > 1:
            self._outlined(_X + brand - 15, y, 15, height, 0.5)
            text = f"{note.copy}ª VIA"
            self.box(
                *(_X + brand - 14.4, y + 3.1, 13.8, 5, text),
                size=10.5,
                style="B",
                align="C",
                color=_INK,
            )
            brand -= 15 + _GAP
        if self.logo is not None:
            self.picture(self.logo, _X, y, brand, height)
        elif self._fits(self.data.shop.shop_name, brand, height + 1):
            name = self.data.shop.shop_name
            self.box(_X, y, brand, height + 1, name, size=11, style="B", color=_INK)
        x = _RIGHT - number - due - amount - 2 * _GAP
        self._boxed(x, y, number, "Nº", note.number)
        self._boxed(x + number + _GAP, y, due, "Vencimento", format_date(note.due_date))
        self._boxed(_RIGHT - amount, y, amount, "Valor", format_brl(note.amount))

    def _fits(self, text: str, width: float, height: float) -> bool:
        """Whether the name that only adorns the head may stand there; the payee's stands below."""
        self.set_type(SMALLEST, "B")
        return len(self.wrapped(clean(text), width)) * self.leading <= height

    def _boxed(self, x: float, y: float, width: float, label: str, value: str) -> None:
        self._outlined(x, y, width, 11)
        self.box(x + _PAD, y + 0.8, width - 2 * _PAD, 2.6, label, size=5.5, color=GREY)
        self.box(x + _PAD, y + 3.6, width - 2 * _PAD, 6, value, size=11.5, style="B", align="R")

    def _promise(self, note: PrintedNote, y: float) -> None:
        company = len(self.data.customer.tax_id) == 14
        promise = f"{'pagaremos' if company else 'pagarei'} por esta NOTA PROMISSÓRIA a"
        until = _RIGHT - self._width_of(promise) - 0.5
        self._field(_X, y + 14.5, until - 1.5, 6, "No dia", date_in_words(note.due_date))
        self.box(until, y + 14.5, _RIGHT - until, 6, promise, size=_BODY, bottom=True)
        kind, tax_id = _tax_id(self.data.shop.tax_id)
        own = self._width_of(f"{kind} {tax_id}", _VALUE, "B") + 3
        self._field(_X, y + 21, _RIGHT - own - _GAP, 6.5, "", self.payee)
        self._field(_RIGHT - own, y + 21, _RIGHT, 6.5, kind, tax_id)
        line = f"ou à sua ordem, em moeda corrente nacional, a quantia de {format_brl(note.amount)}"
        self.box(_X, y + 28, _W, 4.5, line, size=_BODY, bottom=True)
        self.set_fill_color(*BAND)
        self.rect(_X, y + 33, _W, 8.6, "F")
        words = f"({money_in_words(note.amount)})"
        room = 4.8 if self._width_of(words, 10, "B") < _W - 4 else 8.0  # one line, or two
        self.box(_X + 2, y + 33 + (8.6 - room) / 2, _W - 4, room, words, size=10, style="B")
        middle = _X + _W * 0.44
        self._field(_X, y + 42, middle - _GAP, 7.2, "pagável em", self.place)
        self._field(middle, y + 42, _RIGHT, 7.2, "Emitida em", self.issued)

    def _field(
        self, x: float, y: float, until: float, height: float, label: str, value: str
    ) -> None:
        """A word of the form and, after it, what was filled in, on a line to write on."""
        if label:
            width = self._width_of(label) + 0.5
            self.box(x, y, width, height, label, size=_BODY, bottom=True)
            x += width + 1.5
        self.line(x, y + height, until, y + height)
        self.box(x, y, until - x, height, value, size=_VALUE, style="B", bottom=True)

    def _width_of(self, text: str, size: float = _BODY, style: str = "") -> float:
        self.set_type(size, style)
        return float(self.get_string_width(text))

    def _signatures(self, y: float, height: float) -> None:
        count = len(self.signers)
        width = (_W - (count - 1) * _GAP) / count
        for place, signer in enumerate(self.signers):
            x = _X + place * (width + _GAP)
            self.rect(x, y, width, height)
            if count > 1:
                self._details(signer, x + _PAD, y, width - 2 * _PAD)
                self._sign(signer, x + _PAD, y + height, width - 2 * _PAD)
            else:
                self._details(signer, x + _PAD, y, width * 0.58)
                self._sign(signer, x + width * 0.62, y + height - 5, width * 0.38 - _PAD)

    def _details(self, signer: _Signer, x: float, y: float, width: float) -> None:
        self.box(x, y + 1, width, 2.6, signer.title, size=5.5, style="B", color=GREY)
        tax_id = " ".join(_tax_id(signer.tax_id))
        self.box(x, y + 0.6, width, 3.4, tax_id, size=7.5, align="R")
        y = self.box(x, y + 4, width, 7.2, signer.name, size=_VALUE, style="B")
        if signer.address:
            self.box(x, y + 0.3, width, 9.6, signer.address, size=7)
            return
        self.box(x, y + 0.3, width, 3.4, "Endereço", size=7, color=GREY)
        start = self._width_of("Endereço", 7) + 1.5
        self._ruled(x + start, y + 3.6, x + width, y + 3.6, GREY)
        self._ruled(x, y + 9, x + width, y + 9, GREY)

    def _sign(self, signer: _Signer, x: float, bottom: float, width: float) -> None:
        self._ruled(x, bottom - 3.4, x + width, bottom - 3.4, _INK)
        self.box(x, bottom - 3.1, width, 2.4, signer.signature, size=5.5, align="C", color=GREY)

    def _foot(self, note: PrintedNote, y: float) -> None:
        text = f"{note.copy}ª via, impressa em {format_date(self.made_at)}"
        width = _WIDTH
        if note.received:
            received = f"Recebido por conta até esta impressão: {format_brl(note.received)}"
            part = self._width_of(received, 6.5, "B") + 1
            self.box(
                *(_LEFT + _WIDTH - part, y, part, 3.2, received), size=6.5, style="B", align="R"
            )
            width -= part + 3
        self.box(_LEFT, y, width, 3.2, text, size=5.5, color=GREY)

    def _cut(self, y: float) -> None:
        self.set_draw_color(*GREY)
        self.dashed(9.5, y, self.w - 5, y)
        self.set_draw_color(*RULE)
        self.box(5, y - 1.95, 4, 3.9, "✂", size=8, color=GREY)

    def _outlined(
        self, x: float, y: float, width: float, height: float, weight: float = 0.2
    ) -> None:
        self.set_draw_color(*_INK)
        self.set_line_width(weight)
        self.rect(x, y, width, height)
        self.set_line_width(0.2)
        self.set_draw_color(*RULE)

    def _ruled(
        self, x1: float, y1: float, x2: float, y2: float, color: tuple[int, int, int]
    ) -> None:
        self.set_draw_color(*color)
        self.line(x1, y1, x2, y2)
        self.set_draw_color(*RULE)


def _tax_id(number: str) -> tuple[str, str]:
    return "CPF" if len(number) == 11 else "CNPJ", format_tax_id(number)
