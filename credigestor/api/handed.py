"""How money was handed over, in bodies and answers: one method, or the part of each (R36)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from credigestor.api.fields import Answer, Body, Money, MoneyIn
from credigestor.reports import sale_money
from credigestor.rules.methods import PLUS, SEVERAL, Method, Part, parts_of

#: What an answer calls a way: a method, several of them, or that nobody said (down payments).
Way = Literal["cash", "pix", "card", "transfer", "cheque", "boleto", "several", "unknown", "credit"]


class PartToHand(Body):
    """What comes by one method."""

    method: Method
    amount: MoneyIn


#: The part of each method; empty where there is none, or `method` says it all.
PartsIn = Annotated[tuple[PartToHand, ...], Field(max_length=len(Method))]


class PartHanded(Answer):
    """What came by one method."""

    method: Way
    amount: Money


class MoneyOfSale(Answer):
    """The down payment as it was received (`down`), or as it was handed back (`refund`)."""

    id: int
    number: str
    kind: Literal["down", "refund"]
    on: date
    method: Way
    methods: list[PartHanded]
    amount: Money
    by: str | None

    @classmethod
    def of(cls, money: sale_money.MoneyOfSale) -> MoneyOfSale:
        """As the report tells it."""
        given = {**vars(money), "number": money.number, **told(money.way, money.amount)}
        return cls.model_validate(given)


def asked(parts: Sequence[PartToHand]) -> tuple[Part, ...]:
    """The parts as the services take them."""
    return tuple((part.method, part.amount) for part in parts)


def word(way: str) -> str:
    """The one method of a way, or that they are several."""
    return SEVERAL if PLUS in way else way


def told(way: str, amount: Decimal) -> Mapping[str, Any]:
    """The fields `method` and `methods` of an answer."""
    parts = [{"method": method, "amount": part} for method, part in parts_of(way, amount)]
    return {"method": word(way), "methods": parts}
