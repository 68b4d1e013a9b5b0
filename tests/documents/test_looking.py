"""The eye for printed documents finds what is wrong, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import segno

from credigestor.documents.canvas import Canvas
from tests.documents.looking import assert_sound, faults, positions, qr_codes, rendered, texts
from tests.pictures import plain

AT = datetime(2026, 11, 23, tzinfo=UTC)


def drawn(draw: Callable[[Canvas], object]) -> bytes:
    canvas = Canvas("Prova", AT)
    canvas.add_page()
    canvas.box(20, 20, 100, 8, "Ágata Muñoz", size=10)
    draw(canvas)
    return canvas.finished()


def test_a_page_on_which_all_is_well_has_no_faults() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.box(20, 24.7, 100, 8, "ÇÃÓ logo abaixo, com acentos; gjpqy", size=10)
        canvas.box(20, 29.4, 100, 8, "e mais uma linha", size=10)
        canvas.rect(18, 18, 120, 18)  # a frame around
        canvas.set_fill_color(236, 241, 240)
        canvas.rect(20, 50, 60, 8, "F")
        canvas.box(21, 51, 50, 6, "sobre uma faixa clara", size=9)
        canvas.dashed(0, 99, 210, 99)
        canvas.picture(plain(40, 40, "red"), 20, 110, 20, 20)

    assert faults(drawn(draw)) == []


@pytest.mark.parametrize(
    ("draw", "fault"),
    [
        (lambda c: c.box(30, 21.5, 100, 8, "outra linha", size=10), "overlap"),
        (lambda c: c.box(40.2, 20, 100, 8, "ao lado", size=10), "overlap"),
        (lambda c: c.box(20, 20, 100, 8, "Ágata Muñoz", size=10), "written twice"),
        (lambda c: c.box(190, 60, 100, 8, "para além da borda", size=10), "off the page"),
        (lambda c: c.box(250, 60, 100, 8, "fora de tudo", size=10), "off the page"),
        (lambda c: c.box(20, 294.5, 100, 8, "rente à borda", size=10), "off the page"),
        (lambda c: c.box(20, 320, 100, 8, "abaixo de tudo", size=10), "off the page"),
        (lambda c: c.box(-5, 60, 100, 8, "à esquerda", size=10), "off the page"),
        (lambda c: c.line(20, 23, 60, 23), "line over text"),
        (lambda c: c.line(30, 10, 30, 60), "line over text"),
        (lambda c: c.rect(30, 10, 60, 60), "frame over text"),
        (lambda c: c.rect(10, 22.5, 80, 60), "frame over text"),
        (lambda c: c.picture(plain(40, 40, "red"), 30, 15, 20, 20), "image over text"),
        (lambda c: c.bars(25, 21, 1.0, [[True] * 9] * 2), "over text"),
        (lambda c: c.dashed(10, 60, 230, 60), "off the page"),
        (lambda c: c.picture(plain(40, 40, "red"), 200, 60, 20, 20), "off the page"),
        (lambda c: c.add_page(), "without text"),
    ],
)
def test_what_is_wrong_is_found(draw: Callable[[Canvas], object], fault: str) -> None:
    pdf = drawn(draw)
    found = faults(pdf)
    assert any(fault in what for what in found), found
    with pytest.raises(AssertionError, match="faults"):
        assert_sound(pdf)


def test_a_stamp_across_the_page_may_lie_over_texts_but_not_run_off_the_page() -> None:
    def stamped(x: float) -> bytes:
        def draw(canvas: Canvas) -> None:
            with canvas.rotation(30, x, 120):
                canvas.box(x, 120, 90, 14, "ESTORNADO", size=40)

        return drawn(draw)

    assert faults(stamped(15)) == []
    assert any("off the page" in what for what in faults(stamped(190)))


def test_every_text_is_found_where_it_was_written() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.box(20, 100, 60, 8, "R$ 1,00", size=9, style="B", align="R")
        canvas.add_page()
        canvas.box(30, 40, 60, 8, "última-", size=9)

    found = texts(drawn(draw))
    assert [(t.page, t.text) for t in found] == [
        (1, "Ágata Muñoz"),
        (1, "R$ 1,00"),
        (2, "última-"),
    ]
    assert found[0].x == pytest.approx(20, abs=0.1)
    assert found[1].box.right == pytest.approx(80, abs=0.4)
    assert 40 < found[2].box.top < found[2].box.bottom < 45
    assert positions(drawn(draw))[2].startswith("2 30.0 43.")
    assert not any(text.turned for text in found)


def test_qr_codes_are_read_from_the_page_in_reading_order() -> None:
    codes = ["NP000123P01", "NP000123P02", "NP000123P03"]

    def draw(canvas: Canvas) -> None:
        for text, (x, y) in zip(codes, [(20, 50), (100, 50), (20, 150)], strict=True):
            rows = [[bool(cell) for cell in row] for row in segno.make(text).matrix]
            canvas.bars(x, y, 1.0, rows)

    pdf = drawn(draw)
    assert qr_codes(pdf) == codes
    assert faults(pdf) == []


def test_pages_become_images_of_their_size() -> None:
    (page,) = rendered(drawn(lambda canvas: None), dpi=100)
    assert page.size == pytest.approx((827, 1170), abs=2)
