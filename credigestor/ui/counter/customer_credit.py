"""A customer's credit on their page: how much, where from, and paying it back (R31)."""

from __future__ import annotations

import uuid
from datetime import date

import pandas as pd
import streamlit as st

from credigestor.errors import BusinessError, InvalidInput
from credigestor.reports import store_credit as report
from credigestor.reports.store_credit import Movement
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import METHOD_NAMES, NAMES, Method
from credigestor.rules.money import CENT, ZERO, format_brl, format_number, parse_money
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.store_credit import MOVEMENT_NAMES
from credigestor.services import store_credit
from credigestor.services.inputs import MAX_REASON, parse
from credigestor.services.store_credit import NewPayback
from credigestor.ui.counter import document_bars
from credigestor.ui.kit import data, forms, messages


def show(customer_id: int, actor: Actor, *, today: date) -> None:
    """Draw the credit of a customer who has or had any."""
    found = data.read(report.movements, customer_id, as_of=today)
    if not found:
        return
    there = found[-1].balance
    st.header("Crédito do cliente", anchor=False)
    st.markdown(
        messages.plain(f"A loja deve ao cliente {format_brl(there)}. O crédito não vence: vale ")
        + "como forma de pagamento em **Receber** e da entrada em **Nova venda**."
    )
    rows = [_row(each) for each in reversed(found)]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
    paid_back = [each for each in found if each.kind == "paid_back"]
    for each in reversed(paid_back):
        _payback(each, actor, today)
    if there > ZERO and actor.can(Permission.RETURN):
        _form(customer_id, actor, today)


def _row(each: Movement) -> dict[str, str]:
    told = MOVEMENT_NAMES[each.kind] + (f" {each.source}" if each.source else "")
    if each.method:
        told += f", {NAMES[each.method].lower()}"
    if each.undone:
        told += ": DESFEITO, sem efeito"
    return {
        "Data": format_date(each.moved_on),
        "O quê": told,
        "Valor": format_number(each.amount),
        "Saldo": format_number(each.balance),
    }


def _payback(each: Movement, actor: Actor, today: date) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = f"Recibo da devolução de {format_brl(-each.amount)}, {format_date(each.moved_on)}"
        document_bars.link(label, document_bars.path("credito", each.id))
    if each.undone or not actor.can(Permission.RETURN):
        return
    with st.expander(messages.plain(f"Desfazer a devolução de {format_brl(-each.amount)}")):
        fields = forms.Fields()
        why = st.text_input("Motivo", key=f"undo_payback:{each.id}", max_chars=MAX_REASON)
        fields.slot("reason")
        if st.button("Desfazer", key=f"undo_payback_now:{each.id}", icon=":material/undo:"):
            with fields.catching():
                data.write(
                    lambda s: store_credit.undo_payback(
                        s, actor, movement_id=each.id, why=why or "", today=today
                    )
                )
                messages.flash("Devolução de crédito desfeita.")
                st.rerun()


def _form(customer_id: int, actor: Actor, today: date) -> None:
    form = f"payback:{customer_id}"
    key = forms.key(form)
    # The same until it is recorded: two fast clicks pay back once.
    operation = st.session_state.setdefault(f"operation:{key}", uuid.uuid4())
    fields = forms.Fields()
    with st.expander("Devolver crédito em dinheiro"), st.form(key, border=False):
        amount = st.text_input("Valor a devolver (R$)", key=f"{key}:amount", autocomplete="off")
        fields.slot("amount")
        method = st.segmented_control(
            "Forma",
            list(Method),
            format_func=METHOD_NAMES.__getitem__,
            key=f"{key}:method",
            wrap=True,
        )
        fields.slot("method")
        reason = st.text_input("Motivo", key=f"{key}:reason", max_chars=MAX_REASON)
        fields.slot("reason")
        if not st.form_submit_button("Devolver", type="primary"):
            return
        try:
            if method is None:
                raise InvalidInput("Diga como o dinheiro é devolvido.", field="method")
            new = parse(
                NewPayback,
                {
                    "operation_id": operation,
                    "customer_id": customer_id,
                    "paid_on": today,
                    "amount": parse_money(amount or "", field="amount", minimum=CENT),
                    "method": method,
                    "reason": reason or "",
                },
            )
            data.write(lambda s: store_credit.pay_back(s, actor, new, today=today))
        except BusinessError as error:
            fields.refuse(error)
            return
    forms.renew(form)
    messages.flash(f"Crédito de {format_brl(new.amount)} devolvido.")
    st.rerun()
