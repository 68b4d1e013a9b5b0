"""A note's Pix of the day by address: the code of the page, and an image that reads the same."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import SettingsVersion
from credigestor.documents import qr
from credigestor.rules.permissions import Actor
from credigestor.rules.pix import payload
from tests.api.asking import ask, get
from tests.documents.printings import SHOP
from tests.portfolio import TODAY, Made
from tests.services.discounting import priced
from tests.services.paying import pay, sell


@pytest.fixture
def sale() -> Made:
    """A note of 200,00 due 15 days ago (R7: 205,00 today), and R14's of 88,85 in 47 days at 1 %."""
    made = sell(("200.00", TODAY - timedelta(days=15)), ("88.85", TODAY + timedelta(days=47)))
    priced(made.id, "1")
    return made


@pytest.fixture
def key(db: str) -> None:
    """The shop can be paid by Pix."""
    shop = SHOP.model_copy(update={"pix_key": "11222333000181", "city": "FORTALEZA"})
    with transaction() as session:
        session.add(SettingsVersion(data=shop.model_dump(mode="json"), changed_by_name="teste"))


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("place", "query", "owed", "saved", "amount"),
    [
        (0, "", "205.00", "0.00", "205.00"),
        (1, "", "88.85", "1.37", "87.48"),
        (1, "?early_discount=false", "88.85", "0.00", "88.85"),
    ],
)
def test_the_code_is_that_of_the_notes_page(
    place: int, query: str, owed: str, saved: str, amount: str, sale: Made, seller_token: str
) -> None:
    note, txid = sale.notes[place], f"NP{sale.id:06d}P0{place + 1}"
    code = payload(
        key="11222333000181",
        name=SHOP.legal_name,
        city="FORTALEZA",
        amount=D(amount),
        txid=txid,
    )
    assert get(f"/notes/{note}/pix{query}", seller_token) == {
        "as_of": str(TODAY),
        "note_id": note,
        "owed": owed,
        "saved": saved,
        "amount": amount,
        "payee": SHOP.legal_name,
        "txid": txid,
        "code": code,
    }
    image = ask("GET", f"/notes/{note}/pix.png{query}", token=seller_token)
    assert (image.status, image.headers["content-type"]) == (200, "image/png")
    assert image.body == qr.png(code, scale=8)


def test_where_there_is_nothing_to_pay_or_no_key_it_says_so(
    sale: Made, admin: Actor, seller_token: str, request: pytest.FixtureRequest
) -> None:
    for name in ("pix", "pix.png"):
        no_key = ask("GET", f"/notes/{sale.notes[0]}/{name}", token=seller_token)
        assert no_key.code == "conflict"
        assert "chave Pix" in no_key.json["detail"]
        assert ask("GET", f"/notes/999/{name}", token=seller_token).code == "not_found"
    request.getfixturevalue("key")
    pay(admin, TODAY, (sale.notes[0], "205.00"))
    paid = ask("GET", f"/notes/{sale.notes[0]}/pix", token=seller_token)
    assert (paid.code, "não está em aberto" in paid.json["detail"]) == ("conflict", True)
