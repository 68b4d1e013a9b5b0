"""Image files for tests: good ones, and some that somebody would send to do harm."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def logo(kind: str = "PNG", size: tuple[int, int] = (300, 120), **options: object) -> bytes:
    """A picture with something on it, so that it does not vanish when it is compressed."""
    return saved(Image.radial_gradient("L").resize(size).convert("RGB"), kind, **options)


def plain(width: int, height: int, color: str | tuple[int, int, int] = (20, 110, 90)) -> bytes:
    """A PNG of one colour, green unless told."""
    return saved(Image.new("RGB", (width, height), color))


def opened(content: bytes) -> Image.Image:
    """A file as an image, decoded whole."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG, with its sum."""
    return struct.pack(">I", len(content)) + name + content + _sum(name + content)


def forged(width: int, height: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG in RGB that says to be so large, whatever its rows hold."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), *extra, chunk(b"IDAT", zlib.compress(rows, 9))]
    return _SIGNATURE + b"".join(parts) + chunk(b"IEND", b"")


def _sum(content: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(content))
