"""What a booklet says in words: the conditions on its cover, and what a slip tells its payer."""

from __future__ import annotations

from itertools import groupby

from credigestor.documents.letterhead import shop_address
from credigestor.reports.booklet import Booklet, Installment
from credigestor.rules import early
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.money import exact_percent, format_brl, round_cents
from credigestor.rules.words import listed

#: Characters of the shop's address that a slip has room for; a longer one is on the cover alone.
_LONGEST_ADDRESS = 120


def conditions(sale: Booklet) -> list[tuple[str, str]]:
    """The conditions in words, each with the words that name it."""
    told = [("Atraso", _when_late(sale)), ("Pagamento antecipado", _when_early(sale))]
    cost = (
        "O CET (custo efetivo total) é formado só pelos juros do contrato: não se somam tarifas, "
        "tributos nem seguros."
        if sale.interest
        else "O preço a prazo é igual ao preço à vista: não se somam juros, tarifas, tributos nem "
        "seguros, e o CET (custo efetivo total) é zero."
    )
    told.append(("Custo", cost))
    told.append(("Recibo", "Guarde o de cada pagamento: ele prova que a parcela foi paga."))
    if sale.shop.document_clause.strip():
        told.append(("Cláusula da loja", sale.shop.document_clause))
    return told


def settled(sale: Booklet) -> str:
    """Which instalments have no slip; empty when all have."""
    paid = [each.number for each in sale.installments if not each.balance]
    if not paid:
        return ""
    on = format_date(sale.as_of)
    if len(paid) == 1:
        return f"Em {on} já estava paga a parcela {paid[0]}, que não tem ficha neste carnê."
    return f"Em {on} já estavam pagas as parcelas {_ranges(paid)}, que não têm ficha neste carnê."


def amounts(installments: tuple[Installment, ...]) -> str:
    """How many of which amount; only from and to when there are many different ones."""
    runs = [(amount, len(list(run))) for amount, run in groupby(i.amount for i in installments)]
    if len(runs) > 2:
        return f"de {format_brl(min(runs)[0])} a {format_brl(max(runs)[0])}"
    if len(runs) == 1:
        return format_brl(runs[0][0])
    return " + ".join(f"{count}\xa0×\xa0{format_brl(amount)}" for amount, count in runs)


def on_slip(sale: Booklet, note: Installment) -> list[str]:
    """What is to be known when a slip is paid: in part, late, where."""
    told = []
    if note.paid:
        told.append(
            f"Parcela de {format_brl(note.amount)} já paga em parte: {format_brl(note.paid)} "
            f"abatidos até {format_date(sale.as_of)}."
        )
    told.append(_slip_when_late(sale, note))
    address = shop_address(sale.shop)
    if sale.shop.street and len(address) <= _LONGEST_ADDRESS:
        told.append(f"Pague na loja: {address}")
    return told


def grows(sale: Booklet, note: Installment) -> bool:
    """Whether a note owes more each day than its slip says."""
    return note.is_late(sale.as_of) and bool(charges(sale))


def charges(sale: Booklet, fine: str = "", joined: str = " + ") -> str:
    """Fine and late interest in words, `fine` being its amount; empty when there are none."""
    parts = []
    if sale.fine_rate:
        parts.append(f"multa de {exact_percent(sale.fine_rate)}{fine}")
    if sale.late_rate:
        parts.append(f"juros de mora de {exact_percent(sale.late_rate)} ao mês")
    return joined.join(parts)


def _when_late(sale: Booklet) -> str:
    text = (
        "A parcela que vence em sábado, domingo ou feriado pode ser paga sem acréscimo até o "
        "primeiro dia útil seguinte"
    )
    if sale.grace_days:
        text += f", e há {format_days(sale.grace_days)} de carência"
    if not charges(sale):
        return f"{text}. Não há multa nem juros por atraso."
    text += f". Depois disso somam-se {charges(sale, joined=' e ')}, contados do vencimento"
    formula = "valor × taxa × dias ÷ 30".replace(" ", "\xa0")
    parts = []
    if sale.fine_rate:
        parts.append("a multa, uma só vez, sobre o que faltar pagar da parcela")
    if sale.late_rate:
        parts.append(f"os juros, simples, por dia de atraso ({formula})")
    return f"{text}: {' e '.join(parts)}."


def _when_early(sale: Booklet) -> str:
    if not sale.daily_rate:
        return (
            "A qualquer tempo e sem custo, no todo ou em parte (CDC, art. 52, § 2º). As parcelas "
            "não têm juros, por isso o valor é o da parcela."
        )
    sample = sale.open[0].balance
    settled = early.present_value(sample, sale.daily_rate, 30)
    return (
        "É direito do cliente quitar antes, no todo ou em parte e sem custo, com redução "
        "proporcional dos juros (CDC, art. 52, § 2º). Cada parcela quitada vale: valor ÷ "
        f"{early.growth(sale.daily_rate)} elevado aos dias que faltam. Exemplo: "
        f"{format_brl(sample)} pagos 30 dias antes saem por {format_brl(settled)}. Peça o cálculo "
        "na loja."
    )


def _slip_when_late(sale: Booklet, note: Installment) -> str:
    if not charges(sale):
        return "Não há multa nem juros por atraso."
    if grows(sale, note):
        added = "os encargos por atraso" if note.paid else f"{charges(sale)}, desde o vencimento"
        return f"Vencida: somam-se {added}. Peça na loja o valor do dia."
    fine = round_cents(note.balance * sale.fine_rate / 100)
    added = charges(sale, f" ({format_brl(fine)})" if fine else "")
    per_day = "pro rata por dia" if sale.late_rate else ""
    if note.free_until == note.due_date:
        return f"Após o vencimento: {added}{per_day and f' ({per_day})'}."
    since = ", ".join(filter(None, (per_day, "desde o vencimento")))
    return f"Sem acréscimos até {format_date(note.free_until)}; depois, {added} ({since})."


def _ranges(numbers: list[int]) -> str:
    """Numbers in order, three or more in a row as "1 a 3"."""
    told: list[str] = []
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        row = [number for _, number in run]
        told += [f"{row[0]} a {row[-1]}"] if len(row) > 2 else map(str, row)
    return listed(told)
