"""Clicking on a chart: AppTest has no charts of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from tests.ui.support import Visit


def click(monkeypatch: pytest.MonkeyPatch, app: Visit, chart: str, mark: str) -> tuple[str, Any]:
    """Click on a mark and give the page's file and the address that it leads to."""
    left_for: list[tuple[str, Any]] = []

    def leave(path: str, *, query_params: dict[str, Any]) -> None:
        assert chart not in st.session_state  # or coming back would lead here again
        left_for.append(("/".join(path.split("/")[-2:]), query_params))
        st.stop()

    monkeypatch.setattr(st, "vega_lite_chart", _clicked(chart, mark))
    monkeypatch.setattr(st, "switch_page", leave)
    app.run()
    [found] = left_for
    return found


def _clicked(clicked: str, mark: str) -> Callable[..., Any]:
    def chart(*_: object, key: str | None = None, **__: object) -> dict[str, Any]:
        if key != clicked:
            return {"selection": {"pick": []}}
        st.session_state[key] = "clicked"
        return {"selection": {"pick": [{"id": mark}]}}

    return chart
