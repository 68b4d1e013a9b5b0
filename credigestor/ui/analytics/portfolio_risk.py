"""What of the portfolio is late, in every definition, and how few owe how much of it (R17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from credigestor.reports.portfolio.largest import Debtor
from credigestor.reports.portfolio.stock import Contracts, Stock
from credigestor.rules.aging import OVER_DAYS, bands_over
from credigestor.rules.calendar import format_date
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.namesakes import distinct
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.view import View
from credigestor.ui.charts.portfolio import ranked
from credigestor.ui.kit.figures import format_rate, rounded

NOTES = "counter/notes.py"
NOTHING_OPEN = "Nada a receber nesta data com estes filtros. Escolha outra data-base ou limpe-os."
#: How many of the largest the sentence speaks of, and the report is asked for.
FEW, MANY = 10, 50


@dataclass(frozen=True)
class Variant:
    """One way of counting what is late (R17): its R$, and the filters that show its notes."""

    id: str
    label: str
    definition: str
    leads: Mapping[str, Any]
    amount: Callable[[Stock, Contracts], Decimal]


def _over(days: int) -> tuple[Variant, Variant]:
    """What is more than so many days late, by note and with the whole contract counted."""
    late = f"mais de {days} dias"
    return (
        Variant(
            f"over_{days}",
            f"{late.capitalize()}, por nota",
            f"principal das notas com {late} de atraso",
            {"status": "open", "band": list(bands_over(days))},
            lambda stock, _: stock.over(days),
        ),
        Variant(
            f"over_{days}_contract",
            f"{late.capitalize()}, com arrasto",
            f"tudo o que está em aberto nas vendas que têm uma nota com {late} de atraso",
            {"status": "open", "contract_over": str(days)},
            lambda _, contracts: contracts.over(days),
        ),
    )


#: What every rate is a part of.
WHOLE = "Cada taxa é uma parte do principal a receber."
#: Every variant of the delinquency rate, as told wherever they stand (R17).
VARIANTS = (
    Variant(
        "overdue",
        "Atrasado, por nota",
        "principal das notas atrasadas",
        {"status": "open", "band": list(bands_over(0))},
        lambda stock, _: stock.overdue,
    ),
    *(variant for days in OVER_DAYS for variant in _over(days)),
)


def late_amounts(stock: Stock, contracts: Contracts) -> dict[str, Decimal]:
    """R$ of every variant by its id (R17)."""
    return {variant.id: variant.amount(stock, contracts) for variant in VARIANTS}


@drawn
def rates(
    view: View, stock: Stock, contracts: Contracts, before: Stock, contracts_before: Contracts
) -> Exhibit:
    """Every variant of the delinquency rate, labelled, with its amount (R17)."""
    amounts, then = late_amounts(stock, contracts), late_amounts(before, contracts_before)
    shares = {id_: format_rate(stock.rate(amount)) for id_, amount in amounts.items()}
    frame = pd.DataFrame(
        {
            "id": v.id,
            "name": v.label,
            "value": float(stock.rate(amounts[v.id]) or 0),
            "label": f"{shares[v.id]}\n{format_brl(amounts[v.id])}",
            "rate": shares[v.id],
            "amount": format_brl(amounts[v.id]),
            "before": format_rate(before.rate(then[v.id])),
            "said": f"{v.label}: {shares[v.id]}, {format_brl(amounts[v.id])}",
        }
        for v in VARIANTS
    )
    earlier = format_date(before.as_of)
    tips = {"name": "Taxa", "rate": "Da carteira", "amount": "Valor", "before": f"Em {earlier}"}
    return exhibit(
        "Inadimplência, em cada definição",
        ranked(frame, tips=tips, room=2.4, step=44),
        key="rates",
        definition=f"{WHOLE} " + ". ".join(f"{v.label}: {v.definition}" for v in VARIANTS) + ".",
        sentence=(
            f"De cada R$ 100 a receber, {format_brl(stock.rate(stock.overdue) or ZERO)} estão em "
            "atraso. "
            f"Há mais de 30 dias: {shares['over_30']} por nota e {shares['over_30_contract']} com "
            f"arrasto; há mais de 90: {shares['over_90']} por nota e "
            f"{shares['over_90_contract']} com arrasto."
        ),
        table=pd.DataFrame(
            {
                "Taxa": v.label,
                "Percentual": rounded(stock.rate(amounts[v.id])),
                "Valor": amounts[v.id],
                f"Percentual em {earlier}": rounded(before.rate(then[v.id])),
                f"Valor em {earlier}": then[v.id],
            }
            for v in VARIANTS
        ),
        file_name="inadimplencia-por-definicao",
        leads={
            v.id: Lead(
                f"{v.label}: {format_brl(amounts[v.id])}", NOTES, view.filters() | dict(v.leads)
            )
            for v in VARIANTS
            if amounts[v.id]
        },
        alt="Taxas de inadimplência por nota e com arrasto",
        empty=None if stock.receivable else NOTHING_OPEN,
    )


@drawn
def concentration(
    view: View,
    debtors: Sequence[Debtor],
    stock: Stock,
    before: Stock,
    amounts_before: Sequence[Decimal],
) -> Exhibit:
    """What the largest 10 and 50 owe: `debtors` are the largest 50, `amounts_before` what the
    largest 50 of the date before owed, R$.
    """
    names = distinct({str(debtor.customer_id): debtor.name for debtor in debtors})
    frame = pd.DataFrame(
        {
            "id": str(debtor.customer_id),
            "name": names[str(debtor.customer_id)],
            "value": float(debtor.amount),
            "label": format_brl(debtor.amount),
            "share": format_rate(stock.rate(debtor.amount)),
            "said": f"{debtor.name}: {format_brl(debtor.amount)}",
        }
        for debtor in debtors[:FEW]
    )
    tips = {"name": "Cliente", "label": "Deve", "share": "Da carteira"}
    so_far = [sum((d.amount for d in debtors[: k + 1]), ZERO) for k in range(len(debtors))]
    return exhibit(
        "Concentração nos maiores devedores",
        ranked(frame, tips=tips) if debtors else None,
        key="concentration",
        definition=(
            "Principal em aberto dos clientes que mais devem na data-base ÷ principal a receber. "
            "Conta o cliente inteiro, com todas as suas vendas que os filtros deixam."
        ),
        sentence=_concentration_sentence(debtors, stock, before, sum(amounts_before, ZERO)),
        table=pd.DataFrame(
            {
                "Posição": place,
                "Cliente": debtor.name,
                "Principal em aberto": debtor.amount,
                "Percentual da carteira": rounded(stock.rate(debtor.amount)),
                "Percentual acumulado": rounded(stock.rate(total)),
            }
            for place, (debtor, total) in enumerate(zip(debtors, so_far, strict=True), start=1)
        ),
        file_name="maiores-devedores",
        leads={
            str(debtor.customer_id): Lead(
                f"{names[str(debtor.customer_id)]}: {format_brl(debtor.amount)}",
                NOTES,
                view.filters(status="open", customer=debtor.customer_id),
            )
            for debtor in debtors[:FEW]
        },
        alt="Principal em aberto dos dez maiores devedores",
        empty=None if debtors else NOTHING_OPEN,
    )


def _concentration_sentence(
    debtors: Sequence[Debtor], stock: Stock, before: Stock, many_before: Decimal
) -> str:
    few = sum((debtor.amount for debtor in debtors[:FEW]), ZERO)
    if len(debtors) <= FEW:
        who = "O único devedor deve" if len(debtors) == 1 else f"Os {len(debtors)} devedores devem"
        return f"{who} {format_brl(few)}: toda a carteira."
    if len(debtors) < MANY:
        return (
            f"Os {FEW} maiores dos {len(debtors)} devedores devem {format_brl(few)}, "
            f"{format_rate(stock.rate(few))} da carteira."
        )
    many = sum((debtor.amount for debtor in debtors), ZERO)
    then = before.rate(many_before)
    earlier = f" ({format_rate(then)} em {format_date(before.as_of)})" if then is not None else ""
    return (
        f"Os {FEW} maiores devem {format_brl(few)}, {format_rate(stock.rate(few))} da carteira; "
        f"os {len(debtors)} maiores, {format_rate(stock.rate(many))}{earlier}."
    )
