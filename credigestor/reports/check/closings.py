"""Closings that are not as one closes days, and figures that are not those of the moment (R37)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.models import DayClosing
from credigestor.reports.as_closed import figures
from credigestor.reports.check.problem import Problem
from credigestor.reports.summary import as_json, summary

#: Of so many closings, the newest, the figures are computed again: each takes a summary.
_COMPUTED = 12

# To open days again takes a reason.
_NO_REASON = """
SELECT id FROM (SELECT c.*, lag(until) OVER (ORDER BY id) AS before FROM closings c) AS closed
WHERE reason IS NULL AND until <= before
ORDER BY id
"""


def problems(session: Session) -> Iterator[Problem]:
    """What is wrong with the closings."""
    for closing_id in session.scalars(text(_NO_REASON)):
        yield Problem("closing", "closings", closing_id, "Os dias foram reabertos sem motivo.")
    newest = select(DayClosing).order_by(DayClosing.id.desc()).limit(_COMPUTED)
    for closing in session.scalars(newest):
        later = closing.until + timedelta(days=1)
        try:
            now = summary(session, closing.until, today=later)
            then = figures(session, closing.until, closing.created_at, now=now)
        except ValueError:  # Overpaid, or a kind of act that there is not
            detail = "O que houve com as notas não permite refazer os números do fechamento."
            yield Problem("closing", "closings", closing.id, detail)
            continue
        if _differ(closing.figures, as_json(then)):
            detail = "Os números guardados no fechamento não são os daquele momento."
            yield Problem("closing", "closings", closing.id, detail)


def _differ(kept: dict[str, Any], then: dict[str, Any]) -> bool:
    """Of what a summary has told ever since; and but for customers.

    They have no date, and come while days are being closed. And before it told renegotiations
    apart, it counted them as sales, and their notes in the bands by their own dates (R15);
    before it told apart what was paid by credit, that was received (R31).
    """
    compared = kept.keys() & then.keys() - {"customers"}
    if "renegotiations" not in kept:
        compared -= {"sales", "financed", "aging"}
    if "paid_by_credit" not in kept:
        compared -= {"received_principal", "received_interest", "received_fine"}
    return any(kept[name] != then[name] for name in compared)
