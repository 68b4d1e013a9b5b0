"""A renegotiation on the pages of both its sides: links both ways, its paper, its undoing (R15)."""

from __future__ import annotations

from datetime import date

import streamlit as st

from credigestor.reports import renegotiations as report
from credigestor.reports.deals import is_broken
from credigestor.reports.note import NoteDetail
from credigestor.reports.renegotiations import Deal
from credigestor.reports.sale import SaleDetail
from credigestor.rules import renegotiation as rule
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import receipt_number, sale_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.renegotiation import AGREEMENT_NAMES
from credigestor.services import renegotiations
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.counter import document_bars
from credigestor.ui.kit import data, forms, links, messages

_ICON = ":material/handshake:"


def of_sale(sale: SaleDetail, actor: Actor, today: date) -> bool:
    """The deal that a sale came of, and those that closed notes of it; whether it came of one."""
    closing, deal = data.read(
        lambda db: (report.closing(db, sale_id=sale.id), report.made(db, sale.id))
    )
    for later in closing:
        _lead_on(later)
    if deal is None:
        return False
    with st.container(border=True):
        _told(deal, broken=data.read(is_broken, sale.id, as_of=today, today=today))
        document_bars.link("Acordo em PDF", document_bars.path("acordo", deal.id))
        if not deal.undone and actor.can(Permission.RENEGOTIATE):
            _undo(deal, actor, today)
    return True


def of_note(note: NoteDetail) -> None:
    """Where a note that was renegotiated went."""
    for deal in data.read(report.closing, note_id=note.id):
        _lead_on(deal)


def _lead_on(deal: Deal) -> None:
    label = f"Renegociada em {format_date(deal.agreed_on)}: venda {sale_number(deal.sale_id)}"
    links.link("counter/sale.py", label, icon=_ICON, id=deal.sale_id)


def _told(deal: Deal, *, broken: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Renegociação · {AGREEMENT_NAMES[deal.kind]}**", width="content")
        if broken:
            st.badge("Acordo quebrado", icon=":material/heart_broken:", color="red")
    if deal.undone:
        by = f" por {deal.undone.by}" if deal.undone.by else ""
        told = f"Desfeita em {format_date(deal.undone.on)}{by}: {deal.undone.reason}"
        st.warning(messages.plain(told), icon=":material/undo:")
    parts = [f"devido {format_brl(rule.amount(deal.owed))}"]
    if deal.waived:
        parts.append(f"dispensado {format_brl(deal.waived)}")
    if deal.paid and deal.payment_id:
        receipt = receipt_number(deal.payment_id)
        parts.append(f"entrada {format_brl(deal.paid)} (recibo {receipt})")
    parts.append(f"dívida nova {format_brl(deal.entered)}")
    told = "; ".join(parts)
    lines = [told[0].upper() + told[1:]]
    if deal.old.interest or deal.old.fine:
        held = deal.old.interest + deal.old.fine
        lines.append(f"As notas novas levam {format_brl(held)} de encargos antigos")
    if deal.reason:
        lines.append(f"Motivo: {deal.reason}")
    if deal.made_by:
        lines.append(f"Registrada por {deal.made_by} em {format_date(deal.agreed_on)}")
    st.markdown("\n".join(f"- {messages.plain(' '.join(line.split()))}" for line in lines))
    with st.container(horizontal=True, gap="small"):
        for note in deal.notes:
            links.link(
                "counter/note.py",
                f"{note.number} · {format_brl(note.entered)}",
                icon=":material/request_quote:",
                id=note.note_id,
            )


def _undo(deal: Deal, actor: Actor, today: date) -> None:
    with st.expander("Desfazer a renegociação"):
        fields = forms.Fields()
        paid = ""
        if deal.paid:
            paid = " A entrada continua paga: estorne o recibo se ela for devolvida."
        st.markdown(
            "As notas antigas voltam a ser devidas, com os encargos que tinham sido dispensados, e "
            f"esta venda deixa de valer. Só enquanto nada dela foi pago.{paid}"
        )
        why = st.text_input("Motivo", key=f"undo_deal_why:{deal.id}", max_chars=MAX_REASON)
        fields.slot("reason")
        if st.button("Desfazer", key=f"undo_deal:{deal.id}", icon=":material/undo:"):
            with fields.catching():
                data.write(
                    lambda s: renegotiations.reverse(
                        s, actor, renegotiation_id=deal.id, why=why or "", today=today
                    )
                )
                messages.flash("Renegociação desfeita.", ":material/undo:")
                st.rerun()
