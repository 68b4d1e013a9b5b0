"""What is chosen once for all rows of an import; by default each row must fit the shop's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from credigestor.db.settings import ShopSettings


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of the sales of a file, percent a month (the fine once), and grace in days (R5).

    None where a sale's own columns, or else the settings in force, say it.
    """

    late_rate: Decimal | None = None
    fine_rate: Decimal | None = None
    grace_days: int | None = None
    contract_rate: Decimal | None = None

    def over(self, settings: ShopSettings) -> ShopSettings:
        """The settings with these rates in the place of their own."""
        names = ("late_rate", "fine_rate", "grace_days", "contract_rate")
        own = {name: value for name in names if (value := getattr(self, name)) is not None}
        return settings.model_copy(update=own) if own else settings


@dataclass(frozen=True, slots=True)
class Choices:
    """How rows are taken that are true of the shop's past and do not fit its rules.

    `waive_short`: a payment without a split of its own settles principal first, and charges that
    it does not cover are let go (R29). `spill`: what exceeds a note goes to the sale's next ones,
    and a payment that names no note to the oldest first. `as_paid`: what exceeds all charges is
    interest, as it was paid; with both, of a late note, what does not pay the next one.
    `settled_on_due`: what is paid without a date or an amount was settled when it was due.
    `earlier_day`: a sale that was typed in after its first due date, or a payment, is of that day.
    `methods` has the file's own words for a method, as `rules.methods` names it ("" for an empty
    cell). `apply_changes`: what differs from an earlier import is put right.
    `same_without_zeros`: whether a reference that lost its zeros is the one with them; None asks.
    """

    waive_short: bool = False
    spill: bool = False
    as_paid: bool = False
    settled_on_due: bool = False
    earlier_day: bool = False
    apply_changes: bool = False
    same_without_zeros: bool | None = None
    methods: Mapping[str, str] = field(default_factory=dict)
    rates: Rates = field(default_factory=Rates)

    @property
    def as_happened(self) -> bool:
        """Whether payments split otherwise than by the rules alone."""
        return self.waive_short or self.spill or self.as_paid


#: What an import does of which nothing is chosen.
STRICT = Choices()
