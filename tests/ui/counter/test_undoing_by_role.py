"""What is done after a sale, undone and moved on pages: a manager is offered it, a seller not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Renegotiation
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY
from tests.services.test_acts_by_role import ACTS, Shop, shop
from tests.ui.support import open_app

__all__ = ["shop"]
pytestmark = pytest.mark.usefixtures("db")

OFFERED = {"seller": False, "manager": True, "admin": True}


def offers(role: str, page: str, row: int) -> set[str]:
    """What a page has to unfold or to press."""
    app = open_app(role=role, page=page, id=row)
    app.look_at()
    assert not app.exception
    return {each.label for each in (*app.expander, *app.button)}


def where(name: str, done: Shop) -> tuple[str, int]:
    """The page on which an act is undone, and of what."""
    if name == "renegotiation":
        with snapshot() as session:
            sale = session.scalars(select(Renegotiation.sale_id)).one()
        return "counter/sale.py", sale
    return {
        "waiver": ("counter/note.py", done.late),
        "new date": ("counter/note.py", done.soon),
        "write-off": ("counter/note.py", done.late),
        "return": ("counter/sale.py", done.sale),
        "payback": ("counter/customer.py", done.customer),
    }[name]


@pytest.mark.parametrize("role", OFFERED)
@pytest.mark.parametrize("name", ACTS)
def test_the_undoing_of_an_act_is_offered_to_who_may(
    manager: Actor, shop: Shop, name: str, role: str
) -> None:
    do, _, _ = ACTS[name]
    with transaction() as session:
        do(session, manager, shop, TODAY)
    found = offers(role, *where(name, shop))
    assert any(label.startswith("Desfazer") for label in found) == OFFERED[role], found


#: On which page of the counter, of which row of the shop, and by what it is offered.
DONE = {
    "waiver": ("note", "late", "Dispensar encargos"),
    "write-off": ("note", "late", "Baixar por perda"),
    "new date": ("note", "soon", "Prorrogar vencimento"),
    "new dates": ("sale", "sale", "Prorrogar as notas que restam"),
    "return": ("sale", "sale", "Devolver mercadoria"),
    "cancellation": ("sale", "sale", "Cancelar venda"),
    "move of a sale": ("sale", "sale", "Passar a venda ao cliente certo"),
    "renegotiation": ("customer", "customer", "Renegociar"),
    "payback": ("customer", "customer", "Devolver crédito em dinheiro"),
    "merge": ("customer", "again", "Juntar este cadastro a outro da mesma pessoa"),
}


@pytest.mark.parametrize("role", OFFERED)
@pytest.mark.parametrize("name", DONE)
def test_what_is_done_after_a_sale_is_offered_to_who_may(shop: Shop, name: str, role: str) -> None:
    page, of, label = DONE[name]
    found = offers(role, f"counter/{page}.py", getattr(shop, of))
    assert (label in found) == OFFERED[role], found
