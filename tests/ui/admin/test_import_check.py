"""The check on the import page: totals beside the files, the shop's own, and undoing an import."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot
from credigestor.db.models import Note, Sale, User
from credigestor.rules.permissions import Role
from tests.factories import add_user
from tests.imports.files import shop
from tests.ui.admin.test_imports_page import choose, labels, press, visit
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def ada(db: str) -> User:
    return add_user(Role.ADMIN, name="Ada Administradora")


def table(app: Visit, first: str) -> list[list[object]]:
    """The rows of the first table whose first column is this one."""
    tables = [each.value for each in app.dataframe if each.value.columns[0] == first]
    rows: list[list[object]] = tables[0].values.tolist()
    return rows


def test_the_check_lays_totals_beside_the_files_and_lists_what_differs(ada: User) -> None:
    late = ("V1", "3", "25/04/2026", "50,00", "pix")  # 20 days late: 2,67 + 8,00 go first
    app = press(visit(ada, shop(pagamentos=[late])), "Conferir")
    assert not app.exception
    totals = {str(row[0]): row[1:] for row in table(app, "name")}
    assert totals["Vendas"] == ["2", "2", "0"]
    assert [str(cell).replace("\xa0", " ") for cell in totals["Em aberto"]] == [
        "R$ 600,00",
        "R$ 610,67",
        "R$ 10,67",
    ]
    [row] = table(app, "sale")
    assert row[:2] == ["V1", 3]
    assert "antes do principal" in str(row[-1])


def test_after_an_import_its_total_is_compared_and_it_can_be_undone(ada: User) -> None:
    app = press(press(visit(ada, shop()), "Conferir"), "Importar")
    app.text_input(key="import-total").set_value("600,00")
    app.run()
    assert "Diferença: R$ 50,00" in text_of(app).replace("\xa0", " ")  # 650,00 are open
    app.text_input(key="import-total").set_value("650,00")
    app.run()
    assert "Os dois totais são iguais." in text_of(app)
    app = press(app, "Desfazer a importação")
    assert "motivo" in text_of(app)
    app.text_input(key="import-undo-why").set_value("arquivo errado")
    app = press(app, "Desfazer a importação")
    assert not app.exception
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Sale)) == 0
    again = open_app(user=ada, page="admin/imports.py")
    assert table(again, "id")[0][-1] == "Desfeita por Ada Administradora"


LATE = (
    "Cliente;CPF;Nº Doc;Parc;Emissão;Vencto;Valor;Pago em;Valor pago;Forma\n"
    "Ana Luz;11144477735;77;1;05/01/2026;05/02/2026;100,00;20/02/2026;100,00;Dinheiro\n"
)


def test_what_does_not_fit_the_rules_comes_in_as_it_happened_by_choice(ada: User) -> None:
    def waive(app: Visit, on: bool) -> Visit:
        [box] = [each for each in app.checkbox if "arredondado" in each.label]
        box.set_value(on).run()
        return app

    app = press(waive(visit(ada, {"lista.csv": LATE.encode()}), on=False), "Conferir")
    assert "Serão dispensados" not in text_of(app)
    app = waive(app, on=True)
    assert "Importar" not in labels(app)  # what was checked is not what is chosen now
    app = press(app, "Conferir")
    assert "Serão dispensados R$ 2,50 de juros e multa" in text_of(app).replace("\xa0", " ")
    press(app, "Importar")
    with snapshot() as session:
        assert session.scalars(select(Note.principal_balance)).one() == 0


def test_what_was_chosen_is_kept_with_the_reading_and_chosen_the_next_time(ada: User) -> None:
    def waived_and_fine(app: Visit) -> tuple[bool, str]:
        [box] = [each for each in app.checkbox if "arredondado" in each.label]
        [fine] = [each for each in app.text_input if each.label == "Multa (%)"]
        return bool(box.value), str(fine.value)

    app = visit(ada, {"lista.csv": LATE.encode()})
    assert waived_and_fine(app) == (True, "")
    [box] = [each for each in app.checkbox if "arredondado" in each.label]
    [fine] = [each for each in app.text_input if each.label == "Multa (%)"]
    box.set_value(False)
    fine.set_value("1,5").run()
    app.text_input(key="import-mapping-name").set_value("Caderno")
    press(app, "Guardar")
    again = choose(visit(ada, {"lista.csv": LATE.encode()}), "Leitura guardada", "Caderno")
    assert waived_and_fine(again) == (False, "1,5")


def test_a_rate_that_is_none_is_told_at_its_field_and_nothing_can_be_checked(ada: User) -> None:
    app = visit(ada, {"lista.csv": LATE.encode()})
    [fine] = [each for each in app.text_input if each.label == "Multa (%)"]
    fine.set_value("3").run()
    assert "2 %" in text_of(app).replace("\xa0", " ")
    assert "Conferir" not in labels(app)


def test_two_files_of_one_name_and_header_are_read_side_by_side(ada: User) -> None:
    later = LATE.replace(";77;", ";78;").encode()
    app = open_app(user=ada, page="admin/imports.py")
    sent = [("lista.csv", content, "text/csv") for content in (LATE.encode(), later)]
    app.file_uploader[0].set_value(sent).run()
    assert not app.exception
    press(press(app, "Conferir"), "Importar")
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Sale)) == 2
