"""Receipts made up for tests: a shop, a payment, the longest texts that may be stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

from credigestor.db.settings import ShopSettings
from credigestor.reports.receipt import Receipt, ReceiptItem, Undone
from credigestor.rules.charges import Split
from credigestor.rules.numbering import note_number

AT = datetime(2026, 1, 25, tzinfo=UTC)
UNDONE = Undone(date(2026, 1, 26), AT, "Gerente Geral", "troco errado")
SHOP = ShopSettings(
    shop_name="Loja Modelo",
    legal_name="Loja Modelo Comércio de Móveis Ltda.",
    tax_id="11222333000181",
    phone="+5585988724443",
    email="contato@lojamodelo.com.br",
    street="Rua Barão de Aracati",
    street_number="1200",
    district="Aldeota",
    city="Fortaleza",
    state="CE",
    zip_code="60115080",
    document_footer="Trocas em até 7 dias com este recibo.",
)
_LONGEST_SHOP = ShopSettings(
    shop_name="Comércio de Móveis e Eletrodomésticos " * 3,
    legal_name="Companhia Wwwwww Nordestina de Móveis " * 3,
    tax_id="12ABC34501DE35",
    phone="+5585988724443",
    email="a" * 60 + "@" + "b" * 60 + ".com.br",
    street="Avenida " + "Santos Dumont " * 5,
    street_number="123456-A",
    complement="bloco B, loja 45, galeria central",
    district="Engenheiro Luciano Cavalcante",
    city=("Vila Bela da Santíssima Trindade " * 3)[:80],
    state="CE",
    zip_code="60115080",
    document_footer=("Trocas " * 29)[:200],
)


def item(place: int, count: int, amount: str = "88.85", **changes: Any) -> ReceiptItem:
    """What was paid on a note of sale 123, all of it principal and nothing left, or `changes`."""
    due = date(2025, 12, 11) + timedelta(days=30 * place)
    paid = D(amount)
    interest, fine = D(changes.pop("interest", "0")), D(changes.pop("fine", "0"))
    return ReceiptItem(
        note_id=place,
        number=note_number(123, place, count),
        sale_id=123,
        place=place,
        installments=count,
        due_date=due,
        amount=paid,
        split=Split(interest, fine, paid - interest - fine),
        discount=D(changes.pop("discount", "0")),
        after=D(changes.pop("after", "0")),
    )


def made(*items: ReceiptItem, **changes: Any) -> Receipt:
    """A receipt of these items; of R9's first payment when none is given."""
    paid = items or (item(2, 10, "100.00", interest="1.50", fine="6.00", after="207.50"),)
    values: dict[str, Any] = {
        "id": 45,
        "number": "000045",
        "paid_on": date(2026, 1, 25),
        "recorded_at": datetime(2026, 1, 25, 17, 3, tzinfo=UTC),
        "amount": sum((each.amount for each in paid), D(0)),
        "method": "pix",
        "backdate_reason": "achado na gaveta",
        "discount_reason": None,
        "received_by": "Zélia D'Ávila",
        "customer_id": 7,
        "customer": "Ágata Muñoz",
        "tax_id": "52998224725",
        "address": "Rua das Flores, 12, Centro, Fortaleza/CE, CEP 60000-000",
        "shop": SHOP,
        "items": paid,
        "customer_after": D("1267.50"),
        "earlier_open": (),
        "undone": None,
    }
    return Receipt(**(values | changes))


def longest(count: int = 3, **changes: Any) -> Receipt:
    """A receipt whose every text and amount is as long as may be stored."""
    most = "9999999999.99"
    charges = {"interest": "99999999.99", "fine": "99999999.99", "discount": "1234.56"}
    texts = {
        "amount": D(most),
        "customer": ("Maria Antonieta Wwwwww D’Ávila 🌻 日本 " * 4)[:119] + "!",
        "address": ("Rua Professora Alda Façanha, " * 8)[:199] + "!",
        "received_by": ("Fulano de Tal e Qual " * 6)[:119] + "!",
        "shop": _LONGEST_SHOP,
        "customer_after": D(most),
        "discount_reason": "x" * 500,
        "earlier_open": [note_number(99, k, 120) for k in range(1, 121)],
    }
    notes = [item(k, 120, most, after=most, **charges) for k in range(1, count + 1)]
    return made(*notes, **(texts | changes))
