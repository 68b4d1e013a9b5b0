"""How far long work is: what it calls as it goes on."""

from __future__ import annotations

from collections.abc import Callable

#: Told a share of 1 and what is being done, in Portuguese.
Progress = Callable[[float, str], None]


def silent(_share: float, _what: str) -> None:
    """A progress that nobody watches."""
