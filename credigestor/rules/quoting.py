"""What a person typed, quoted back in an error message: short and on one line.

>>> quote("abc")
'“abc”'
>>> quote("9" * 10_000)
'“999999999999999999999999999999…”'
>>> quote("a\\nb\\x00c")
'“a b c”'
"""

from __future__ import annotations

QUOTED_CHARACTERS = 30


def quote(text: str) -> str:
    """Put text between quotation marks, at most 30 characters of it, the unprintable blanked."""
    shown = "".join(c if c.isprintable() else " " for c in text[:QUOTED_CHARACTERS])
    return f"“{shown}…”" if len(text) > QUOTED_CHARACTERS else f"“{shown}”"
