"""The sentences of a receipt (R24), the same on every paper."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from credigestor.db.settings import ShopSettings
from credigestor.reports.receipt import Receipt, ReceiptItem
from credigestor.rules.address import one_line
from credigestor.rules.calendar import format_date, format_moment, month_name
from credigestor.rules.identity import format_phone, format_tax_id
from credigestor.rules.methods import METHOD_NAMES, Method
from credigestor.rules.money import format_number

REVERSED = "ESTORNADO"
SETTLED = "quitada"
#: Earlier notes still open that a receipt names; of more it gives the count.
_NAMED = 6


def labelled_tax_id(tax_id: str) -> str:
    """A CPF or CNPJ with its name; empty for none."""
    if not tax_id:
        return ""
    return f"{'CNPJ' if len(tax_id) == 14 else 'CPF'} {format_tax_id(tax_id)}"


def payee(shop: ShopSettings) -> str:
    """Who was paid: the legal name where it is known."""
    return shop.legal_name or shop.shop_name


def shop_lines(shop: ShopSettings) -> list[list[str]]:
    """The shop under its name: legal name and CNPJ; address; contacts. Nothing of it is empty."""
    legal = shop.legal_name if shop.legal_name != shop.shop_name else ""
    address = one_line(
        *(shop.street, shop.street_number, shop.complement, shop.district),
        *(shop.city, shop.state, shop.zip_code),
    ).replace("CEP ", "CEP\xa0")
    phone = format_phone(shop.phone) if shop.phone else ""
    lines = [(legal, labelled_tax_id(shop.tax_id)), (address,), (phone, shop.email)]
    return [kept for line in lines if (kept := [part for part in line if part])]


def method(data: Receipt) -> str:
    """How the money was handed over."""
    return METHOD_NAMES[Method(data.method)]


def recorded(data: Receipt) -> str:
    """When the payment was written down, by the shop's clock."""
    return format_moment(data.recorded_at, ZoneInfo(data.shop.time_zone))


def place_and_day(data: Receipt) -> str:
    """Where and when it was paid, as a letter begins (Código Civil art. 320)."""
    day = data.paid_on
    written = f"{day.day}{'º' if day.day == 1 else ''} de {month_name(day)}"
    return ", ".join(filter(None, (one_line(city=data.shop.city, state=data.shop.state), written)))


def reversal(data: Receipt) -> str:
    """That the payment no longer counts, since when, by whom and why; empty while it does (R12)."""
    undone = data.undone
    if undone is None:
        return ""
    by = f" por {undone.by}" if undone.by else ""
    reason = undone.reason if undone.reason.endswith((".", "!", "?")) else f"{undone.reason}."
    return (
        f"{REVERSED} em {format_date(undone.on)}{by}. Motivo: {reason} "
        "Este recibo ficou sem efeito: as notas voltaram a dever o que deviam."
    )


def remarks(data: Receipt) -> list[str]:
    """What else must be said: whose right the discount was, and Código Civil art. 322."""
    if data.undone:
        return []
    said = []
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
