"""Guarantors at the counter: typed with a new sale, shown and changed on the sale's page."""

from __future__ import annotations

import uuid

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import NotePrinting
from credigestor.reports import guarantors as report
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.portfolio import TODAY
from tests.services.selling import new_customer, new_sale, notes_of, register
from tests.services.test_guarantors import ANA, FIRM, given
from tests.ui.counter.new_sales import by_label, confirm, fill, visit
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "counter/sale.py"


@pytest.fixture
def customer() -> int:
    return new_customer(tax_id="11144477735")


def stored(sale_id: int) -> list[tuple[str, str, str]]:
    with snapshot() as session:
        return [(g.name, g.tax_id, g.address) for g in report.of_sale(session, sale_id)]


def write(app: Visit, place: int, **values: str) -> Visit:
    """Type into the fields of a guarantor, one after the other, as a person does."""
    labels = {"name": "Nome completo", "tax_id": "CPF ou CNPJ", "address": "Endereço"}
    for part, value in values.items():
        by_label(app.text_input, f"{labels[part]} do avalista {place}").set_value(value)
        if app.button and any(button.label == "Confirmar venda" for button in app.button):
            app.run()
        assert not app.exception
    return app


def errors(app: Visit) -> list[str]:
    return [element.value.replace("\\", "") for element in app.error]


class TestANewSale:
    """The expander of the form."""

    def test_it_is_registered_with_the_guarantors_that_were_typed(self, customer: int) -> None:
        app = fill(visit(customer), total="1000", count="3")
        write(app, 1, name=ANA[0], tax_id=ANA[1], address=ANA[2])
        write(app, 2, name=FIRM[0], tax_id=FIRM[1])
        confirm(app).click().run()
        assert "Venda 000001 registrada." in text_of(app)
        assert stored(1) == [
            (ANA[0], "52998224725", ANA[2]),
            (FIRM[0], "12ABC34501DE35", ""),
        ]
        assert ANA[0] in text_of(app)

    def test_who_is_half_typed_keeps_the_sale_waiting_and_says_what_is_missing(
        self, customer: int
    ) -> None:
        app = fill(visit(customer), total="1000", count="3")
        write(app, 1, address="Rua A, 1")
        assert confirm(app).disabled
        assert "Falta informar: nome do avalista 1, CPF do avalista 1." in text_of(app)
        assert next(e for e in app.expander if e.label.startswith("Avalistas")).proto.expanded
        write(app, 1, name="Ana", tax_id=ANA[1])
        assert not confirm(app).disabled

    def test_the_second_one_alone_asks_for_the_first(self, customer: int) -> None:
        app = write(fill(visit(customer), total="1000", count="3"), 2, name=ANA[0], tax_id=ANA[1])
        assert "Falta informar: nome do avalista 1" in text_of(app)

    @pytest.mark.parametrize(
        ("values", "told"),
        [
            ({"tax_id": "111.111.111-11"}, "CPF inválido: os dígitos não podem ser todos iguais."),
            ({"tax_id": "529"}, "O CPF tem 11 dígitos"),
            ({"name": "x" * 121}, "120"),
            ({"address": "x" * 201}, "Endereço: no máximo 200 caracteres"),
        ],
    )
    def test_what_is_wrong_is_told_as_one_types(
        self, customer: int, values: dict[str, str], told: str
    ) -> None:
        app = write(fill(visit(customer), total="1000", count="3"), 1, **values)
        assert len(errors(app)) == 1
        assert told in errors(app)[0]
        assert confirm(app).disabled

    def test_the_same_person_twice_is_told_at_the_second(self, customer: int) -> None:
        app = fill(visit(customer), total="1000", count="3")
        write(write(app, 1, name="Ana", tax_id=ANA[1]), 2, name="Ana", tax_id="52998224725")
        assert errors(app) == ["Este avalista aparece duas vezes."]
        assert confirm(app).disabled

    def test_the_customer_s_own_number_is_refused_and_nothing_is_written(
        self, customer: int
    ) -> None:
        app = fill(visit(customer), total="1000", count="3")
        write(app, 1, name="Eu mesma", tax_id="111.444.777-35")
        confirm(app).click().run()
        assert "não pode ser o próprio cliente" in errors(app)[0]
        assert by_label(app.text_input, "Nome completo do avalista 1").value == "Eu mesma"

    def test_what_is_half_typed_is_still_there_after_another_page(self, customer: int) -> None:
        app = write(fill(visit(customer), total="1000", count="3"), 1, name="Ana D")
        app.switch_page("pages/counter/customers.py").run()
        app.switch_page("pages/counter/new_sale.py").run()
        assert by_label(app.text_input, "Nome completo do avalista 1").value == "Ana D"

    def test_a_sale_all_paid_down_has_none(self, customer: int) -> None:
        app = fill(visit(customer), total="1000", count="3")
        write(app, 1, name=ANA[0], tax_id=ANA[1])
        fill(app, down="1000")
        assert "sem notas não há o que avalizar" in text_of(app)
        confirm(app).click().run()
        assert "Venda 000001 registrada." in text_of(app)
        assert stored(1) == []


class TestTheSalesPage:
    """Showing and changing them."""

    def open(self, sale_id: int, role: str = "seller") -> Visit:
        app = open_app(role, page=PAGE, id=sale_id)
        assert not app.exception
        return app

    def save(self, app: Visit) -> Visit:
        by_label(app.button, "Salvar avalistas").click().run()
        assert not app.exception
        return app

    def test_a_seller_adds_and_removes_them(self, seller: Actor, customer: int) -> None:
        sale_id = register(seller, new_sale(customer))
        app = self.open(sale_id)
        assert "Nenhum: só o cliente responde por esta venda." in text_of(app)
        write(app, 1, name="Ana *Luz* R$ 1", tax_id=ANA[1], address=ANA[2])
        self.save(app)
        assert "Avalistas gravados." in text_of(app)
        assert "Ana *Luz* R$ 1" in text_of(app)
        assert f"529.982.247-25, {ANA[2]}" in text_of(app)
        self.save(app)
        assert "Nada mudou." in text_of(app)
        self.save(write(app, 1, name="", tax_id=" ", address=""))
        assert stored(sale_id) == []

    def test_all_that_is_wrong_is_told_where_it_was_typed(
        self, seller: Actor, customer: int
    ) -> None:
        sale_id = register(seller, new_sale(customer))
        app = self.open(sale_id)
        write(app, 1, name="Ana", tax_id="529")
        write(app, 2, tax_id=ANA[1])
        self.save(app)
        assert len(errors(app)) == 2
        write(app, 1, name="", tax_id="")
        self.save(write(app, 2, name="Eu", tax_id="111.444.777-35"))
        assert errors(app) == [
            "O avalista não pode ser o próprio cliente: é outra pessoa que garante."
        ]
        assert stored(sale_id) == []

    def test_after_the_notes_were_printed_only_a_manager_changes_them(
        self, seller: Actor, customer: int
    ) -> None:
        sale_id = register(seller, new_sale(customer, guarantors=given(ANA)))
        with transaction() as session:
            note_id = notes_of(sale_id)[0].id
            session.add(NotePrinting(operation_id=uuid.uuid4(), note_id=note_id, copy=1))
        app = self.open(sale_id)
        assert "só um gerente muda os avalistas" in text_of(app)
        assert ANA[0] in text_of(app)
        assert not [field for field in app.text_input if "avalista" in field.label]
        app = self.open(sale_id, "manager")
        assert "As notas já foram impressas." in text_of(app)
        self.save(write(app, 1, name=FIRM[0], tax_id=FIRM[1], address=""))
        assert [name for name, _, _ in stored(sale_id)] == [FIRM[0]]

    def test_a_cancelled_sale_shows_them_and_no_form(self, manager: Actor, customer: int) -> None:
        sale_id = register(manager, new_sale(customer, guarantors=given(ANA)))
        with transaction() as session:
            sales.cancel(session, manager, sale_id=sale_id, why="desistiu", today=TODAY)
        app = self.open(sale_id, "manager")
        assert ANA[0] in text_of(app)
        assert not [field for field in app.text_input if "avalista" in field.label]
