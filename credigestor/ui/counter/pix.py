"""Pix on the screen: the QR code, the code to copy, and what to do while the shop has no key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

import streamlit as st

from credigestor.db.settings import ShopSettings
from credigestor.documents import qr
from credigestor.documents.letterhead import payee
from credigestor.reports.pix_of_the_day import pix_of_the_day
from credigestor.rules import pix
from credigestor.rules.calendar import format_date
from credigestor.rules.money import MAX_MONEY, format_brl
from credigestor.rules.permissions import Permission
from credigestor.rules.words import listed
from credigestor.ui.kit import data, folds, links, messages, session

#: Pixels: some four a square of the longest code, whose image is drawn finer than that.
WIDTH = 240


def offer(customer_id: int, note_ids: Collection[int], *, key: str) -> None:
    """What these notes owe today as a Pix, charges included; nothing where nothing is owed.

    Settled before they are due, with R14's discount, unless the person wants it without.
    """
    shop, today = data.settings_today()
    found = data.read(pix_of_the_day, customer_id, note_ids, today=today)
    if not found.due:
        return
    total, saved = found.owed, found.saved
    # The label stays, or the browser would close it when the figures change.
    fold = folds.fold("Pix de hoje", icon=":material/qr_code_2:", key=f"pix:{key}")
    if fold is None:
        return
    with fold:
        if saved and st.toggle(
            messages.plain(f"Com o desconto de {format_brl(saved)} da quitação antecipada")
            + " (CDC, art. 52, § 2º)",
            value=True,
            key=f"pix-early:{key}",
        ):
            total -= saved
        if show(shop, total, found.txid):
            st.caption(
                f"Valor de hoje, {format_date(today)}; em outro dia pode ser outro. O Pix não "
                "se registra sozinho: veja se caiu na conta e registre em Receber."
            )


def show(shop: ShopSettings, amount: Decimal, txid: str) -> bool:
    """The code of R$ `amount` to the shop, or why there is none; tells which it was."""
    if amount > MAX_MONEY:
        st.info(messages.plain(f"Um Pix vale no máximo {format_brl(MAX_MONEY)}."))
        return False
    code = pix.shop_payload(shop, amount, txid)
    if code is None:
        _explain(pix.missing(shop))
        return False
    image, words = st.columns([1, 2], vertical_alignment="center")
    with image:
        st.image(qr.png(code, scale=8), width=WIDTH, alt=f"QR Code do Pix de {format_brl(amount)}")
    with words:
        st.metric("Pix de", format_brl(amount))
        st.caption(f"Para {messages.plain(payee(shop))}, identificado como {txid}.")
        st.caption("Pix Copia e Cola: toque no código e copie com o botão do canto.")
        st.code(code, language=None, wrap_lines=True)
    return True


def _explain(lacking: Sequence[str]) -> None:
    what = listed(lacking)
    st.info(f"Para mostrar o código Pix, falta cadastrar: {what}.", icon=":material/qr_code_2:")
    actor = session.current()
    if actor is not None and actor.can(Permission.SETTINGS):
        links.link("admin/settings.py", "Abrir as configurações", icon=":material/settings:")
    else:
        st.caption("Peça a um administrador que complete as configurações da loja.")
