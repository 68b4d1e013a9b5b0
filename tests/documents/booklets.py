"""Booklets for tests, without a database: of a plain sale, and of the longest texts there are."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from credigestor.db.settings import ShopSettings
from credigestor.documents import booklet as document
from credigestor.reports.booklet import Booklet, Installment
from credigestor.reports.named_customer import NamedCustomer
from credigestor.rules.calendar import HolidayRules
from credigestor.rules.due_schedule import MONTHLY, Schedule
from credigestor.rules.pix import note_txid, shop_payload
from credigestor.rules.schedule import plan
from tests.documents import looking
from tests.pictures import plain

AT = datetime(2026, 1, 5)  # noqa: DTZ001 - midnight of the shop's day
SHOP = ShopSettings(
    shop_name="Loja Ágata",
    legal_name="Ágata Comércio de Móveis Ltda",
    tax_id="11222333000181",
    phone="+5585988724443",
    email="contato@lojaagata.com.br",
    zip_code="60175000",
    street="Rua Barão de Aracati",
    street_number="1200",
    district="Aldeota",
    city="Fortaleza",
    state="CE",
    pix_key="11222333000181",
    document_footer="Obrigado pela preferência!",
    document_clause="A garantia do produto é a do fabricante.",
)
WIDEST_SHOP = ShopSettings(
    shop_name="W" * 120,
    legal_name="W" * 120,
    tax_id="11222333000181",
    phone="+5585988724443",
    email=f"{'m' * 64}@{'exemplo.' * 22}com.br",
    zip_code="60175000",
    street="W" * 120,
    street_number="9" * 20,
    complement="W" * 60,
    district="W" * 80,
    city="W" * 80,
    state="CE",
    pix_key=f"{'m' * 62}@exemplo.com.br",
    document_footer="W" * 200,
    document_clause="W" * 600,
)
CUSTOMER = NamedCustomer(
    7, "Zélia D'Ávila Muñoz", "52998224725", "Rua das Flores, 12, Fortaleza/CE"
)
LOGO = plain(600, 200)


def booklet(
    *,
    total: str = "1000.00",
    installments: int = 12,
    contract_rate: str = "1",
    first_due: date = date(2026, 2, 10),
    balances: dict[int, str] | None = None,
    agreed: Schedule = MONTHLY,
    **changes: Any,
) -> Booklet:
    """R2's sale of 1.000,00 at 1 % a month in 12; `balances` are what single notes still owe."""
    values: dict[str, Any] = {
        "shop": SHOP,
        "as_of": date(2026, 1, 5),
        "sale_id": 123,
        "sold_on": date(2026, 1, 5),
        "description": "Fogão de 4 bocas",
        "total": Decimal(total),
        "down_payment": Decimal("0.00"),
        "contract_rate": Decimal(contract_rate),
        "late_rate": Decimal(1),
        "fine_rate": Decimal(2),
        "grace_days": 0,
        "customer": CUSTOMER,
        **changes,
    }
    planned = plan(
        values["total"] - values["down_payment"],
        values["contract_rate"],
        installments,
        first_due,
        # a month before, so that nothing is carried of what is monthly (R2c)
        sold_on=first_due - relativedelta(months=1) if agreed.is_monthly else values["sold_on"],
        schedule=agreed,
        grace_days=values["grace_days"],
        holidays=HolidayRules(),
    )
    left = {number: Decimal(balance) for number, balance in (balances or {}).items()}
    notes = tuple(
        Installment(n.number, n.amount, n.due_date, n.free_until, left.get(n.number, n.amount))
        for n in planned.notes
    )
    return Booklet(
        **{"schedule": str(agreed.kind), **values, "contract_rate": planned.contract_rate},
        daily_rate=planned.daily_rate,
        installments=notes,
    )


def printed(data: Booklet, logo: bytes | None = None) -> bytes:
    """Its PDF, made at AT."""
    return document.pdf(data, made_at=AT, logo=logo)


def words(pdf: bytes) -> str:
    """All that is written, with plain spaces."""
    return looking.words(pdf).replace("\xa0", " ")


def payloads(data: Booklet) -> list[str | None]:
    """The Pix code that each slip should bear, in order."""
    return [
        shop_payload(data.shop, note.balance, note_txid(data.sale_id, note.number))
        for note in data.open
    ]


def slips(pdf: bytes) -> list[str]:
    """The words of each slip, from its stub's first line on."""
    return words(pdf).split("Via da loja")[1:]
