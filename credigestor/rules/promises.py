"""A customer's promise to pay, and whether it was kept (R38).

An amount by a day. It is judged at the end of that day's last on-time day (R4) against what the
customer paid from the day of the promise on: all of it kept, a part of it partly, nothing broken.
200,00 promised for Friday 20/11/2026, a national holiday, may be paid until Monday the 23rd:

>>> from credigestor.rules.calendar import HolidayRules, last_on_time_day
>>> due = date(2026, 11, 20)
>>> until = last_on_time_day(due, HolidayRules())
>>> promise = Promise(Decimal("200.00"), date(2026, 11, 16), due, until)
>>> first, second = (date(2026, 11, 19), Decimal("120.00")), (until, Decimal("80.00"))
>>> judge(promise, [first, second], today=date(2026, 11, 24)).status.value
'kept'
>>> partly = judge(promise, [first], today=date(2026, 11, 24))
>>> partly.status.value, partly.share
('partly', Decimal('60'))
>>> [judge(promise, [], today=date(2026, 11, day)).status.value for day in (23, 24)]
['pending', 'broken']

What is paid is what was handed over for notes and not reversed; a down payment buys something new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from credigestor.rules.money import ZERO


class PromiseStatus(StrEnum):
    """How a promise stands on a day."""

    PENDING = "pending"
    KEPT = "kept"
    PARTLY = "partly"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


PROMISE_NAMES: Mapping[PromiseStatus, str] = {
    PromiseStatus.PENDING: "A cumprir",
    PromiseStatus.KEPT: "Cumprida",
    PromiseStatus.PARTLY: "Cumprida em parte",
    PromiseStatus.BROKEN: "Quebrada",
    PromiseStatus.WITHDRAWN: "Retirada",
}


@dataclass(frozen=True)
class Promise:
    """R$ promised on one day for another; `on_time_until` is that one's last on-time day (R4)."""

    amount: Decimal
    made_on: date
    due_on: date
    on_time_until: date


@dataclass(frozen=True)
class Judgement:
    """How a promise stands, what was paid for it (R$), and which part of it, in percent.

    The part is rounded down, so that less than all never shows as 100.
    """

    status: PromiseStatus
    paid: Decimal
    share: Decimal


def judge(
    promise: Promise,
    payments: Iterable[tuple[date, Decimal]],
    *,
    today: date,
    withdrawn: bool = False,
) -> Judgement:
    """How a promise stands today, by the customer's payments that were not reversed (day, R$).

    Until the end of its last on-time day it is pending, whatever was paid. A withdrawn one is
    neither kept nor broken.
    """
    paid = sum(
        (amount for day, amount in payments if promise.made_on <= day <= promise.on_time_until),
        ZERO,
    )
    share = min(100 * paid / promise.amount, Decimal(100)).quantize(Decimal(1), ROUND_DOWN)
    if withdrawn:
        status = PromiseStatus.WITHDRAWN
    elif today <= promise.on_time_until:
        status = PromiseStatus.PENDING
    elif paid >= promise.amount:
        status = PromiseStatus.KEPT
    else:
        status = PromiseStatus.PARTLY if paid else PromiseStatus.BROKEN
    return Judgement(status, paid, share)
