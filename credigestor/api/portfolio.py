"""What the charts and tables of the analytics pages show, one address each (R16–R22).

A chart is its address, its name, what it answers, and a function of the report that its page draws:

@chart("/collections", "O que venceu e o que entrou, por mês", Rows[Collection])
def collected(seen: Seen) -> dict[str, Any]: …
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from fastapi import Depends
from sqlalchemy.orm import Session

from credigestor.api.calls import Caller
from credigestor.api.operations import Operations
from credigestor.api.portfolio_answers import (
    Cell,
    Chart,
    Collection,
    Concentration,
    Debtor,
    DueTotal,
    FirstPaymentsShown,
    Forecast,
    LateCharges,
    LateRate,
    LossOfMonth,
    Month,
    NoteDue,
    Parts,
    Recoveries,
    Rows,
    StockAt,
    WaivedBy,
)
from credigestor.api.renegotiated_answers import PaidAgain, RenegotiatedAt
from credigestor.api.roll_answers import Roll
from credigestor.api.views import View, caught_up, of_day, of_period
from credigestor.reports import overview, sales, waived
from credigestor.reports.portfolio import (
    breakdown,
    collections,
    first_payment,
    flows,
    forecast,
    largest,
    late_charges,
    losses,
    recovery,
    renegotiated,
    rolls,
    stock,
    tickets,
    vintages,
)
from credigestor.reports.scope import Scope
from credigestor.rules.aging import OVER_DAYS
from credigestor.rules.periods import Period, stock_dates
from credigestor.rules.permissions import Permission

router = Operations("/portfolio", "Carteira")

#: Months that the pages show, and how many of the largest debtors.
MONTHS, CHART_MONTHS, MANY = 12, overview.CHART_MONTHS, 50

Shown = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """What a chart is read from: one moment of the shop, as of a day, for a part of it."""

    session: Session
    as_of: date
    today: date
    scope: Scope
    period: Period


def chart(
    path: str, name: str, answers: type[Chart], *, moves: bool = False
) -> Callable[[Callable[[Seen], Shown]], Callable[[Seen], Shown]]:
    """Declare what a chart shows; one that `moves` is asked for a period as well."""
    view = of_period if moves else of_day

    def declare(read: Callable[[Seen], Shown]) -> Callable[[Seen], Shown]:
        def operation(call: Caller, asked: View = Depends(view)) -> Chart:  # noqa: B008
            def look(session: Session) -> Shown:
                return read(Seen(session, asked.as_of, call.today, asked.scope, asked.period))

            found, rest = caught_up(call, look)
            told = {"as_of": asked.as_of, "not_yet_in": rest}
            return answers.model_validate(told | dict(found))

        operation.__name__ = read.__name__
        router.reads(path, Permission.ANALYTICS, name, response_model=answers)(operation)
        return read

    return declare


@chart("/stock", "O que há a receber e o atraso, no fim de cada mês e na data", Rows[StockAt])
def stocks(seen: Seen) -> Shown:
    """The cards' history, and the chart of aging bands."""
    found = stock.stocks(seen.session, stock_dates(seen.as_of, MONTHS), seen.scope)
    return {"items": [_with(each, rate=each.rate(each.overdue)) for each in found]}


@chart("/rates", "A inadimplência, em cada definição", Rows[LateRate])
def rates(seen: Seen) -> Shown:
    """What is late by note and with whole contracts (R17)."""
    [now] = stock.stocks(seen.session, [seen.as_of], seen.scope)
    contracts = stock.contracts(seen.session, seen.as_of, seen.scope)
    amounts = {"overdue": now.overdue}
    for days in OVER_DAYS:
        amounts[f"over_{days}"] = now.over(days)
        amounts[f"over_{days}_contract"] = contracts.over(days)
    items = [
        {"id": id_, "amount": amount, "rate": now.rate(amount)} for id_, amount in amounts.items()
    ]
    return {"items": items}


@chart("/due", "O que há a receber, por mês de vencimento", Rows[DueTotal])
def due(seen: Seen) -> Shown:
    """Open principal by due month."""
    return {"items": collections.receivable_by_month(seen.session, seen.as_of, seen.scope)}


@chart("/months", "O vendido e o recebido mês a mês, com o ticket médio", Rows[Month])
def months(seen: Seen) -> Shown:
    """Flows and the average sale of each month."""
    found = flows.by_month(seen.session, seen.as_of, count=CHART_MONTHS, scope=seen.scope)
    items = [
        _with(
            flow,
            month=month,
            received=flow.received,
            ticket=tickets.ticket(flow),
            notes_a_sale=tickets.installments(flow),
        )
        for month, flow in found.items()
    ]
    return {"items": items}


@chart("/debtors", "Os maiores devedores, com o atraso de cada um", Rows[Debtor])
def debtors(seen: Seen) -> Shown:
    """The dashboard's table of who owes most."""
    found = overview.largest_debtors(seen.session, seen.as_of, today=seen.today, scope=seen.scope)
    return {"items": found.to_dict("records")}


@chart("/concentration", "Quanto devem os que mais devem", Concentration)
def concentration(seen: Seen) -> Shown:
    """The largest debtors and their part of the portfolio."""
    [now] = stock.stocks(seen.session, [seen.as_of], seen.scope)
    owing, late = largest.debtors(seen.session, seen.as_of, seen.scope)
    found = largest.debtors_by_name(seen.session, seen.as_of, count=MANY, scope=seen.scope)
    so_far = accumulate(each.amount for each in found)
    items = [
        _with(each, share=now.rate(each.amount), cumulative=now.rate(total))
        for each, total in zip(found, so_far, strict=True)
    ]
    return {"debtors": owing, "late": late, "items": items}


@chart("/next_due", "As notas em aberto que vencem nos próximos 7 dias", Rows[NoteDue])
def next_due(seen: Seen) -> Shown:
    """The dashboard's table of what is due next."""
    found = overview.next_due(seen.session, seen.as_of, today=seen.today, scope=seen.scope)
    return {"items": found.to_dict("records")}


def _parts(seen: Seen, kind: breakdown.Kind, names: Mapping[str, str]) -> Shown:
    found = breakdown.parts(seen.session, kind, seen.as_of, seen.period, seen.scope)
    items = [_with(part, rate=part.rate, name=names.get(part.key)) for part in found]
    return {"start": seen.period.start, "end": seen.period.end, "items": items}


@chart("/sellers", "A carteira e o movimento de cada vendedor", Parts, moves=True)
def sellers(seen: Seen) -> Shown:
    """The portfolio by seller."""
    return _parts(seen, "seller", _sellers(seen.session))


@chart("/cities", "A carteira e o movimento de cada cidade", Parts, moves=True)
def cities(seen: Seen) -> Shown:
    """The portfolio by the customer's city."""
    return _parts(seen, "city", {})


@chart("/values", "A carteira e o movimento por valor da venda", Parts, moves=True)
def values(seen: Seen) -> Shown:
    """The portfolio by the sale's value."""
    return _parts(seen, "value", {})


@chart("/rolls", "Para onde foi o saldo de cada faixa de atraso, mês a mês", Rows[Roll])
def rolled(seen: Seen) -> Shown:
    """The roll-rate matrices (R20)."""
    found = rolls.rolls(seen.session, seen.as_of, MONTHS, seen.scope, today=seen.today)
    return {"items": found}


@chart("/recoveries", "Em quanto tempo foi pago o que atrasou, mês a mês", Recoveries)
def recovered(seen: Seen) -> Shown:
    """The recovery curves."""
    found = recovery.recoveries(seen.session, seen.as_of, MONTHS, seen.scope)
    return {"days": recovery.DAYS, "together": recovery.together(found), "items": found}


@chart("/renegotiated", "Quanto do que há a receber é renegociado", Rows[RenegotiatedAt])
def renegotiated_share(seen: Seen) -> Shown:
    """The renegotiated part of the portfolio at month ends and on the day (R15)."""
    days = stock_dates(seen.as_of, MONTHS)
    found = renegotiated.shares(seen.session, days, seen.scope)
    return {"items": [_with(each, share=each.share) for each in found]}


@chart("/renegotiated_payments", "Como o renegociado volta a ser pago", Rows[PaidAgain])
def paid_again(seen: Seen) -> Shown:
    """What fell due of renegotiated debts month by month, and was paid (R15)."""
    found = renegotiated.paid_again(seen.session, seen.as_of, count=MONTHS, scope=seen.scope)
    return {"items": [_with(each, share=each.share, unpaid=each.unpaid) for each in found]}


@chart("/late_charges", "Juros e multa gerados, recebidos e dispensados", LateCharges, moves=True)
def charged(seen: Seen) -> Shown:
    """Late charges of the period and month by month."""
    session, as_of = seen.session, seen.as_of
    [asked] = late_charges.late_charges(session, [seen.period], as_of, seen.scope, today=seen.today)
    found = late_charges.by_month(session, as_of, CHART_MONTHS, seen.scope, today=seen.today)
    shown = [
        _with(each, start=each.period.start, end=each.period.end, charged=each.charged)
        for each in (asked, *found)
    ]
    return {"period": shown[0], "items": shown[1:]}


@chart("/waivers", "Quem dispensou juros e multa no período", WaivedBy, moves=True)
def let_go(seen: Seen) -> Shown:
    """Who let charges go (R29)."""
    found = waived.by_whom(seen.session, seen.period, seen.as_of, seen.scope)
    return {"start": seen.period.start, "end": seen.period.end, "items": found}


@chart("/losses", "O que foi baixado por perda e recuperado, mês a mês", Rows[LossOfMonth])
def lost(seen: Seen) -> Shown:
    """Losses, what came back of them, and the net (R34)."""
    found = losses.by_month(seen.session, seen.as_of, CHART_MONTHS, seen.scope)
    return {"items": [_with(each, net=each.net) for each in found]}


@chart("/vintages", "As safras: o atraso das vendas de cada mês, mês a mês", Rows[Cell])
def cohorts(seen: Seen) -> Shown:
    """The cells of the heat map and the curves (R19)."""
    found = vintages.vintages(seen.session, seen.as_of, scope=seen.scope)
    return {"items": [_with(cell, rate_30=cell.rate(30), rate_90=cell.rate(90)) for cell in found]}


@chart("/first_payments", "Quem não pagou a primeira nota, por mês e vendedor", FirstPaymentsShown)
def first_payments(seen: Seen) -> Shown:
    """First-payment default (R18)."""
    by_month = first_payment.by_month(seen.session, seen.as_of, scope=seen.scope)
    by_seller = first_payment.by_seller(seen.session, seen.as_of, scope=seen.scope)
    names = _sellers(seen.session)
    return {
        "months": [_with(each, rate=each.rate, month=month) for month, each in by_month.items()],
        "sellers": [
            _with(each, rate=each.rate, key=key, name=names.get(key))
            for key, each in by_seller.items()
        ],
    }


@chart("/collections", "O que venceu e o que entrou, por mês de vencimento", Rows[Collection])
def collected(seen: Seen) -> Shown:
    """What fell due in each month and what came of it."""
    return {"items": collections.collections(seen.session, seen.as_of, seen.scope)}


@chart("/forecast", "A previsão de caixa para 12 meses", Forecast)
def expected(seen: Seen) -> Shown:
    """The cash forecast (R21)."""
    found = forecast.forecast(seen.session, seen.as_of, seen.scope)
    return _with(found, total=found.within(forecast.MONTHS), overdue=found.overdue)


def _with(row: Any, **worked_out: Any) -> dict[str, Any]:
    """What a report's row tells, and what else is worked out of it."""
    told = {name: getattr(row, name) for name in dir(row) if not name.startswith("_")}
    return told | worked_out


def _sellers(session: Session) -> dict[str, str]:
    """The sellers' names by the keys that the summaries know them by."""
    found: Iterable[tuple[int, str]] = sales.sellers(session)
    return {str(id_): name for id_, name in found}
