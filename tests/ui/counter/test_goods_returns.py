"""Taking goods back on the sale's page (R30)."""

from __future__ import annotations

from typing import Any

import pytest

from credigestor.db.models import Act, Return
from credigestor.rules.permissions import Actor
from tests.services.returning import give_back, new_return, without_interest
from tests.services.selling import count, notes_of
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "counter/sale.py"


def by_label(elements: Any, label: str) -> Any:
    [found] = [element for element in elements if element.label == label]
    return found


def begun(sale: int, what: str, amount: str = "", role: str = "manager") -> Visit:
    """The page with how much comes back typed, as a courtesy."""
    app = open_app(role, page=PAGE, id=sale)
    by_label(app.radio, "O que volta").set_value(what).run()
    if amount:
        label = "Valor devolvido (R$)" if what == "value" else "Parte da venda devolvida (%)"
        by_label(app.text_input, label).set_value(amount)
    by_label(app.selectbox, "Tipo").set_value("courtesy").run()
    return app


def confirm(app: Visit, reason: str = "não serviu") -> Visit:
    by_label(app.text_input, "O que voltou e por quê").set_value(reason).run()
    next(b for b in app.button if b.label.startswith("Registrar a devolução")).click().run()
    return app


def test_r30_a_value_is_previewed_recorded_and_shown_with_its_paper(manager: Actor) -> None:
    sale = without_interest(manager)
    app = begun(sale, "value", "400,00")
    [preview] = [t.value for t in app.table if "Abate" in t.value.columns]
    assert list(preview["Nota"]) == [f"{sale:06d}-0{n}/07" for n in (7, 6, 5, 4)]
    assert "Vale no dia" not in preview.columns
    assert "Volta ao cliente R$ 0,00" in text_of(app)
    text = text_of(confirm(app))
    assert "registrada." in text
    assert "R$ 400,00, cortesia" in text
    assert "Ao cliente: Nada: o valor devolvido coube nas notas em aberto." in text
    assert [str(n.principal_balance) for n in notes_of(sale)][2:4] == ["100.00", "0.00"]
    links = [e.proto.url for e in app.get("link_button")]
    assert any(url.startswith("/documento/devolucao/") for url in links)


def test_r30_what_exceeds_the_notes_asks_how_it_goes_back(manager: Actor) -> None:
    sale = without_interest(manager)
    app = confirm(begun(sale, "share", "65"))
    assert "Diga como os R$ 150,00 voltam ao cliente." in text_of(app)
    assert count(Return) == 0
    [way] = [g for g in app.button_group if "voltam ao cliente" in g.label]
    way.set_value(["pix"]).run() if isinstance(way.value, list) else way.set_value("pix").run()
    text = text_of(confirm(app))
    assert "65 % da venda" in text
    assert "R$ 150,00 (cento e cinquenta reais). Forma: Pix." in text


def test_without_a_reason_nothing_is_written_and_the_field_says_so(manager: Actor) -> None:
    sale = without_interest(manager)
    app = confirm(begun(sale, "whole"), reason=" ")
    assert "Explique o motivo." in text_of(app)
    assert count(Act) == 0


def test_a_wrong_value_is_told_at_its_field(manager: Actor) -> None:
    sale = without_interest(manager)
    assert "não pode voltar mais que isso" in text_of(begun(sale, "value", "1.000,01"))
    assert len(begun(sale, "value", "mil").error) == 1


def test_a_seller_sees_what_came_back_and_takes_nothing_back(manager: Actor) -> None:
    sale = without_interest(manager)
    give_back(manager, new_return(sale, "400.00"))
    app = open_app("seller", page=PAGE, id=sale)
    assert "R$ 400,00, cortesia" in text_of(app)
    labels = [e.label for e in app.expander]
    assert "Devolver mercadoria" not in labels
    assert "Desfazer esta devolução" not in labels


def test_a_manager_undoes_it_with_a_reason(manager: Actor) -> None:
    sale = without_interest(manager)
    give_back(manager, new_return(sale, "400.00"))
    app = open_app("manager", page=PAGE, id=sale)
    by_label(app.text_input, "Motivo").set_value("engano").run()
    by_label(app.button, "Desfazer a devolução").click().run()
    assert "desfeita." in text_of(app)
    assert "Motivo: engano" in text_of(app)
    assert [str(n.principal_balance) for n in notes_of(sale)][2:] == ["100.00"] * 5


def test_the_page_of_a_returned_note_says_so(manager: Actor) -> None:
    sale = without_interest(manager)
    give_back(manager, new_return(sale, "400.00"))
    app = open_app("seller", page="counter/note.py", id=notes_of(sale)[-1].id)
    assert "Devolvida" in text_of(app)
    calculation = list(app.table[0].value["Cálculo"])
    assert any("Devolução de mercadoria: principal 100,00." in line for line in calculation)
