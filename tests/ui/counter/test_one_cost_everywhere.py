"""R2b: a sale's rates are one text on preview, page, booklet, contract, proposal and in the API.

Sold once by each kind of schedule, with interest and without: from the form, by way of a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from credigestor.rules.due_schedule import ScheduleKind
from credigestor.rules.permissions import Actor
from tests.api.asking import ask, get, post, token_of
from tests.api.test_acts import made
from tests.documents.looking import words as written
from tests.factories import add_user
from tests.services.selling import new_customer
from tests.ui.counter.new_sales import by_label, fill, visit, words
from tests.ui.counter.test_document_bars import change
from tests.ui.counter.test_new_sale_schedules import Typed, choose, step, table
from tests.ui.support import Visit, open_app

__all__ = ["table"]
pytestmark = pytest.mark.usefixtures("db")

#: Each kind, what is typed of it on the page, and what a program says of it.
KINDS: dict[ScheduleKind, tuple[tuple[str, str] | None, dict[str, Any]]] = {
    ScheduleKind.MONTHLY: (None, {}),
    ScheduleKind.DAYS: (("De quantos em quantos dias", "15"), {"step": 15}),
    ScheduleKind.BUSINESS_DAY: (("Qual dia útil do mês", "5"), {"step": 5}),
    ScheduleKind.LIST: (
        None,
        {
            "notes": [
                {"due_date": "2026-12-20", "amount": "400.00"},
                {"due_date": "2027-01-10"},
                {"due_date": "2027-03-10"},
            ]
        },
    ),
}
FIRST_DUE = date(2026, 12, 10)


def typed(kind: ScheduleKind, rate: str, table: Typed) -> Visit:
    """The form of a new sale of 1.000,00 in three, filled in."""
    told, said = KINDS[kind]
    app = fill(visit(new_customer()), total="1000", rate=rate)
    rows = [
        (f"{date.fromisoformat(row['due_date']):%d/%m/%Y}", row.get("amount", "").replace(".", ","))
        for row in said.get("notes", [])
    ]
    table(*rows)
    app = choose(app, kind)
    if told:
        app = step(app, *told)
    if kind is not ScheduleKind.LIST:
        app = fill(app, count="3", first_due=FIRST_DUE)
    return app


def percent(told: str) -> str:
    """The API's 12.34 as people read it."""
    return told.replace(".", ",") + " %"


def shown(answer: Mapping[str, Any]) -> tuple[str, str]:
    names = ("effective_monthly_rate", "effective_yearly_rate")
    monthly, yearly = (percent(answer[name]) for name in names)
    return monthly, yearly


def paper(path: str, token: str) -> str:
    answer = ask("GET", path, token=token)
    assert answer.status == 200, answer.body
    return written(answer.body).replace("\xa0", " ")


def bisected(notes: list[dict[str, Any]], days: int) -> str:
    """The rate of so many days in which the notes make 1.000,00: halved until it is there."""
    sold, low, high = date(2026, 11, 23), 0.0, 0.01
    for _ in range(100):
        rate = (low + high) / 2
        worth = sum(
            float(note["amount"]) / (1 + rate) ** (date.fromisoformat(note["due_date"]) - sold).days
            for note in notes
        )
        low, high = (rate, high) if worth > 1000 else (low, rate)
    return f"{((1 + low) ** days - 1) * 100:.2f} %".replace(".", ",")


@pytest.mark.parametrize("rate", ["2", ""])
@pytest.mark.parametrize("kind", KINDS)
def test_r2b_the_same_sales_cost_is_one_text_everywhere(
    kind: ScheduleKind, rate: str, table: Typed, admin: Actor
) -> None:
    change(admin, legal_name="Loja Modelo Ltda", tax_id="11222333000181", city="Fortaleza")
    token = token_of(add_user(name="Vera Vendedora"))
    app = typed(kind, rate, table)
    monthly, yearly = (
        by_label(app.metric, label).value.replace("\xa0", " ")
        for label in ("Taxa efetiva ao mês", "CET ao ano")
    )
    assert rate or (monthly, yearly) == ("0,00 %", "0,00 %")

    by_label(app.button, "Guardar como proposta").click().run()
    on_page = f"Taxa efetiva, pelas datas: {monthly} ao mês, {yearly} ao ano (CET)"
    on_paper = f"Taxa efetiva ao mês · ao ano (CET) {monthly} · {yearly}"
    assert on_page in words(app)
    [proposal] = get("/proposals", token)["items"]
    assert shown(get(f"/proposals/{proposal['id']}", token)) == (monthly, yearly)
    assert on_paper in paper(f"/proposals/{proposal['id']}/document", token)

    app = open_app("seller", page="counter/proposal.py", id=proposal["id"])
    by_label(app.button, "Fechar venda").click().run()
    assert on_page in words(app)
    [listed] = get("/sales", token)["items"]
    sale = get(f"/sales/{listed['id']}", token)
    assert sale["schedule"]["kind"] == kind
    assert shown(sale) == (monthly, yearly)
    assert (bisected(sale["notes"], 30), bisected(sale["notes"], 365)) == (monthly, yearly)
    assert on_paper in paper(f"/sales/{sale['id']}/booklet", token)
    contract = made(post(f"/sales/{sale['id']}/contracts", token, {}))
    assert on_paper in paper(f"/contracts/{contract['id']}", token)

    asked = {
        "customer_id": sale["customer_id"],
        "total": "1000.00",
        "contract_rate": rate or "0",
        "schedule": {"kind": kind, **KINDS[kind][1]},
    }
    if kind is not ScheduleKind.LIST:
        asked |= {"installments": 3, "first_due_date": str(FIRST_DUE)}
    preview = ask("POST", "/sales/preview", token=token, body=asked)
    assert shown(preview.json) == (monthly, yearly)
