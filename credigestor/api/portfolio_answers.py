"""What the charts of the portfolio show, chart by chart: made from the rows of their reports.

R$ of principal unless a name says more; shares and rates in percent, `null` of nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Generic, TypeVar

from credigestor.api.fields import Answer, Money, NotYetIn, Percent
from credigestor.api.figures import BandTotal

T = TypeVar("T")


class Chart(Answer):
    """What one chart shows, as of a day."""

    as_of: date
    not_yet_in: NotYetIn | None = None


class Rows(Chart, Generic[T]):
    """A chart of rows."""

    items: list[T]


class StockAt(Answer):
    """What is open at the end of a day; `rate` is the overdue part, `days_late` the mean of its
    notes. `inherited` has the lateness of a renegotiated debt (R15)."""

    as_of: date
    receivable: Money
    overdue: Money
    rate: Percent | None
    open_notes: int
    overdue_notes: int
    days_late: Percent | None
    inherited: Money
    heirs: int
    bands: list[BandTotal]


class LossOfMonth(Answer):
    """What was given up in a month, what came back, the net; `charges` are of what came back."""

    month: date
    written_off: Money
    recovered: Money
    charges: Money
    net: Money


class LateRate(Answer):
    """What is late by one way of counting it; `_contract` counts whole contracts (arrasto)."""

    id: str
    amount: Money
    rate: Percent | None


class DueTotal(Answer):
    """What is open and due from one day to another, the overdue part of it; `null` is no limit."""

    due_from: date | None
    due_to: date | None
    principal: Money
    overdue: Money
    notes: int


class Month(Answer):
    """What was sold and received in a month; `ticket` and `notes_a_sale` are means of the sales."""

    month: date
    sales: int
    sold: Money
    financed: Money
    installments: int
    received: Money
    principal: Money
    interest: Money
    fine: Money
    discount: Money
    ticket: Money | None
    notes_a_sale: Percent | None


class Debtor(Answer):
    """One of those who owe most; `charges` are late interest and fines."""

    customer_id: int
    name: str
    notes: int
    principal: Money
    overdue: Money
    charges: Money
    days_late: int


class Share(Answer):
    """One of those who owe most, and what part of the portfolio they and those before them owe."""

    customer_id: int
    name: str
    amount: Money
    share: Percent | None
    cumulative: Percent | None


class Concentration(Rows[Share]):
    """How many customers owe, how many are late, and those who owe most."""

    debtors: int
    late: int


class NoteDue(Answer):
    """A note that is due soon; `owed` with charges."""

    note_id: int
    number: str
    due_date: date
    customer_id: int
    name: str
    phone: str | None
    owed: Money


class Part(Answer):
    """A seller ("none": nobody), a city ("": unknown) or a value range, and what stands for it."""

    key: str
    name: str | None
    receivable: Money
    overdue: Money
    rate: Percent | None
    sold: Money
    received: Money


class Parts(Rows[Part]):
    """The portfolio taken apart; sold and received in the period."""

    start: date
    end: date


class Recovery(Answer):
    """What became overdue in a month, and what of it was paid within each of the days."""

    month: date
    became: Money
    paid: list[Money | None]
    shares: list[Percent | None]


class Recoveries(Rows[Recovery]):
    """The curves, the days that they look at, and the mean of those that are whole."""

    days: list[int]
    together: list[Percent | None]


class Charged(Answer):
    """Late interest and fines of a period; `outstanding` at its end, or on the as-of date."""

    start: date
    end: date
    charged: Money
    received: Money
    by_credit: Money
    waived: Money
    outstanding: Money


class LateCharges(Rows[Charged]):
    """The period asked for, and each of the last months."""

    period: Charged


class LetGo(Answer):
    """What one person let go of late charges, in so many waivers."""

    name: str | None
    times: int
    interest: Money
    fine: Money
    total: Money


class WaivedBy(Rows[LetGo]):
    """Everybody who let charges go in a period, who let most go first."""

    start: date
    end: date


class Cell(Answer):
    """The sales of a month so many months later; rates are shares of what they financed."""

    cohort: date
    age: int
    as_of: date
    financed: Money
    over_30: Money
    over_90: Money
    rate_30: Percent | None
    rate_90: Percent | None


class FirstPayments(Answer):
    """Sales whose first note reached 30 days past due, those unpaid then, and their share."""

    reached: int
    unpaid: int
    rate: Percent | None


class FirstOfMonth(FirstPayments):
    """Of the sales of a month."""

    month: date


class FirstOfSeller(FirstPayments):
    """Of a seller's sales ("none": nobody's)."""

    key: str
    name: str | None


class FirstPaymentsShown(Chart):
    """By month of sale, and by seller since the first of these months."""

    months: list[FirstOfMonth]
    sellers: list[FirstOfSeller]


class Collection(Answer):
    """The notes due in a month: paid in time or late, overdue, not due yet."""

    month: date
    expected: Money
    on_time: Money
    late: Money
    overdue: Money
    not_due: Money
    lost: Money
    received: Money
    efficiency: Percent | None
    on_time_share: Percent | None
    late_share: Percent | None


class Coming(Answer):
    """What is owed by contract, what of it should be paid, and what no history tells of."""

    contractual: Money
    expected: Money | None
    unknown: Money
    share: Percent | None


class ComingMonth(Answer):
    """What is not overdue and due in a month."""

    due_from: date | None
    due_to: date
    coming: Coming


class History(Answer):
    """What was paid and what was not of the principal that has left a band."""

    paid: Money
    unpaid: Money
    share: Percent | None


class ComingBand(Answer):
    """What stands in a band, and how the band has been paid so far."""

    band: str
    coming: Coming
    history: History


class Forecast(Chart):
    """Twelve months, their sum, what comes after them, what is overdue, and the bands."""

    months: list[ComingMonth]
    total: Coming
    later: Coming
    overdue: Coming
    bands: list[ComingBand]
