"""The import page: check, see, import; a file that is wrong is shown where it is wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Base, Customer, Payment, User
from credigestor.imports.problems import PAYMENTS
from credigestor.rules.permissions import Role
from tests.factories import add_user
from tests.imports.files import GOOD, csv_file, shop
from tests.portfolio import add_customer
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "admin/imports.py"


@pytest.fixture
def ada(db: str) -> User:
    return add_user(Role.ADMIN, name="Ada Administradora")


def visit(user: User, contents: dict[str, bytes]) -> Visit:
    """The page with the files chosen, not yet checked."""
    app = open_app(user=user, page=PAGE)
    assert not app.exception
    for uploader in app.file_uploader:
        uploader.set_value((f"meu {uploader.label}", contents[uploader.label], "text/csv"))
    app.run()
    return app


def press(app: Visit, label: str) -> Visit:
    [button] = [button for button in app.button if button.label == label]
    button.click()
    app.run()
    return settled(app)


def settled(app: Visit) -> Visit:
    """The page once its job has ended."""
    for _ in range(30):
        assert not app.exception
        if "Cancelar" not in labels(app):
            return app
        app.run()
    raise AssertionError("the job does not end")


def labels(app: Visit) -> set[str]:
    return {button.label for button in app.button}


def rows() -> int:
    """Rows of the tables that an import may write."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in USED_BY_LOGIN]
    with snapshot() as session:
        return sum(session.scalar(select(func.count()).select_from(t)) or 0 for t in tables)


USED_BY_LOGIN = {"users", "sessions", "login_attempts"}


def test_an_empty_page_asks_for_three_files(ada: User) -> None:
    app = open_app(user=ada, page=PAGE)
    assert not app.exception
    assert app.title[0].value == "Importar"
    assert [uploader.label for uploader in app.file_uploader] == [
        "clientes.csv", "vendas.csv", "pagamentos.csv",
    ]  # fmt: skip
    [check] = [button for button in app.button if button.label == "Conferir"]
    assert check.disabled
    assert "Envie os três arquivos para conferir." in app.texts
    assert "primeiro\\_vencimento" in app.texts


def test_checking_shows_what_would_come_in_and_writes_nothing(ada: User) -> None:
    app = press(visit(ada, shop()), "Conferir")
    assert {metric.label: metric.value for metric in app.metric} == {
        "Clientes a importar": "2",
        "Vendas a importar": "2",
        "Notas a importar": "3",
        "Pagamentos a importar": "2",
    }
    assert "Nada foi gravado ainda." in app.texts
    assert "Serão gravados 2 clientes, 2 vendas, 3 notas e 2 pagamentos." in app.texts
    assert rows() == 0


def test_importing_writes_says_so_and_empties_the_page(ada: User) -> None:
    app = press(press(visit(ada, shop()), "Conferir"), "Importar")
    assert "2 clientes, 2 vendas, 3 notas e 2 pagamentos." in app.texts
    assert all(uploader.value is None for uploader in app.file_uploader)
    assert "Importar" not in labels(app)
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == 2
        [entry] = session.scalars(select(AuditEntry))
    assert (entry.action, entry.actor_name) == ("import", "Ada Administradora")


def test_the_same_files_again_leave_nothing_to_import(ada: User) -> None:
    press(press(visit(ada, shop()), "Conferir"), "Importar")
    app = press(visit(ada, shop()), "Conferir")
    assert "já foi importado" in app.texts
    assert "Importar" not in labels(app)


def test_wrong_rows_are_listed_and_cannot_be_imported(ada: User) -> None:
    bad = shop(clientes=[("C3", "=1+1", "123", "", "", "", "", "")])
    app = press(visit(ada, bad), "Conferir")
    assert "1 problema." in app.texts
    table = app.dataframe[-1]
    [row] = table.value.to_dict("records")
    assert (row["file"], row["line"], row["column"]) == ("clientes.csv", 4, "cpf")
    assert "11 dígitos" in row["reason"]
    assert "Importar" not in labels(app)
    assert [button.label for button in app.download_button] == ["Baixar a lista de problemas (CSV)"]
    assert rows() == 0


def test_a_file_that_is_no_csv_is_explained_at_once(ada: User) -> None:
    app = visit(ada, shop() | {"vendas.csv": b"PK\x03\x04[Content_Types].xml"})
    assert "É uma planilha do Excel ou do LibreOffice" in text_of(app)
    [check] = [button for button in app.button if button.label == "Conferir"]
    assert check.disabled


def test_the_first_rows_are_shown_as_they_are_read(ada: User) -> None:
    app = visit(ada, shop())
    customers, sales, payments = (table.value for table in app.dataframe)
    assert customers["nome"].tolist() == ["Conceição Muñoz", "Ana D'Ávila"]
    assert sales["valor_total"].tolist() == ["1.300,00", "50,00"]
    assert payments["line"].tolist() == [2, 3]


def test_a_column_with_another_name_is_asked_for_and_remembered(ada: User) -> None:
    header = ["venda", "parcela", "data", "Quanto", "Como"]
    renamed = csv_file(PAYMENTS, GOOD[PAYMENTS], header=header)
    app = visit(ada, shop() | {PAYMENTS: renamed})
    assert [box.label for box in app.selectbox] == ["valor", "forma"]
    assert app.selectbox[0].options == ["Quanto", "Como"]
    assert "falta indicar valor, forma" in text_of(app)
    app.selectbox[0].set_value("Quanto")
    app.selectbox[1].set_value("Como")
    app.run()
    assert app.dataframe[2].value["valor"].tolist() == ["400,00", "150,00"]
    app = press(app, "Conferir")
    assert "Serão gravados 2 clientes, 2 vendas, 3 notas e 2 pagamentos." in app.texts
    app = press(app, "Importar")
    assert "Importação concluída" in app.texts
    again = csv_file(PAYMENTS, GOOD[PAYMENTS][:1], header=header)
    for uploader in app.file_uploader:
        content = again if uploader.label == PAYMENTS else shop()[uploader.label]
        uploader.set_value((uploader.label, content, "text/csv"))
    app.run()
    assert [box.value for box in app.selectbox] == ["Quanto", "Como"]
    assert "já foi importado" in press(app, "Conferir").texts


def test_an_import_can_be_cancelled_and_leaves_nothing_behind(
    ada: User,
) -> None:
    app = press(visit(ada, shop()), "Conferir")
    before = rows()
    with transaction() as session:  # the import waits for this one's lock, before it writes
        locks.hold(session, "import")
        [button] = [button for button in app.button if button.label == "Importar"]
        button.click()
        app.run()
        assert all(uploader.disabled for uploader in app.file_uploader)
        [cancel] = [button for button in app.button if button.label == "Cancelar"]
        cancel.click()
        app.run()
        assert "Cancelar" in labels(app)
    app = settled(app)
    assert "Cancelado. Nada foi gravado." in app.texts
    assert rows() == before
    assert "Importação concluída" in press(app, "Importar").texts


def test_other_files_must_be_checked_again(ada: User) -> None:
    app = press(visit(ada, shop()), "Conferir")
    assert "Importar" in labels(app)
    bad = shop(vendas=[("V9", "C9", "", "", "", "", "", "")])["vendas.csv"]
    app.file_uploader[1].set_value(("outras vendas.csv", bad, "text/csv"))
    app.run()
    assert "Importar" not in labels(app)


def test_what_changed_between_check_and_import_is_caught(ada: User) -> None:
    app = press(visit(ada, shop()), "Conferir")
    with transaction() as session:
        add_customer(session, "Outra Pessoa", tax_id="52998224725")
    app = press(app, "Importar")
    assert app.dataframe[-1].value.iloc[0]["column"] == "cpf"
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 1


@pytest.mark.parametrize("role", [Role.SELLER, Role.MANAGER])
def test_only_administrators_see_the_page(role: Role) -> None:
    app = open_app(role=role, page=PAGE)
    assert "Sem permissão" in app.texts
    assert not app.file_uploader
