"""The sentences of a receipt (R24), the same on every paper."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from credigestor.documents.letterhead import shop_place
from credigestor.reports.receipt import Money, Receipt, ReceiptItem
from credigestor.rules.calendar import format_date, format_moment, written_date
from credigestor.rules.charges import Split
from credigestor.rules.identification import label_identity
from credigestor.rules.identity import labelled_tax_id
from credigestor.rules.methods import CREDIT, in_words
from credigestor.rules.money import format_number
from credigestor.rules.numbering import old_number, old_numbers, sale_number
from credigestor.rules.words import listed

#: Across a receipt that no longer counts.
STAMPS = {Money.NOTES: "ESTORNADO", Money.DOWN: "DEVOLVIDO"}
#: Of one that was recorded for a namesake: it counts where it belongs.
MOVED = "TRANSFERIDO"
#: Over who gave the money, over its day, over its amount, and who took it; the usual words first.
FROM = {Money.REFUND: "Devolvemos a"}
DAY = {Money.DOWN: "Data da entrada", Money.REFUND: "Data da devolução"}
AMOUNT = {Money.REFUND: "Valor devolvido"}
BY = {Money.REFUND: "Devolvido por"}
SETTLED = "quitada"
#: Earlier notes still open that a receipt names; of more it gives the count.
_NAMED = 6


def method(data: Receipt) -> str:
    """How the money was handed over, each method with its part (R36)."""
    return in_words(data.method)


def payer(data: Receipt) -> list[tuple[str, str, str, str]]:
    """Who gave the money (of a refund, who was given it), and who owed it if that is another.

    Of each: label, name, CPF or CNPJ, address.
    """
    customer = (data.customer, label_identity(data.tax_id), data.address)
    label = FROM.get(data.kind, "Recebemos de")
    if data.payer is None:
        return [(label, *customer)]
    told = labelled_tax_id(data.payer_tax_id or "")
    return [(label, data.payer, told, ""), ("em nome de", *customer)]


def purpose(data: Receipt) -> str:
    """What kind of debt the money was for (Código Civil art. 320)."""
    if data.kind is not Money.NOTES and data.sale_id is not None:
        of = f"da venda {sale_number(data.sale_id)}"
        return f"de entrada {of}" if data.kind is Money.DOWN else f"da entrada {of}, cancelada"
    notes = "da nota" if len(data.items) == 1 else "das notas"
    return f"em pagamento {notes} de venda a prazo abaixo"


def recorded(data: Receipt) -> str:
    """When the payment was written down, by the shop's clock."""
    return format_moment(data.recorded_at, ZoneInfo(data.shop.time_zone))


def place_and_day(data: Receipt) -> str:
    """Where and when it was paid, as a letter begins (Código Civil art. 320)."""
    return ", ".join(filter(None, (shop_place(data.shop), written_date(data.paid_on))))


def stamp(data: Receipt) -> str:
    """What stands across a receipt that no longer counts."""
    return MOVED if data.went_to else STAMPS[data.kind]


def reversal(data: Receipt) -> str:
    """That the payment no longer counts, since when, by whom and why; empty while it does (R12)."""
    undone = data.undone
    if undone is None:
        return ""
    by = f" por {undone.by}" if undone.by else ""
    reason = undone.reason if undone.reason.endswith((".", "!", "?")) else f"{undone.reason}."
    if data.kind is Money.DOWN:
        return (
            f"{STAMPS[Money.DOWN]} em {format_date(undone.on)}: a venda foi cancelada{by} e a "
            f"entrada, devolvida. Motivo: {reason}"
        )
    if data.went_to:
        return (
            f"{MOVED} em {format_date(undone.on)}{by}. Motivo: {reason} Este recibo vale no "
            "cadastro certo, com o mesmo número; o que ele quitava aqui voltou a ser devido."
        )
    return (
        f"{STAMPS[Money.NOTES]} em {format_date(undone.on)}{by}. Motivo: {reason} "
        "Este recibo ficou sem efeito: o que ele quitava voltou a ser devido."
    )


def remarks(data: Receipt) -> list[str]:
    """What else is said: old numbers, what was let go, whose right a discount was, CC art. 322."""
    if data.undone:
        return []
    if data.kind is Money.REFUND and data.method == CREDIT:
        return ["Nenhum dinheiro foi devolvido: o valor voltou a ser crédito do cliente na loja."]
    if data.kind is Money.REFUND:
        return ["Com esta devolução nada mais há a receber da loja por esta entrada."]
    said = _whence(data)
    if data.recovers:
        numbers = listed([item.number for item in data.items if item.recovered])
        said.append(f"Recuperação de dívida que havia sido baixada por perda: {numbers}.")
    if old := old_charges(data):
        said.append(f"No principal pago estão encargos da dívida renegociada: {old}.")
    if let_go := waived(data):
        said.append(f"Dispensado: {let_go}.")
    if data.discount:
        why = (
            "concedido pela loja."
            if data.discount_reason
            else "pela quitação antecipada (Código de Defesa do Consumidor, art. 52, § 2º)."
        )
        said.append(f"Desconto {why}")
    if any(item.installments > 1 for item in data.items):
        said.append(
            "Este recibo vale somente para as notas nele relacionadas e não prova o pagamento de "
            f"parcelas anteriores (Código Civil, art. 322).{_earlier(data)}"
        )
    return said


def _whence(data: Receipt) -> list[str]:
    """Old numbers, and for whom it was recorded first."""
    said = [old] if (old := old_numbers((item.number, item.ref) for item in data.items)) else []
    if data.sale_ref:
        said.append(f"Venda: {old_number(data.sale_ref)}")
    if data.came_from:
        said.append(
            f"Recebido primeiro no cadastro nº {data.came_from}, de um homônimo, e passado a este."
        )
    return said


def waived(data: Receipt) -> str:
    """What of the charges was let go with the payment, part by part; empty for nothing (R29)."""
    return _charges(data.waived)


def old_charges(data: Receipt) -> str:
    """What of the principal was charges of a renegotiated debt; empty for nothing (R15)."""
    return _charges(data.old_charges)


def _charges(split: Split) -> str:
    parts = {"juros": split.interest, "multa": split.fine}
    return ", ".join(f"{name} {format_number(value)}" for name, value in parts.items() if value)


def _earlier(data: Receipt) -> str:
    numbers = list(data.earlier_open)
    if not numbers:
        return ""
    if len(numbers) == 1:
        return f" Continuava em aberto nesta data: {numbers[0]}."
    more = len(numbers) - _NAMED
    named = ", ".join(numbers[:_NAMED])
    others = "" if more <= 0 else " e mais 1 nota" if more == 1 else f" e mais {more} notas"
    return f" Continuavam em aberto nesta data: {named}{others}."


def balance_label(data: Receipt) -> str:
    """What the balance of the receipt's notes is called."""
    return f"Saldo {'desta nota' if len(data.items) == 1 else 'destas notas'}"


def left(item: ReceiptItem) -> str:
    """What a note still owed right after the payment."""
    return format_number(item.after) if item.after else SETTLED
