"""One slip of the finger is always undone, also any sounds written otherwise."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

import pytest

from credigestor.rules.identity import fold
from credigestor.rules.spelling import LONGEST, spellings, telling_words
from tests.slips import slip


@pytest.mark.parametrize("seed", range(3))
def test_a_word_with_any_slip_may_stand_for_the_word(seed: int) -> None:
    random = Random(seed)
    for _ in range(300):
        length = random.randrange(4, 13)
        word = "".join(random.choice(ascii_lowercase) for _ in range(length))
        typed = slip(random, word)
        assert word in spellings(typed), f"{word} typed {typed}"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Kelly", "Keli"),
        ("Keli", "Kelly"),
        ("Phelippe", "Felipe"),
        ("Thyago", "Tiago"),
        ("Munhos", "Muñoz"),
        ("Michelly", "Micheli"),
        ("Souza", "Sousa"),
        ("Uashington", "Washington"),
        ("Joaquim", "Joakim"),
        ("Conseição", "Conceição"),
        ("Xavier", "Chavier"),
        ("Vanesa", "Vanessa"),
    ],
)
def test_a_word_spelled_by_ear_may_stand_for_the_word(typed: str, meant: str) -> None:
    assert fold(meant) in spellings(fold(typed))


def test_of_short_and_endless_words_little_or_nothing_is_guessed() -> None:
    assert spellings("jo") == {"jo"}
    assert not {"ano", "lna", "na", "an"} & spellings("ana")
    assert {"anna", "luana"} & spellings("ana") == {"anna"}
    assert spellings("a" * (LONGEST + 1)) == {"a" * (LONGEST + 1)}
    assert max(len(spellings(word)) for word in ("sisisisisisi", "a" * LONGEST)) < 2000


def test_words_that_tell_nobody_apart_are_left_out() -> None:
    assert telling_words(fold("Maria das Dores da Silva-Souza e Silva")) == [
        "maria",
        "dores",
        "silva",
        "souza",
    ]
    assert telling_words(fold("d ÁVILA")) == telling_words(fold("D'Ávila")) == ["davila"]
    assert telling_words("de") == []
