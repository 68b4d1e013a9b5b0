"""One sale: its contract as made, notes, payments, and what may still be changed."""

from __future__ import annotations

from datetime import date

import streamlit as st

from credigestor.errors import NotFound
from credigestor.reports import sale as sale_report
from credigestor.reports.sale import SaleDetail
from credigestor.reports.sales import sellers
from credigestor.rules.aging import STATUS_NAMES, Status
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import CREDIT, Part, in_words
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.numbering import note_number, old_number, proposal_number, receipt_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import sales
from credigestor.ui.counter import (
    contract_bar,
    deals,
    document_bars,
    goods_returns,
    guarantors,
    methods,
    new_dates,
    payment_list,
    right_person,
)
from credigestor.ui.counter.credit_lines import credit_lines
from credigestor.ui.kit import cards, data, folds, forms, links, messages, session, tables

MONEY = ("amount", "owed", "principal", "interest", "fine")
NOBODY = 0  # in place of a seller's id: sales without one


def head(sale: SaleDetail) -> None:
    """Whose sale, whether it still stands, and the ways on."""
    if sale.cancelled_on:
        by = f" por {sale.cancelled_by}" if sale.cancelled_by else ""
        st.error(
            messages.plain(
                f"Venda cancelada em {format_date(sale.cancelled_on)}{by}: {sale.cancel_reason}"
            ),
            icon=":material/cancel:",
        )
    with st.container(horizontal=True, gap="medium"):
        links.link(
            "counter/customer.py", sale.customer, icon=":material/person:", id=sale.customer_id
        )
        if sale.notes["owed"].sum() > 0:
            links.link(
                "counter/receive.py",
                "Receber",
                icon=":material/payments:",
                customer=sale.customer_id,
            )
        if sale.proposal_id:
            links.link(
                "counter/proposal.py",
                f"Proposta {proposal_number(sale.proposal_id)}",
                icon=":material/request_quote:",
                id=sale.proposal_id,
            )
        links.link(
            "counter/new_sale.py",
            "Outra venda",
            icon=":material/add_shopping_cart:",
            customer=sale.customer_id,
        )


def terms(sale: SaleDetail) -> None:
    """The sums, and the contract's rates as they were when it was made (R5)."""
    financed = sale.total - sale.down_payment
    to_pay = sale.down_payment + sum(sale.notes["amount"], ZERO)
    cards.figures(
        {
            "Total": format_brl(sale.total),
            "Entrada": format_brl(sale.down_payment),
            "Financiado": format_brl(financed),
            **({"Total a pagar": format_brl(to_pay)} if sale.contract_rate else {}),
            "A receber hoje": format_brl(sum(sale.notes["owed"], ZERO)),
        }
    )
    by = f"por {sale.seller}" if sale.seller else "sem vendedor registrado"
    lines = [old_number(sale.ref)] if sale.ref else []
    lines += [f"Vendida em {format_date(sale.sold_on)} {by}"]
    if sale.installments:
        every = f", {sale.due_told}" if sale.installments > 1 else ""
        lines.append(f"Parcelas: {sale.installments}{every}")
        lines += credit_lines(sale)
    else:
        lines.append("Paga toda de entrada: não tem notas")
    if sale.override_reason:
        lines.append(f"Crédito liberado por {sale.override_by}: {sale.override_reason}")
    if sale.description:
        lines.append(f"Descrição: {sale.description}")
    st.markdown("\n".join(f"- {messages.plain(' '.join(line.splitlines()))}" for line in lines))


def notes_area(sale: SaleDetail) -> None:
    """Each note with its status and what it owes today; a row opens it."""
    if sale.notes.empty:
        return
    st.header("Notas", anchor=False)
    frame = sale.notes
    frame["label"] = [note_number(sale.id, n, sale.installments) for n in frame["number"]]
    frame["status"] = [STATUS_NAMES[Status(value)] for value in frame["status"]]
    labels = {
        "label": "Nota",
        **({"ref": "Nº anterior"} if frame["ref"].notna().any() else {}),
        "due_date": "Vencimento",
        "amount": "Valor",
        "status": "Situação",
        "owed": "Deve hoje",
    }
    if frame["days_late"].any():
        labels["days_late"] = "Dias de atraso"
    if frame["interest"].any() or frame["fine"].any():
        labels |= {"principal": "Principal", "interest": "Juros", "fine": "Multa"}
    labels["free_until"] = "Sem encargos até"
    tables.table(
        frame,
        labels,
        key="sale_notes",
        money=[name for name in labels if name in MONEY],
        dates=["due_date", "free_until"],
        opens="counter/note.py",
        id_column="note_id",
    )


def down_payment_area(sale: SaleDetail) -> None:
    """The down payment as it was received, and handed back, each with its receipt (R35)."""
    for money in sale.money:
        what = "Entrada recebida" if money.kind == "down" else "Entrada devolvida"
        by = f" por {money.by}" if money.by else ""
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                messages.plain(
                    f"{what} em {format_date(money.on)}{by}: {format_brl(money.amount)}, "
                    f"{in_words(money.way)}"
                )
            )
            document_bars.money_receipt(sale.customer_id, money.id, money.number)


def payments_area(sale: SaleDetail) -> None:
    """What was received for this sale; a row opens the receipt."""
    if sale.notes.empty:
        return
    st.header("Pagamentos", anchor=False)
    if sale.payments.empty:
        st.caption("Nada foi recebido desta venda ainda.")
        return
    frame = sale.payments
    frame["number"] = [receipt_number(number) for number in frame["number"]]
    payment_list.show(
        frame,
        [
            *("number", "paid_on", "amount", "method", "numbers", "principal", "interest", "fine"),
            *("discount", "situation"),
        ],
        key="sale_payments",
        id_column="payment_id",
    )


def edit_area(sale: SaleDetail, actor: Actor) -> None:
    """Description and seller; money is never edited."""
    fold = folds.fold("Editar descrição e vendedor", key=f"edit_fold:{sale.id}")
    if fold is None:
        return
    with fold, st.form(f"edit_sale:{sale.id}", border=False):
        names = {**dict(data.read(sellers)), NOBODY: "Sem vendedor"}
        fields = forms.Fields()
        description = st.text_area("Descrição", value=sale.description)
        fields.slot("description")
        seller = st.selectbox(
            "Vendedor",
            list(names),
            index=list(names).index(sale.seller_id or NOBODY),
            format_func=lambda id_: names.get(id_, ""),
        )
        fields.slot("seller_id")
        if st.form_submit_button("Salvar", type="primary"):
            with fields.catching():
                data.write(
                    lambda s: sales.edit(
                        s, actor, sale_id=sale.id, description=description, seller_id=seller or None
                    )
                )
                messages.flash("Venda atualizada.")
                st.rerun()


def cancel_area(sale: SaleDetail, actor: Actor, today: date) -> None:
    """Cancellation with a reason, behind a confirmation, for who may (R13)."""
    if sale.cancelled_on or not actor.can(Permission.CANCEL):
        return
    fold = folds.fold("Cancelar venda", key=f"cancel_fold:{sale.id}")
    if fold is None:
        return
    with fold:
        if sale.has_live_payment:
            st.info("A venda tem pagamentos. Estorne-os antes de cancelar.")
            return
        fields, refund = forms.Fields(), None
        st.markdown("A venda e todas as suas notas deixam de valer. Isto não pode ser desfeito.")
        why = st.text_area("Motivo do cancelamento", key=f"cancel_why:{sale.id}")
        fields.slot("reason")
        with fields.catching():
            refund = refund_area(sale, fields)
        sure = st.checkbox(
            f"Sim, quero cancelar a venda {sale.number}", key=f"cancel_sure:{sale.id}"
        )
        if st.button(
            "Cancelar a venda",
            key=f"cancel:{sale.id}",
            icon=":material/cancel:",
            disabled=not sure or refund is None,
        ):
            with fields.catching():
                data.write(
                    lambda s: sales.cancel(
                        s, actor, sale_id=sale.id, why=why, today=today, refund_methods=refund or ()
                    )
                )
                messages.flash(f"Venda {sale.number} cancelada.")
                st.rerun()


def refund_area(sale: SaleDetail, fields: forms.Fields) -> tuple[Part, ...] | None:
    """How the down payment is handed back; None while that is not said (R35)."""
    if not sale.down_payment:
        return ()
    if any(money.way == CREDIT for money in sale.money):
        told = f"A entrada de {format_brl(sale.down_payment)} volta a ser crédito do cliente."
        st.markdown(messages.plain(told))
        return ()
    st.markdown(
        messages.plain(f"A entrada de {format_brl(sale.down_payment)} é devolvida ao cliente hoje.")
    )

    def key(name: str) -> str:
        return f"refund_{name}:{sale.id}"

    chosen = methods.choose(key, fields, "Forma da devolução")
    return methods.parts(key, chosen, sale.down_payment, fields) if chosen else None


def sale_page() -> None:
    """The whole page."""
    actor = session.require(Permission.COUNTER)
    today = data.today()
    sale_id = links.row_id()
    try:
        if sale_id is None:
            raise NotFound("Venda não encontrada.")
        sale = data.read(sale_report.detail, sale_id, as_of=today, today=today)
    except NotFound as error:
        tables.nothing_there("Venda", error, "counter/sales.py", "Procurar na lista de vendas")
    goods_returns.leave_when_done()
    messages.header(f"Venda {sale.number}")
    head(sale)
    renegotiated = deals.of_sale(sale, actor, today)
    document_bars.sale_bar(sale, actor)
    contract_bar.show(sale)
    terms(sale)
    down_payment_area(sale)
    notes_area(sale)
    payments_area(sale)
    returned = goods_returns.listed(sale, actor, today)
    new_dates.listed(sale.id, actor)
    guarantors.of_sale(sale, actor)
    if actor.can(Permission.SELL):
        edit_area(sale, actor)
    new_dates.offer_of_sale(sale, actor, today)
    goods_returns.area(sale, returned, actor, today)
    right_person.of_sale(sale, actor, today)
    if not renegotiated:  # one that took the place of old notes is undone with them
        cancel_area(sale, actor, today)


sale_page()
