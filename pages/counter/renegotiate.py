"""Renegotiate (`?customer=7`): old notes ticked, a new debt planned, both shown, one confirm."""

from __future__ import annotations

from datetime import date

import streamlit as st

from credigestor.db.models import Renegotiation
from credigestor.errors import NotFound
from credigestor.reports.named_customer import NamedCustomer, named_customer
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import renegotiations
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.ui.counter import deal_form, deal_preview
from credigestor.ui.counter.recorded import tell_deal
from credigestor.ui.kit import data, links, messages, operations, session, tables
from credigestor.ui.kit.live_form import LiveForm


def customer_of_the_address() -> NamedCustomer:
    """Whose debts; says so and ends the page where the address names nobody."""
    customer_id = links.row_id("customer")
    try:
        if customer_id is None:
            raise NotFound("O endereço não diz de qual cliente.")
        return data.read(named_customer, customer_id)
    except NotFound as error:
        tables.nothing_there(
            "Renegociar", error, "counter/customers.py", "Procurar na lista de clientes"
        )


def confirm(
    draft: LiveForm, form: str, actor: Actor, new: NewRenegotiation | None, today: date
) -> None:
    """The one button that writes, and why it does not yet."""
    blocked = draft.blocked()
    if st.button(
        "Confirmar renegociação",
        key=draft.key("confirm"),
        type="primary",
        icon=":material/handshake:",
        shortcut="Ctrl+Enter",
        width="stretch",
        disabled=new is None or bool(blocked),
    ):
        assert new is not None
        with draft.fields.catching(), operations.another(form):
            made = data.write(
                lambda s: (
                    s.get_one(
                        Renegotiation, renegotiations.make(s, actor, new, today=today)
                    ).sale_id
                )
            )
            operations.finish(form)
            messages.flash(f"Renegociação registrada: venda {sale_number(made)}.")
            links.go("counter/sale.py", id=made)
    if blocked:
        st.caption(messages.plain(blocked))


def renegotiate_page() -> None:
    """The whole page."""
    actor = session.require(Permission.RENEGOTIATE)
    settings, today = data.settings_today()
    customer = customer_of_the_address()
    messages.header("Renegociar")
    links.link("counter/customer.py", customer.name, icon=":material/person:", id=customer.id)
    form = f"renegotiation:{customer.id}"
    draft = LiveForm(operations.begin(form, actor, Renegotiation, tell_deal))
    typing, result = st.columns(2, gap="medium")
    with typing:
        new = deal_form.typed(draft, customer.id, settings, today)
    with result:
        with st.container():
            found = deal_preview.show(draft, actor, new, today)
        confirm(draft, form, actor, new if found else None, today)


renegotiate_page()
