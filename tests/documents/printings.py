"""Notes to print in tests, with the shortest and the longest texts that may be stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from credigestor.db.settings import ShopSettings
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.reports.named_customer import NamedCustomer
from credigestor.reports.printed_notes import PrintedNote, PrintedNotes
from credigestor.rules.calendar import due_dates
from credigestor.rules.numbering import note_number

AT = datetime(2026, 11, 23, 14, 7, tzinfo=UTC)
SHOP = ShopSettings(
    shop_name="Loja Modelo",
    legal_name="LOJA MODELO LTDA",
    tax_id="11222333000181",
    city="Fortaleza",
    state="CE",
    document_footer="Volte sempre!",
)
ZELIA = NamedCustomer(
    7, "Zélia D'Ávila Muñoz", "52998224725", "Rua das Flores, 10, Centro, Fortaleza/CE"
)
AGATA = SaleGuarantor("Ágata Muñoz", "12ABC34501DE35", "Rua do Sol, 5, Fortaleza/CE")
JOSE = SaleGuarantor("José de Sá", "15350946056", "")


def printing(
    count: int = 1,
    *,
    amount: str = "1100.00",
    first_due: date = date(2026, 12, 10),
    copy: int = 1,
    received: str = "0.00",
    customer: NamedCustomer = ZELIA,
    guarantors: Sequence[SaleGuarantor] = (),
    shop: ShopSettings = SHOP,
    installments: int | None = None,
) -> PrintedNotes:
    """The notes of sale 123, made on 10/11/2026."""
    notes = [
        PrintedNote(
            id=number,
            number=note_number(123, number, installments or count),
            amount=Decimal(amount),
            due_date=due,
            copy=copy,
            received=Decimal(received),
        )
        for number, due in enumerate(due_dates(first_due, count), 1)
    ]
    return PrintedNotes(
        shop=shop,
        sale_id=123,
        sold_on=date(2026, 11, 10),
        customer=customer,
        guarantors=guarantors,
        notes=notes,
        printed_at=AT,
    )


def extreme(name: str, address: str, city: str, guarantors: int) -> PrintedNotes:
    """A reprint whose every text is as given, of the largest amount."""
    shop = ShopSettings(
        shop_name=name, legal_name=name, tax_id="12ABC34501DE35", city=city, state="MA"
    )
    return printing(
        3,
        amount="9999999999.99",
        first_due=date(2099, 9, 29),
        copy=12,
        received="9999999999.98",
        customer=NamedCustomer(7, name, "12ABC34501DE35", address),
        guarantors=[SaleGuarantor(name, "12ABC34501DE35", address)] * guarantors,
        shop=shop,
    )
