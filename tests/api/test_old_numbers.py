"""The numbers that another system gave: told by the API, and found by its searches."""

from __future__ import annotations

import pytest

from credigestor.rules.permissions import Actor
from tests.api.asking import get
from tests.moved import Moved

pytestmark = pytest.mark.usefixtures("db")


def test_the_api_tells_and_finds_it(seller: Actor, seller_token: str) -> None:
    moved = Moved(seller)
    assert get(f"/customers/{moved.ana}", seller_token)["ref"] == "0077"
    assert get(f"/notes/{moved.note}", seller_token)["ref"] == "004711/2"
    sale = get(f"/sales/{moved.sale}", seller_token)
    assert (sale["ref"], [note["ref"] for note in sale["notes"]]) == (
        "PED-12",
        [None, "004711/2", None],
    )
    [row] = get("/notes?q=4711/2", seller_token)["items"]
    assert row["id"] == moved.note
    for path in ("sales", "payments"):
        assert len(get(f"/{path}?q=ped-12", seller_token)["items"]) == 1
