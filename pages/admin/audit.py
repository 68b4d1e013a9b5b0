"""The audit log: filtered in the address, paged, each write with what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from credigestor.exports import audit_words
from credigestor.exports.audit_words import ACTIONS, ARROW, ENTITIES
from credigestor.reports import audit
from credigestor.reports.audit import NOBODY, AuditFilters, Entry
from credigestor.rules.calendar import format_date
from credigestor.rules.numbering import parse_note_number
from credigestor.rules.permissions import Permission
from credigestor.ui.kit import address, data, downloads, links, lists, messages, rows, session
from credigestor.ui.kit.figures import format_count

ENTRIES_A_PAGE = 30
TOLD = {audit.NEWEST_FIRST: "do mais novo ao mais antigo", "at": "do mais antigo ao mais novo"}
ORDERS = {audit.NEWEST_FIRST: "Mais novos primeiro", "at": "Mais antigos primeiro"}
#: Where an entry's own page is.
PAGES = {
    "customer": "counter/customer.py",
    "sale": "counter/sale.py",
    "proposal": "counter/proposal.py",
    "payment": "counter/payment.py",
}

actor = session.require(Permission.AUDIT)
time_zone = data.settings().time_zone


def choose_filters() -> AuditFilters:
    """The filters; nonsense in the address is ignored."""
    people = {str(user_id): name for user_id, name in data.read(audit.people).items()}
    with st.grid(3, min_column_width=220):
        day_from = address.day("De", name="from")
        day_to = address.day("Até", name="to")
        person = address.choice(
            "Quem", {"": "Todos", **people, NOBODY: "Sem usuário (linha de comando)"}, name="person"
        )
        action = address.choice("O quê", {"": "Tudo", **ACTIONS}, name="action")
        entity = address.choice("Sobre", {"": "Tudo", **ENTITIES}, name="entity")
        number = address.text("Número", name="number", placeholder="Venda, recibo ou código")
    return AuditFilters(
        day_from=day_from,
        day_to=day_to,
        person=None if not person else NOBODY if person == NOBODY else int(person),
        action=action or None,
        entity=entity or None,
        number=number_of(number),
    )


def number_of(typed: str) -> int | None:
    """The number of an entity as typed; of a note, its sale's."""
    named = parse_note_number(typed)
    if named is None and typed.strip():
        st.warning("Digite só o número, como 123 ou 000123.", icon=":material/warning:")
    return named[0] if named else None


def show_log(filters: AuditFilters) -> None:
    """The page asked for, day by day."""
    total = data.read(audit.count, filters, time_zone=time_zone)
    if not total:
        explain_nothing(filters)
        return
    order = address.choice(
        "Ordem", ORDERS, name="order", default=audit.NEWEST_FIRST, segmented=True
    )
    st.caption(f"{format_count(total, 'registro', 'registros')}, {TOLD[order]}.")
    shown = lists.page(total, key="audit", of=(filters, order), size=ENTRIES_A_PAGE)
    found = data.read(
        audit.entries,
        filters,
        time_zone=time_zone,
        offset=shown.offset,
        limit=shown.size,
        order=order,
    )
    told = data.read(audit_words.told, [entry.id for entry in found])
    for day, entries in groupby(found, key=lambda entry: entry.at.date()):
        st.header(format_date(day), divider="gray", anchor=False)
        for entry in entries:
            show_entry(entry, told[entry.id])
    rows.pager(shown)
    downloads.list_button(actor, "audit", filters, sort=order)


def show_entry(entry: Entry, told: Sequence[str]) -> None:
    """When, who and what on one side, and what changed on the other."""
    action = ACTIONS.get(entry.action, entry.action)
    who, what = st.columns([2, 3], gap="small")
    with who:
        st.markdown(
            f"**{messages.plain(action)}**  \n{entry.at:%H\\:%M} · {messages.plain(entry.who)}"
        )
    with what:
        about = audit_words.about(entry.entity, entry.entity_id, entry.name)
        page = PAGES.get(entry.entity)
        if page and entry.entity_id is not None:
            rows.way(links.row_address(page, id=entry.entity_id), about)
        else:
            st.markdown(messages.plain(about))
        changed = any(ARROW in line for line in told)
        lines = ("  \n" if changed else " · ").join(messages.plain(line) for line in told)
        if lines:
            st.caption(lines)


def explain_nothing(filters: AuditFilters) -> None:
    """What to do when nothing is listed."""
    if filters == AuditFilters():
        st.info("Nada foi gravado ainda.", icon=":material/policy:")
    else:
        st.info("Nenhum registro com esses filtros. Mude o período, a pessoa ou o número.")


messages.header(
    "Auditoria",
    "Quem gravou o quê e quando, com o que havia antes e depois. Nada aqui pode ser alterado.",
)
show_log(choose_filters())
