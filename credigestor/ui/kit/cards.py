"""Cards of figures with what belongs to them, a row of them one element of plain HTML.

    cards.show(
        cards.card("A receber", "R$ 10,00", "+2,0 %", "desde 01/10/2026", history, help="…"), …
    )

    cards.figures({"Total": "R$ 10,00", "Entrada": "R$ 0,00"})

A sparkline of Streamlit's metric is a Vega chart: nine of them took as long as a page's charts, and
of metrics and captions each is a Markdown text that the browser reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Literal
from urllib.parse import quote

import streamlit as st

from credigestor.rules.money import ZERO
from credigestor.ui.kit.figures import UNCHANGED

Tone = Literal["normal", "inverse", "blue"]
_GOOD, _BAD, _EITHER = "cg-good", "cg-bad", "cg-either"
#: Points of a sparkline's picture, which is stretched to its card, and what stays free of them.
_SIDE, _EDGE = 100, 4


def card(
    label: str,
    value: str,
    change: str | None = None,
    since: str = "",
    history: Sequence[Decimal] = (),
    *,
    help: str = "",
    details: Sequence[str] = (),
    color: Tone = "normal",
    chart: Literal["area", "bar"] = "area",
) -> str:
    """One figure with its change since an earlier one and its history as a sparkline.

    `change` is what `in_percent` or `in_points` gave; without one, `since` is not shown
    either. `details` are lines below it. `color` is "inverse" for what had better fall, "blue" for
    what may do either.
    """
    tone, arrow = _tone(change, color)
    changed = (
        f'<p class="cg-change"><span class="cg-delta">{arrow}{escape(change)}</span>'
        f'<span class="cg-since">{escape(since)}</span></p>'
        if change is not None
        else ""
    )
    asked = f' <button type="button" class="cg-help" aria-label="{escape(help)}"></button>'
    lines = "".join(f'<p class="cg-detail">{escape(line)}</p>' for line in details)
    below = f"{changed}{lines}{_spark(history, chart)}"
    return _made(label, value, tone, asked if help else "", below)


def figures(told: Mapping[str, str], *, small: bool = False) -> None:
    """Draw figures by their names without borders; `small` are facts, read in the text's size."""
    kind, beside = ("cg-plain cg-fact", "") if small else ("cg-plain", " cg-figures")
    made = "".join(_made(label, value, kind) for label, value in told.items())
    st.html(f'<div class="cg-cards{beside}">{made}</div>')


def _made(label: str, value: str, kind: str, asked: str = "", below: str = "") -> str:
    return (
        f'<div class="cg-card {kind}" role="group" aria-label="{escape(label)}">'
        f'<p class="cg-label">{escape(label)}{asked}</p>'
        f'<p class="cg-value">{escape(value)}</p>{below}</div>'
    )


def show(*made: str) -> None:
    """Draw cards side by side: give those with a sparkline and those without apart."""
    st.html(f'<div class="cg-cards">{"".join(made)}</div>')


def _tone(change: str | None, color: Tone) -> tuple[str, str]:
    """The class of what a change is, and its arrow."""
    if change is None or change == UNCHANGED:
        return "", ""
    fell = change.startswith("-")
    arrow = f'<span aria-hidden="true">{"↓" if fell else "↑"} </span>'
    if color == "blue":
        return _EITHER, arrow
    return _GOOD if fell == (color == "inverse") else _BAD, arrow


def _spark(history: Sequence[Decimal], chart: Literal["area", "bar"]) -> str:
    if not history:
        return ""
    drawn = _bars(history) if chart == "bar" else _area(history)
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}" '
        f'preserveAspectRatio="none">{drawn}</svg>'
    )
    shape = f"--cg-shape:url('data:image/svg+xml,{quote(picture)}')"
    return f'<div class="cg-spark" style="{shape}"></div>'


def _bars(history: Sequence[Decimal]) -> str:
    """From zero, each as high as it is."""
    low, high = min(ZERO, *history), max(ZERO, *history)
    step, zero = _SIDE / len(history), _height(ZERO, low, high)
    bars = []
    for place, value in enumerate(history):
        y = _height(value, low, high)
        top, tall = min(y, zero), max(abs(zero - y), 1)
        bars.append(f"M{(place + 0.15) * step:.2f} {top:.2f}h{0.7 * step:.2f}v{tall:.2f}H")
        bars.append(f"{(place + 0.15) * step:.2f}z")
    return f'<path d="{"".join(bars)}"/>'


def _area(history: Sequence[Decimal]) -> str:
    """A line from the lowest to the highest, what lies below it lighter."""
    points = list(history) * 2 if len(history) == 1 else list(history)
    low, high = min(points), max(points)
    step = _SIDE / (len(points) - 1)
    line = "L".join(
        f"{place * step:.2f} {_height(value, low, high):.2f}" for place, value in enumerate(points)
    )
    floor = _SIDE - _EDGE
    return (
        f'<path d="M{line}L{_SIDE} {floor}L0 {floor}z" fill-opacity=".12"/>'
        f'<path d="M{line}" fill="none" stroke="#000" stroke-width="2" '
        'vector-effect="non-scaling-stroke"/>'
    )


def _height(value: Decimal, low: Decimal, high: Decimal) -> float:
    """Where a value stands, from the top; on the floor where all are the same."""
    share = float((value - low) / (high - low)) if high > low else 0.0
    return _SIDE - _EDGE - share * (_SIDE - 2 * _EDGE)
