"""The typefaces of the documents, read once a process instead of once a document.

A document embeds the few glyphs that it uses. fpdf reads both files whole for that, which is most
of the work of a receipt. Here what it measures with is read once, and what it embeds from is,
for the letters of western Europe, a small file that holds these alone: the same bytes come out.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.fonts import SubsetMap, TTFFont

FONTS = Path(__file__).parent / "fonts"
_FILES = {"": FONTS / "DejaVuSans.ttf", "B": FONTS / "DejaVuSans-Bold.ttf"}
FAMILY = "DejaVu"
#: Latin with all its accents, punctuation, currencies, and what stands for an unknown character.
_COMMON = [*range(0x20, 0x180), *range(0x2010, 0x2040), *range(0x20A0, 0x20C0), 0x25A1]


def add(pdf: FPDF) -> None:
    """Make both faces usable in a document, as its `add_font` would."""
    for face in _read():
        font = copy.copy(face)
        # What a document writes to is its own; the rest is only read.
        font.desc = copy.copy(font.desc)
        font.missing_glyphs = []
        font.subset = SubsetMap(font)
        pdf.fonts[font.fontkey] = font


def embed(pdf: FPDF) -> None:
    """Give each face what its glyphs are taken from: at the end, when all of the text is known."""
    for style in _FILES:
        font = pdf.fonts[f"{FAMILY.lower()}{style}"]
        assert isinstance(font, TTFFont)
        common, content = _common(style)
        small = common.issuperset(font.subset.get_all_glyph_names())
        source = BytesIO(content) if small else _FILES[style]
        font.ttfont = TTFont(source, recalcTimestamp=False, lazy=True)


@lru_cache(maxsize=1)
def known() -> frozenset[int]:
    """The characters that both faces have."""
    return frozenset.intersection(*(frozenset(face.cmap) for face in _read()))


@lru_cache(maxsize=1)
def _read() -> list[TTFFont]:
    """Both faces, as fpdf measures and numbers them, without the files' content."""
    pdf = FPDF()
    for style, path in _FILES.items():
        pdf.add_font(FAMILY, style, path)
    faces = [font for font in pdf.fonts.values() if isinstance(font, TTFFont)]
    for face in faces:
        face.close()
        face.ttfont = TTFont()
    return faces


@lru_cache(maxsize=len(_FILES))
def _common(style: str) -> tuple[frozenset[str], bytes]:
    """The names of the common glyphs, and a font file that has no others."""
    options = subset.Options(
        notdef_outline=True, recommended_glyphs=True, glyph_names=True, layout_features=[]
    )
    options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "MATH"]
    with TTFont(_FILES[style], recalcTimestamp=False, lazy=True) as font:
        names = font.getBestCmap()
        common = [names[char] for char in _COMMON if char in names]
        subsetter = subset.Subsetter(options)
        subsetter.populate(glyphs=[".notdef", *common])
        subsetter.subset(font)
        content = BytesIO()
        font.save(content)
    return frozenset([".notdef", *common]), content.getvalue()
