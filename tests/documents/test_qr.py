"""QR codes are read back by a decoder that is not ours."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from credigestor.documents import qr
from credigestor.rules.pix import note_txid, payload

LONGEST = payload(
    key="a" * 64 + "@exemplo.com.",
    name="Comércio de Ferragens Ágata",
    city="São José do Rio Preto",
    amount=Decimal("9999999999.99"),
    txid="N" * 25,
)


def read(image: Image.Image) -> list[str]:
    # QR codes alone: by chance, bars of a code on sale are seen in its squares.
    only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in zxingcpp.read_barcodes(image, only)]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 2**31 - 1), st.integers(1, 120), st.decimals("0.01", "99999.99", places=2))
def test_r25_the_image_decodes_back_to_the_code(sale: int, place: int, amount: Decimal) -> None:
    text = payload(
        key="123e4567-e89b-42d3-a456-426614174000",
        name="LOJA MODELO LTDA",
        city="FORTALEZA",
        amount=amount,
        txid=note_txid(sale, place),
    )
    assert read(Image.open(BytesIO(qr.png(text)))) == [text]


@pytest.mark.parametrize("scale", [2, 3, 8])
def test_the_longest_code_is_read_too(scale: int) -> None:
    assert read(Image.open(BytesIO(qr.png(LONGEST, scale=scale)))) == [LONGEST]


def test_the_squares_are_those_of_the_image_without_its_white_border() -> None:
    rows = qr.matrix(LONGEST)
    image = Image.open(BytesIO(qr.png(LONGEST, scale=1))).convert("L")
    wide = len(rows) + 2 * qr.QUIET_ZONE
    assert image.size == (wide, wide)
    dark = [[image.getpixel((x, y)) == 0 for x in range(wide)] for y in range(wide)]
    zone = slice(qr.QUIET_ZONE, -qr.QUIET_ZONE)
    assert [row[zone] for row in dark[zone]] == rows
    assert sum(map(sum, dark)) == sum(map(sum, rows))  # nothing but white around


def test_the_same_text_gives_the_same_bytes() -> None:
    assert qr.png(LONGEST) == qr.png(LONGEST)
