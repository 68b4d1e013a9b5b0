"""Pix in a real browser: scanned from the screen as a telephone does it, and copied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Literal

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from credigestor.db.settings import current_settings
from credigestor.rules.permissions import Actor, Role
from credigestor.rules.pix import note_txid, shop_payload
from credigestor.services import settings
from tests.browser.conftest import Server, settled
from tests.portfolio import TODAY, Made, add_customer, add_sale

pytestmark = pytest.mark.browser

SHOP = {
    "pix_key": "123e4567-e89b-42d3-a456-426614174000",
    "legal_name": "Comércio de Ferragens D'Ávila e Muñoz Ltda",
    "city": "São José do Rio Preto",
}


@pytest.fixture
def late(server: Server) -> tuple[Made, str]:
    """A shop with a key, a note of 200,00 late by 30 days (206,00 today), and its code."""
    with Session(server.engine) as session, session.begin():
        shop = current_settings(session).model_copy(update=SHOP)
        settings.change(session, Actor(None, "teste", Role.ADMIN), shop)
        made = add_sale(
            session,
            add_customer(session, "Ana do Pix"),
            TODAY - timedelta(days=60),
            [("200.00", TODAY - timedelta(days=30))],
        )
    return made, shop_payload(shop, Decimal("206.00"), note_txid(made.id, 1)) or ""


def scanned(screen: bytes) -> list[str]:
    only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    read = zxingcpp.read_barcodes(Image.open(BytesIO(screen)), formats=only)
    return [code.text for code in read]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_r25_the_code_is_read_from_the_screen_and_copied(
    new_page: Callable[..., Page],
    server: Server,
    arrive: Callable[..., None],
    late: tuple[Made, str],
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    made, code = late
    page = new_page(
        server,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        permissions=["clipboard-read", "clipboard-write"],
    )
    arrive(page, "vendedor", f"/nota?id={made.notes[0]}")
    page.get_by_text("Pix de hoje").click()
    image = page.get_by_alt_text("QR Code do Pix")
    image.scroll_into_view_if_needed()
    expect(image).to_be_visible()
    settled(page)
    page.wait_for_function(
        "image => image.complete && image.naturalWidth", arg=image.element_handle()
    )
    assert scanned(page.screenshot()) == [code]
    copy = page.get_by_test_id("stCode").get_by_role("button", name="Copiar", include_hidden=True)
    copy.dispatch_event("click")  # hidden until the mouse or a finger is over it
    page.wait_for_function("async code => await navigator.clipboard.readText() === code", arg=code)
