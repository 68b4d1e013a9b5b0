"""What a shop may change of its printed documents: logo, footer, clause, what is offered first."""

from __future__ import annotations

import streamlit as st

from credigestor.db.settings import ShopSettings, bounds, longest
from credigestor.errors import BusinessError
from credigestor.reports import logos as report
from credigestor.reports.settings_history import LABELS
from credigestor.rules.document_choices import (
    RECEIPT_FORMAT_NAMES,
    SALE_DOCUMENT_NAMES,
    ReceiptFormat,
    SaleDocument,
)
from credigestor.rules.permissions import Actor
from credigestor.services import logos
from credigestor.services.settings_inputs import cleaned
from credigestor.ui.admin.settings_form import save
from credigestor.ui.kit import data, forms, messages

#: Width of a logo on the page, in pixels; on paper it is a few centimetres wide.
_SHOWN = 220


def documents_form(actor: Actor, current: ShopSettings) -> None:
    """Draw the logo and the texts of the documents, each saved by itself."""
    _logo(actor, current)
    st.divider()
    _texts(actor, current)


def _logo(actor: Actor, current: ShopSettings) -> None:
    form, fields = "settings-logo", forms.Fields()
    key = forms.key(form)
    st.header(LABELS["logo"], anchor=False)
    st.caption(
        "Sai no alto dos documentos. PNG ou JPEG de até 1 MB; fica melhor com fundo branco ou "
        "transparente."
    )
    stored = data.read(report.content, current)
    if stored:
        st.image(stored, width=_SHOWN, alt="Logotipo em uso")
    else:
        st.caption("Nenhum logotipo em uso: os documentos levam o nome da loja.")
    sent = st.file_uploader(
        "Enviar outro logotipo" if stored else "Enviar logotipo",
        type=["png", "jpg", "jpeg"],
        max_upload_size=1,
        key=f"{key}:file",
    )
    fields.slot("logo")
    picture = None
    if sent is not None:
        with fields.catching():
            picture = logos.prepare(sent.getvalue())
    if picture:
        st.markdown("**Como vai ficar**")
        st.image(picture.content, width=_SHOWN, alt="Logotipo enviado")
    with st.container(horizontal=True):
        used = st.button(
            "Usar este logotipo",
            type="primary",
            icon=":material/save:",
            key=f"{key}:save",
            disabled=picture is None,
        )
        removed = stored is not None and st.button(
            "Remover o logotipo", icon=":material/delete:", key=f"{key}:remove"
        )
    if removed or (used and sent is not None):
        given = None if removed or sent is None else sent.getvalue()
        try:
            changed = data.write(lambda s: logos.change(s, actor, given))
        except BusinessError as error:
            fields.show(error)
            return
        forms.renew(form)
        messages.flash(_done(changed, removed))
        st.rerun()


def _done(changed: bool, removed: bool) -> str:
    if not changed:
        return "Nada mudou."
    return "Logotipo removido." if removed else "Logotipo trocado."


def _texts(actor: Actor, current: ShopSettings) -> None:
    form, fields = "settings-documents", forms.Fields()
    key = forms.key(form)
    st.header("Textos e preferências", anchor=False)
    with st.form(key, border=False):
        footer = st.text_input(
            LABELS["document_footer"],
            current.document_footer,
            key=f"{key}:document_footer",
            placeholder="Obrigado pela preferência!",
            help="Uma linha ao pé dos documentos, com até "
            f"{longest('document_footer')} caracteres.",
        )
        fields.slot("document_footer")
        clause = st.text_area(
            LABELS["document_clause"],
            current.document_clause,
            key=f"{key}:document_clause",
            placeholder="A mercadoria pode ser trocada em até 7 dias, com a nota fiscal.",
            help="Sai com as condições do carnê, do contrato e da proposta. Um parágrafo de até "
            f"{longest('document_clause')} caracteres; não muda o que a lei garante ao cliente.",
        )
        fields.slot("document_clause")
        with st.grid(2, min_column_width=260):
            first = st.selectbox(
                LABELS["sale_document"],
                list(SaleDocument),
                index=list(SaleDocument).index(current.sale_document),
                format_func=SALE_DOCUMENT_NAMES.__getitem__,
                key=f"{key}:sale_document",
            )
            receipt = st.selectbox(
                LABELS["receipt_format"],
                list(ReceiptFormat),
                index=list(ReceiptFormat).index(current.receipt_format),
                format_func=RECEIPT_FORMAT_NAMES.__getitem__,
                key=f"{key}:receipt_format",
            )
            with st.container():
                copies = st.number_input(
                    LABELS["receipt_copies"],
                    *bounds("receipt_copies"),
                    current.receipt_copies,
                    key=f"{key}:receipt_copies",
                )
            with st.container(vertical_alignment="bottom", height="stretch"):
                by_itself = st.toggle(
                    LABELS["receipt_prints_itself"],
                    current.receipt_prints_itself,
                    key=f"{key}:receipt_prints_itself",
                    help="Depois de cada pagamento, a janela de impressão se abre uma vez, com o "
                    "recibo neste formato. No Firefox e no celular, continua o botão.",
                )
        saved = st.form_submit_button("Salvar documentos", type="primary", icon=":material/save:")
    if saved:
        sent = {
            "document_footer": footer,
            "document_clause": clause,
            "sale_document": first,
            "receipt_format": receipt,
            "receipt_copies": copies,
            "receipt_prints_itself": by_itself,
        }
        save(form, fields, actor, lambda: cleaned(sent, labels=LABELS))
