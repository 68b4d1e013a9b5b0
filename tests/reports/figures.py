"""Every figure of the portfolio at a date, as text, to be compared with itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from credigestor.reports import overview
from credigestor.reports.delinquency import DelinquencyFilters, delinquency, totals
from credigestor.reports.notes import NoteFilters, few, list_notes
from credigestor.reports.portfolio import (
    breakdown,
    collections,
    first_payment,
    forecast,
    largest,
    losses,
    recovery,
    renegotiated,
    rolls,
    vintages,
)
from credigestor.reports.portfolio.late_charges import late_charges
from credigestor.reports.summary import as_json, summary
from credigestor.reports.waived import by_whom
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period, month_end, months


def figures(session: Session, day: date, *, today: date) -> dict[str, Any]:
    """Whatever a manager sees of a date, by name."""
    period = Period(day - timedelta(days=29), day)
    spans = [Period(month, month_end(month)) for month in months(day, 6)]
    listed = NoteFilters()
    ids = few(session, listed, as_of=day, today=today)
    before = day - timedelta(days=30), period.previous
    cards = overview.headline(session, day, period, before, today=today)
    nothing = Split(ZERO, ZERO, ZERO)
    found = {
        # What was undone leaves a nought where nothing was.
        "headline": replace(
            cards, acts={k: v for k, v in sorted(cards.acts.items()) if v != nothing}
        ),
        "details": overview.details(session, day, today=today),
        "vintages": [each for each in vintages.vintages(session, day) if each.as_of <= day],
        "rolls": rolls.rolls(session, day, 6, today=today),
        "recovery": recovery.recoveries(session, day, 6),
        "collections": collections.collections(session, day),
        "forecast": forecast.forecast(session, day),
        "first payments": first_payment.by_month(session, day),
        "largest": largest.debtors_by_name(session, day, count=20),
        "parts": [
            breakdown.parts(session, kind, day, period) for kind in ("seller", "city", "value")
        ],
        "losses": [
            (each.month, f"{each.written_off:.2f} {each.recovered:.2f} {each.charges:.2f}")
            for each in losses.by_month(session, day, 12)
        ],
        "renegotiated": renegotiated.shares(session, [day]),
        "paid again": renegotiated.paid_again(session, day, count=12),
        "late charges": late_charges(session, spans, day, today=today),
        "waived": by_whom(session, period, day),
        "late customers": delinquency(session, day, DelinquencyFilters(), today=today),
        "late in all": totals(session, day, DelinquencyFilters(), today=today),
        "notes": list_notes(
            session, listed, as_of=day, today=today, offset=0, limit=10_000, ids=ids
        )
        .drop(columns="walked_by")  # how a walk goes on, today
        .sort_values("id", ignore_index=True),
        "summary": as_json(summary(session, day, today=today)),
    }
    with pd.option_context("display.max_rows", None, "display.max_columns", None):
        return {name: _text(each) for name, each in found.items()}


def _text(found: Any) -> str:
    if isinstance(found, pd.DataFrame):
        return found.to_csv()
    if isinstance(found, overview.Details):
        return f"{found.dues} {found.debtors.to_csv()} {found.next_due.to_csv()}"
    return str(found)
