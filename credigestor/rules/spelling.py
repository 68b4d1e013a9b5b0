"""What else a word may have been meant to be: slips of the finger, and words spelled by ear.

>>> [word in spellings("julianna") for word in ("julianna", "juliana", "juliano")]
[True, True, False]
>>> [slip for slip in ("mraia", "mria", "maaria", "mafia") if "maria" in spellings(slip)]
['mraia', 'mria', 'maaria', 'mafia']
>>> "keli" in spellings("kelly"), "phelipe" in spellings("felipe"), "munoz" in spellings("munhos")
(True, True, True)

Of a short word less is guessed, since much is one letter away from it:

>>> "joao" in spellings("jao"), "ana" in spellings("naa"), "eva" in spellings("iva")
(True, True, False)
>>> spellings("da")
{'da'}
>>> telling_words("maria das dores d avila-lima")
['maria', 'dores', 'davila', 'lima']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product
from string import ascii_lowercase

#: Letters of the shortest word in which one is guessed to be missing, or any to be wrong.
MISSING_FROM, WRONG_FROM = 3, 4
#: Letters of the longest word that is guessed at.
LONGEST = 24
#: Ways to spell one word by ear that are tried.
_MOST_BY_EAR = 256

#: Words of names that tell nobody apart, and that people leave out or put in.
_PARTICLES = frozenset({"da", "das", "de", "do", "dos", "e"})
#: What parts the words of a name beside spaces; the index of names' words has the same.
_PARTING = str.maketrans("-.", "  ")
_ELISION = re.compile(r"\bd (?=\w)")

_SOUNDS = (
    ("f", "ff", "ph"),
    ("t", "tt", "th"),
    ("n", "nn", "nh"),
    ("l", "ll"),
    ("m", "mm"),
    ("p", "pp"),
    ("r", "rr"),
    ("s", "ss", "z"),
    ("i", "y"),
    ("v", "w"),
    ("c", "k"),
    ("c", "ss"),
    ("k", "qu"),
    ("x", "ch"),
)
_ALIKE = {
    sound: tuple(dict.fromkeys(other for group in _SOUNDS if sound in group for other in group))
    for sound in (sound for group in _SOUNDS for sound in group)
}
_PIECES = re.compile("|".join([*sorted(_ALIKE, key=len, reverse=True), "."]), re.DOTALL)


def spellings(word: str) -> set[str]:
    """The words that a folded one may stand for, itself among them.

    A letter is missing, too many or another, or two that stand side by side are exchanged; or
    sounds are written otherwise, any number of them.
    """
    found = {word}
    if MISSING_FROM <= len(word) <= LONGEST:
        found.update(_slips(word), islice(_by_ear(word), _MOST_BY_EAR))
    return found


def telling_words(folded: str) -> list[str]:
    """The words of a folded name, each once, without those that tell nobody apart."""
    words = _ELISION.sub("d", folded.translate(_PARTING)).split()
    return [word for word in dict.fromkeys(words) if word not in _PARTICLES]


def _slips(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        yield from (head + letter + tail for letter in ascii_lowercase)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        if tail and len(word) >= WRONG_FROM:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in ascii_lowercase)


def _by_ear(word: str) -> Iterator[str]:
    sounds = product(*(_ALIKE.get(piece, (piece,)) for piece in _PIECES.findall(word)))
    return map("".join, sounds)
