"""The contract by address: its printing is recorded once, and read as the page opens it."""

from __future__ import annotations

import uuid

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import ContractPrinting, SettingsVersion
from credigestor.documents import catalogue
from tests.api.asking import ask, get, post
from tests.documents.printings import SHOP
from tests.portfolio import TODAY, Made
from tests.services.paying import sell
from tests.services.selling import count


@pytest.fixture
def sale(db: str) -> Made:
    with transaction() as session:
        data = SHOP.model_dump(mode="json")
        session.add(SettingsVersion(data=data, changed_by_name="teste"))
    return sell()


def test_a_printing_is_recorded_once_and_read_at_its_address(sale: Made, seller_token: str) -> None:
    key, path = str(uuid.uuid4()), f"/sales/{sale.id}/contracts"
    for _ in range(2):
        made = post(path, seller_token, {}, key=key)
        assert made.status == 201
        assert made.json == {"id": key, "sale_id": sale.id, "copy_number": 1}
    assert count(ContractPrinting) == 1
    [told] = get(f"/sales/{sale.id}/printings", seller_token)["contracts"]
    assert (told["id"], told["copy_number"]) == (key, 1)
    answer = ask("GET", f"/contracts/{key}", token=seller_token)
    with snapshot() as session:
        document = catalogue.find(session, "contrato", key, {}, today=TODAY)
    assert answer.headers["content-type"] == "application/pdf"
    assert "contrato-000001.pdf" in answer.headers["content-disposition"]
    assert answer.body == document.pdf()


def test_a_sale_and_a_printing_that_are_not_there_are_not_found(
    sale: Made, seller_token: str
) -> None:
    assert post("/sales/999/contracts", seller_token, {}).code == "not_found"
    strange = ask("GET", f"/contracts/{uuid.uuid4()}", token=seller_token)
    assert strange.code == "not_found"
