"""What an import would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from credigestor.imports.again import Changes
from credigestor.imports.problems import Problem
from credigestor.imports.told import Remark
from credigestor.rules.money import ZERO

if TYPE_CHECKING:
    from credigestor.imports.account import Account

#: Late rate and fine, percent, and days of grace.
SaleRates = tuple[Decimal, Decimal, int]


def rates_of(values: Mapping[str, Any]) -> SaleRates:
    """Those of a sale's columns, or of the settings."""
    return values["late_rate"], values["fine_rate"], values["grace_days"]


@dataclass(frozen=True)
class Counts:
    """How many rows of each kind."""

    customers: int = 0
    sales: int = 0
    notes: int = 0
    payments: int = 0

    def as_dict(self) -> dict[str, int]:
        """The four numbers by name."""
        return asdict(self)


@dataclass(frozen=True)
class Plan:
    """What an import would do: problems in order of file and line, and how many rows to write.

    `new` and `known` count the rows to write and those imported before; `closed` those to write
    that are dated in closed days, up to `closed_until`: to write them takes a reason (R37).
    `remarks` tell of rows that are taken as they were, against the rules; `rates` are those of
    sales that do not have the settings' (R5), `changes` what differs from an earlier import,
    `waived` charges that it lets go, R$. `account`, where it was asked for, is the check of it all.
    """

    problems: list[Problem]
    more_problems: int
    notices: list[str]
    new: Counts
    known: Counts
    closed: int = 0
    closed_until: date | None = None
    remarks: Sequence[Remark] = ()
    rates: Sequence[SaleRates] = ()
    changes: Changes = field(default_factory=lambda: Changes([], {}))
    waived: Decimal = ZERO
    #: Whether anything is to be written.
    writes: bool = False
    account: Account | None = None

    @property
    def problem_count(self) -> int:
        """All problems, also those that are not named."""
        return len(self.problems) + self.more_problems
