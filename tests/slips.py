"""Slips of the finger in a word: one letter missing, too many, doubled, another, two exchanged."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from string import ascii_lowercase


def slip(random: Random, word: str) -> str:
    """A word with one of them at any place."""
    return random.choice(_SLIPS)(random, word, random.randrange(len(word)))


def _missing(random: Random, word: str, at: int) -> str:
    return word[:at] + word[at + 1 :]


def _doubled(random: Random, word: str, at: int) -> str:
    return word[:at] + word[at] + word[at:]


def _too_many(random: Random, word: str, at: int) -> str:
    return word[:at] + random.choice(ascii_lowercase) + word[at:]


def _another(random: Random, word: str, at: int) -> str:
    return word[:at] + random.choice(ascii_lowercase) + word[at + 1 :]


def _exchanged(random: Random, word: str, at: int) -> str:
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


_SLIPS: list[Callable[[Random, str, int], str]] = [
    _missing,
    _doubled,
    _too_many,
    _another,
    _exchanged,
]
