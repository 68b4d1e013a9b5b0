"""What one filled-in form records, once, also when the process dies before it can answer.

The operation has a word in the address (`?op=`), where neither a restart of the server nor a
reload takes it: its id, and the names of the form's widgets, are made of that word and of who
fills the form in. So a browser that comes back finds its inputs as they were typed, what was
recorded is found and told, and somebody else who is sent the address has an operation of their
own.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from credigestor.errors import Conflict
from credigestor.rules.permissions import Actor
from credigestor.services import operations
from credigestor.services.operations import T
from credigestor.ui.kit import data

#: Name in the address of the form's word; the page's script keeps it out of the way of Back.
PARAMETER = "op"

_WORD = re.compile(r"[\w-]{16}", re.ASCII)
_WORDS = uuid.UUID("5f6b1d0e-3c6c-4d57-9a55-0d2a9a3f5c11")


@dataclass(frozen=True)
class Operation:
    """An operation not recorded yet, as far as this page knows."""

    #: Names the form's widgets: the next operation has others.
    key: uuid.UUID
    #: What the database knows it by.
    id: uuid.UUID


def begin(form: str, actor: Actor, table: type[T], tell: Callable[[T], None]) -> Operation:
    """The operation of a form; the same until `finish`, on other pages and after a restart.

    One that comes with the address, and was recorded by a process that could not say so, is
    told; the form goes on with a new one.
    """
    state, slot = st.session_state, _slot(form)
    if slot not in state:
        word = str(st.query_params.get(PARAMETER, ""))
        if not _WORD.fullmatch(word) or word == state.get(f"{slot}:done"):
            word = secrets.token_urlsafe(12)
        elif found := data.read(operations.recorded, table, _id(word, form, actor)):
            tell(found[0])
            word = secrets.token_urlsafe(12)
        state[f"{slot}:word"], state[slot] = word, str(_id(word, form, actor))
    word = state.get(f"{slot}:word", "")
    if word and st.query_params.get(PARAMETER) != word:
        st.query_params[PARAMETER] = word
    key, others = uuid.UUID(state[slot]), state.get(f"{slot}:others", 0)
    return Operation(key, uuid.uuid5(key, str(others)) if others else key)


def finish(form: str) -> None:
    """Let the form be empty and its next operation a new one, once this one was recorded.

    The address stays for whoever leads on from here: to change it would let a second click, which
    waits already, end this run before it has led anywhere.
    """
    slot, state = _slot(form), st.session_state
    state[f"{slot}:done"] = state.get(f"{slot}:word")
    _drop(slot)


def begun(form: str) -> str:
    """Key of the form's operation that is under way; empty where there is none."""
    return str(st.session_state.get(_slot(form), ""))


def set_aside(form: str) -> tuple[str, str]:
    """Begin another operation at the next `begin`; gives word and key of this one, for `take_up`.

    Raises KeyError where none is under way.
    """
    slot, state = _slot(form), st.session_state
    kept = str(state[f"{slot}:word"]), str(state[slot])
    _drop(slot)
    st.query_params.pop(PARAMETER, None)
    return kept


def take_up(form: str, kept: tuple[str, str]) -> None:
    """Go on with the operation that was set aside: its inputs are as they were left."""
    slot, state = _slot(form), st.session_state
    state[f"{slot}:word"], state[slot] = kept
    state.pop(f"{slot}:others", None)


def forget(operation_key: uuid.UUID | str) -> None:
    """Let go what the session holds of an operation's inputs, which nobody goes on with."""
    for name in [str(each) for each in st.session_state if str(operation_key) in str(each)]:
        del st.session_state[name]


@contextmanager
def another(form: str) -> Iterator[None]:
    """Make what is typed a new operation if this one turns out to have recorded something else.

    The error passes through: it asks for another confirmation.
    """
    try:
        yield
    except Conflict as error:
        if error.field == operations.FIELD:
            others = f"{_slot(form)}:others"
            st.session_state[others] = st.session_state.get(others, 0) + 1
        raise


def _drop(slot: str) -> None:
    for name in (slot, f"{slot}:word", f"{slot}:others"):
        st.session_state.pop(name, None)


def _slot(form: str) -> str:
    return f"operation:{form}"


def _id(word: str, form: str, actor: Actor) -> uuid.UUID:
    return uuid.uuid5(_WORDS, f"{word}:{form}:{actor.id}")
