"""Sales by days, by business days and by a list, by address (R33)."""

from __future__ import annotations

from typing import Any

import pytest

from credigestor.db.models import Sale
from tests.api.asking import ask, get, post
from tests.api.test_acts import made, new_sale
from tests.services.selling import count, new_customer

DAYS = ("2026-12-20", "2027-01-10", "2027-02-10", "2027-03-10")


def listed(*rows: tuple[str, str | None], **changes: Any) -> dict[str, Any]:
    """A sale of 1.000,00 by a list; what has no amount does not send it."""
    notes = [{"due_date": d} | ({"amount": a} if a else {}) for d, a in rows]
    body = new_sale(new_customer(), schedule={"kind": "list", "notes": notes}, **changes)
    return {name: body[name] for name in body if name not in ("installments", "first_due_date")}


def pointers(token: str, body: dict[str, Any]) -> dict[str, str]:
    """Where a sale is refused, and why; a preview says the same, and nothing is written."""
    refused = post("/sales", token, body)
    assert refused.status == 422
    told = ask("POST", "/sales/preview", token=token, body=body)
    assert told.body == refused.body
    assert count(Sale) == 0
    return {e["pointer"]: e["detail"].replace("\xa0", " ") for e in refused.json["errors"]}


@pytest.mark.parametrize(
    ("schedule", "first", "due"),
    [
        ({"kind": "days", "step": 15}, "2026-12-10", ["2026-12-10", "2026-12-25", "2027-01-09"]),
        (
            {"kind": "business_day", "step": 5},
            "2026-12-29",
            ["2027-01-08", "2027-02-05", "2027-03-05"],
        ),
        ({"kind": "monthly"}, "2026-12-23", ["2026-12-23", "2027-01-23", "2027-02-23"]),
    ],
)
def test_r33_a_preview_and_the_sale_that_it_becomes_tell_the_schedule(
    seller_token: str, schedule: dict[str, Any], first: str, due: list[str]
) -> None:
    body = new_sale(new_customer(), schedule=schedule, first_due_date=first, contract_rate="1")
    shown = ask("POST", "/sales/preview", token=seller_token, body=body).json
    sale = made(post("/sales", seller_token, body))
    read = get(f"/sales/{sale['id']}", seller_token)
    for answer in (shown, read):
        assert answer["schedule"] == {"step": None, **schedule}
        assert [note["due_date"] for note in answer["notes"]] == due
        assert answer["first_due_date"] == due[0]
    assert [n["amount"] for n in shown["notes"]] == [n["amount"] for n in read["notes"]]
    assert shown["effective_yearly_rate"] == read["effective_yearly_rate"]


def test_r33_a_list_has_some_amounts_computed(seller_token: str) -> None:
    body = listed((DAYS[3], None), (DAYS[0], "400.00"), (DAYS[1], None), (DAYS[2], None))
    sale = made(post("/sales", seller_token, body))
    read = get(f"/sales/{sale['id']}", seller_token)
    assert read["schedule"] == {"kind": "list", "step": None}
    told = [(n["due_date"], n["amount"]) for n in read["notes"]]
    assert told == list(zip(DAYS, ["400.00", "200.00", "200.00", "200.00"], strict=True))


def test_r33_agreed_amounts_make_the_rate_that_is_told(seller_token: str) -> None:
    body = listed(("2026-12-23", "525.00"), ("2027-01-23", "525.00"), contract_rate="9")
    shown = ask("POST", "/sales/preview", token=seller_token, body=body).json
    assert (shown["contract_rate"], shown["effective_monthly_rate"]) == ("3.2787", "3.28")
    assert shown["interest"] == "50.00"


def test_r33_faults_of_a_list_are_told_at_their_rows(seller_token: str) -> None:
    wrong = listed((DAYS[0], None), ("2026-11-01", None), (DAYS[0], None))
    assert pointers(seller_token, wrong) == {
        "#/schedule/notes/1/due_date": "Linha 2: o vencimento não pode ser antes da venda.",
        "#/schedule/notes/2/due_date": "Linha 3: a linha 1 já vence neste dia.",
    }
    short = listed((DAYS[0], "999.99"))
    assert pointers(seller_token, short) == {
        "#/schedule": "As parcelas somam R$ 999,99: faltam R$ 0,01 para o valor financiado."
    }
    assert pointers(seller_token, listed((DAYS[1], None), (DAYS[0], "1.234,567"))) == {
        "#/schedule/notes/1/amount": 'Valor inválido: envie R$ como "1234.56", com dois decimais.'
    }
    assert pointers(seller_token, listed(("9999-12-31", None))) == {
        "#/schedule/notes/0/due_date": "A data 31/12/9999 está fora do período aceito: "
        "o ano deve ficar entre 1900 e 2200."
    }
    many = [(f"2027-{1 + k // 28:02}-{1 + k % 28:02}", None) for k in range(150)]
    for rows in (121, 150):
        assert pointers(seller_token, listed(*many[:rows])) == {
            "#/schedule/notes/120/due_date": "Linha 121: uma venda tem no máximo 120 parcelas."
        }
    beside = listed((DAYS[0], None)) | {"installments": 1}
    assert list(pointers(seller_token, beside)) == ["#/installments"]


@pytest.mark.parametrize(
    ("schedule", "pointer"),
    [
        ({"kind": "days"}, "#/schedule/step"),
        ({"kind": "days", "step": 181}, "#/schedule/step"),
        ({"kind": "business_day", "step": 21}, "#/schedule/step"),
        ({"kind": "monthly", "step": 1}, "#/schedule/step"),
        ({"kind": "weekly"}, "#/schedule/kind"),
        ({"kind": "list"}, None),
        ({"kind": "days", "step": 7, "notes": [{"due_date": DAYS[0]}]}, "#/schedule"),
        (None, "#/schedule"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused_at_its_place(
    seller_token: str, schedule: Any, pointer: str | None
) -> None:
    body = new_sale(new_customer(), schedule=schedule)
    if pointer is None:
        del body["installments"], body["first_due_date"]
    assert list(pointers(seller_token, body)) == [pointer or "#/schedule"]
