"""The import page: check, see, import; a file that is wrong is shown where it is wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Base, Customer, Payment, User
from credigestor.imports.problems import PAYMENTS
from credigestor.imports.recognising import Kind
from credigestor.imports.templates import TEMPLATES
from credigestor.rules.permissions import Role
from tests.factories import add_user
from tests.imports.files import GOOD, csv_file, shop
from tests.imports.spreadsheets import xlsx
from tests.imports.test_importing_shapes import ROWS
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
    return send(app, contents)


def send(app: Visit, contents: dict[str, bytes]) -> Visit:
    """Choose these files, in the place of those before."""
    [uploader] = app.file_uploader
    uploader.set_value([(name, content, "text/csv") for name, content in contents.items()])
    app.run()
    assert not app.exception
    return app


def choose(app: Visit, label: str, value: object) -> Visit:
    [box] = [box for box in app.selectbox if box.label == label]
    box.set_value(value)
    app.run()
    assert not app.exception
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


def test_an_empty_page_asks_for_files_and_offers_templates(ada: User) -> None:
    app = open_app(user=ada, page=PAGE)
    assert not app.exception
    assert app.title[0].value == "Importar"
    assert [uploader.label for uploader in app.file_uploader] == ["Planilhas ou arquivos CSV"]
    assert "Envie um ou mais arquivos para conferir." in app.texts
    assert "Conferir" not in labels(app)
    offered = [button.label for button in app.download_button]
    assert offered == ["CSV", "XLSX"] * len(TEMPLATES)


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
    assert not any(uploader.value for uploader in app.file_uploader)
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
    assert "Baixar a lista de problemas (CSV)" in [button.label for button in app.download_button]
    assert rows() == 0


def test_a_file_that_is_no_table_is_explained_at_once_and_the_others_are_read(ada: User) -> None:
    app = visit(ada, {"vendas.xlsx": b"PK\x03\x04 nothing", "clientes.csv": shop()["clientes.csv"]})
    assert "vendas.xlsx: A planilha está estragada" in text_of(app)
    assert len(app.dataframe) == 1


def test_a_file_of_any_kind_may_be_sent_and_is_told_how_to_be_saved(ada: User) -> None:
    app = visit(ada, {"conta.pdf": b"%PDF-1.7 x", "erp.xls": b"<html><table></table></html>"})
    assert "conta.pdf: É um PDF" in text_of(app)
    assert "erp.xls: É uma página da internet (HTML)" in text_of(app)
    assert not app.file_uploader[0].proto.type
    assert "Importar" not in labels(app)


def test_the_first_rows_are_shown_as_they_are_read(ada: User) -> None:
    app = visit(ada, shop())
    customers, sales, payments = (table.value for table in app.dataframe)
    assert customers["nome"].tolist() == ["Conceição Muñoz", "Ana D'Ávila"]
    assert sales["valor_total"].tolist() == ["1.300,00", "50,00"]
    assert sales["data"].tolist() == ["05/01/2026", "06/01/2026"]
    assert payments["line"].tolist() == [2, 3]


def test_one_spreadsheet_of_instalments_is_recognised_checked_and_imported(ada: User) -> None:
    app = visit(ada, {"carteira.xlsx": xlsx({"Aberto": ROWS})})
    [kind] = [box for box in app.selectbox if box.label == "O que há nesta tabela"]
    assert kind.value is Kind.NOTES
    assert app.dataframe[0].value["valor"].tolist() == ["100,00", "100,00", "1.250,50"]
    app = press(app, "Conferir")
    assert "Serão gravados 2 clientes, 2 vendas, 3 notas e 2 pagamentos." in app.texts
    assert "Importação concluída" in press(app, "Importar").texts


def test_what_a_table_is_and_which_column_is_which_can_be_changed(ada: User) -> None:
    text = "Freguês;Fone;Loja\nAna;85988724443;Beira-mar\n"
    app = visit(ada, {"lista.csv": text.encode()})
    app = choose(app, "O que há nesta tabela", Kind.NOTHING)
    assert "Diga o que há em pelo menos uma das tabelas." in app.texts
    app = choose(app, "O que há nesta tabela", Kind.CUSTOMERS)
    assert list(app.dataframe[0].value) == ["line", "nome", "telefone"]
    app = choose(app, "Loja", "cidade")
    assert app.dataframe[0].value["cidade"].tolist() == ["Beira-mar"]


def test_an_amount_that_could_be_two_and_unknown_words_are_asked_about(ada: User) -> None:
    text = (
        "Nome;CPF;Venda;Parcela;Emissão;Vencimento;Valor;Pago em;Forma\n"
        "Ana;52998224725;1;1;05/01/26;05/02/26;1,460;05/02/26;permuta\n"
    )
    app = visit(ada, {"lista.csv": text.encode()})
    [button] = [button for button in app.button if button.label == "Conferir"]
    assert button.disabled
    assert "⚠ Valor ambíguo" in app.dataframe[0].value["valor"].tolist()[0]
    app = choose(app, "Em “Valor”, 1,460 ou 1.460 é", ".")
    assert app.dataframe[0].value["valor"].tolist() == ["1.460,00"]
    app = press(choose(app, "Forma: permuta", "Dinheiro"), "Conferir")
    assert "Serão gravados 1 cliente, 1 venda, 1 nota e 1 pagamento." in app.texts


def test_how_files_are_read_is_kept_by_name_for_the_next_time(ada: User) -> None:
    header = ["venda", "parcela", "data", "Quantia", "Jeito"]
    renamed = csv_file(PAYMENTS, GOOD[PAYMENTS], header=header)
    app = visit(ada, shop() | {PAYMENTS: renamed})
    kinds = [box for box in app.selectbox if box.label == "O que há nesta tabela"]
    kinds[2].set_value(Kind.PAYMENTS)
    app.run()
    app = choose(choose(app, "Quantia", "valor_pago"), "Jeito", "forma")
    app.text_input(key="import-mapping-name").set_value("Caixa antigo")
    [keep] = [button for button in app.button if button.label == "Guardar"]
    keep.click()
    app.run()
    assert "Leitura guardada." in app.texts
    app = press(press(app, "Conferir"), "Importar")
    assert "Importação concluída" in app.texts
    again = open_app(user=ada, page=PAGE)
    send(again, shop() | {PAYMENTS: csv_file(PAYMENTS, GOOD[PAYMENTS][:1], header=header)})
    again = choose(again, "Leitura guardada", "Caixa antigo")
    assert again.dataframe[2].value["valor_pago"].tolist() == ["400,00"]
    assert "já foi importado" in press(again, "Conferir").texts
    again.button(key="import-mapping-forget").click()
    again.run()
    assert "Leitura Caixa antigo apagada." in again.texts


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
    app = send(app, shop() | {"vendas.csv": bad})
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
