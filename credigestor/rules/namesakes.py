"""People and things of one name, told apart where only names are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def distinct(names: Mapping[K, str]) -> dict[K, str]:
    """The names by id, each told apart from its namesakes by its id.

    >>> distinct({7: "Ana", 9: "Ana", 8: "Bia"})
    {7: 'Ana (7)', 9: 'Ana (9)', 8: 'Bia'}
    """
    times = Counter(names.values())
    return {id_: f"{name} ({id_})" if times[name] > 1 else name for id_, name in names.items()}
