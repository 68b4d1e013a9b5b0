"""The aging band of a row of the facts: by its own lateness, or by an old debt's (R15, R16).

Places of bands are those in `rules.aging.BANDS`.
"""

from __future__ import annotations

from credigestor.rules.aging import LIMITS

#: The first day on which a note is late.
LATE = "on_time_until + 1"
#: The day from whose end on a note's risk is its own: three notes of the new sale are paid (R15).
TRIED_ON = "coalesce(tried_on, 'infinity')"
#: Of a row of the facts: an old debt's lateness is the note's too. No row reaches over that day.
INHERITS = f"(inherited_days > 0 AND valid_from < {TRIED_ON})"
#: The place of the band that an old debt's lateness is; null where none is inherited.
INHERITED_BAND = (
    "CASE "
    + " ".join(f"WHEN inherited_days <= {limit} THEN {k}" for k, limit in enumerate(LIMITS))
    + f" WHEN inherited_days > {LIMITS[-1]} THEN {len(LIMITS)} END"
)


def _band_starts() -> list[str]:
    """First day in each band, the earliest possible for the first (R4, R16)."""
    late = [f"GREATEST({LATE}, due_date + {limit + 1})" for limit in LIMITS]
    return ["DATE '-infinity'", *late]


def _band_at(day: str) -> str:
    """The place in BANDS of a note that is open on a day."""
    starts = _band_starts()
    whens = " ".join(f"WHEN {day} >= {starts[k]} THEN {k}" for k in reversed(range(1, len(starts))))
    return f"CASE {whens} ELSE 0 END"


def band_with_risk(day: str, tried: str) -> str:
    """The place in BANDS of a note on a day: not below the inherited one until it is tried.

    `tried` compares the day with TRIED_ON: a state is as at the end of its day, `<`; what is paid
    on that day was still paid at that risk, `<=`.
    """
    risk = f"CASE WHEN {day} {tried} {TRIED_ON} THEN {INHERITED_BAND} END"
    return f"GREATEST({_band_at(day)}, {risk})"


def bands() -> str:
    """The bands to be joined laterally as `band`: place, first day in it, and first day after."""
    starts = [*_band_starts(), "DATE 'infinity'"]
    rows = ", ".join(f"({k}, {starts[k]}, {starts[k + 1]})" for k in range(len(starts) - 1))
    return f"(VALUES {rows}) AS band(band, starts, ends)"
