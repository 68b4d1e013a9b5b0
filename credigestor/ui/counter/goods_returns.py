"""Goods that come back, on the sale's page: what came back already, and taking more back (R30)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from credigestor.db.models import Act
from credigestor.documents.goods_return import given_back, undone
from credigestor.errors import BusinessError, InvalidInput
from credigestor.reports import returns as report
from credigestor.reports.returns import GoodsReturn
from credigestor.reports.sale import SaleDetail
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import CREDIT, NAMES, Method
from credigestor.rules.money import (
    CENT,
    exact_percent,
    format_brl,
    format_number,
    parse_money,
    parse_rate,
)
from credigestor.rules.numbering import receipt_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.returns import RETURN_NAMES, ReturnKind
from credigestor.services import acts, returns
from credigestor.services.inputs import MAX_REASON
from credigestor.services.returns import NewReturn, Planned
from credigestor.ui.counter import document_bars
from credigestor.ui.kit import clicks, data, forms, messages, operations, session
from credigestor.ui.kit.operations import Operation

DONE, FAILED = "return:done", "return:failed"
WHOLE, SHARE, VALUE = "whole", "share", "value"
_WHAT = {WHOLE: "Tudo o que resta da venda", SHARE: "Uma parte (%)", VALUE: "Um valor (R$)"}


def listed(sale: SaleDetail, actor: Actor, today: date) -> list[GoodsReturn]:
    """What came back of the sale, each with its paper; who may undoes it."""
    found = data.read(report.of_sale, sale.id)
    if found:
        st.header("Devoluções", anchor=False)
    for goods in found:
        with st.container(border=True):
            _one(goods, actor, today)
    return found


def area(sale: SaleDetail, before: list[GoodsReturn], actor: Actor, today: date) -> None:
    """Take goods back: how much, why, what falls and goes back, and the one button that writes."""
    if sale.cancelled_on or not actor.can(Permission.RETURN):
        return
    left = sale.total - sum((each.value for each in before if not each.undone), Decimal(0))
    failed, form = st.session_state.pop(FAILED, None), forms.key(f"return:{sale.id}")
    if left <= 0:
        return
    with st.expander("Devolver mercadoria", expanded=failed is not None):
        st.caption(
            "O valor devolvido abate primeiro as notas mais novas. O que passa das notas em "
            "aberto volta ao cliente. A entrada e as notas pagas ficam como foram recebidas."
        )
        fields = forms.Fields()
        typed = _typed(sale, left, form, today, fields)
        if failed:
            fields.show(failed)
        if typed is None:
            return
        operation = operations.begin(f"return:{sale.id}", actor, Act, _tell)
        with fields.catching():
            _confirmable(typed, operation, actor, form, today, fields)


def leave_when_done() -> None:
    """Say what the last click recorded, with the way to its paper."""
    act_id = st.session_state.pop(DONE, None)
    if act_id is not None:
        messages.flash(
            f"Devolução {receipt_number(act_id)} registrada.", beside=lambda: _paper(act_id)
        )


def _one(goods: GoodsReturn, actor: Actor, today: date) -> None:
    share = f" ({exact_percent(goods.share)} da venda)" if goods.share else ""
    told = [
        f"Devolução {goods.number}, {format_date(goods.returned_on)}: "
        f"{format_brl(goods.value)}{share}, {RETURN_NAMES[goods.kind].lower()}",
        f"Motivo: {goods.reason}",
        f"Abatido das notas: {format_brl(goods.principal)} ("
        + ", ".join(f"{note.number}: {format_number(note.principal)}" for note in goods.notes)
        + ")"
        if goods.notes
        else "Nenhuma nota abatida",
        f"Ao cliente: {given_back(goods)}",
    ]
    if goods.made_by:
        told.append(f"Registrada por {goods.made_by}")
    if goods.undone:
        st.warning(messages.plain(f"Desfeita {undone(goods)}"), icon=":material/undo:")
    st.markdown("\n".join(f"- {messages.plain(' '.join(line.splitlines()))}" for line in told))
    _paper(goods.act_id)
    if goods.undone or not actor.can(Permission.RETURN):
        return
    with st.expander("Desfazer esta devolução"):
        fields = forms.Fields()
        st.markdown("As notas voltam a ser devidas como antes dela.")
        why = st.text_input("Motivo", key=f"undo_return:{goods.act_id}", max_chars=MAX_REASON)
        fields.slot("reason")
        if st.button("Desfazer a devolução", key=f"undo:{goods.act_id}", icon=":material/undo:"):
            with fields.catching():
                data.write(
                    lambda s: acts.reverse(
                        s, actor, act_id=goods.act_id, why=why or "", today=today
                    )
                )
                messages.flash(f"Devolução {goods.number} desfeita.")
                st.rerun()


def _paper(act_id: int) -> None:
    with st.container(horizontal=True, gap="small"):
        document_bars.link("Comprovante da devolução", document_bars.path("devolucao", act_id))
        keep = document_bars.path("devolucao", act_id, keep=True)
        document_bars.link("Baixar", keep, type="tertiary", icon=":material/download:")


def _typed(
    sale: SaleDetail, left: Decimal, form: str, today: date, fields: forms.Fields
) -> dict[str, Any] | None:
    """What is typed of the return; None until it can be previewed."""
    what = st.radio(
        "O que volta",
        list(_WHAT),
        format_func=lambda each: (
            f"{_WHAT[each]}: {format_brl(left)}" if each == WHOLE else _WHAT[each]
        ),
        index=None,
        horizontal=True,
        key=f"what:{form}",
    )
    if what is None:
        return None
    amount = ""
    if what != WHOLE:
        label = "Valor devolvido (R$)" if what == VALUE else "Parte da venda devolvida (%)"
        amount = st.text_input(label, key=f"{what}:{form}", autocomplete="off") or ""
        fields.slot("value" if what == VALUE else "share")
    else:
        fields.slot("value")
    with st.grid(2, min_column_width=220):
        with st.container():
            kind = st.selectbox(
                "Tipo",
                list(ReturnKind),
                format_func=RETURN_NAMES.__getitem__,
                index=None,
                placeholder="Escolha",
                key=f"kind:{form}",
                help="Arrependimento: em até 7 dias de compra fora da loja, tudo é devolvido "
                "(CDC, art. 49). Vício: defeito não resolvido (CDC, art. 18). Cortesia: a loja "
                "não é obrigada.",
            )
        with st.container():
            day = forms.date_field("Devolvido em", today, key=f"returned_on:{form}")
            fields.slot("returned_on")
    reason = st.text_input(
        "O que voltou e por quê",
        key=f"reason:{form}",
        placeholder="Ex.: geladeira com defeito, não consertada em 30 dias",
        max_chars=MAX_REASON,
    )
    fields.slot("reason")
    if kind is None or day is None or (what != WHOLE and not amount.strip()):
        return None
    found: dict[str, Any] = {"sale_id": sale.id, "returned_on": day, "kind": kind}
    try:
        if what == SHARE:
            found["share"] = parse_rate(amount, field="share", maximum=Decimal(100))
        else:
            value = parse_money(amount, field="value", minimum=CENT) if what == VALUE else left
            found["value"] = value
    except BusinessError as error:
        fields.show(error)
        return None
    return found | {"reason": (reason or "").strip()}


def _confirmable(
    typed: Mapping[str, Any],
    operation: Operation,
    actor: Actor,
    form: str,
    today: date,
    fields: forms.Fields,
) -> None:
    new = NewReturn(operation_id=operation.id, **typed)
    planned = data.read(returns.preview, actor, new, today=today)
    _preview(planned)
    back_by = None
    if planned.back:
        back_by = st.segmented_control(
            f"Como os {format_brl(planned.back)} voltam ao cliente".replace("$", "\\$"),
            [*(method.value for method in Method), CREDIT],
            format_func=NAMES.__getitem__,
            wrap=True,
            key=f"back_by:{form}",
        )
        fields.slot("back_by")
    new = new.model_copy(update={"back_by": back_by, "expected_back": planned.back})
    names = ("what", VALUE, SHARE, "kind", "returned_on", "reason", "back_by")
    keys = [key for name in names if (key := f"{name}:{form}") in st.session_state]
    clicks.button(
        messages.plain(f"Registrar a devolução de {format_brl(planned.value)}"),
        _confirm,
        (f"return:{planned.sale.id}", new, {key: st.session_state[key] for key in keys}),
        key=f"return:{form}",
        type="primary",
        icon=":material/assignment_return:",
    )


def _preview(planned: Planned) -> None:
    if planned.falls:
        rows = [
            {
                "Nota": note.label,
                "Abate": format_number(fall.principal),
                "Vale no dia": format_number(fall.worth),
                "Fica devendo": format_number(fall.left) if fall.left else "nada",
            }
            for note, fall in planned.falls
        ]
        frame = pd.DataFrame(rows)
        if all(fall.principal == fall.worth for _, fall in planned.falls):
            del frame["Vale no dia"]
        st.table(frame, border="horizontal", hide_index=True)
    with st.grid(2, min_column_width=160):
        st.metric("Abatido das notas", format_brl(planned.principal))
        st.metric("Volta ao cliente", format_brl(planned.back))


def _confirm(form: str, new: NewReturn, seen: Mapping[str, Any]) -> None:
    """Record what was previewed; a callback, so that it runs before anything is read again."""
    actor = session.current()
    if actor is None:
        return  # the page itself says so
    now = st.session_state
    try:
        if any(key in now and now[key] != value for key, value in seen.items()):
            raise InvalidInput("A prévia mudou neste momento. Confira e confirme de novo.")
        today = data.today()
        with operations.another(form):
            act_id = data.write(lambda s: returns.record(s, actor, new, today=today))
    except BusinessError as error:
        st.session_state[FAILED] = error
        return
    st.session_state[DONE] = act_id
    operations.finish(form)
    forms.renew(form)


def _tell(act: Act) -> None:
    number, made = receipt_number(act.id), act.id
    messages.flash(f"Já registrada: devolução {number}.", beside=lambda: _paper(made))
