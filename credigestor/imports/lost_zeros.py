"""References of digits that lost their zeros: 123 where 00123 is known, or the other way round."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from credigestor.imports.known_customers import any_of


class LostZeros:
    """Finds what is on record under a reference that differs in zeros alone.

    `same` says whether it is meant; where it is None, `asked` gathers those to be asked about.
    """

    def __init__(
        self, session: Session, column: InstrumentedAttribute[Any], same: bool | None
    ) -> None:
        self.session = session
        self.column = column
        self.same = same
        self.asked: dict[str, str] = {}
        self._lengths: list[int] | None = None

    def resolve(
        self, refs: Collection[str], there: dict[str, Any], look_up: Callable[[set[str]], None]
    ) -> None:
        """Put what `look_up` finds under the other reference into `there` under each of these."""
        if self.same is False or not (alike := self._alike(refs)):
            return
        if self.same is None:
            self.asked |= alike
            return
        look_up(set(alike.values()) - there.keys())
        for ref, known in alike.items():
            there[ref] = there[known]

    def question(self, ref: str) -> str:
        """What to ask about a reference."""
        return (
            f"{ref} parece ser {self.asked[ref]}, já importado, que perdeu os zeros à frente. Diga "
            "se é o mesmo ou outro; nada entra antes."
        )

    def _alike(self, refs: Collection[str]) -> dict[str, str]:
        alike: dict[str, str] = {}
        for ref in refs:
            if ref.isascii() and ref.isdecimal():
                stripped = ref.lstrip("0") or "0"
                alike |= {stripped.zfill(length): ref for length in self._known_lengths()}
                alike[stripped] = ref
        others = list(alike.keys() - set(refs))
        if not others:
            return {}
        found = select(self.column).where(any_of(self.column, others))
        return {alike[known]: known for known in self.session.scalars(found)}

    def _known_lengths(self) -> list[int]:
        """How long references with zeros before them are."""
        if self._lengths is None:
            column = self.column
            found = select(func.char_length(column)).where(column.regexp_match("^0[0-9]+$"))
            self._lengths = list(self.session.scalars(found.distinct()))
        return self._lengths
