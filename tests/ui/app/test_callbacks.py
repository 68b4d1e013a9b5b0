"""A click is done whole, whatever comes from the browser meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.runtime.state import SafeSessionState
from streamlit.testing.v1 import AppTest

from credigestor.ui.app import callbacks


@pytest.fixture(autouse=True)
def as_streamlit_has_it() -> Iterator[None]:
    """Other tests of this process see what they would have seen."""
    before = SafeSessionState.on_script_will_rerun
    yield
    SafeSessionState.on_script_will_rerun = before  # type: ignore[method-assign]


def page() -> None:
    """Two steps by a button, and between them another message from the browser."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    def act() -> None:
        context = get_script_run_ctx()
        assert context is not None
        assert context.script_requests is not None
        st.session_state["first"] = True
        context.script_requests.request_rerun(RerunData())
        st.session_state["second"] = True

    st.button("Agir", on_click=act)
    st.write(*sorted(map(str, st.session_state)))


def clicked() -> str:
    app = AppTest.from_function(page).run()
    app.button[0].click().run()
    assert not app.exception
    return " ".join(text.value for text in app.markdown)


def test_a_message_in_the_middle_of_a_callback_waits_for_its_end() -> None:
    callbacks.run_whole()
    callbacks.run_whole()
    assert clicked() == "first second"


def test_streamlit_alone_would_leave_it_half_done() -> None:
    assert clicked() == "first"  # once it is whole by itself, our part can go
