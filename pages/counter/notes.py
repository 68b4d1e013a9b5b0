"""Notes: filtered in the address, paged, with what all of them owe on a date.

Charts lead here: the address may hold any of `note_filters.NoteFilters`, and an as-of date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from credigestor.reports import notes
from credigestor.reports.note_filters import UNPAID_30
from credigestor.reports.notes import NoteFilters, NoteTotals
from credigestor.rules.aging import BAND_NAMES, OVER_DAYS, STATUS_NAMES, Status
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Permission
from credigestor.rules.value_ranges import VALUE_RANGE_NAMES
from credigestor.ui.kit import (
    address,
    cards,
    data,
    downloads,
    links,
    lists,
    messages,
    rows,
    session,
    tables,
)
from credigestor.ui.kit.figures import format_count

#: Words of the address that limit the list.
NAMES = (
    *("as_of", "q", "status", "band", "due_from", "due_to", "seller", "city", "value"),
    *("sold_from", "sold_to", "first", "contract_over", "late_from", "late_to", "customer"),
)
STATUSES = {
    notes.OPEN: "Em aberto",
    "all": "Todas",
    **{str(status): name for status, name in STATUS_NAMES.items()},
}
FIRST = {
    1: "Só as primeiras parcelas",
    UNPAID_30: "Primeiras parcelas não pagas até 30 dias do vencimento (FPD30)",
}
LABELS = {
    "customer": "Cliente",
    "owed": "Deve hoje",
    "days_late": "Dias de atraso",
    "number": "Nota",
    "due_date": "Vencimento",
    "status": "Situação",
    "principal": "Principal",
    "interest": "Juros",
    "fine": "Multa",
    "amount": "Valor da nota",
}
GREATEST_FIRST = ("days_late", "owed", "principal", "interest", "fine", "amount")

actor = session.require(Permission.COUNTER)
today = data.today()

#: Of all open notes, which are nearly always too many: kept until a write.
read_few = data.cached(notes.few, primary=True)
read_count = data.cached(notes.counted, primary=True)
read_summarised = data.portfolio(notes.summarised, primary=True)


def choose_filters() -> tuple[date, NoteFilters]:
    """The as-of date and the filters; nonsense in the address is ignored."""
    with st.grid(3, min_column_width=165, vertical_alignment="bottom"):
        text = address.text("Procurar", name="q", placeholder="Cliente, CPF ou nota")
        status = address.choice("Situação", STATUSES, name="status", default=notes.OPEN)
        folded = address.more()
    with folded:
        bands = address.several("Faixa de atraso", BAND_NAMES, name="band")
        seller = address.seller()
        due_from = address.day("Vencimento de", name="due_from")
        due_to = address.day("Vencimento até", name="due_to")
        as_of = address.day(
            "Data-base",
            name="as_of",
            default=today,
            help="A lista mostra as notas como estavam ao fim deste dia.",
        )
        city = address.city()
        value = address.value()
        sold_from = address.day("Venda de", name="sold_from")
        sold_to = address.day("Venda até", name="sold_to")
    found = NoteFilters(
        status=None if status == "all" else status,
        bands=bands,
        customer_id=address.customer("Só as notas de"),
        seller=seller,
        city=city,
        value=value,
        due_from=due_from,
        due_to=due_to,
        sold_from=sold_from,
        sold_to=sold_to,
        first=address.asked_number("first", tuple(FIRST)),
        contract_over=address.asked_number("contract_over", OVER_DAYS),
        late_from=address.asked_day("late_from"),
        late_to=address.asked_day("late_to"),
        text=text,
    )
    show_badges(found, as_of)
    return as_of or today, found


def show_badges(filters: NoteFilters, as_of: date | None) -> None:
    """What limits the list and is not seen in the fields above; each can be taken away."""
    with st.container(horizontal=True, gap="small"):
        if filters.bands:
            address.badge(", ".join(BAND_NAMES[band] for band in filters.bands), "band")
        dues = (filters.due_from, filters.due_to)
        address.between_badge("Vencem", *dues, "due_from", "due_to")
        address.seller_badge(filters.seller)
        address.as_of_badge(as_of, today)
        if filters.city:
            address.badge(address.customers_of(filters.city), "city")
        if filters.value:
            address.badge(f"Valor da venda: {VALUE_RANGE_NAMES[filters.value]}", "value")
        sold = (filters.sold_from, filters.sold_to)
        address.between_badge("Vendas", *sold, "sold_from", "sold_to")
        if filters.first:
            address.badge(FIRST[filters.first], "first")
        if filters.contract_over:
            sentence = f"Vendas com nota há mais de {filters.contract_over} dias em atraso"
            address.badge(sentence, "contract_over")
        late = (filters.late_from, filters.late_to)
        address.between_badge("Entraram em atraso", *late, "late_from", "late_to")
        address.clear(NAMES)


def show_totals(found: NoteTotals) -> None:
    """Sums over all that the filters leave, not only the page shown."""
    cards.figures(
        {
            "Notas": format_count(found.count),
            "Principal": format_brl(found.principal),
            "Juros de mora": format_brl(found.interest),
            "Multa": format_brl(found.fine),
        }
    )


def show_totals_of_many(filters: NoteFilters, as_of: date) -> int:
    """Sums over very many notes, by the summaries or for who asks; how many they are."""
    found = read_summarised(filters, as_of=as_of, today=today)
    if found is not None:
        show_totals(found)
        return found.count
    count = read_count(filters, as_of=as_of, today=today)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{format_count(count)} notas.**", width="content")
        asked = st.button("Somar todas", icon=":material/functions:")
    if asked:
        show_totals(data.read(notes.totals, filters, as_of=as_of, today=today))
    return count


def show_list(as_of: date, filters: NoteFilters) -> None:
    """The page asked for; a row opens its note."""
    unlimited = filters == NoteFilters(status=notes.OPEN)
    ids = (
        read_few(filters, as_of=as_of, today=today)
        if unlimited
        else data.read(notes.few, filters, as_of=as_of, today=today)
    )
    if ids is None:
        show_page(as_of, filters, None, show_totals_of_many(filters, as_of))
    elif ids:
        show_totals(data.read(notes.totals, filters, as_of=as_of, today=today, ids=ids))
        show_page(as_of, filters, ids, len(ids))
    else:
        explain_nothing(filters)


def show_page(as_of: date, filters: NoteFilters, ids: Sequence[int] | None, count: int) -> None:
    """One page of the list."""
    sorting = rows.sorting(
        notes.WALKS,
        usual="due_date",
        many=(notes.OF_A_DATE, notes.MANY, max(count, notes.MANY + 1) if ids is None else count),
        greatest_first=GREATEST_FIRST,
    )
    shown = lists.page(count, key="notes", of=(as_of, filters, sorting.order))
    frame = data.read(
        notes.list_notes,
        filters,
        as_of=as_of,
        today=today,
        offset=shown.offset,
        limit=shown.size,
        ids=ids,
        order=sorting.order,
    )
    frame["status"] = frame["status"].map(lambda value: STATUS_NAMES[Status(value)])
    then = as_of != today
    labels = LABELS | {"owed": f"Deve em {format_date(as_of)}"} if then else LABELS
    if told := sorting.told(labels):
        st.caption(told)
    tables.table(
        frame,
        labels,
        key="notes",
        title="Notas",
        money=["owed", "principal", "interest", "fine", "amount"],
        dates=["due_date"],
        opens="counter/note.py",
        with_params={"as_of": as_of} if then else {},
        phone="phone",
        sorting=sorting,
        page=shown,
    )
    downloads.list_button(actor, "list_notes", filters, as_of=as_of, sort=sorting.order)


def explain_nothing(filters: NoteFilters) -> None:
    """What to do when the list is empty."""
    if replace(filters, status=None) == NoteFilters() and filters.status in (None, notes.OPEN):
        st.info("Nenhuma nota em aberto. As notas nascem com a venda.", icon=":material/task_alt:")
        links.link(
            "counter/new_sale.py", "Registrar uma venda", icon=":material/add_shopping_cart:"
        )
    else:
        st.info("Nenhuma nota com esses filtros. Mude a busca, a situação ou as datas.")


messages.header("Notas")
chosen_date, chosen_filters = choose_filters()
if chosen_date > today:
    st.info("Data-base no futuro: a conta é a de quem não paga nada depois de hoje.")
show_list(chosen_date, chosen_filters)
