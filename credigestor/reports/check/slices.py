"""Sales a slice at a time, so that no transaction of a check is long, whatever the shop's size."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.errors import BusinessError

#: The first and the last id of some sales.
Slice = tuple[int, int]
_LEAST, _MOST = -(2**31), 2**31 - 1
EVERY_SALE: Slice = (_LEAST, _MOST)
#: Fewer would read the same payments over and over.
SALES = 10_000


class OutOfTime(BusinessError):
    """A check came to its limit of time; `left` names what it has not looked at, or not whole."""

    def __init__(self, left: tuple[str, ...]) -> None:
        super().__init__(f"O tempo da conferência acabou. Ficou por conferir: {', '.join(left)}.")
        self.left = left


def slices(session: Session) -> list[Slice]:
    """All ids that there may be, cut where so many sales have been."""
    every = text(
        "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM sales) AS s"
        " WHERE place % :sales = 0 ORDER BY id"
    )
    ends = [*session.scalars(every, {"sales": SALES}), _MOST]
    begins = [_LEAST, *(end + 1 for end in ends)]
    return list(zip(begins, ends, strict=False))
