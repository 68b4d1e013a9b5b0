"""What a booklet says in words: the conditions on its cover, and what a slip tells its payer."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from credigestor.reports.booklet import Booklet, Instalment
from credigestor.rules.address import one_line
from credigestor.rules.calendar import format_date
from credigestor.rules.early import present_value
from credigestor.rules.money import format_brl, format_percent, round_cents

#: Characters of the shop's address that a slip has room for; a longer one is on the cover alone.
_LONGEST_ADDRESS = 120


def conditions(sale: Booklet) -> list[tuple[str, str]]:
    """The conditions in words, each with the words that name it."""
    told = [("Atraso", _when_late(sale)), ("Pagamento antecipado", _when_early(sale))]
    cost = (
        "O CET é formado só pelos juros do contrato; não há tarifas, tributos ou seguros somados."
        if sale.interest
        else "O preço a prazo é igual ao preço à vista; não há tarifas, tributos ou seguros."
    )
    told.append(("Custo", cost))
    told.append(("Recibo", "Guarde o de cada pagamento: ele prova que a parcela foi paga."))
    if sale.shop.document_clause.strip():
        told.append(("Cláusula da loja", sale.shop.document_clause))
    return told


def settled(sale: Booklet) -> str:
    """Which instalments have no slip; empty when all have."""
    paid = [each.number for each in sale.instalments if not each.balance]
    if not paid:
        return ""
    on = format_date(sale.as_of)
    if len(paid) == 1:
        return f"Em {on} já estava paga a parcela {paid[0]}, que não tem ficha neste carnê."
    return f"Em {on} já estavam pagas as parcelas {_ranges(paid)}, que não têm ficha neste carnê."


def amounts(instalments: tuple[Instalment, ...]) -> str:
    """How many of which amount; only from and to when there are many different ones."""
    runs = [(amount, len(list(run))) for amount, run in groupby(i.amount for i in instalments)]
    if len(runs) > 2:
        return f"de {format_brl(min(runs)[0])} a {format_brl(max(runs)[0])}"
    if len(runs) == 1:
        return format_brl(runs[0][0])
    return " + ".join(f"{count}\xa0×\xa0{format_brl(amount)}" for amount, count in runs)


def on_slip(sale: Booklet, note: Instalment) -> list[str]:
    """What is to be known when a slip is paid: in part, late, where."""
    told = []
    if note.paid:
        told.append(
            f"Parcela de {format_brl(note.amount)} já paga em parte: {format_brl(note.paid)} "
            f"abatidos até {format_date(sale.as_of)}."
        )
    told.append(_slip_when_late(sale, note))
    address = shop_address(sale)
    if 0 < len(address) <= _LONGEST_ADDRESS:
        told.append(f"Pague na loja: {address}")
    return told


def grows(sale: Booklet, note: Instalment) -> bool:
    """Whether a note owes more each day than its slip says."""
    return note.is_late(sale.as_of) and bool(charges(sale))


def charges(sale: Booklet, fine: str = "", joined: str = " + ") -> str:
    """Fine and late interest in words, `fine` being its amount; empty when there are none."""
    parts = []
    if sale.fine_rate:
        parts.append(f"multa de {percent(sale.fine_rate)}{fine}")
    if sale.late_rate:
        parts.append(f"juros de mora de {percent(sale.late_rate)} ao mês")
    return joined.join(parts)


def percent(rate: Decimal) -> str:
    """A rate with the decimals that it has."""
    return format_percent(rate, max(-int(rate.normalize().as_tuple().exponent), 0))


def shop_name(sale: Booklet) -> str:
    """The name over the door, else the legal one."""
    return sale.shop.shop_name or sale.shop.legal_name or "Loja"


def shop_address(sale: Booklet) -> str:
    """Where the shop is, on one line; empty where it did not say."""
    shop = sale.shop
    return one_line(
        *(shop.street, shop.street_number, shop.complement, shop.district),
        *(shop.city, shop.state, shop.zip_code),
    )


def _when_late(sale: Booklet) -> str:
    text = (
        "A parcela que vence em sábado, domingo ou feriado pode ser paga sem acréscimo até o "
        "primeiro dia útil seguinte"
    )
    if sale.grace_days:
        days = "1 dia" if sale.grace_days == 1 else f"{sale.grace_days} dias"
        text += f", e há {days} de carência"
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
    if not sale.contract_rate:
        return (
            "A qualquer tempo e sem custo, no todo ou em parte (CDC, art. 52, § 2º). As parcelas "
            "não têm juros, por isso o valor é o da parcela."
        )
    sample = sale.open[0].balance
    early = present_value(sample, sale.contract_rate, 30)
    factor = _plain(1 + sale.contract_rate / 100)
    return (
        "É direito do cliente quitar antes, no todo ou em parte e sem custo, com redução "
        "proporcional dos juros (CDC, art. 52, § 2º). Cada parcela quitada vale: valor ÷ "
        f"{factor} elevado a (dias que faltam\xa0÷\xa030). Exemplo: {format_brl(sample)} pagos "
        f"30 dias antes saem por {format_brl(early)}. Peça o cálculo na loja."
    )


def _slip_when_late(sale: Booklet, note: Instalment) -> str:
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


def _plain(value: Decimal) -> str:
    """A number with the decimals that it has."""
    return f"{value.normalize():f}".replace(".", ",")


def _ranges(numbers: list[int]) -> str:
    """Numbers in order, three or more in a row as "1 a 3"."""
    told: list[str] = []
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        row = [number for _, number in run]
        told += [f"{row[0]} a {row[-1]}"] if len(row) > 2 else map(str, row)
    return " e ".join(filter(None, (", ".join(told[:-1]), told[-1])))
