"""Recording what was previewed, for the reason typed beside it (R29, R32, R34)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

from credigestor.errors import BusinessError, InvalidInput
from credigestor.services.inputs import InputModel
from credigestor.ui.kit import data, session

R = TypeVar("R")


def record(
    slot: str,
    new: InputModel,
    why: str,
    act: Callable[..., R],
    seen: Mapping[str, Any] | None = None,
) -> R | None:
    """Do the service `act` with what was previewed, for the reason in the input `why` names.

    Within a callback with the operation of the button as it was drawn. `seen` is what was
    previewed, by its widgets' keys: another one now is refused. Returns what the service does, or
    None where nothing was done: the error is kept for the form of this `slot`. Else the form's
    next operation is a new one.
    """
    actor, now = session.current(), st.session_state
    if actor is None:
        return None  # the page itself says so
    try:
        if any(now.get(key) != value for key, value in (seen or {}).items()):
            raise InvalidInput("A prévia mudou neste momento. Confira e confirme de novo.")
        today, told = data.today(), new.model_copy(update={"reason": now.get(why) or ""})
        done = data.write(lambda s: act(s, actor, told, today=today))
    except BusinessError as error:
        now[f"failed:{slot}"] = error
        return None
    now.pop(f"operation:{slot}", None)
    return done
