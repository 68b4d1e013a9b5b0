"""How a document names its shop: over the door, by law, where it is and how to reach it."""

from __future__ import annotations

from credigestor.db.settings import ShopSettings
from credigestor.rules.address import address_of, one_line
from credigestor.rules.identity import format_phone, labelled_tax_id


def shop_name(shop: ShopSettings) -> str:
    """The name over the door, else the legal one."""
    return shop.shop_name or shop.legal_name or "Loja"


def payee(shop: ShopSettings) -> str:
    """Who is paid: the legal name where it is known."""
    return shop.legal_name or shop.shop_name


def shop_lines(shop: ShopSettings) -> list[list[str]]:
    """What stands under its name: legal name and CNPJ; address; contacts. Nothing is empty."""
    legal = shop.legal_name if shop.legal_name != shop_name(shop) else ""
    lines = [[legal, labelled_tax_id(shop.tax_id)], [shop_address(shop)], [phone(shop), shop.email]]
    return [kept for line in lines if (kept := [part for part in line if part])]


def shop_address(shop: ShopSettings) -> str:
    """Where the shop is, on one line; empty where it did not say."""
    return address_of(shop).replace("CEP ", "CEP\xa0")


def shop_place(shop: ShopSettings) -> str:
    """Its city and state, as "Fortaleza/CE"; empty where it did not say."""
    return one_line(city=shop.city, state=shop.state)


def phone(shop: ShopSettings) -> str:
    """Its phone; empty where it has none."""
    return format_phone(shop.phone) if shop.phone else ""
