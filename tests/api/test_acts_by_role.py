"""What is done after a sale, undone, moved and closed by address, by role (R12, R29–R34, R37)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.rules.permissions import Actor, Role
from tests.api.asking import Answer, post, token_of
from tests.factories import add_user
from tests.portfolio import TODAY, add_sale
from tests.services.test_acts_by_role import ACTS, ROLES, Shop, newest, records, shop

__all__ = ["shop"]
pytestmark = pytest.mark.usefixtures("db")

Asked = tuple[str, dict[str, Any]]
WHY = {"reason": "combinado"}

#: By what is done: the address and the body.
DONE: dict[str, Callable[[Shop], Asked]] = {
    "waiver": lambda shop: (
        "/waivers",
        {"customer_id": shop.customer, "waivers": [{"note_id": shop.late, "fine": "6.00"}]},
    ),
    "return": lambda shop: (f"/sales/{shop.sale}/returns", {"kind": "defect", "value": "40.00"}),
    "new date": lambda shop: (
        "/postponements",
        {"note_id": shop.soon, "due_date": str(TODAY + timedelta(days=50))},
    ),
    "renegotiation": lambda shop: (
        "/renegotiations",
        {
            "customer_id": shop.customer,
            "kind": "novation",
            "notes": [shop.late],
            "installments": 2,
            "first_due_date": str(TODAY + timedelta(days=30)),
        },
    ),
    "write-off": lambda shop: ("/losses", {"note_ids": [shop.late], "expected_loss": "300.00"}),
    "payback": lambda shop: (
        f"/customers/{shop.customer}/paybacks",
        {"amount": "20.00", "method": "cash"},
    ),
    "move of a sale": lambda shop: (f"/sales/{shop.sale}/move", {"customer_id": shop.again}),
    "merge": lambda shop: (f"/customers/{shop.again}/merge", {"into_id": shop.customer}),
    "cancellation": lambda shop: (f"/sales/{shop.sale}/cancellation", {}),
    "closing": lambda shop: ("/closings", {"until": str(TODAY - timedelta(days=1))}),
    "reversal of a payment": lambda shop: ("/payments/1/reversal", {}),
}
#: What is undone where other acts are not.
UNDONE = {"return": "returns", "renegotiation": "renegotiations", "payback": "paybacks"}
#: What a seller may up to a limit of the settings, which is nothing here: told at the field.
LIMITED = {"waiver", "new date"}


def refused(asked: Callable[[], Answer]) -> str | None:
    """The code of the refusal, which changed nothing; None where it was done."""
    before = records()
    answer = asked()
    if answer.status == 201:
        assert records() != before
        return None
    assert records() == before
    return answer.code


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", DONE)
def test_what_a_manager_does_a_seller_is_refused(shop: Shop, name: str, role: Role) -> None:
    token = token_of(add_user(role, name="Alguém"))
    path, body = DONE[name](shop)
    said = refused(lambda: post(path, token, {**body, **WHY}))
    code = "invalid_input" if name in LIMITED else "not_allowed"
    assert said == (code if role is Role.SELLER else None)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ACTS)
def test_what_a_manager_undoes_a_seller_is_refused(
    manager: Actor, shop: Shop, name: str, role: Role
) -> None:
    do, _, _ = ACTS[name]
    with transaction() as session:
        do(session, manager, shop, TODAY)
        made = newest(session, name)
    token = token_of(add_user(role, name="Alguém"))
    said = refused(lambda: post(f"/{UNDONE.get(name, 'acts')}/{made}/reversal", token, WHY))
    assert said == ("not_allowed" if role is Role.SELLER else None)


@pytest.mark.parametrize("role", ROLES)
def test_a_payment_is_moved_by_a_manager(shop: Shop, role: Role) -> None:
    on = TODAY - timedelta(days=90)
    with transaction() as session:
        [theirs] = add_sale(session, shop.again, on, [("80.00", TODAY)]).notes
    token = token_of(add_user(Role.MANAGER, name="Guta"))
    paid = {"customer_id": shop.customer, "method": "pix"}
    paid["items"] = [{"note_id": shop.late, "amount": "10.00"}]
    made = post("/payments", token, paid).json["id"]
    body = {"customer_id": shop.again, "items": [{"note_id": theirs, "amount": "10.00"}]}
    token = token_of(add_user(role, name="Alguém"))
    said = refused(lambda: post(f"/payments/{made}/move", token, {**body, **WHY}))
    assert said == ("not_allowed" if role is Role.SELLER else None)
    with snapshot() as session:
        moved = session.scalar(text("SELECT count(*) FROM payments WHERE moved_from IS NOT NULL"))
    assert moved == (role is not Role.SELLER)
