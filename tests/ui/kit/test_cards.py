"""Cards of figures: their change in colour, the sparkline as a picture, texts as they are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from credigestor.ui.kit import cards
from tests.ui.carded import Card, read


def shown(change: str | None, history: list[int], **kind: Any) -> Card:
    """The card of so many months, as a person reads it."""
    points = [Decimal(point) for point in history]
    made = cards.card("<b>A & B", "R$ 1,00", change, "desde ontem", points, help='"?"', **kind)
    assert "<b>" not in made
    [card] = read(made)
    return card


def test_a_card_says_its_figure_its_change_and_what_it_means() -> None:
    card = shown("+2,0 %", [1, 2])
    assert (card.label, card.value, card.help) == ("<b>A & B", "R$ 1,00", '"?"')
    assert (card.change, card.since) == ("+2,0 %", "desde ontem")
    assert shown(None, [1, 2]).since == ""
    bare = cards.card("A receber", "R$ 1,00", help="hoje")
    assert "cg-change" not in bare  # no blank boxes
    assert "cg-spark" not in bare


def test_a_rise_is_good_or_bad_or_either_by_what_it_is_of() -> None:
    assert "cg-good" in shown("+2,0 %", []).classes
    assert "cg-bad" in shown("-2,0 %", []).classes
    assert "cg-bad" in shown("+2,0 %", [], color="inverse").classes
    assert "cg-good" in shown("-2,0 %", [], color="inverse").classes
    assert "cg-either" in shown("-2,0 %", [], color="blue").classes
    assert shown("sem mudança", []).classes.strip() == "cg-card"


def test_a_sparkline_goes_from_the_lowest_to_the_highest_and_bars_from_zero() -> None:
    line = unquote(shown(None, [5, 10, 5]).spark)
    assert "M0.00 96.00L50.00 4.00L100.00 96.00" in line
    bars = unquote(shown(None, [5, 10], chart="bar").spark)
    assert "M7.50 50.00h35.00v46.00" in bars
    assert "M57.50 4.00h35.00v92.00" in bars
    below = unquote(shown(None, [-10, 10], chart="bar").spark)
    assert "M7.50 50.00h35.00v46.00" in below


def test_a_flat_history_of_one_month_is_a_line_and_none_is_no_chart() -> None:
    assert "M0.00 96.00L100.00 96.00" in unquote(shown(None, [0]).spark)
    assert shown(None, []).spark == ""
