"""Buttons whose act runs before the page does, with what they were drawn with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st


def button(
    label: str, act: Callable[..., None], args: Sequence[Any], *, key: str, **options: Any
) -> None:
    """Draw a button with an act; above it, that a click after the server's restart was lost.

    The act belongs to the process that drew the button. Once another one has taken over, which
    drew nothing yet, Streamlit drops the act without a word.
    """
    drawn, place = f"{key}:drawn", st.empty()
    clicked = st.button(label, key=key, on_click=act, args=tuple(args), **options)
    if clicked and drawn not in st.session_state:
        place.warning(
            "O sistema acabou de voltar e este clique não foi feito. Confira o que está na tela "
            "e clique de novo.",
            icon=":material/restart_alt:",
        )
    st.session_state[drawn] = True
