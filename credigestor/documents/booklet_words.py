"""What a booklet says in words: the conditions on its cover, and what a slip tells its payer."""

from __future__ import annotations

from itertools import groupby

from credigestor.documents import credit_words
from credigestor.documents.credit_words import charges
from credigestor.documents.letterhead import shop_address
from credigestor.reports.booklet import Booklet, Installment
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl, round_cents
from credigestor.rules.numbering import old_number
from credigestor.rules.words import listed

#: Characters of the shop's address that a slip has room for; a longer one is on the cover alone.
_LONGEST_ADDRESS = 120


def conditions(sale: Booklet) -> list[tuple[str, str]]:
    """The conditions in words, each with the words that name it."""
    receipt = ("Recibo", "Guarde o de cada pagamento: ele prova que a parcela foi paga.")
    return [*credit_words.conditions(sale), receipt, *credit_words.own_clause(sale)]


def settled(sale: Booklet) -> str:
    """Which instalments have no slip; empty when all have."""
    paid = [each.number for each in sale.installments if not each.balance]
    if not paid:
        return ""
    on = format_date(sale.as_of)
    if len(paid) == 1:
        return f"Em {on} já estava paga a parcela {paid[0]}, que não tem ficha neste carnê."
    return f"Em {on} já estavam pagas as parcelas {_ranges(paid)}, que não têm ficha neste carnê."


def on_slip(sale: Booklet, note: Installment) -> list[str]:
    """What is to be known when a slip is paid: its old number, in part, late, where."""
    told = [old_number(note.ref)] if note.ref else []
    if note.paid:
        told.append(
            f"Parcela de {format_brl(note.amount)} já paga em parte: {format_brl(note.paid)} "
            f"abatidos até {format_date(sale.as_of)}."
        )
    if note.agreed:
        told.append(f"Com {format_brl(note.agreed)} de juros combinados na prorrogação.")
    told.append(_slip_when_late(sale, note))
    address = shop_address(sale.shop)
    if sale.shop.street and len(address) <= _LONGEST_ADDRESS:
        told.append(f"Pague na loja: {address}")
    return told


def grows(sale: Booklet, note: Installment) -> bool:
    """Whether a note owes more each day than its slip says."""
    return note.is_late(sale.as_of) and bool(charges(sale))


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
