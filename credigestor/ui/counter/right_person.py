"""A sale to the right customer, and a double register into the right one: who, why, one button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, CustomerMove
from credigestor.reports import customers as report
from credigestor.reports.sale import SaleDetail
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import customer_moves
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.counter.customer_search import (
    PARAMETER,
    describe,
    forget_customer,
    pick_customer,
)
from credigestor.ui.kit import data, forms, links, messages, operations
from credigestor.ui.kit.figures import format_count
from credigestor.ui.kit.operations import Operation


def of_sale(sale: SaleDetail, actor: Actor, today: date) -> None:
    """Move the sale to another customer; for who may."""
    if not actor.can(Permission.MOVE):
        return
    form = f"move:{sale.id}"
    with st.expander("Passar a venda ao cliente certo", expanded=_begun(form)):
        st.caption(
            "Para uma venda lançada no cadastro errado, como o de um homônimo. Vão junto as notas, "
            "os pagamentos e os outros atos, com as mesmas datas e os mesmos números de recibo; os "
            "extratos dos dois clientes contam a mudança. Notas e contrato já impressos têm o nome "
            "do outro: imprima de novo."
        )
        _choose(
            form, actor, sale.customer_id, f"a venda {sale.number}", _mover(sale.id, today), "sale"
        )


def of_customer(customer: Customer, actor: Actor, today: date) -> None:
    """Move everything to the customer's other register, and deactivate this one; for who may."""
    if not actor.can(Permission.MOVE):
        return
    form = f"merge:{customer.id}"
    with st.expander("Juntar este cadastro a outro da mesma pessoa", expanded=_begun(form)):
        st.caption(
            "Todas as vendas deste cadastro, com notas, pagamentos e outros atos, passam ao "
            "cadastro escolhido, com as mesmas datas e os mesmos números; este fica inativo."
        )
        _choose(
            form, actor, customer.id, "todas as vendas", _merger(customer.id, today), "customer"
        )


Work = Callable[[Session, Actor, Operation, int, str], str]


def _begun(form: str) -> bool:
    return PARAMETER in st.query_params or st.session_state.get(f"{form}:customer") is not None


def _mover(sale_id: int, today: date) -> Work:
    def work(session: Session, actor: Actor, operation: Operation, to: int, why: str) -> str:
        customer_moves.move_sale(
            session,
            actor,
            operation_id=operation.id,
            sale_id=sale_id,
            customer_id=to,
            why=why,
            today=today,
        )
        return "A venda passou a este cliente."

    return work


def _merger(customer_id: int, today: date) -> Work:
    def work(session: Session, actor: Actor, operation: Operation, to: int, why: str) -> str:
        count = customer_moves.merge(
            session,
            actor,
            operation_id=operation.id,
            customer_id=customer_id,
            into_id=to,
            why=why,
            today=today,
        )
        moved = format_count(count, "venda passou", "vendas passaram")
        return f"Cadastros juntados: {moved} a este."

    return work


def _choose(form: str, actor: Actor, owner: int, what: str, work: Work, field: str) -> None:
    fields = forms.Fields()
    to = pick_customer(form)
    fields.slot(field)
    if to is None:
        return
    found = data.read(report.one, to)
    if to == owner or found is None:
        st.error("Escolha o outro cliente: este é o de agora.", icon=":material/error:")
        return
    operation = operations.begin(form, actor, CustomerMove, lambda _: None)
    why = st.text_input("Motivo", key=f"move_why:{operation.key}", max_chars=MAX_REASON)
    fields.slot("reason")
    st.markdown(messages.plain(f"Passar {what} a {found.name} ({describe(found, masked=False)})."))
    if st.button(
        "Passar ao cliente certo",
        key=f"move:{operation.key}",
        type="primary",
        icon=":material/move_down:",
    ):
        with fields.catching(), operations.another(form):
            done = data.write(lambda s: work(s, actor, operation, to, why or ""))
            operations.finish(form)
            forget_customer(form)
            messages.flash(done, part_goes=True)
            links.go("counter/customer.py", id=to)
