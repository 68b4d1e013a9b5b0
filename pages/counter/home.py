"""First page: managers go on to theirs; a seller sees the own day."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from credigestor.reports import day
from credigestor.rules.calendar import format_date
from credigestor.rules.identity import format_phone
from credigestor.rules.methods import NAMES
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import note_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.ui.counter.by_method import by_method_words, in_all
from credigestor.ui.kit import cards, data, links, lists, messages, rows, session, tables
from credigestor.ui.kit.figures import format_count

actor = session.require(Permission.COUNTER)
if actor.can(Permission.ANALYTICS):
    links.go("analytics/today.py")
today = data.today()


def show_shortcuts() -> None:
    with st.container(horizontal=True):
        if st.button(
            "Nova venda", type="primary", icon=":material/add_shopping_cart:", shortcut="Alt+V"
        ):
            links.go("counter/new_sale.py")
        if st.button("Receber", icon=":material/payments:"):
            links.go("counter/receive.py")
        if st.button("Clientes", icon=":material/group:"):
            links.go("counter/customers.py")


def show_day(actor: Actor) -> None:
    mine = data.read(day.seller_day, actor.id, day=today)
    sold = (
        f"{format_count(mine.sales, 'venda', 'vendas')}; entradas {format_brl(mine.down_payments)}"
    )
    cards.show(
        cards.card("Minhas vendas de hoje", format_brl(mine.sold), details=[sold]),
        cards.card(
            "Meus recebimentos de hoje", format_brl(mine.received), details=received_by_way(mine)
        ),
    )


def received_by_way(mine: day.SellerDay) -> list[str]:
    total = format_count(mine.payments, "pagamento", "pagamentos")
    told = [": ".join(filter(None, (f"Notas, {total}", by_method_words(mine.by_method))))]
    # Apart from what was received of notes (R35).
    for label, found in (
        ("Entradas recebidas", mine.down_by_method),
        ("Entradas devolvidas", mine.refunded_by_method),
    ):
        if found:
            told.append(f"{label}, {format_brl(in_all(found))}: {by_method_words(found)}")
    if mine.by_credit:
        told.append(f"Com crédito do cliente, sem entrar dinheiro: {format_brl(mine.by_credit)}")
    if mine.other_by_method:
        told.append(
            "Crédito guardado ou devolvido, e devoluções: " + each_way(mine.other_by_method)
        )
    if mine.down_by_method or mine.refunded_by_method or mine.other_by_method:
        told.append(f"Tudo, por forma: {each_way(mine.takings)}")
    return told


def each_way(sums: Mapping[str, Decimal]) -> str:
    return " · ".join(f"{NAMES[way]} {format_brl(sum_)}" for way, sum_ in sums.items())


def show_due() -> None:
    st.header("Vencem hoje", anchor=False)
    found = data.read(day.due_totals, today, today=today)
    if not found.notes:
        st.info("Nenhuma nota em aberto vence hoje.", icon=":material/event_available:")
        return
    count = format_count(found.notes, "nota", "notas")
    st.caption(messages.plain(f"{count}, {format_brl(found.owed)}."))
    sorting = rows.sorting(day.DUE_ORDERS, usual="customer", greatest_first=["owed"])
    shown = lists.page(found.notes, key="due_today", of=sorting.order)
    frame = data.read(
        day.due_on,
        today,
        today=today,
        offset=shown.offset,
        limit=shown.size,
        order=sorting.order,
    )
    numbers = zip(frame["sale_id"], frame["number"], frame["installments"], strict=True)
    frame["note"] = [note_number(*number) for number in numbers]
    frame["reached"] = frame["phone"]
    frame["phone"] = frame["phone"].map(format_phone, na_action="ignore")
    labels = {"customer": "Cliente", "owed": "Deve", "phone": "Telefone", "note": "Nota"}
    tables.table(
        frame,
        labels,
        key="due-today",
        title="Notas que vencem hoje",
        money=["owed"],
        opens="counter/note.py",
        phone="reached",
        sorting=sorting,
        page=shown,
    )


messages.header("Meu dia", messages.plain(f"{actor.name}, {format_date(today)}"))
show_shortcuts()
show_day(actor)
show_due()
