"""A form that reacts while one types, which st.form cannot: read, checked and told at once.

The operation names the widgets too. A form just saved is followed by an empty one of another
operation, and half-typed input survives leaving the page and a restart of the server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from credigestor.errors import BusinessError
from credigestor.ui.kit import forms
from credigestor.ui.kit.operations import Operation

#: How long one pauses before what was typed is read.
PAUSE = "300ms"

T = TypeVar("T")


@dataclass
class LiveForm:
    """The inputs of one operation as typed so far, and what still keeps it from being done.

    An input that cannot be read shows its message right below it and sets `wrong`; an empty one
    that is needed is named in `missing`; `refused` holds any other reason to wait.
    """

    operation: Operation
    fields: forms.Fields = field(default_factory=forms.Fields)
    missing: list[str] = field(default_factory=list)
    wrong: bool = False
    refused: str = ""

    def key(self, name: str) -> str:
        """Key of an input; the next operation has others."""
        return f"{name}:{self.operation.key}"

    def typed(
        self,
        name: str,
        label: str,
        parse: Callable[[str], T],
        *,
        needed: str = "",
        key: str = "",
        **options: Any,
    ) -> T | None:
        """Draw a text input and read it; None when empty (missing, if `needed`) or refused.

        `key` is the input's own where the field's name does not say which it is.
        """
        raw = st.text_input(
            label,
            key=key or self.key(name),
            live=PAUSE,
            autocomplete="off",
            persist_state="session",
            **options,
        )
        self.fields.slot(name)
        if not (raw or "").strip():
            if needed:
                self.missing.append(needed)
            return None
        return self.check(lambda: parse(raw))

    def check(self, act: Callable[[], T]) -> T | None:
        """Give the act's result; show its error at the field and give None."""
        try:
            return act()
        except BusinessError as error:
            self.fields.show(error)
            self.wrong = True
            return None

    def blocked(self) -> str:
        """Why it cannot be confirmed yet; empty when it can."""
        if self.wrong:
            return "Corrija o que está em vermelho para confirmar."
        if self.missing:
            return f"Falta informar: {', '.join(self.missing)}."
        return self.refused
