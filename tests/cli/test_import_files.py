"""The import command with files of any shape: it tells how they are read, and what it asks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note
from credigestor.imports.mappings import keep
from credigestor.imports.recognising import recognise_one
from credigestor.imports.table_lines import Sent
from credigestor.imports.tables import tables_of
from credigestor.services import import_mappings
from tests.cli import commands
from tests.imports.importing import CLI, everything
from tests.imports.past import files, listed
from tests.imports.spreadsheets import xlsx
from tests.imports.test_importing_shapes import ROWS

pytestmark = pytest.mark.usefixtures("db")


def notes() -> int | None:
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(Note))


def test_a_spreadsheet_is_imported_and_how_it_was_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "carteira.xlsx"
    path.write_bytes(xlsx({"Aberto": ROWS}))
    assert commands.run("import", str(path), "--dry-run").exit_code == 0
    assert notes() == 0
    done = commands.run("import", str(path))
    assert done.exit_code == 0, done.output
    assert "carteira.xlsx, planilha Aberto: uma linha por parcela" in done.output
    assert "valor_pago=Vlr pago" in done.output
    assert notes() == 3
    as_customers = commands.run("import", str(path), "--shape", "clientes")
    assert as_customers.exit_code == 1
    assert "planilha Aberto, linha 3, coluna CPF: A referência “52998224725”" in as_customers.output


def test_what_cannot_be_known_is_said_and_a_kept_mapping_answers_it(tmp_path: Path) -> None:
    path = tmp_path / "caderno.csv"
    path.write_text(
        "Nome;CPF;Parcela;Emissão;Vencimento;Valor;Pago em;Forma\n"
        "Ana;52998224725;1;05/01/26;05/02/26;10,00;05/02/26;permuta\n",
        encoding="utf-8",
    )
    refused = commands.run("import", str(path))
    assert refused.exit_code == 1
    assert "falta dizer o que é “permuta”" in refused.output
    [table] = tables_of("x", path)
    sent = Sent(table, recognise_one(table), {"forma": {"permuta": "Dinheiro"}})
    with transaction() as session:
        data = keep([sent]).model_dump(mode="json")
        import_mappings.keep(session, CLI, name="caderno", data=data)
    done = commands.run("import", str(path), "--mapping", "caderno")
    assert (done.exit_code, notes()) == (0, 1), done.output


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--mapping", "nenhum"], "Não há leitura guardada com o nome “nenhum”"),
        (["--map", "a.csv:cor=Nome"], "não há o campo “cor”"),
        (["--map", "a.csv:cidade=Tom"], "não há a coluna “Tom”"),
    ],
)
def test_what_makes_no_sense_is_explained(tmp_path: Path, words: list[str], answer: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Nome;Fone\nAna;1\n", encoding="utf-8")
    done = commands.run("import", str(path), *words)
    assert (done.exit_code, answer in done.output) == (1, True), done.output
    assert "não existe" in commands.run("import", str(tmp_path / "nada.csv")).output


def test_a_trial_tells_of_the_shop_as_it_would_be_writes_it_out_and_undoes_it(
    tmp_path: Path,
) -> None:
    notes = listed("V1", ("10/02/2026", "100,00"), ("10/12/2099", "100,00"))
    paid = {"venda": "V1", "parcela": "1", "data": "10/02/2026", "valor": "100,00"}
    past = tmp_path / "passado"
    past.mkdir()
    for name, content in files(
        sales=[{"ref": "V1", "valor_total": "200,00"}], notes=notes, payments=[paid]
    ).items():
        (past / name).write_bytes(content)
    before, out = everything(), tmp_path / "ensaio"
    done = commands.run("import", str(past), "--trial", str(out))
    assert done.exit_code == 0, done.output
    assert everything() == before
    told = done.output.replace("\xa0", " ")
    assert "Em aberto" in told
    assert re.search(r"Conceição Muñoz +R\$ 100,00", told)
    assert "tudo confere" in told
    debtors = (out / "quem-deve.csv").read_text(encoding="utf-8-sig").splitlines()
    assert debtors[1].startswith("Conceição Muñoz;C1;529.982.247-25;1;10/12/2099;0;0,00;100,00")
    assert len((out / "notas.csv").read_text(encoding="utf-8-sig").splitlines()) == 3
    (past / "pagamentos.csv").write_text("venda;parcela;data;valor;forma\nV9;1;1/1/26;1;pix\n")
    wrong = commands.run("import", str(past), "--trial", str(out))
    assert (wrong.exit_code, "Nada foi gravado." in wrong.output) == (1, True)
