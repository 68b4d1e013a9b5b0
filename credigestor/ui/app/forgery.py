"""Values that no browser sends: another kind than the widget's, or one that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx

#: What Streamlit's readers of values take, by their names.
_KINDS = {
    "ButtonSerde": "trigger_value",
    "CheckboxSerde": "bool_value",
    "DataframeSelectionSerde": "string_value",
    "DateInputSerde": "string_array_value",
    "FileUploaderSerde": "file_uploader_state_value",
    "MultiSelectSerde": "string_array_value",
    "NumberInputSerde": "double_value",
    "RadioSerde": "string_value",
    "SelectboxSerde": "string_value",
    "TextAreaSerde": "string_value",
    "TextInputSerde": "string_value",
    "VegaLiteStateSerde": "string_value",
    "_MultiSelectButtonGroupSerde": "string_array_value",
    "_SingleSelectButtonGroupSerde": "string_array_value",
}


def forged(error: Exception) -> bool:
    """Tell whether an error comes of such a value: only then there is nothing to mend."""
    return any(_readings(error.__traceback__)) or any(_of_another_kind())


def _readings(traceback: TracebackType | None) -> Iterator[bool]:
    """For each place the error passed: whether Streamlit was reading a value there."""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        yield code.co_name == "deserialize" and "/streamlit/" in code.co_filename
        traceback = traceback.tb_next


def _of_another_kind() -> Iterator[bool]:
    """For each widget's value in this run: whether it was sent as another kind."""
    context = get_script_run_ctx()
    if context is None:
        return
    # Streamlit tells the kinds nowhere else.
    widgets: Any = context.session_state._state._new_widget_state  # noqa: SLF001
    for name, metadata in list(widgets.widget_metadata.items()):
        reader = type(getattr(metadata.deserializer, "__self__", None)).__name__
        state: Any = getattr(widgets.states.get(name), "value", None)
        sent = state.WhichOneof("value") if hasattr(state, "WhichOneof") else metadata.value_type
        yield sent is not None and sent != _KINDS.get(reader, sent)
