"""The receipt that prints itself: for whom the page hands its address to the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from credigestor.ui.kit import data
from tests.portfolio import Made
from tests.services.paying import FEBRUARY, JANUARY, sell
from tests.ui.counter import receiving
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

PAYMENT = "counter/payment.py"


@pytest.fixture
def sale(db: str) -> Made:
    """Two notes of Ana Luz, of 300,00 and 100,00."""
    return sell(("300.00", JANUARY), ("100.00", FEBRUARY))


def wanted(admin: Actor, **values: Any) -> None:
    change = {"receipt_prints_itself": True, **values}
    with transaction() as session:
        settings.change(session, admin, data.settings().model_copy(update=change))


def handed_over(app: Visit) -> list[str]:
    """The addresses that the page's script would print."""
    assert not app.exception
    drawn = "".join(element.proto.body for element in app.get("html"))
    found = re.findall(r'<a class="cg-print" href="([^"]+)"', drawn)
    return [address.replace("&amp;", "&") for address in found]


def pay(app: Visit, amount: str = "50") -> Visit:
    return receiving.confirm(receiving.amount(app, amount))


def test_a_payment_just_recorded_hands_its_receipt_over_as_the_shop_wants_it(
    sale: Made, admin: Actor
) -> None:
    wanted(admin, receipt_format=ReceiptFormat.ROLL_58, receipt_copies=2)
    app = pay(receiving.open_page(customer=1))
    assert handed_over(app) == ["/documento/recibo/1?format=roll58&copies=2"]
    assert handed_over(pay(receiving.open_page(customer=1))) == [
        "/documento/recibo/2?format=roll58&copies=2"
    ]


def test_whoever_reloads_the_receipt_or_opens_it_later_prints_nothing(
    sale: Made, admin: Actor
) -> None:
    wanted(admin)
    app = pay(receiving.open_page(customer=1))
    assert handed_over(app)
    again = open_app("seller", token=app.browser.cookies.popitem()[1], page=PAYMENT, id=1)
    assert again.title[0].value == "Recibo 000001"
    assert handed_over(again) == []
    assert handed_over(open_app("admin", page=PAYMENT, id=1)) == []


def test_a_shop_that_does_not_want_it_keeps_the_button(sale: Made) -> None:
    app = pay(receiving.open_page(customer=1))
    assert handed_over(app) == []
    assert "Recibo 000001" in receiving.told(app)
