"""What a click does before the page is run again, done whole.

Streamlit ends a run at its next step once a newer message has come from the browser, as that of
what was typed a moment before. That step may be the callback's own: each use of the session's
state is one. The click was then half done, or (ended as the run began) not done at all, and
nobody is told. Here the run ends after its callbacks.
"""

from __future__ import annotations

import functools
from typing import Any

from streamlit.runtime.state import SafeSessionState

#: Where a runner of Streamlit's keeps whether it may be ended now.
EXECUTING = "_execing"
_apply = SafeSessionState.on_script_will_rerun


def run_whole() -> None:
    """Have callbacks run to their end, in all sessions of this process; again changes nothing."""
    SafeSessionState.on_script_will_rerun = _whole  # type: ignore[method-assign, assignment]


@functools.wraps(_apply)
def _whole(state: SafeSessionState, *given: Any, **named: Any) -> None:
    runner: Any = getattr(state._yield_callback, "__self__", None)  # noqa: SLF001
    if not getattr(runner, EXECUTING, False):
        _apply(state, *given, **named)
        return
    setattr(runner, EXECUTING, False)
    try:
        _apply(state, *given, **named)
    finally:
        setattr(runner, EXECUTING, True)
