"""Customers without a CPF: by a document, or by a manager's word, and without credit."""

from __future__ import annotations

import pytest

from tests.api.asking import get, patch, post
from tests.api.test_acts import made, new_sale

pytestmark = pytest.mark.usefixtures("db")


def test_who_has_no_cpf_is_registered_by_a_document_or_a_managers_word(
    seller_token: str, manager_token: str
) -> None:
    nobody = {"name": "Ana", "tax_id": None}
    forgotten = post("/customers", manager_token, {"name": "Ana"})
    assert forgotten.json["errors"] == [{"pointer": "#/tax_id", "detail": "Campo obrigatório."}]
    refused = post("/customers", seller_token, nobody)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (403, "#/tax_id")
    lucia = {"name": "Lucía", "tax_id": None, "foreign_document": "AB123", "country": "ar"}
    made(post("/customers", seller_token, lucia))
    ana = made(post("/customers", manager_token, nobody))["id"]
    [row] = get("/customers?unidentified=true", seller_token)["items"]
    assert (row["id"], row["tax_id"]) == (ana, None)
    sale = post("/sales", seller_token, new_sale(ana))
    assert (sale.status, sale.json["errors"][0]["pointer"]) == (422, "#/customer_id")
    known = patch(f"/customers/{ana}", seller_token, {"foreign_document": "X9", "country": "UY"})
    assert (known.json["foreign_document"], known.json["country"]) == ("X9", "UY")
    made(post("/sales", seller_token, new_sale(ana)))
