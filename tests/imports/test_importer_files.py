"""Importing from files as they come: other names of columns, cancelled half-way, too much wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Payment, SaleMoney
from credigestor.errors import InvalidInput
from credigestor.imports import importer
from credigestor.imports.importer import Counts, read_folder
from credigestor.imports.problems import ENOUGH_PROBLEMS, MAX_PROBLEMS, PAYMENTS, SALES
from credigestor.reports.check.report import check
from tests.cli import commands
from tests.imports.files import GOOD, csv_file, shop, source
from tests.imports.importing import CLI, everything, run
from tests.portfolio import TODAY

pytestmark = pytest.mark.usefixtures("db")

RENAMED = csv_file(
    PAYMENTS, GOOD[PAYMENTS], header=["Pedido", "parcela", "data", "Valor pago", "forma"]
)


class Enough(Exception):
    """What a progress raises that wants no more."""


def written_to(folder: Path, contents: dict[str, bytes]) -> Path:
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


def test_the_command_takes_other_names_of_columns(tmp_path: Path) -> None:
    folder = str(written_to(tmp_path, shop() | {PAYMENTS: RENAMED}))
    names = ["--map", "pagamentos.csv:venda=Pedido", "--map", "PAGAMENTOS.CSV:valor = Valor pago"]
    refused = commands.run("import", folder)
    assert refused.exit_code == 1
    assert "coluna venda: Falta a coluna “venda”." in refused.output
    done = commands.run("import", folder, *names)
    assert done.exit_code == 0, done.output
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == 2


@pytest.mark.parametrize(
    ("word", "answer"),
    [("venda=Pedido", "Escreva --map"), ("pagamentos.csv:cor=Tom", "não lê a coluna “cor”")],
)
def test_a_map_that_makes_no_sense_is_explained(tmp_path: Path, word: str, answer: str) -> None:
    folder = str(written_to(tmp_path, shop()))
    result = commands.run("import", folder, "--map", word)
    assert result.exit_code == 1
    assert answer in result.output


@pytest.mark.parametrize("stop", ["Conferindo vendas", "Gravando pagamentos", "Pronto"])
def test_an_import_that_is_cancelled_at_any_step_leaves_nothing_and_can_be_repeated(
    stop: str,
) -> None:
    before = everything()

    def progress(share: float, what: str) -> None:
        if what.startswith(stop):
            raise Enough

    with pytest.raises(Enough), transaction() as session:
        importer.run(session, CLI, source(shop()), today=TODAY, progress=progress)
    assert everything() == before
    assert run(shop()).new == Counts(2, 2, 3, 2)


def test_payments_may_come_later_than_their_sales_and_many_at_a_time() -> None:
    run(shop() | {PAYMENTS: csv_file(PAYMENTS, [])})
    rows = [("V1", "3", "01/04/2026", "0,01", "pix")] * 12_000
    many = shop() | {PAYMENTS: csv_file(PAYMENTS, [*GOOD[PAYMENTS], *rows])}
    assert run(many).new == Counts(payments=12_002)
    before = everything()
    assert run(many).new == Counts()
    assert everything() == before


def test_r36_a_payment_in_several_methods_is_read_as_the_exports_write_it() -> None:
    several = "Dinheiro 40,00 + Pix 47,48", "cartão 7,48 + DINHEIRO 80,00"
    more = [("V1", "3", "10/02/2026", "87,48", way) for way in several]
    assert run(shop(pagamentos=more)).problems == []
    with snapshot() as session:
        ways = session.execute(select(Payment.way, Payment.amount).order_by(Payment.id)).all()
        down = session.execute(select(SaleMoney.way, SaleMoney.amount).order_by(SaleMoney.id)).all()
        assert check(session) == []
    for way in ("cash 40.00 + pix 47.48", "cash 80.00 + card 7.48"):
        assert (way, Decimal("87.48")) in ways
    # What an import brings says nothing of how a down payment came (R35).
    assert down == [("unknown", Decimal("100.00")), ("unknown", Decimal("50.00"))]
    assert run(shop(pagamentos=more)).new == Counts()


def test_a_file_full_of_wrong_rows_is_not_read_to_its_end() -> None:
    rows = [("V1", "2", "nunca", "x", "vale")] * 50_000
    plan = run(shop(pagamentos=rows))
    assert len(plan.problems) == MAX_PROBLEMS
    assert ENOUGH_PROBLEMS <= plan.problem_count < ENOUGH_PROBLEMS + 5
    assert plan.notices == ["pagamentos.csv: a leitura parou na linha 3337, com 10 mil problemas."]


def test_files_in_a_folder_are_read_from_where_they_lie(tmp_path: Path) -> None:
    files = read_folder(written_to(tmp_path, shop()))
    (tmp_path / SALES).unlink()
    with pytest.raises(InvalidInput, match="Não foi possível ler"), transaction() as s:
        importer.run(s, CLI, files, today=TODAY)
