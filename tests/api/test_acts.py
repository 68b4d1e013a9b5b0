"""Selling, paying and their undoing by address: done as on the page, and once for each key."""

from __future__ import annotations

import os
import uuid
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Guarantor, Payment, Sale, User
from credigestor.db.settings import current_settings
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from tests.api.asking import Answer, Request, ask, at_once, get, patch, post
from tests.services.paying import JANUARY, note_row, sell
from tests.services.selling import count, new_customer, sale_row

#: How often fifty ask for the same at once.
ROUNDS = 20 if os.environ.get("CI") else 2
ANA = {"name": "Ana Luz", "tax_id": "529.982.247-25", "phone": "(85) 98872-4443"}


def new_sale(customer: int, **changes: Any) -> dict[str, Any]:
    """1.000,00 in three, first due on 23/12/2026."""
    return {
        "customer_id": customer,
        "total": "1000.00",
        "installments": 3,
        "first_due_date": "2026-12-23",
        **changes,
    }


def payment_of(note: int, amount: str = "100.00", **changes: Any) -> dict[str, Any]:
    customer = note_row(note).customer_id
    items = [{"note_id": note, "amount": amount}]
    return {"customer_id": customer, "method": "pix", "items": items, **changes}


def made(answer: Answer) -> Any:
    assert answer.status == 201, answer.body
    return answer.json


def test_a_customer_is_registered_searched_and_read(seller_token: str) -> None:
    body = {**ANA, "credit_limit": "1500.00", "birth_date": "1980-02-01", "city": "Fortaleza"}
    id_ = made(post("/customers", seller_token, body))["id"]
    [row] = get("/customers?q=luz", seller_token)["items"]
    assert (row["id"], row["tax_id"], row["owed"]) == (id_, "52998224725", "0.00")
    missed = get("/customers?q=lus%20anna", seller_token)
    assert (missed["items"], [row["id"] for row in missed["similar"]]) == ([], [id_])
    assert get("/customers?q=ana", seller_token)["similar"] == []
    assert get("/customers?q=lus&active=false", seller_token)["similar"] == []
    read = get(f"/customers/{id_}", seller_token)
    assert (read["credit_limit"], read["birth_date"]) == ("1500.00", "1980-02-01")
    more = {"second_phone": "(85) 3231-4455", "workplace": "Padaria", "phone_text": "recado"}
    changed = patch(f"/customers/{id_}", seller_token, more | {"spouse": "Rui Luz"})
    told = [changed.json[name] for name in (*more, "spouse", "personal_references")]
    assert told == ["+558532314455", "Padaria", "recado", "Rui Luz", None]
    again = post("/customers", seller_token, ANA)
    assert (again.status, again.code) == (409, "conflict")
    assert again.json["errors"] == [
        {"pointer": "#/tax_id", "detail": "Já existe um cliente com esse CPF ou CNPJ."}
    ]


def test_a_sale_is_made_today_by_the_caller_with_the_shops_rate(
    vera: User, seller_token: str, admin: Actor
) -> None:
    with transaction() as session:
        rate = {"contract_rate": Decimal("1.5")}
        settings.change(session, admin, current_settings(session).model_copy(update=rate))
    sale = made(post("/sales", seller_token, new_sale(new_customer())))
    row = sale_row(sale["id"])
    assert (str(row.sold_on), row.seller_id, str(row.contract_rate)) == (
        "2026-11-23",
        vera.id,
        "1.5000",
    )
    assert sale["number"] == f"{sale['id']:06d}"
    assert [note["number"] for note in sale["notes"]] == [
        f"{sale['number']}-0{k}/03" for k in (1, 2, 3)
    ]
    read = get(f"/sales/{sale['id']}", seller_token)
    assert [n["amount"] for n in read["notes"]] == [n["amount"] for n in sale["notes"]]
    assert (read["contract_rate"], read["seller"], read["payments"]) == (
        "1.5000",
        "Vera Vendedora",
        [],
    )


def test_a_sale_paid_down_makes_no_note(seller_token: str) -> None:
    body = new_sale(new_customer(), down_payment="1000.00", installments=0, first_due_date=None)
    assert made(post("/sales", seller_token, body))["notes"] == []


def test_a_sale_has_guarantors_and_names_their_faults(seller_token: str) -> None:
    customer = new_customer()
    guarantor = {"name": "Gil Reis", "tax_id": "52998224725", "address": "Rua B, 2"}
    made(post("/sales", seller_token, new_sale(customer, guarantors=[guarantor])))
    assert count(Guarantor) == 1
    wrong = post("/sales", seller_token, new_sale(customer, guarantors=[{"name": "Gil"}]))
    assert wrong.json["errors"] == [
        {"pointer": "#/guarantors/0/tax_id", "detail": "Campo obrigatório."}
    ]
    twice = new_sale(customer, guarantors=[guarantor, guarantor])
    [error] = post("/sales", seller_token, twice).json["errors"]
    assert error["pointer"] == "#/guarantors/1/tax_id"


def test_what_a_seller_may_not_is_refused_in_words(seller_token: str, manager_token: str) -> None:
    customer = new_customer(credit_limit="10.00")
    body = new_sale(customer)
    assert post("/sales", seller_token, body).code == "credit_warning"
    given = {**body, "override_reason": "cliente antiga"}
    assert post("/sales", seller_token, given).code == "not_allowed"
    made(post("/sales", manager_token, given))


def test_a_payment_is_received_and_read_as_its_receipt_tells(seller_token: str, vera: User) -> None:
    note = sell(("300.00", JANUARY)).notes[0]
    owed = get(f"/notes/{note}", seller_token)["owed"]
    paid = made(post("/payments", seller_token, payment_of(note)))
    assert (paid["paid_on"], paid["amount"], paid["method"]) == ("2026-11-23", "100.00", "pix")
    read = get(f"/payments/{paid['id']}", seller_token)
    assert read["received_by"] == "Vera Vendedora"
    assert read["items"][0]["split"]["interest"] == owed["interest"]
    after = get(f"/notes/{note}", seller_token)
    assert after["owed"]["total"] == read["customer_after"] == read["items"][0]["after"]
    assert after["calculation"][-1]["after"]["total"] == after["owed"]["total"]
    assert [each["payment_id"] for each in after["payments"]] == [paid["id"]]


def test_r36_a_payment_in_two_methods_by_another_than_the_customer(seller_token: str) -> None:
    [note] = sell(("87.48", JANUARY)).notes
    parts = [{"method": "cash", "amount": "40.00"}, {"method": "pix", "amount": "47.48"}]
    payer = {"name": "Rita Moreira", "tax_id": "111.444.777-35"}
    body = {**payment_of(note, "87.48", methods=parts, payer=payer), "method": None}
    done = made(post("/payments", seller_token, body))
    assert (done["method"], done["methods"]) == ("several", parts)
    assert "Rita" not in str(done)
    read = get(f"/payments/{done['id']}", seller_token)
    assert (read["method"], read["methods"]) == ("several", parts)
    assert (read["payer"], read["payer_tax_id"]) == ("Rita Moreira", "11144477735")
    [row] = get("/payments?method=pix", seller_token)["items"]
    assert (row["method"], row["methods"]) == ("several", parts)
    assert get("/payments?method=card", seller_token)["items"] == []
    one = made(post("/payments", seller_token, payment_of(sell().notes[0])))
    assert (one["method"], one["methods"]) == ("pix", [{"method": "pix", "amount": "100.00"}])


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"method": None}, "#/methods"),
        ({"methods": [{"method": "pix", "amount": "87.48"}]}, "#/methods"),
        ({"method": None, "methods": [{"method": "pix", "amount": "87.47"}]}, "#/methods"),
        ({"payer": {"name": " "}}, "#/payer/name"),
        ({"payer": {"name": "Rita", "tax_id": "111"}}, "#/payer/tax_id"),
    ],
)
def test_parts_and_payers_that_make_no_sense_are_told_at_their_place(
    seller_token: str, changes: dict[str, Any], place: str
) -> None:
    [note] = sell(("87.48", JANUARY)).notes
    answer = post("/payments", seller_token, {**payment_of(note, "87.48"), **changes})
    assert answer.status == 422
    assert place in [error["pointer"] for error in answer.json["errors"]]
    assert count(Payment) == 0


def test_r35_a_down_payment_is_received_and_handed_back(
    seller_token: str, manager_token: str
) -> None:
    parts = [{"method": "cash", "amount": "120.00"}, {"method": "pix", "amount": "80.00"}]
    body = new_sale(new_customer(), down_payment="200.00", down_payment_methods=parts)
    sale = made(post("/sales", seller_token, body))["id"]
    [down] = get(f"/sales/{sale}", seller_token)["down_payment_money"]
    assert (down["kind"], down["method"], down["methods"]) == ("down", "several", parts)
    wrong = {"reason": "desistiu", "refund_methods": [{"method": "pix", "amount": "199.99"}]}
    answer = post(f"/sales/{sale}/cancellation", manager_token, wrong)
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/refund_methods"]
    back = {"reason": "desistiu", "refund_methods": [{"method": "pix", "amount": "200.00"}]}
    made(post(f"/sales/{sale}/cancellation", manager_token, back))
    rows = get("/down_payments", seller_token)["items"]
    assert [(row["number"], row["kind"], row["method"]) for row in rows] == [
        ("D000002", "refund", "pix"),
        ("E000001", "down", "several"),
    ]
    assert [row["id"] for row in get("/down_payments?method=cash", seller_token)["items"]] == [1]
    for row in rows:
        paper = ask("GET", f"/down_payments/{row['id']}/receipt", token=seller_token)
        assert paper.body.startswith(b"%PDF")


def test_a_program_that_says_nothing_of_the_method_goes_on_working(manager_token: str) -> None:
    sale = made(post("/sales", manager_token, new_sale(new_customer(), down_payment="200.00")))
    made(post(f"/sales/{sale['id']}/cancellation", manager_token, {"reason": "desistiu"}))
    methods = [row["method"] for row in get("/down_payments", manager_token)["items"]]
    assert methods == ["unknown", "unknown"]


def test_more_than_is_owed_is_refused_at_the_items(seller_token: str) -> None:
    note = sell(("300.00", JANUARY)).notes[0]
    answer = post("/payments", seller_token, payment_of(note, "9999.00"))
    assert answer.status == 422
    [error] = answer.json["errors"]
    assert error["pointer"] == "#/items"
    assert "deve R$" in error["detail"]
    assert count(Payment) == 0


def test_the_receipt_is_a_pdf(seller_token: str, admin: Actor) -> None:
    note = sell(("300.00", JANUARY)).notes[0]
    paid = made(post("/payments", seller_token, payment_of(note)))
    answer = ask("GET", f"/payments/{paid['id']}/receipt?format=roll", token=seller_token)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body.startswith(b"%PDF")
    assert f"recibo-{paid['number']}.pdf" in answer.headers["content-disposition"]


def test_a_payment_is_reversed_and_a_sale_cancelled_by_a_manager(manager_token: str) -> None:
    sale = sell(("300.00", JANUARY))
    paid = made(post("/payments", manager_token, payment_of(sale.notes[0])))
    refused = post(f"/sales/{sale.id}/cancellation", manager_token, {"reason": "desistiu"})
    assert refused.code == "conflict"
    answer = post(f"/payments/{paid['id']}/reversal", manager_token, {"reason": "valor errado"})
    assert made(answer) == {"id": paid["id"], "reversed_on": "2026-11-23"}
    assert get(f"/payments/{paid['id']}", manager_token)["undone"]["reason"] == "valor errado"
    answer = post(f"/sales/{sale.id}/cancellation", manager_token, {"reason": "desistiu"})
    assert made(answer) == {"id": sale.id, "cancelled_on": "2026-11-23"}
    assert get(f"/sales/{sale.id}", manager_token)["cancel_reason"] == "desistiu"


@pytest.mark.parametrize("key", [None, "1", "não é uuid"])
def test_a_write_without_a_key_is_refused(key: str | None, seller_token: str) -> None:
    answer = ask("POST", "/customers", token=seller_token, body=ANA, key=key)
    assert answer.status == 422
    assert [each["parameter"] for each in answer.json["errors"]] == ["Idempotency-Key"]


def test_the_same_again_is_answered_as_the_first_time(manager_token: str) -> None:
    """Also where a second one would be refused, and what it made has changed since."""
    sale = sell(("300.00", JANUARY))
    done_once("/customers", manager_token, ANA, remarks="outra")
    done_once("/sales", manager_token, new_sale(new_customer()), description="outra")
    done_once("/payments", manager_token, payment_of(sale.notes[0], "10.00"), method="card")
    done_once("/payments/1/reversal", manager_token, {"reason": "engano"}, reason="outro")
    cancellation = f"/sales/{sale.id}/cancellation"
    done_once(cancellation, manager_token, {"reason": "engano"}, reason="outro")


def done_once(path: str, token: str, body: dict[str, Any], **changes: str) -> None:
    """Ask for it twice with one key, and then with that key for something else."""
    key = str(uuid.uuid4())
    first, again = (post(path, token, body, key=key) for _ in range(2))
    assert first.status == again.status == 201, first.body
    assert first.body == again.body
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    clash = post(path, token, {**body, **changes}, key=key)
    assert (clash.status, clash.code) == (409, "idempotency_conflict")


def test_a_key_is_of_one_caller_and_one_operation(seller_token: str, manager_token: str) -> None:
    key = str(uuid.uuid4())
    made(post("/customers", seller_token, ANA, key=key))
    assert post("/customers", manager_token, ANA, key=key).code == "idempotency_conflict"
    sale = new_sale(new_customer())
    assert post("/sales", seller_token, sale, key=key).code == "idempotency_conflict"
    assert count(Sale) == 0


def test_a_refused_write_leaves_its_key_free(seller_token: str) -> None:
    key = str(uuid.uuid4())
    assert post("/customers", seller_token, {**ANA, "name": "A" * 200}, key=key).status == 422
    made(post("/customers", seller_token, ANA, key=key))


def test_fifty_with_one_key_make_one_row_and_get_one_answer(seller_token: str) -> None:
    note = sell(("300.00", JANUARY)).notes[0]
    for paid in range(1, ROUNDS + 1):
        request = Request(
            "POST", "/payments", seller_token, payment_of(note, "1.00"), str(uuid.uuid4())
        )
        answers = at_once([request] * 50)
        assert {each.status for each in answers} == {201}
        assert len({each.body for each in answers}) == 1
        assert sum("idempotent-replayed" not in each.headers for each in answers) == 1
        assert count(Payment) == paid


def test_one_of_fifty_pays_a_note(seller_token: str) -> None:
    note = sell(("300.00", JANUARY)).notes[0]
    whole = get(f"/notes/{note}", seller_token)["owed"]["total"]
    body = payment_of(note, whole)
    answers = at_once(
        [Request("POST", "/payments", seller_token, body, str(uuid.uuid4())) for _ in range(50)]
    )
    assert sorted({each.status for each in answers}) == [201, 409]
    assert [each.status for each in answers].count(201) == 1
    assert count(Payment) == 1


def test_what_is_kept_of_a_write_names_nobody(seller_token: str) -> None:
    note = sell(("300.00", JANUARY)).notes[0]
    made(post("/customers", seller_token, {**ANA, "remarks": "segredo"}))
    made(post("/payments", seller_token, payment_of(note)))
    with snapshot() as session:
        kept = session.scalar(text("SELECT string_agg(answer::text, ' ') FROM api_operations"))
        writers = session.scalars(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "create")
        ).one()
    assert not any(word in kept for word in ("Ana", "529", "segredo", "Vera"))
    assert writers == 2
