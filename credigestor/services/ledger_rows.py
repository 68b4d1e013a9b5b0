"""What the rows of notes and of their acts' items keep of a fold (R11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from credigestor.rules.charges import DueDates, Paid, State, Step, Terms, new_state


def step_columns(step: Step) -> dict[str, Any]:
    """What an item keeps of its step: what the act took off the note, and the note after it."""
    state, moved = step.state, step.state.moved
    return {
        "interest": step.split.interest,
        "fine": step.split.fine,
        "principal": step.split.principal,
        "principal_after": state.principal,
        "interest_after": state.interest,
        "fine_after": state.fine,
        "fine_charged_after": state.fine_charged,
        "interest_from_after": state.interest_from,
        "due_date_after": moved and moved.due_date,
        "on_time_until_after": moved and moved.on_time_until,
        "free_until_after": moved and moved.free_until,
        "written_off_after": state.lost,
        "closed_after": state.closed and state.closed.value,
    }


def note_columns(terms: Terms, made: DueDates, steps: Sequence[Step]) -> dict[str, Any]:
    """A note's folded columns after all its steps; those of a new note where there are none."""
    state = steps[-1].state if steps else new_state(terms)
    dates = state.moved or made
    return {
        **balance_columns(state, steps),
        "due_date": dates.due_date,
        "on_time_until": dates.on_time_until,
        "free_until": dates.free_until,
        "original_due_date": made.due_date if state.moved else None,
        "original_on_time_until": made.on_time_until if state.moved else None,
        "original_free_until": made.free_until if state.moved else None,
    }


def balance_columns(state: State, steps: Sequence[Step]) -> dict[str, Any]:
    """Those of what is left in a state after all steps, and of the days; not when it is due."""
    paid = other = settled = None
    for step in steps:
        if isinstance(step.act, Paid):
            paid = step.act.on
        else:
            other = step.act.on
        if settled is None and not step.state.principal:
            settled = step.act.on
    return {
        "principal_balance": state.principal,
        "interest_carried": state.interest,
        "fine_carried": state.fine,
        "fine_charged": state.fine_charged,
        "interest_from": state.interest_from,
        "written_off": state.lost,
        "closed": state.closed and state.closed.value,
        "last_paid_on": paid,
        "last_act_on": other,
        "settled_on": settled,
    }
