"""Settings of the printed documents: logo, footer, clause, and what is offered first."""

from __future__ import annotations

from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.reports import logos as report
from credigestor.rules.document_choices import ReceiptFormat, SaleDocument
from credigestor.rules.permissions import Actor
from credigestor.services import logos, settings
from tests.pictures import logo
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

SEND, SEND_OTHER = "Enviar logotipo", "Enviar outro logotipo"


def visit() -> Visit:
    app = open_app(role="admin", page="admin/settings.py").look_at("Documentos")
    assert not app.exception
    return app


def current() -> ShopSettings:
    with snapshot() as session:
        return current_settings(session)


def heading() -> bytes | None:
    with snapshot() as session:
        return report.content(session, current_settings(session))


def by_label(elements: Any, label: str) -> Any:
    [found] = [element for element in elements if element.label == label]
    return found


def send(app: Visit, content: bytes, label: str = SEND) -> Visit:
    by_label(app.file_uploader, label).set_value([("logo.png", content, "image/png")])
    app.run()
    assert not app.exception
    return app


def click(app: Visit, label: str) -> Visit:
    by_label(app.button, label).click().run()
    assert not app.exception
    return app


def errors(app: Visit) -> list[str]:
    return [element.value.replace("\\", "") for element in app.error]


def test_a_logo_is_shown_before_it_is_used_and_then_removed() -> None:
    app = visit()
    assert "Nenhum logotipo em uso" in text_of(app)
    assert by_label(app.button, "Usar este logotipo").disabled
    send(app, logo())
    assert "Como vai ficar" in text_of(app)
    assert heading() is None
    click(app, "Usar este logotipo")
    assert "Logotipo trocado." in text_of(app)
    assert heading() == logos.prepare(logo()).content
    assert "Nenhum logotipo em uso" not in text_of(app)
    assert "Logotipo" in list(app.look_at("Histórico").dataframe[0].value["field"])
    click(app, "Remover o logotipo")
    assert "Logotipo removido." in text_of(app)
    assert heading() is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<svg onload='alert(1)'/>", "não é uma imagem PNG ou JPEG"),
        (logo()[:-300], "não é uma imagem PNG ou JPEG"),
        (logo(size=(4001, 20)), "4001 × 20 pontos"),
        (logo() + bytes(1024 * 1024), "passa de 1 MB"),
    ],
)
def test_what_is_no_sound_image_is_told_at_once_and_cannot_be_used(
    content: bytes, why: str
) -> None:
    app = send(visit(), content)
    [told] = errors(app)
    assert why in told
    assert by_label(app.button, "Usar este logotipo").disabled
    assert "Como vai ficar" not in text_of(app)


def test_the_same_logo_again_changes_nothing(admin: Actor) -> None:
    with transaction() as session:
        logos.change(session, admin, logo())
    app = click(send(visit(), logo(), SEND_OTHER), "Usar este logotipo")
    assert "Nada mudou." in text_of(app)


def fill(app: Visit, **values: Any) -> Visit:
    labels = {
        "footer": "Rodapé dos documentos",
        "clause": "Cláusula da loja",
        "first": "Documento oferecido depois da venda",
        "receipt": "Formato do recibo",
        "copies": "Cópias do recibo",
        "by_itself": "Imprimir o recibo automaticamente",
    }
    widgets = [*app.text_input, *app.text_area, *app.selectbox, *app.number_input, *app.toggle]
    for name, value in values.items():
        by_label(widgets, labels[name]).set_value(value)
    return click(app, "Salvar documentos")


def test_texts_and_preferences_are_saved_and_told_in_words() -> None:
    app = fill(
        visit(),
        footer="  Obrigado pela   preferência! 🌻 ",
        clause="Troca em 7 dias.\n\nCom a nota.",
        first=SaleDocument.BOOKLET,
        receipt=ReceiptFormat.ROLL,
        copies=2,
        by_itself=True,
    )
    saved = current()
    assert saved.document_footer == "Obrigado pela preferência! 🌻"
    assert saved.document_clause == "Troca em 7 dias. Com a nota."
    assert (saved.sale_document, saved.receipt_format) == ("booklet", "roll")
    assert (saved.receipt_copies, saved.receipt_prints_itself) == (2, True)
    history = app.look_at("Histórico").dataframe[0].value
    assert dict(
        zip(history["field"], zip(history["old"], history["new"], strict=True), strict=True)
    ) == {
        "Rodapé dos documentos": ("—", "Obrigado pela preferência! 🌻"),
        "Cláusula da loja": ("—", "Troca em 7 dias. Com a nota."),
        "Documento oferecido depois da venda": ("Notas promissórias", "Carnê"),
        "Formato do recibo": ("A4, uma via", "Bobina de 80 mm"),
        "Cópias do recibo": ("1", "2"),
        "Imprimir o recibo automaticamente": ("Não", "Sim"),
    }
    audit = open_app(role="admin", page="admin/audit.py")
    told = " ".join(str(frame.value.to_dict()) for frame in audit.dataframe) + text_of(audit)
    assert "Notas promissórias → Carnê" in told
    assert "A4, uma via → Bobina de 80 mm" in told


def test_texts_that_are_too_long_are_told_at_their_fields_and_nothing_is_written() -> None:
    app = fill(visit(), footer="x" * 201, clause="y" * 601)
    assert errors(app) == [
        "Rodapé dos documentos: no máximo 200 caracteres (foram digitados 201).",
        "Cláusula da loja: no máximo 600 caracteres (foram digitados 601).",
    ]
    assert current() == ShopSettings()
    fill(app, footer="x" * 200, clause="y" * 600)
    assert (len(current().document_footer), len(current().document_clause)) == (200, 600)


def test_saving_the_texts_leaves_the_logo_and_saving_the_logo_leaves_the_texts(
    admin: Actor,
) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Loja"))
    app = click(send(visit(), logo()), "Usar este logotipo")
    fill(app, footer="Volte sempre")
    assert (current().shop_name, current().document_footer) == ("Loja", "Volte sempre")
    assert heading() is not None
