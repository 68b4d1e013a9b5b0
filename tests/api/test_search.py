"""The search for everything: what the report finds, by address."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import update

from credigestor.db.engine import transaction
from credigestor.db.models import Sale
from tests.api.asking import ask, get
from tests.portfolio import TODAY, Made
from tests.services.paying import sell

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def sale(db: str) -> Made:
    made = sell(("10.00", TODAY), ("10.00", TODAY))
    with transaction() as session:
        session.execute(update(Sale).values(ref="A17"))
    return made


def test_a_number_of_ours_and_an_old_one_name_the_same_note(sale: Made, seller_token: str) -> None:
    expected = {
        "kind": "note",
        "id": sale.notes[1],
        "number": "000001-02/02",
        "old": "A17",
        "customer_id": 1,
    }
    for q in ("1-2", "a17/2"):
        [found] = get(f"/search?q={quote(q)}", seller_token)["numbered"]
        assert found | {"customer": ""} == {**expected, "customer": ""}


def test_a_name_finds_customers_with_what_they_owe(sale: Made, seller_token: str) -> None:
    name = get("/customers/1", seller_token)["name"]
    found = get(f"/search?q={quote(name[:4])}", seller_token)
    assert [(each["id"], each["owed"]) for each in found["customers"]] == [(1, "20.00")]
    assert found["numbered"] == []


def test_a_text_is_needed_and_may_not_be_endless(seller_token: str) -> None:
    for query in ("", f"?q={'a' * 121}"):
        assert ask("GET", f"/search{query}", token=seller_token).code == "invalid_input"
    assert get("/search?q=%25%00", seller_token)["customers"] == []
