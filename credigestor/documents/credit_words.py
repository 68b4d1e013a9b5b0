"""A sale on credit in figures and words: the same on booklet, contract and proposal.

What the law wants told of it (CDC art. 52 and 54-B) is worded here, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from credigestor.reports.credit_terms import AgreedNote, CreditTerms
from credigestor.rules import early, true_rate
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.money import exact_percent, format_brl, format_percent

#: A label and what stands under it.
Figure = tuple[str, str]


def figures(terms: CreditTerms) -> list[list[Figure]]:
    """What the credit costs, in rows of three."""
    rate = f"{exact_percent(terms.contract_rate)} ao mês" if terms.contract_rate else "sem juros"
    monthly, yearly = effective(terms.daily_rate)
    count = len(terms.installments)
    due = [each.due_date for each in terms.installments]
    late = f"{exact_percent(terms.late_rate)} ao mês" if terms.late_rate else "não há"
    return [
        [
            ("Preço à vista", format_brl(terms.total)),
            ("Entrada", format_brl(terms.down_payment)),
            ("Valor financiado", format_brl(terms.financed)),
        ],
        [
            ("Juros do contrato", rate),
            ("Taxa efetiva ao mês · ao ano (CET)", f"{monthly} · {yearly}"),
            ("Juros, em reais", format_brl(terms.interest)),
        ],
        [
            ("Parcelas", f"{count} {terms.due_told}" if count > 1 else "1, única"),
            ("Valor de cada parcela", amounts(terms.installments)),
            ("Soma das parcelas", format_brl(terms.in_installments)),
        ],
        [
            ("Primeiro vencimento", format_date(min(due))),
            ("Último vencimento", format_date(max(due))),
            ("Total a pagar a prazo, com a entrada", format_brl(terms.to_pay)),
        ],
        [
            ("Multa por atraso", exact_percent(terms.fine_rate) if terms.fine_rate else "não há"),
            ("Juros de mora, por atraso", late),
            (
                "Carência depois do vencimento",
                format_days(terms.grace_days) if terms.grace_days else "não há",
            ),
        ],
    ]


def effective(daily_rate: Decimal) -> tuple[str, str]:
    """The effective rate a month and the CET a year, in percent: the same wherever one reads."""
    return (
        format_percent(true_rate.monthly(daily_rate)),
        format_percent(true_rate.yearly(daily_rate)),
    )


def amounts(installments: Sequence[AgreedNote]) -> str:
    """How many of which amount; only from and to when there are many different ones."""
    runs = [(amount, len(list(run))) for amount, run in groupby(i.amount for i in installments)]
    if len(runs) > 2:
        return f"de {format_brl(min(runs)[0])} a {format_brl(max(runs)[0])}"
    if len(runs) == 1:
        return format_brl(runs[0][0])
    return " + ".join(f"{count}\xa0×\xa0{format_brl(amount)}" for amount, count in runs)


def conditions(terms: CreditTerms) -> list[tuple[str, str]]:
    """The conditions in words, each with the words that name it; the shop's own clause apart."""
    return [
        ("Atraso", _when_late(terms)),
        ("Pagamento antecipado", _when_early(terms)),
        ("Custo", _cost(terms)),
    ]


def own_clause(terms: CreditTerms) -> list[tuple[str, str]]:
    """The shop's own clause, where it has one."""
    text = terms.shop.document_clause
    return [("Cláusula da loja", text)] if text.strip() else []


def charges(terms: CreditTerms, fine: str = "", joined: str = " + ") -> str:
    """Fine and late interest in words, `fine` being its amount; empty when there are none."""
    parts = []
    if terms.fine_rate:
        parts.append(f"multa de {exact_percent(terms.fine_rate)}{fine}")
    if terms.late_rate:
        parts.append(f"juros de mora de {exact_percent(terms.late_rate)} ao mês")
    return joined.join(parts)


def _cost(terms: CreditTerms) -> str:
    if terms.interest:
        return (
            "O CET (custo efetivo total) é formado só pelos juros do contrato: não se somam "
            "tarifas, tributos nem seguros."
        )
    return (
        "O preço a prazo é igual ao preço à vista: não se somam juros, tarifas, tributos nem "
        "seguros, e o CET (custo efetivo total) é zero."
    )


def _when_late(terms: CreditTerms) -> str:
    text = (
        "A parcela que vence em sábado, domingo ou feriado pode ser paga sem acréscimo até o "
        "primeiro dia útil seguinte"
    )
    if terms.grace_days:
        text += f", e há {format_days(terms.grace_days)} de carência"
    if not charges(terms):
        return f"{text}. Não há multa nem juros por atraso."
    text += f". Depois disso somam-se {charges(terms, joined=' e ')}, contados do vencimento"
    formula = "valor × taxa × dias ÷ 30".replace(" ", "\xa0")
    parts = []
    if terms.fine_rate:
        parts.append("a multa, uma só vez, sobre o que faltar pagar da parcela")
    if terms.late_rate:
        parts.append(f"os juros, simples, por dia de atraso ({formula})")
    return f"{text}: {' e '.join(parts)}."


def _when_early(terms: CreditTerms) -> str:
    if not terms.daily_rate:
        return (
            "A qualquer tempo e sem custo, no todo ou em parte (CDC, art. 52, § 2º). As parcelas "
            "não têm juros, por isso o valor é o da parcela."
        )
    sample = terms.installments[0].amount
    settled = early.present_value(sample, terms.daily_rate, 30)
    return (
        "É direito do cliente quitar antes, no todo ou em parte e sem custo, com redução "
        "proporcional dos juros (CDC, art. 52, § 2º). Cada parcela quitada vale: valor ÷ "
        f"{early.growth(terms.daily_rate)} elevado aos dias que faltam. Se só parte é paga antes, "
        "abate-se: valor pago × o mesmo número elevado aos dias que faltam. Exemplo: "
        f"{format_brl(sample)} pagos 30 dias antes saem por {format_brl(settled)}. Peça o cálculo "
        "na loja."
    )
