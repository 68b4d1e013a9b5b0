"""Bars of documents on the pages of a sale, a note and a payment.

What is only read (booklet, receipt, statement) is a link that opens in a new tab. Printing notes
or a contract is recorded first (R23), by a button; then the page's own script opens them in a new
tab, once, and who has pop-ups blocked clicks on the link.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode

import streamlit as st
from sqlalchemy.orm import Session

from credigestor.db.models import NotePrinting
from credigestor.db.settings import ShopSettings
from credigestor.documents.catalogue import receipt_params
from credigestor.errors import BusinessError, Conflict
from credigestor.reports.named_customer import named_customer
from credigestor.reports.note import NoteDetail
from credigestor.reports.receipt import Receipt
from credigestor.reports.sale import SaleDetail
from credigestor.rules.aging import Status
from credigestor.rules.calendar import format_date
from credigestor.rules.document_choices import RECEIPT_FORMAT_NAMES, ReceiptFormat, SaleDocument
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.words import listed
from credigestor.services import printing
from credigestor.ui.counter import note_papers as papers
from credigestor.ui.kit import clicks, data, links, messages, session

_OPEN = frozenset({Status.PENDING, Status.PARTIAL, Status.OVERDUE})
_NOTE_COLUMNS = ("note_id", "number", "due_date", "status")
_Type = Literal["primary", "secondary", "tertiary"]

CANCELLED = "A venda foi cancelada: suas notas e o carnê não valem mais."
NO_NOTES = "Paga toda de entrada: não há notas nem carnê a imprimir."
ALL_PAID = "Todas as notas estão pagas: devolva ao cliente as que ele assinou."
PAID = "A nota está paga: devolva ao cliente a que ele assinou."


def path(kind: str, ref: object, *, keep: bool = False, **params: object) -> str:
    """The address of a document: `path("recibo", 45, format="roll")`; `keep` downloads it."""
    words = {**params, "download": 1} if keep else params
    return f"/documento/{kind}/{ref}" + (f"?{urlencode(words, safe=',')}" if words else "")


def link(
    label: str, address: str, *, type: _Type = "secondary", icon: str = "", **options: Any
) -> None:
    """A button that opens a document in a new tab."""
    icon = icon or ":material/open_in_new:"
    st.link_button(messages.plain(label), address, type=type, icon=icon, **options)


def sale_bar(sale: SaleDetail, actor: Actor) -> None:
    """The sale's notes, all that are open or chosen ones, and its booklet; the shop's first one
    is the first here, and has the key P; the other one has Alt+P."""
    shop, cancelled = data.settings(), sale.cancelled_on is not None
    printings = papers.printings(sale.id)
    copies = {id_: each.copies for id_, each in printings.items()}
    numbered = zip(*(sale.notes[name] for name in _NOTE_COLUMNS), strict=True)
    labels = {
        int(id_): f"{number}/{sale.installments} · {format_date(due)}" + _next_copy(copies[id_])
        for id_, number, due, status in numbered
        if status in _OPEN and not cancelled
    }
    refusal = _refusal(cancelled, bool(copies), bool(labels))
    form = f"print_sale:{sale.id}"
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            first = shop.sale_document
            for document in sorted(SaleDocument, key=lambda each: each is not first):
                type_: _Type = "primary" if document is first else "secondary"
                shortcut = "P" if document is first else "Alt+P"
                if document is SaleDocument.NOTES:
                    chosen = _chosen(sale.id, labels)
                    what = _notes(len(chosen)) if chosen else "notas promissórias"
                    # What is on paper already is no longer the thing to press.
                    again = _again({copies[id_] for id_ in chosen or labels})
                    disabled = bool(refusal or printing.missing(shop))
                    _print_button(
                        f"Imprimir {what}{again}",
                        sale.id,
                        chosen or None,
                        "secondary" if again else type_,
                        disabled,
                        form,
                        shortcut,
                    )
                    if len(labels) > 1 and not disabled:
                        _choose(sale.id, labels)
                else:
                    _booklet(sale.id, type_, bool(refusal), shortcut)
        _explain(refusal, shop, actor)
        papers.tell_outdated(
            [labels[id_].split(" · ")[0] for id_ in labels if printings[id_].outdated]
        )
        printed = sum(1 for id_ in labels if copies[id_])
        if printed:
            before = "Todas já impressas" if printed == len(labels) else f"Já impressas: {printed}"
            st.caption(
                f"{before}. O que for impresso de novo diz “2ª via”, “3ª via” e assim por diante."
            )
        if not refusal:
            show_printed(form)


def note_bar(note: NoteDetail, actor: Actor) -> None:
    """This note on paper, and the booklet of its sale."""
    shop = data.settings()
    cancelled = note.cancelled_on is not None
    refusal = _refusal(cancelled, True, note.status in _OPEN) and (CANCELLED if cancelled else PAID)
    form = f"print_note:{note.id}"
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            disabled = bool(refusal or printing.missing(shop))
            printings = papers.printings(note.sale_id)[note.id]
            label = "Imprimir esta nota" + _next_copy(printings.copies)
            _print_button(label, note.sale_id, [note.id], "secondary", disabled, form)
            _booklet(note.sale_id, "secondary", bool(refusal))
        _explain(refusal, shop, actor)
        papers.tell_outdated([""] if printings.outdated and not refusal else [])
        if not refusal:
            show_printed(form)


def receipt_bar(found: Receipt) -> None:
    """The receipt on the shop's paper first, by P, then the others; none of who was anonymised."""
    try:
        data.read(named_customer, found.customer_id)
    except Conflict as error:
        st.caption(messages.plain(error.message))
        return
    first = found.shop.receipt_format
    with st.container(key="cg-key-p", border=True, horizontal=True, gap="small"):
        address = path("recibo", found.id, **receipt_params(found.shop))
        link(f"Recibo ({RECEIPT_FORMAT_NAMES[first]})", address, type="primary", shortcut="P")
        for other in ReceiptFormat:
            if other is not first:
                link(RECEIPT_FORMAT_NAMES[other], path("recibo", found.id, format=other.value))
        keep = path("recibo", found.id, keep=True, format=first.value)
        link("Baixar recibo", keep, type="tertiary", icon=":material/download:")


def money_receipt(customer_id: int, money_id: int, number: str) -> None:
    """The receipt of a down payment or its return, on the shop's paper; none of the anonymised."""
    try:
        data.read(named_customer, customer_id)
    except Conflict:
        return
    params = receipt_params(data.settings())
    link(f"Recibo {number}", path("recibo-entrada", money_id, **params))


def _refusal(cancelled: bool, has_notes: bool, any_open: bool) -> str:
    if cancelled:
        return CANCELLED
    if not has_notes:
        return NO_NOTES
    return "" if any_open else ALL_PAID


def _explain(refusal: str, shop: ShopSettings, actor: Actor) -> None:
    """Why nothing can be printed, and what to do about it."""
    lacking = printing.missing(shop)
    if refusal:
        st.caption(refusal)
    elif lacking:
        can = actor.can(Permission.SETTINGS)
        ask = "" if can else " Peça a um administrador que preencha os dados da loja."
        st.caption(f"Para imprimir notas promissórias, falta: {listed(lacking)}.{ask}")
        if can:
            links.link("admin/settings.py", "Preencher os dados da loja", icon=":material/tune:")


def _booklet(sale_id: int, type: _Type, disabled: bool, shortcut: str | None = None) -> None:
    link("Carnê", path("carne", sale_id), type=type, disabled=disabled, shortcut=shortcut)
    if not disabled:
        keep = path("carne", sale_id, keep=True)
        link("Baixar carnê", keep, type="tertiary", icon=":material/download:")


def _next_copy(copies: int) -> str:
    return f" · {copies + 1}ª via" if copies else ""


def _again(copies: set[int]) -> str:
    """What a button adds when every note of it was printed before."""
    if not copies or 0 in copies:
        return ""
    return _next_copy(*copies) if len(copies) == 1 else " · nova via"


def _notes(count: int) -> str:
    return "1 nota" if count == 1 else f"{count} notas"


def _chosen(sale_id: int, labels: dict[int, str]) -> list[int]:
    """The chosen notes that are still open; none chosen stands for all of them."""
    key = f"print_notes:{sale_id}"
    kept = [id_ for id_ in st.session_state.get(key, []) if id_ in labels]
    if key in st.session_state:
        st.session_state[key] = kept
    return kept


def _choose(sale_id: int, labels: dict[int, str]) -> None:
    with st.popover("Só algumas notas", icon=":material/checklist:"):
        st.multiselect(
            "Notas a imprimir",
            list(labels),
            format_func=lambda id_: labels.get(id_, ""),
            placeholder="Todas em aberto",
            select_all=False,  # an option in English, and choosing none means all
            key=f"print_notes:{sale_id}",
        )


def _print_button(
    label: str,
    sale_id: int,
    note_ids: Sequence[int] | None,
    type: _Type,
    disabled: bool,
    form: str,
    shortcut: str | None = None,
) -> None:
    act = partial(_print_notes, sale_id, note_ids)
    print_button(label, act, form=form, type=type, disabled=disabled, shortcut=shortcut)


def _print_notes(
    sale_id: int,
    note_ids: Sequence[int] | None,
    session: Session,
    actor: Actor,
    operation_id: uuid.UUID,
) -> Made:
    made = printing.print_notes(
        session, actor, sale_id=sale_id, note_ids=note_ids, operation_id=operation_id
    )
    return Made("notas", "a nota" if len(made) == 1 else "as notas", _told(made))


def _told(made: Sequence[NotePrinting]) -> str:
    again = sum(1 for each in made if each.copy > 1)
    what = "Impressão registrada: " + _notes(len(made))
    if not again:
        return what
    return what + (" em nova via" if again == len(made) else f", {again} em nova via")


@dataclass(frozen=True)
class Made:
    """A printing on record: the document's kind, what it is called, a sentence without its end."""

    kind: str
    what: str
    told: str


def print_button(
    label: str, act: Callable[[Session, Actor, uuid.UUID], Made], *, form: str, **options: Any
) -> None:
    """A button that records a printing; `show_printed` of the same form then opens it."""
    # A callback with the operation of the button as it was drawn: a double click prints once.
    operation = st.session_state.setdefault(f"operation:{form}", uuid.uuid4())
    clicks.button(
        label,
        _print,
        (form, act, operation),
        key=form,
        icon=":material/print:",
        **options,
    )


def _print(
    form: str, act: Callable[[Session, Actor, uuid.UUID], Made], operation_id: uuid.UUID
) -> None:
    actor = session.current()
    if actor is None:
        return  # the page itself says so
    slot = f"printed:{form}"
    try:
        made = data.write(lambda s: act(s, actor, operation_id))
    except BusinessError as error:
        st.session_state[slot] = error
        st.session_state.pop(f"operation:{form}", None)
        return
    st.session_state[slot] = (operation_id, made)
    st.session_state.pop(f"operation:{form}", None)


def show_printed(form: str) -> None:
    """What the last click on the button led to: the links of the printing, or why not."""
    found = st.session_state.get(f"printed:{form}")
    if isinstance(found, BusinessError):
        st.error(messages.plain(found.message), icon=":material/error:")
        del st.session_state[f"printed:{form}"]
    elif found:
        operation_id, made = found
        address = path(made.kind, operation_id)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            # Constant but for a count and the operation, which are ours.
            st.html(
                f"{made.told}. Não abriu numa nova aba?"
                f'<a class="cg-open" href="{address}" target="_blank" hidden>Abrir</a>'
            )
            link(f"Abrir {made.what}", address, type="primary")
            keep = path(made.kind, operation_id, keep=True)
            link(f"Baixar {made.what}", keep, type="tertiary", icon=":material/download:")
