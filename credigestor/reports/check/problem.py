"""What a check found: one broken thing, said in a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A row that breaks an invariant: which one, table, id, and a sentence in Portuguese.

    The id is 0 where it is not one row that is wrong.
    """

    what: str
    entity: str
    id: int
    detail: str
