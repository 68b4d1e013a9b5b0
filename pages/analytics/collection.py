"""Cobrança: where the balance of each band goes, how soon it is paid, and the late charges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from credigestor.reports import deals, waived
from credigestor.reports.portfolio import late_charges, losses, recovery, renegotiated, rolls
from credigestor.reports.portfolio.late_charges import LateCharges
from credigestor.reports.portfolio.recovery import Recovery
from credigestor.reports.portfolio.rolls import Roll
from credigestor.reports.scope import Scope
from credigestor.rules.calendar import format_date, month_label, month_name
from credigestor.rules.money import format_brl
from credigestor.rules.periods import month_end, stock_dates
from credigestor.rules.permissions import Permission
from credigestor.ui.analytics import coming, roll_exhibits, view, waived_by_whom
from credigestor.ui.analytics import losses as loss_exhibits
from credigestor.ui.analytics import renegotiated as renegotiated_exhibits
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.roll_exhibits import ANOTHER, NOTES
from credigestor.ui.analytics.view import View
from credigestor.ui.charts import collection as charts
from credigestor.ui.kit import address, cards, data, messages, session
from credigestor.ui.kit.figures import in_percent, rounded

MONTHS = 12
CHARGE_MONTHS = 13
PAYMENTS = "counter/payments.py"
RECOVERY = (
    "Principal que ficou atrasado no mês, pelo dia seguinte ao último em que se podia pagar em "
    "dia, e a parte dele paga até 5, 15, 30, 60 e 90 dias depois desse último dia. Um ponto só "
    "aparece quando o mês inteiro já chegou a ele na data-base."
)
CHARGES = (
    "Juros de mora e multa das notas atrasadas. Gerados = em aberto no fim do mês − em aberto no "
    "fim do mês anterior + recebidos + pagos com crédito + dispensados. Pagamentos estornados não "
    "contam em mês nenhum, nem dispensas desfeitas. O que devia uma venda cancelada, ou uma nota "
    "renegociada ou baixada, sai dos gerados daquele mês, que podem ficar negativos. O mês da "
    "data-base vai até ela."
)

#: Cards of the period: label, field of LateCharges, whether a rise is good, definition.
CARDS: tuple[tuple[str, str, cards.Tone, str], ...] = (
    ("Gerados", "charged", "blue", "O que as notas atrasadas passaram a dever no período."),
    ("Recebidos", "received", "normal", "Pela data do pagamento, sem os estornados."),
    ("Dispensados", "waived", "inverse", "O que se deixou de cobrar, pelo dia da dispensa."),
)

session.require(Permission.ANALYTICS)

read_rolls = data.portfolio(rolls.rolls)
read_recoveries = data.portfolio(recovery.recoveries)
read_months = data.portfolio(late_charges.by_month)
read_charges = data.portfolio(late_charges.late_charges)
read_shares = data.portfolio(renegotiated.shares)
read_paid_again = data.portfolio(renegotiated.paid_again)
read_waived = data.portfolio(waived.by_whom)
read_broken = data.cached(deals.broken_deals)
read_losses = data.portfolio(losses.by_month)


def show_headline(shown: View, months: Sequence[LateCharges], today: date) -> None:
    """Late charges of the period beside those it is compared with."""
    before_on, before_period = shown.before
    [now] = read_charges([shown.period], shown.as_of, shown.scope, today=today)
    [before] = read_charges([before_period], before_on, shown.scope, today=today)
    [owed_before] = read_months(before_on, 1, shown.scope, today=today)
    owed = months[-1].outstanding
    st.header(f"Juros e multa de {shown.period}", anchor=False)
    cards.show(
        *(
            cards.card(
                label,
                format_brl(getattr(now, name)),
                in_percent(getattr(now, name), max(getattr(before, name), Decimal(0))),
                shown.since,
                [getattr(month, name) for month in months],
                color=color,
                chart="bar",
                help=help,
            )
            for label, name, color, help in CARDS
        ),
        cards.card(
            f"Em aberto em {format_date(shown.as_of)}",
            format_brl(owed),
            in_percent(owed, owed_before.outstanding),
            f"desde {format_date(before_on)}",
            [month.outstanding for month in months],
            color="inverse",
            help="Juros de mora e multa que as notas atrasadas devem na data-base.",
        ),
    )


def choose_month(found: Sequence[Roll]) -> Roll:
    """The month of the matrix, kept in the address; the newest one by default."""
    newest = found[-1]
    names = {"": f"{month_name(newest.month)} (último completo)"}
    names |= {f"{roll.month:%Y-%m}": month_name(roll.month) for roll in reversed(found[:-1])}
    if st.session_state.get("address:month") not in names:
        st.session_state.pop("address:month", None)  # another as-of date has other months
    with st.grid(3, min_column_width=230):
        word = address.choice("Mês da matriz", names, name="month", default="")
    return next((roll for roll in found if f"{roll.month:%Y-%m}" == word), newest)


def seen(curves: Sequence[Recovery]) -> list[Recovery]:
    """The months that have reached the first of the days."""
    return [curve for curve in curves if curve.shares[0] is not None]


def late_leads(curves: Sequence[Recovery], shown: View) -> dict[date, Lead]:
    """Where the marks of each month lead."""
    return {curve.month: became_late(curve, shown) for curve in reversed(seen(curves))}


def recovery_table(curves: Sequence[Recovery]) -> pd.DataFrame:
    """A row for each month."""
    return pd.DataFrame(
        {
            "Mês em que atrasou": month_label(curve.month),
            "Principal que atrasou": curve.became,
            **{
                f"Pago até {days} dias (%)": rounded(share)
                for days, share in zip(recovery.DAYS, curve.shares, strict=True)
            },
        }
        for curve in curves
    )


@drawn
def show_recovery(curves: Sequence[Recovery], shown: View) -> Exhibit:
    """How soon what became overdue was paid, as lines."""
    mean, known = recovery.together(curves), seen(curves)
    return exhibit(
        "Curva de recuperação do que atrasou",
        charts.recovery_lines(curves, mean) if known else None,
        key="recovery",
        definition=f"{RECOVERY} “Média” junta os meses, dos últimos doze, que já chegaram a 90 "
        "dias; ao lado, os três meses mais recentes.",
        sentence=recovery_sentence(curves, mean),
        table=recovery_table(curves),
        file_name=f"recuperacao-{shown.as_of}",
        alt="Parte paga do que atrasou, até 5, 15, 30, 60 e 90 dias",
        leads={f"{month:%Y-%m}": lead for month, lead in late_leads(curves, shown).items()},
        empty=None if known else f"Nenhum atraso nos meses que já chegaram a 5 dias. {ANOTHER}",
    )


@drawn
def show_recovery_months(curves: Sequence[Recovery], shown: View) -> Exhibit:
    """How soon what became overdue was paid, month by month."""
    leads = late_leads(curves, shown)
    return exhibit(
        "Recuperação mês a mês, em % do que atrasou",
        charts.recovery_months(curves),
        key="recovery-months",
        definition=RECOVERY,
        sentence=amount_sentence(curves),
        table=recovery_table(curves),
        file_name=f"recuperacao-por-mes-{shown.as_of}",
        alt="Parte paga do que atrasou em cada mês",
        leads={
            f"{month:%Y-%m}/{days}": lead for days in recovery.DAYS for month, lead in leads.items()
        },
    )


def became_late(curve: Recovery, shown: View) -> Lead:
    """The notes that became overdue in a month, paid since or not."""
    return Lead(
        f"Atrasaram em {month_name(curve.month)}: {format_brl(curve.became)}",
        NOTES,
        shown.filters(status="all", late_from=curve.month, late_to=month_end(curve.month)),
    )


def recovery_sentence(curves: Sequence[Recovery], mean: Sequence[Decimal | None]) -> str:
    """How much of R$ 100 came back, in the months that are whole."""
    whole = [curve for curve in curves if curve.reached and curve.became]
    by = dict(zip(recovery.DAYS, mean, strict=True))
    if not whole:
        return "Nenhum mês chegou ainda a 90 dias; a média aparece quando o primeiro chegar."
    return (
        f"De cada R$ 100 que atrasaram de {month_name(whole[0].month)} a "
        f"{month_name(whole[-1].month)}, {format_brl(by[5] or 0)} foram pagos em até 5 dias, "
        f"{format_brl(by[30] or 0)} em até 30 e {format_brl(by[90] or 0)} em até 90."
    )


def amount_sentence(curves: Sequence[Recovery]) -> str:
    """The last month, with how much became overdue in it."""
    last = curves[-1]
    before = [curve.became for curve in curves[:-1]]
    mean = sum(before, Decimal(0)) / len(before)
    return (
        f"Em {month_name(last.month)} atrasaram {format_brl(last.became)} de principal; nos "
        f"{len(before)} meses anteriores, {format_brl(mean)} por mês em média."
    )


@drawn
def show_charges(months: Sequence[LateCharges], shown: View) -> Exhibit:
    """Late interest and fine charged, received and waived, month by month."""
    some = any(row.charged or row.received or row.waived for row in months)
    whole = "" if shown.scope == Scope() else " (da loja toda)"
    return exhibit(
        "Juros e multa mês a mês",
        charts.charges(months) if some else None,
        key="charges",
        definition=CHARGES,
        sentence=charges_sentence(months, shown),
        table=pd.DataFrame(
            {
                "Mês": month_label(row.period.start),
                "Gerados": row.charged,
                "Recebidos": row.received,
                "Pagos com crédito": row.by_credit,
                "Dispensados": row.waived,
                "Em aberto no fim do mês": row.outstanding,
            }
            for row in months
        ),
        file_name=f"juros-e-multa-{shown.as_of}",
        alt="Juros e multa gerados, recebidos e dispensados em cada mês",
        leads={
            f"{row.period.start:%Y-%m}": Lead(
                f"Pagamentos de {month_name(row.period.start)}{whole}",
                PAYMENTS,
                {
                    "paid_from": str(row.period.start),
                    "paid_to": str(min(row.period.end, shown.as_of)),
                    "reversed": "no",
                },
            )
            for row in reversed(months)
            if row.charged or row.received
        },
        empty=None if some else f"Nenhum juro ou multa nos últimos 13 meses. {ANOTHER}",
    )


def charges_sentence(months: Sequence[LateCharges], shown: View) -> str:
    """All the months together, and what is still owed."""
    charged, received, let_go = (
        sum((getattr(row, name) for row in months), Decimal(0))
        for name in ("charged", "received", "waived")
    )
    return (
        f"Desde {month_name(months[0].period.start)} foram gerados {format_brl(charged)} de juros "
        f"e multa: {format_brl(received)} recebidos e {format_brl(let_go)} dispensados. Em "
        f"{format_date(shown.as_of)} estavam em aberto {format_brl(months[-1].outstanding)}."
    )


messages.header(
    "Cobrança", "Para onde vai o que atrasa, em quanto tempo é pago, e os juros e a multa."
)
coming.tell("Cobrança")
shop_day = data.today()
chosen = view.choose(own=address.words("month"), today=shop_day)
with st.skeleton(320):
    matrices = read_rolls(chosen.as_of, MONTHS, chosen.scope, today=shop_day)
    recovered = read_recoveries(chosen.as_of, MONTHS, chosen.scope)
    charged_months = read_months(chosen.as_of, CHARGE_MONTHS, chosen.scope, today=shop_day)
show_headline(chosen, charged_months, shop_day)
roll_exhibits.show_matrix(choose_month(matrices), chosen)
roll_exhibits.show_rates(matrices, chosen)
show_recovery(recovered, chosen)
if seen(recovered):
    show_recovery_months(recovered, chosen)
show_charges(charged_months, chosen)
renegotiated_exhibits.share(read_shares(stock_dates(chosen.as_of, MONTHS), chosen.scope), chosen)
renegotiated_exhibits.paid(read_paid_again(chosen.as_of, count=MONTHS, scope=chosen.scope), chosen)
renegotiated_exhibits.broken(
    read_broken(as_of=shop_day, today=shop_day), data.settings().deal_broken_days
)
waived_by_whom.by_whom(read_waived(chosen.period, chosen.as_of, chosen.scope), chosen)
loss_exhibits.by_month(read_losses(chosen.as_of, CHARGE_MONTHS, chosen.scope), chosen)
