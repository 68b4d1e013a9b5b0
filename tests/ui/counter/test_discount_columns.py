"""A discount is shown wherever its payment is, and has no column where there is none (R14)."""

from __future__ import annotations

from datetime import date

import pytest

from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from tests.portfolio import refresh, settle_early
from tests.services.discounting import DAY, sell, settle
from tests.services.paying import note_row, pay, reverse
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")


def told(app: Visit) -> str:
    assert not app.exception
    return app.texts.replace("\\", "").replace("*", "").replace("\xa0", " ")


def has_the_column(page: str, query: dict[str, str]) -> bool:
    app = open_app(role="seller", page=page, query=query)
    app.look_at()
    assert not app.exception
    return any("discount" in frame.value.columns for frame in lists(app))


@pytest.mark.parametrize(
    ("page", "of"),
    [
        ("counter/payments.py", None),
        ("counter/payment.py", "payment"),
        ("counter/note.py", "note"),
        ("counter/sale.py", "sale"),
        ("counter/customer.py", "customer"),
    ],
)
def test_each_page_has_the_column_where_there_is_a_discount(
    manager: Actor, page: str, of: str | None
) -> None:
    note, *_ = sell(manager)
    row = note_row(note)
    ids = {"payment": 1, "note": note, "sale": row.sale_id, "customer": row.customer_id}
    query = {"id": str(ids[of])} if of else {}
    pay(manager, DAY, (note, "8.85"))
    assert not has_the_column(page, query)
    ids["payment"] = settle(manager, note, "75.00", "5.00", discount_reason="cliente antigo")
    query = {"id": str(ids[of])} if of else {}
    assert has_the_column(page, query)


def test_the_payments_tell_the_discount_beside_what_was_received(manager: Actor) -> None:
    note, *_ = sell(manager)
    settle(manager, note, "87.49", "1.36")
    text = told(open_app(role="seller", page="counter/payments.py"))
    assert "Recebido R$ 87,49" in text
    assert "Desconto R$ 1,36" in text
    assert "O desconto foi abatido do principal e não está no recebido." in text


def test_the_dashboard_tells_discounts_apart_from_what_was_received(manager: Actor) -> None:
    note, *_ = sell(manager)
    with transaction() as session:
        settle_early(session, manager, note, date(2026, 11, 10))  # 11 days: 88,85 for 88,53
    refresh()
    app = open_app(role="manager", page="analytics/dashboard.py")
    assert "Descontos dados, fora do recebido: R$ 0,32." in told(app)
    assert "Recebido: principal R$ 88,53" in told(app)


def test_a_receipt_and_its_note_say_why_less_was_enough(manager: Actor) -> None:
    note, other, *_ = sell(manager)
    settle(manager, note, "87.49", "1.36")
    payment = settle(manager, other, "83.85", "5.00", discount_reason="cliente antigo")
    receipt = told(open_app(role="seller", page="counter/payment.py", query={"id": str(payment)}))
    assert "Principal R$ 83,85 + juros de mora R$ 0,00" in receipt
    assert "+ multa R$ 0,00 · desconto R$ 5,00" in receipt
    assert "cliente antigo" in receipt
    app = open_app(role="seller", page="counter/note.py", query={"id": str(note)})
    assert not app.exception
    steps = " ".join(app.table[0].value["Cálculo"]).replace("\xa0", " ")
    assert "88,85 ÷ 1,000328195323^47 = 87,49" in steps


def test_a_note_tells_early_in_the_row_that_a_payment_was_reversed_and_only_then(
    manager: Actor,
) -> None:
    note, *_ = sell(manager)
    payment = settle(manager, note, "87.49", "1.36")

    def columns() -> list[str]:
        app = open_app(role="seller", page="counter/note.py", query={"id": str(note)})
        [frame] = [frame.value for frame in lists(app) if "receipt" in frame.value.columns]
        return list(frame.columns)

    assert "situation" not in columns()
    reverse(manager, payment)
    found = columns()
    assert found.index("situation") < found.index("interest")
