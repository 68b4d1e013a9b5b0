"""What an import brings, part by part: so many sales at a time are held, however long the files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from credigestor.imports.batch import Batch
from credigestor.imports.plan import Counts, SaleRates, rates_of
from credigestor.rules.progress import Progress

#: What becomes of each part; the progress hears what share of that is done.
Take = Callable[[Batch, Progress], None]


class Tally:
    """Counts the parts as they go by: rows, those of closed days, rates that are not the usual."""

    def __init__(self, usual: SaleRates, closed_until: date | None) -> None:
        self.closed_until = closed_until
        self.closed = 0
        self.rates: set[SaleRates] = set()
        self._usual = usual
        self._new = [0, 0, 0, 0]

    def add(self, batch: Batch) -> None:
        """Count one part."""
        some = (
            *(len(batch.customers), len(batch.sales)),
            *(sum(len(sale.notes) for sale in batch.sales), len(batch.payments)),
        )
        self._new = [before + now for before, now in zip(self._new, some, strict=True)]
        if (until := self.closed_until) is not None:
            self.closed += sum(day <= until for day in batch.days())
        self.rates |= {rates_of(sale.values) for sale in batch.sales} - {self._usual}

    @property
    def new(self) -> Counts:
        """How many rows of each kind there were."""
        return Counts(*self._new)
