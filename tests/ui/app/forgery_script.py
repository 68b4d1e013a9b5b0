"""The app, and then whether its browser would be taken for a forger."""

import runpy

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from credigestor.ui.app import forgery
from tests.ui.support import ENTRY

try:
    runpy.run_path(str(ENTRY))
finally:
    context = get_script_run_ctx()
    assert context is not None
    widgets = context.session_state._state._new_widget_state.widget_metadata.values()
    readers = {type(getattr(w.deserializer, "__self__", None)).__name__ for w in widgets}
    st.session_state["readers"] = readers
    st.session_state["forged"] = forgery.forged(ValueError("a fault of ours"))
