"""One measured figure: ours beside the floor, and how many times the floor it may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Ours and the floor, seconds, and the highest ratio of the two that is allowed.

    Of a figure whose name ends in `_mb` both are megabytes of memory.
    """

    name: str
    ours: float
    floor: float
    limit: float

    @property
    def ratio(self) -> float:
        """How many times the floor ours is."""
        return self.ours / self.floor

    @property
    def holds(self) -> bool:
        """Tell whether the ratio is within its limit."""
        return self.ratio <= self.limit

    def as_dict(self) -> dict[str, str | float | bool]:
        """The figure as it stands in `results.json`; all plain numbers."""
        return {
            "name": self.name,
            "ours": self.ours,
            "floor": self.floor,
            "ratio": self.ratio,
            "limit": self.limit,
            "holds": self.holds,
        }
