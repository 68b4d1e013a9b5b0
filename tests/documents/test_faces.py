"""Faces read once a process give the documents that fpdf's own reading gives, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from fpdf import FPDF

from credigestor.documents import faces
from credigestor.documents.canvas import Canvas
from tests.moments import NOW

TEXTS = {
    "letters": "Ação nº 12: João Müller pagou R$ 1.234,56 — “à vista”, 5 × 20 % · fi ffl",
    "all of Latin": " ".join(map(chr, range(0xA1, 0x17F))),
    "an unknown one": "Zé 😀 🚀",
    "other alphabets": "Αλέξανδρος Москва Հայերեն",
    "nothing": "",
}


def printed(text: str) -> bytes:
    """A page with the text in both faces."""
    canvas = Canvas("Título", NOW)
    canvas.add_page()
    canvas.box(10, 10, 150, 40, text, size=9)
    canvas.box(10, 90, 150, 40, text[:9], size=14, style="B")
    return canvas.finished()


@contextmanager
def plainly_read() -> Iterator[None]:
    """Faces as fpdf reads them for each document anew."""

    def add(pdf: FPDF) -> None:
        pdf.add_font("DejaVu", "", faces.FONTS / "DejaVuSans.ttf")
        pdf.add_font("DejaVu", "B", faces.FONTS / "DejaVuSans-Bold.ttf")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faces, "add", add)
        patch.setattr(faces, "embed", lambda pdf: None)
        yield


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_a_document_is_the_same_as_with_faces_read_for_it_alone(text: str) -> None:
    with plainly_read():
        plain = printed(text)
    assert printed(text) == plain


def test_documents_made_at_once_do_not_share_what_they_wrote() -> None:
    texts = [*TEXTS.values()] * 2
    alone = {text: printed(text) for text in TEXTS.values()}
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(printed, texts)) == [alone[text] for text in texts]


def test_a_second_document_reads_no_font_file_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    first = printed("Recibo")
    monkeypatch.setattr(faces, "_FILES", dict.fromkeys(faces._FILES, faces.FONTS / "none.ttf"))
    assert printed("Recibo") == first
