"""QR codes, error correction M: squares to draw on paper and an image for the screen."""

from __future__ import annotations

from io import BytesIO

import segno

#: White squares around a code without which it is not read (ISO/IEC 18004).
QUIET_ZONE = 4
# Any mask is read; trying out all eight to find the prettiest takes most of the time.
_MASK = 2


def matrix(text: str) -> list[list[bool]]:
    """The rows of a text's code, True for a dark square, without the quiet zone."""
    return [[bool(dark) for dark in row] for row in _code(text).matrix]


def png(text: str, *, scale: int = 6) -> bytes:
    """A text's code as a PNG with its white quiet zone, `scale` pixels a square."""
    content = BytesIO()
    _code(text).save(content, kind="png", scale=scale, border=QUIET_ZONE)
    return content.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m", mask=_MASK, boost_error=False)
