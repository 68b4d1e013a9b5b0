"""Customers whose names are like what was typed: a typo, a word spelled by ear.

The words of names are in an index. So it is first asked which of the spellings that a typed word
may stand for are a word of any name, and then whose names have one for each word typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    cast,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from credigestor.db.models import Customer
from credigestor.reports.search import usable
from credigestor.rules.identity import fold
from credigestor.rules.spelling import spellings, telling_words

#: Further words of a query are taken as they are typed.
_GUESSED_WORDS = 6

#: As the index has it.
_WORDS = "string_to_array(translate(customers.name_folded, '-.', '  '), ' ')"
_KNOWN = text(f"""
SELECT spelling FROM unnest(cast(:spellings AS text[])) AS spelling
WHERE EXISTS (SELECT FROM customers WHERE {_WORDS} @> ARRAY[spelling])
""")  # noqa: S608 - of constants alone
# Without figures of so many spellings the planner takes reading all names for as quick. What is
# left to it is a bitmap of an index that answers.
_BY_INDEX = text(
    "SELECT "
    + ", ".join(
        f"set_config('enable_{scan}', 'off', true)"
        for scan in ("seqscan", "indexscan", "indexonlyscan")
    )
)


class Alike(NamedTuple):
    """Whose names are like what was typed: as they are in full, or with the last word unfinished.

    `as_typed` are the words that a name may as well have as typed: of one word alone none may.
    """

    finished: ColumnElement[bool]
    unfinished: ColumnElement[bool] | None
    as_typed: list[str]


def alike(session: Session, query: str) -> Alike | None:
    """What finds the customers whose names are like a query; None when no word is of any name.

    Words may stand in any order; da, de and the like are let be. It is to be used in this
    transaction, whose rest is planned so.
    """
    words = telling_words(fold(usable(query)))
    near = _known(session, words[:_GUESSED_WORDS])
    if not near:
        return None
    typed = [Customer.name_folded.contains(word, autoescape=True) for word in words]
    likes = [
        _words().overlap(cast(near[word], ARRAY(Text))) if word in near else as_it_is
        for word, as_it_is in zip(words, typed, strict=True)
    ]
    unfinished = and_(*likes[:-1], typed[-1]) if len(near) > 1 and words[-1] in near else None
    return Alike(and_(*likes), unfinished, list(near) if len(near) > 1 else [])


def most_alike(
    condition: ColumnElement[bool], as_typed: Sequence[str], limit: int
) -> Select[int, int]:
    """SELECT of customers by id, those first that have most of the words as typed, then by name.

    `unlike` says how many of the words each has otherwise.
    """
    alike = (
        select(Customer.id, Customer.name_folded, *([_words().label("words")] if as_typed else []))
        .where(condition)
        .cte("alike")
        # Or it would go through all names in their order, until it has enough.
        .prefix_with("MATERIALIZED")
    )
    missing = (
        1 - cast(alike.c.words.contains(cast([word], ARRAY(Text))), Integer) for word in as_typed
    )
    unlike: ColumnElement[int] = sum(missing, start=literal(0))
    return (
        select(alike.c.id, unlike.label("unlike"))
        .order_by("unlike", alike.c.name_folded, alike.c.id)
        .limit(limit)
    )


def _known(session: Session, words: list[str]) -> dict[str, list[str]]:
    """The spellings of each word that are a word of some customer's name; only words with any."""
    meant = {word: spellings(word) for word in words if word.isalpha()}
    if not meant:
        return {}
    session.execute(_BY_INDEX)
    known = set(session.scalars(_KNOWN, {"spellings": list(set().union(*meant.values()))}))
    return {word: sorted(known & those) for word, those in meant.items() if known & those}


def _words() -> Any:
    return literal_column(_WORDS, ARRAY(Text))
