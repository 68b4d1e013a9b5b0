"""What bodies are made of: money as text, days in ISO, ids that a column can hold.

JSON's numbers are floats to most programs, and 0.1 + 0.2 is no amount: R$ come and go as text of
two decimals, and a number is refused with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)

from credigestor.errors import InvalidInput
from credigestor.rules.calendar import check_date_range
from credigestor.rules.money import round_cents
from credigestor.services.inputs import MAX_REASON

_MONEY = r"^(0|[1-9][0-9]{0,9})\.[0-9]{2}$"
_RATE = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,4})?$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_LARGEST_ID = 2**31 - 1
#: Stands for what has no seller, or what nobody who logs in did.
NOBODY: Literal["none"] = "none"


class Body(BaseModel):
    """What a program sends: unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(BaseModel):
    """What a program is answered; made from rows and dataclasses alike."""

    model_config = ConfigDict(from_attributes=True)


class NotYetIn(Answer):
    """New or changed sales that the figures do not know yet; what was written before is in them."""

    sales: int
    since: datetime


def examples(*whole: dict[str, Any]) -> ConfigDict:
    """The config of a body with whole examples of it, for the document and who reads it."""
    return ConfigDict(json_schema_extra={"examples": list(whole)})


class Why(Body):
    """The reason of an act that undoes another."""

    model_config = examples({"reason": "O cliente desistiu da compra"})

    reason: Annotated[str, Field(max_length=MAX_REASON)]


def _text(value: Any, pattern: str, expected: str) -> str:
    if isinstance(value, bool | int | float):
        raise InvalidInput(f"Envie um texto, não um número (que perde centavos): {expected}.")
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise InvalidInput(f"Valor inválido: envie {expected}.")
    return value


def _money(value: Any) -> Decimal:
    return Decimal(_text(value, _MONEY, 'R$ como "1234.56", com dois decimais'))


def _rate(value: Any) -> Decimal:
    return Decimal(_text(value, _RATE, 'o percentual ao mês como "1.5", até quatro decimais'))


def _day(value: Any) -> date:
    if isinstance(value, date):  # a default
        return value
    wrong = InvalidInput("Data inválida: envie como 2026-01-31.")
    if not isinstance(value, str) or not re.fullmatch(_DAY, value):
        raise wrong
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise wrong from None
    return check_date_range(day, earliest_year=1900)


def _plain(value: Decimal) -> str:
    return f"{value:.2f}"


def integer(value: Any) -> Any:
    """What JSON Schema takes for an integer: 3 and 3.0, and no text."""
    if isinstance(value, str | bool):
        raise InvalidInput("Deve ser um número inteiro.")
    return value


def one_of(values: Sequence[str]) -> tuple[Any, Any]:
    """The words that a text may be, as annotations of it."""

    def check(value: str) -> str:
        if value not in values:
            raise InvalidInput(f"Use um destes: {', '.join(values)}.")
        return value

    return AfterValidator(check), WithJsonSchema({"type": "string", "enum": list(values)})


def _written(value: str) -> str:
    if "\x00" in value:
        raise InvalidInput("Há caracteres que não podem ser usados.")
    return value


#: A text that is looked for.
Words = Annotated[str, AfterValidator(_written)]


def _id_or_none(value: Any) -> Any:
    if value == NOBODY or (type(value) is int and 1 <= value <= _LARGEST_ID):
        return value
    raise InvalidInput(f'Envie um id, ou "{NOBODY}".')


#: R$ that a program sends.
MoneyIn = Annotated[
    Decimal,
    BeforeValidator(_money),
    WithJsonSchema({"type": "string", "pattern": _MONEY, "examples": ["1234.56"]}),
]
#: R$ that it is answered; a figure may be negative.
Money = Annotated[
    Decimal,
    PlainSerializer(_plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["1234.56"]}),
]
#: Percent, a month where it is a rate.
RateIn = Annotated[
    Decimal,
    BeforeValidator(_rate),
    WithJsonSchema({"type": "string", "pattern": _RATE, "examples": ["1.5"]}),
]
Rate = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$", "examples": ["1.5000"]}),
]
#: A share that was worked out, in percent, or a mean; None of nothing. As pages round it.
Percent = Annotated[
    Decimal,
    PlainSerializer(lambda value: _plain(round_cents(value)), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["12.34"]}),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-01-31"]}),
]
#: An id in a body, and one in an address or its query. What limits comes before what reads, or the
#: document does not tell of it.
Id = Annotated[int, Field(ge=1, le=_LARGEST_ID), BeforeValidator(integer)]
IdOrNone = Annotated[
    int | Literal["none"],
    PlainValidator(_id_or_none),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": _LARGEST_ID}, {"const": NOBODY}]}
    ),
]
QueryId = Annotated[int, Field(ge=1, le=_LARGEST_ID)]
PathId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
