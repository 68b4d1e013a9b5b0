"""How a shop's files are read, kept for the next time: by the names of their columns.

What is kept is plain JSON, and fits a table that has the columns it names, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from credigestor.errors import InvalidInput
from credigestor.imports.choices import Choices
from credigestor.imports.headings import Tokens, tokens
from credigestor.imports.mending import Mending
from credigestor.imports.recognising import (
    FIELDS_OF,
    Kind,
    Reading,
    Recognised,
    recognise_one,
)
from credigestor.imports.said_words import unknown_words
from credigestor.imports.table_lines import Sent
from credigestor.imports.tables import Table
from credigestor.rules.quoting import quote

Text = Annotated[str, Field(max_length=200)]


class KeptReading(BaseModel):
    """A column's decimal mark or order of day and month."""

    model_config = ConfigDict(extra="forbid")
    mark: Annotated[str | None, Field(pattern=r"^[.,]$")] = None
    month_first: bool = False


class KeptTable(BaseModel):
    """One table: what it is, each field's column by its name, how it is read, what words mean."""

    model_config = ConfigDict(extra="forbid")
    kind: Kind
    columns: Annotated[dict[Text, Text], Field(max_length=500)]
    readings: dict[Text, KeptReading] = {}
    words: dict[Text, dict[Text, Text]] = {}


class KeptMapping(BaseModel):
    """All tables that were sent together, and what was chosen for all of their rows.

    What changed since an earlier import is put right where somebody says so each time.
    """

    model_config = ConfigDict(extra="forbid")
    tables: Annotated[list[KeptTable], Field(max_length=200)] = []
    choices: Choices | None = None
    mending: Mending | None = None


@dataclass(frozen=True)
class Asked:
    """What nobody knows of a table yet: columns whose amounts could be two things, words."""

    amounts: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.amounts or self.words)


def keep(
    tables: Sequence[Sent], choices: Choices | None = None, mending: Mending | None = None
) -> KeptMapping:
    """What to keep of how these tables are read, and their rows taken."""
    return KeptMapping(
        choices=choices and replace(choices, apply_changes=False),
        mending=mending,
        tables=[
            KeptTable(
                kind=sent.what.kind,
                columns={n: sent.table.header[k][:200] for n, k in sent.what.columns.items()},
                readings={
                    name: KeptReading(mark=reading.mark, month_first=reading.month_first)
                    for name, reading in sent.what.readings.items()
                },
                words={name: dict(words) for name, words in sent.words.items()},
            )
            for sent in tables
        ],
    )


def fits(kept: KeptMapping | None, table: Table) -> bool:
    """Whether something that was kept says how the table is read."""
    return _best(kept, table) is not None


def apply(kept: KeptMapping | None, table: Table) -> Sent:
    """A table as it was read before; as it is recognised where nothing that was kept fits it."""
    best = _best(kept, table)
    if best is None:
        return Sent(table, recognise_one(table))
    places = _places(table)
    columns = {name: places[tokens(title)] for name, title in best.columns.items()}
    what = recognise_one(table, best.kind, columns)
    readings = {
        name: _as_kept(reading, best.readings.get(name)) for name, reading in what.readings.items()
    }
    return Sent(table, replace(what, readings=readings, why="como da outra vez"), best.words)


def _best(kept: KeptMapping | None, table: Table) -> KeptTable | None:
    """Of the kept tables that have no columns but its own the one with most of them."""
    places = _places(table)
    fitting = [
        each
        for each in (kept.tables if kept else [])
        if each.columns and all(tokens(title) in places for title in each.columns.values())
    ]
    return max(fitting, key=lambda each: len(each.columns), default=None)


def _places(table: Table) -> dict[Tokens, int]:
    """The place of each name; of the same ones the first."""
    return {tokens(title): place for place, title in reversed(list(enumerate(table.header)))}


def _as_kept(found: Reading, kept: KeptReading | None) -> Reading:
    """What the column itself tells wins: another program's file may have the same names."""
    if kept is None or (found.mark is not None and found.mark != kept.mark):
        return found
    return Reading(found.mark or kept.mark, kept.month_first or found.month_first)


def chosen(sent: Sent, kind: Kind | None, names: Mapping[str, str]) -> Sent:
    """The same table as another kind, or with other columns by their names in the file.

    Raises InvalidInput for a field that its kind has not, and a name that is not in the table.
    """
    table, what = sent.table, sent.what
    if kind is not None and kind is not what.kind:
        what = recognise_one(table, kind)
    if names:
        places = _places(table)
        for field_, title in names.items():
            if field_ not in FIELDS_OF[what.kind]:
                raise InvalidInput(f"Em {table.name} não há o campo {quote(field_)}.")
            if tokens(title) not in places:
                raise InvalidInput(f"Em {table.name} não há a coluna {quote(title)}.")
        given = {field_: places[tokens(title)] for field_, title in names.items()}
        others = {n: at for n, at in what.columns.items() if at not in given.values()}
        what = recognise_one(table, what.kind, others | given)
    return Sent(table, what, sent.words)


def asked(sent: Sent) -> Asked:
    """What has to be said before a table can be read."""
    what: Recognised = sent.what
    if what.kind is Kind.NOTHING:
        return Asked()
    words = {
        name: tuple(word for word in unknown_words(name, said) if word not in given)
        for name, said in what.words.items()
        for given in [sent.words.get(name, {})]
    }
    amounts = tuple(name for name, reading in what.readings.items() if reading.asks)
    return Asked(amounts, {name: said for name, said in words.items() if said})
