"""Which notes stand in an aging band, where some inherited an old debt's lateness (R15, R16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Date, Integer, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from credigestor.db.balances import band_of, open_notes
from credigestor.db.inherited_risk import inheriting
from credigestor.db.models import Note, Renegotiation
from credigestor.reports.note_dates import Conditions, one_of


def in_bands(
    bands: Sequence[str], own: Conditions, rest: Conditions, as_of: date, today: date
) -> Conditions:
    """Of an open note that is in one of the bands, by an old debt's lateness if it inherited one.

    `own` is all that is asked of a note's dates, the bands among it, and decides for all others;
    `rest` the same without the bands. Those that inherited are few: the bands of these are looked
    up.
    """
    heirs = inheriting(as_of)
    if as_of >= today:  # a note's own dates are in force, and few columns say enough
        heir, old = aliased(Note), aliased(Renegotiation)
        late = case((heir.on_time_until < as_of, literal(as_of, Date) - heir.due_date), else_=0)
        there = (
            select(heir.id)
            .join(old, old.sale_id == heir.sale_id)
            .where(
                one_of(heir.sale_id, heirs),
                band_of(func.greatest(cast(late, Integer), old.days_late)).in_(bands),
            )
        )
    else:
        at = open_notes(as_of, today=today).where(one_of(Note.sale_id, heirs)).subquery("heirs")
        there = select(at.c.note_id).where(at.c.band.in_(bands))
    others = Note.sale_id.not_in(heirs)
    return [or_(and_(*own, others), and_(*rest, one_of(Note.id, there)))]
