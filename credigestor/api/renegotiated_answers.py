"""What the charts of renegotiated debts show (R15)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from credigestor.api.fields import Answer, Money, Percent


class RenegotiatedAt(Answer):
    """What is open at the end of a day, and what of it is of renegotiated debts, principal."""

    as_of: date
    renegotiated: Annotated[Money, Field(description="De dívidas renegociadas, R$.")]
    receivable: Money
    share: Percent | None


class PaidAgain(Answer):
    """Principal of renegotiated debts that fell due in a month, and what became of it."""

    month: date
    due: Annotated[Money, Field(description="O que venceu no mês, R$.")]
    paid: Annotated[Money, Field(description="Pago até a data, R$.")]
    again: Annotated[Money, Field(description="Renegociado de novo, R$.")]
    unpaid: Annotated[Money, Field(description="Nem pago nem renegociado, R$.")]
    share: Percent | None
