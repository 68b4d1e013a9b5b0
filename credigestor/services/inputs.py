"""Input models: raw text from a form in, checked values out, every wrong field named at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from credigestor.errors import BusinessError, InvalidInput, InvalidInputs


class InputModel(BaseModel):
    """Base of what a write service takes; immutable, and it knows all its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


#: Characters of a reason.
MAX_REASON = 500

M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], values: Mapping[str, Any]) -> M:
    """Build the model from raw values; raises InvalidInputs naming every wrong field."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        messages: dict[str, str] = {}
        for detail in error.errors():
            cause = detail.get("ctx", {}).get("error")
            field = str(detail["loc"][0]) if detail["loc"] else "form"
            if isinstance(cause, BusinessError):
                messages.setdefault(cause.field or field, cause.message)
            else:
                messages.setdefault(field, "Valor inválido ou não preenchido.")
        raise InvalidInputs(messages) from error


def text(value: str | None, *, field: str, maximum: int, label: str) -> str:
    """Trim a free text; raises InvalidInput over `maximum` characters or for unwritable ones.

    Those are control characters but for line breaks and tabs, and halves of a surrogate pair.
    """
    value = (value or "").strip()
    if len(value) > maximum:
        raise InvalidInput(
            f"{label}: no máximo {maximum} caracteres (foram digitados {len(value)}).", field=field
        )
    if any((char < " " and char not in "\n\t") or "\ud800" <= char <= "\udfff" for char in value):
        raise InvalidInput(f"{label}: há caracteres que não podem ser usados.", field=field)
    return value


def reason(value: str | None, *, field: str = "reason", maximum: int = MAX_REASON) -> str:
    """A reason of 3 to 500 characters, or to `maximum`; raises InvalidInput otherwise."""
    cleaned = text(value, field=field, maximum=maximum, label="Motivo")
    if len(cleaned) < 3:
        raise InvalidInput("Explique o motivo.", field=field)
    return cleaned
