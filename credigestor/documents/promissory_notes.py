"""Promissory notes on A4, three to a page, to be cut apart (R23).

A note holds what the law asks (LUG art. 75; Decreto 2.044/1908 art. 54; Lei 6.268/75 art. 3) and
nothing else of the shop's: its footer text stays off, since what is written on a note may be read
as a condition, and a promise with a condition is no note.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from credigestor.documents.canvas import BAND, GREY, RULE, SMALLEST, Canvas, clean
from credigestor.documents.letterhead import payee, shop_place
from credigestor.reports.printed_notes import PrintedNote, PrintedNotes
from credigestor.rules.calendar import format_date, written_date
from credigestor.rules.identification import identity_kind, label_identity
from credigestor.rules.identity import format_tax_id, tax_id_kind
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import old_number, sale_number
from credigestor.rules.words import date_in_words, money_in_words

_PER_PAGE, _SLIP = 3, 99.0  # mm: a third of A4's height
_INK = (38, 62, 60)
# Lengths in mm; those across count from the page's left, those down from the frame's top.
_LEFT, _WIDTH, _ABOVE, _HEIGHT = 10.0, 190.0, 4.8, 89.4  # the frame; no printer reaches the edge
_STRIP = 11.0
_X, _RIGHT = _LEFT + _STRIP + 3, _LEFT + _WIDTH - 3
_W = _RIGHT - _X
_SIGNERS, _FOOT, _GAP, _PAD = 48.4, 85.0, 2.0, 1.6
_NUMBERED = "Nº"
_NUMBER = 38.0  # mm, the box of a note's number
_BODY, _VALUE, _LABEL = 8.5, 9.0, 6.0  # pt


@dataclass(frozen=True)
class _Signer:
    """Who signs: the issuer or a guarantor."""

    title: str
    name: str
    tax_id: str | None
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
        super().__init__(f"Notas promissórias da venda {sale_number(data.sale_id)}", made_at)
        self.data, self.made_at, self.logo = data, made_at, logo
        shop = data.shop
        self.payee, self.place = payee(shop), shop_place(shop)
        self.issued = f"{self.place}, {written_date(data.sold_on)}"
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
        self._head(note, y + 2.3)
        self._promise(note, y)
        self._signatures(y + _SIGNERS, _FOOT - _SIGNERS - 0.3)
        self._foot(note, y + _FOOT)
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
        height, number, due, amount = 11.0, _NUMBER, 31.0, 43.0
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
        self._boxed(x, y, number, self._number_label(note), note.number)
        self._boxed(x + number + _GAP, y, due, "Vencimento", format_date(note.due_date))
        self._boxed(_RIGHT - amount, y, amount, "Valor", format_brl(note.amount))

    def _number_label(self, note: PrintedNote) -> str:
        """What stands over the note's number: its old one too, where the box has room for it."""
        both = f"{_NUMBERED} · {old_number(note.ref)}" if note.ref else _NUMBERED
        return both if self._width_of(both, _LABEL) <= _NUMBER - 2 * _PAD else _NUMBERED

    def _fits(self, text: str, width: float, height: float) -> bool:
        """Whether the name that only adorns the head may stand there; the payee's stands below."""
        self.set_type(SMALLEST, "B")
        return len(self.wrapped(clean(text), width)) * self.leading <= height

    def _boxed(self, x: float, y: float, width: float, label: str, value: str) -> None:
        self._outlined(x, y, width, 11)
        inner = width - 2 * _PAD
        self.box(x + _PAD, y + 0.8, inner, 2.9, label, size=_LABEL, color=GREY)
        self.box(
            *(x + _PAD, y + 3.8, inner, 6.2, value),
            size=11.5,
            style="B",
            align="R",
            stands="middle",
        )

    def _promise(self, note: PrintedNote, y: float) -> None:
        company = identity_kind(self.data.customer.tax_id) == "CNPJ"
        promise = f"{'pagaremos' if company else 'pagarei'} por esta NOTA PROMISSÓRIA a"
        until = _RIGHT - self._width_of(promise) - 0.5
        self._field(_X, y + 13.8, until - 1.5, 6, "No dia", date_in_words(note.due_date))
        self.box(until, y + 13.8, _RIGHT - until, 6, promise, size=_BODY, stands="bottom")
        number = self.data.shop.tax_id
        kind, tax_id = tax_id_kind(number), format_tax_id(number)
        own = self._width_of(f"{kind} {tax_id}", _VALUE, "B") + 3
        self._field(_X, y + 20.1, _RIGHT - own - _GAP, 6.2, "", self.payee)
        self._field(_RIGHT - own, y + 20.1, _RIGHT, 6.2, kind, tax_id)
        line = f"ou à sua ordem, em moeda corrente nacional, a quantia de {format_brl(note.amount)}"
        self.box(_X, y + 26.6, _W, 4.5, line, size=_BODY, stands="bottom")
        self.set_fill_color(*BAND)
        self.rect(_X, y + 31.6, _W, 8.4, "F")
        words = f"({money_in_words(note.amount)})"
        self.box(_X + 2, y + 31.6, _W - 4, 8.4, words, size=10, style="B", stands="middle")
        middle = _X + _W * 0.44
        self._field(_X, y + 39.9, middle - _GAP, 7.2, "pagável em", self.place)
        self._field(middle, y + 39.9, _RIGHT, 7.2, "Emitida em", self.issued)

    def _field(
        self, x: float, y: float, until: float, height: float, label: str, value: str
    ) -> None:
        """A word of the form and, after it, what was filled in, on a line to write on."""
        if label:
            width = self._width_of(label) + 0.5
            self.box(x, y, width, height, label, size=_BODY, stands="bottom")
            x += width + 1.5
        self.line(x, y + height, until, y + height)
        self.box(x, y, until - x, height, value, size=_VALUE, style="B", stands="bottom")

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
                self._wide_details(signer, x + _PAD, y, width * 0.54)
                self._sign(signer, x + width * 0.58, y + height - 4, width * 0.42 - 2 * _PAD)

    def _details(self, signer: _Signer, x: float, y: float, width: float) -> None:
        """Who signs, in a column beside another one's."""
        self.box(x, y + 1, width, 2.9, signer.title, size=_LABEL, style="B", color=GREY)
        known_by = label_identity(signer.tax_id)
        beside = width - self._width_of(signer.title, _LABEL, "B") - 2
        if self._width_of(known_by, 7.5) <= beside:
            self.box(x, y + 0.6, width, 3.4, known_by, size=7.5, align="R")
            known_by = ""
        y = self.box(x, y + 4, width, 7.2, signer.name, size=_VALUE, style="B")
        if known_by and signer.address:  # a foreign document may be long
            signer = replace(signer, address=f"{known_by} · {signer.address}")
        elif known_by:
            y = self.box(x, y + 0.3, width, 4.6, known_by, size=7)
        self._address(signer, x, y + 0.3, width, 9.6 if signer.address else 5, 7)

    def _wide_details(self, signer: _Signer, x: float, y: float, width: float) -> None:
        """Who signs alone."""
        self.box(x, y + 1, width, 2.9, signer.title, size=_LABEL, style="B", color=GREY)
        y = self.box(x, y + 5, width, 8.6, signer.name, size=11, style="B")
        y = self.box(x, y + 0.6, width, 4.3, label_identity(signer.tax_id), size=_VALUE)
        self._address(signer, x, y + 0.6, width, 8.2, 8.5)

    def _address(
        self, signer: _Signer, x: float, y: float, width: float, height: float, size: float
    ) -> None:
        """Where they live, or lines to write it on."""
        if signer.address:
            self.box(x, y, width, height, signer.address, size=size)
            return
        self.box(x, y, width, 3.4, "Endereço", size=7, color=GREY)
        start = self._width_of("Endereço", 7) + 1.5
        self._ruled(x + start, y + 3.3, x + width, y + 3.3, GREY)
        self._ruled(x, y + 8.7, x + width, y + 8.7, GREY)

    def _sign(self, signer: _Signer, x: float, bottom: float, width: float) -> None:
        self._ruled(x, bottom - 3.5, x + width, bottom - 3.5, _INK)
        self.box(x, bottom - 3.3, width, 2.9, signer.signature, size=_LABEL, align="C", color=GREY)

    def _foot(self, note: PrintedNote, y: float) -> None:
        """Which copy it is, and what has been paid on it (LUG art. 39)."""
        text = f"{note.copy}ª via, impressa em {format_date(self.made_at)}"
        if note.ref and self._number_label(note) == _NUMBERED:
            text += f" · {old_number(note.ref)}"
        width = _W
        if note.received:
            received = f"Recebido por conta até esta impressão: {format_brl(note.received)}"
            part = self._width_of(received, 7, "B") + 1
            self.box(_RIGHT - part, y, part, 3.4, received, size=7, style="B", align="R")
            width -= part + 3
        while self._width_of(text, _LABEL) > width:  # of an old number longer than any is
            text = f"{text[:-2]}…"
        self.box(_X, y + 0.3, width, 3, text, size=_LABEL, color=GREY)

    def _cut(self, y: float) -> None:
        self.cut_line(9.5, y, self.w - 5, y)
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
