"""What lies in the watched folder: whole or not yet, known or not, or none of our business."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.deliveries import Delivery
from credigestor.imports.mappings import apply, keep
from credigestor.imports.tables import tables_of
from credigestor.services import import_mappings
from tests.imports.files import shop
from tests.imports.importing import CLI, everything
from tests.imports.spreadsheets import xlsx
from tests.imports.test_importing_shapes import ROWS
from tests.imports.watched import drop, look, runs, told, watcher

pytestmark = pytest.mark.usefixtures("admin")

NEXT = ("V1", "2", "11/02/2026", "10,00", "pix")


def test_a_file_that_is_still_written_to_waits_until_it_is_whole(tmp_path: Path) -> None:
    watching_it = watcher(tmp_path)
    whole = shop()["clientes.csv"]
    for end in (80, 200, len(whole)):
        drop(tmp_path, {"clientes.csv": whole[:end], "vendas.csv.part": whole, "~$a.xlsx": whole})
        watching_it.look()
        assert runs() == []
    watching_it.look()
    [came] = runs()
    assert (came.file, came.customers) == ("clientes.csv", 2)


def test_a_file_that_changes_while_it_is_taken_waits_for_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(tmp_path, {"clientes.csv": shop()["clientes.csv"]})
    watching_it = watcher(tmp_path)
    watching_it.look()
    digest = Delivery.digest

    def late(delivery: Delivery) -> str:
        found = digest(delivery)
        drop(tmp_path, {"clientes.csv": b"ref;nome\n"})
        return found

    monkeypatch.setattr(Delivery, "digest", late)
    watching_it.look()
    assert runs() == []


def test_links_and_hidden_files_are_let_alone(tmp_path: Path) -> None:
    outside = tmp_path / "fora.csv"
    outside.write_bytes(shop()["clientes.csv"])
    drop(tmp_path / "pasta", {".oculto.csv": b"x", "Thumbs.db": b"x"})
    (tmp_path / "pasta" / "clientes.csv").symlink_to(outside)
    look(watcher(tmp_path / "pasta"))
    assert runs() == []


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("lixo.csv", b"\x00\x01\x02" * 500, "lixo.csv"),
        ("planilha.xlsx", b"PK\x03\x04 nothing", "A planilha está estragada"),
        ("carta.txt", b"Prezada senhora,\nsegue o pedido.\n", "Nenhuma tabela"),
        ("vazio.csv", b"", "vazio"),
        ("conta.pdf", b"%PDF-1.7 x", "É um PDF"),
    ],
)
def test_nonsense_is_refused_with_its_reason(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    before = everything()
    drop(tmp_path, {name: content})
    look(watcher(tmp_path))
    [refused] = runs()
    assert (refused.file, refused.refused) == (name, True)
    assert why in told(refused)[0]
    after = everything()
    del before["import_runs"], after["import_runs"]
    assert after == before


def test_a_shape_that_nobody_has_looked_at_waits_for_its_reading(tmp_path: Path) -> None:
    path = tmp_path / "carteira.xlsx"
    path.write_bytes(xlsx({"Aberto": ROWS}))
    watching_it = watcher(tmp_path, mapping="caixa")
    look(watching_it)
    [refused] = runs()
    assert "Não há leitura guardada com o nome “caixa”" in told(refused)[0]
    kept(tmp_path, "outra")
    look(watcher(tmp_path))
    [refused] = runs()
    assert "ninguém conferiu ainda como se lê" in told(refused)[0]
    kept(tmp_path, "caixa")
    look(watching_it)
    [came] = runs()
    assert (came.refused, came.notes) == (False, 3)


def test_rows_are_taken_as_was_kept_with_the_reading(tmp_path: Path) -> None:
    late = [*ROWS[:2], [*ROWS[2][:7], "20/04/26", 100, "Pix"]]
    (tmp_path / "carteira.xlsx").write_bytes(xlsx({"Aberto": late}))
    kept(tmp_path, "caixa", Choices(waive_short=True))
    look(watcher(tmp_path, mapping="caixa"))
    [came] = runs()
    assert (came.refused, came.payments, came.differences) == (False, 2, 0)
    assert told(came)[0].endswith("juros R$\xa01,53, multa R$\xa02,00")
    with snapshot() as session:
        assert session.scalars(select(Note.principal_balance)).all() == [0, 0]


def kept(folder: Path, name: str, choices: Choices = STRICT) -> None:
    """Keep how the spreadsheet is read, as the page does."""
    [table] = tables_of("carteira.xlsx", folder / "carteira.xlsx")
    data = keep([apply(None, table)], choices).model_dump(mode="json")
    with transaction() as session:
        import_mappings.keep(session, CLI, name=name, data=data)


def test_a_file_that_may_not_be_read_is_told_and_comes_in_once_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise PermissionError(13, "Permission denied")

    drop(tmp_path, {"clientes.csv": shop()["clientes.csv"]})
    watching_it = watcher(tmp_path)
    with monkeypatch.context() as patch:  # root, who may run the tests, reads everything
        patch.setattr(Delivery, "digest", refuse)
        patch.setattr(Delivery, "copied", refuse)
        look(watching_it)
        look(watching_it)
        [refused] = runs()
        assert "Não foi possível ler" in told(refused)[0]
    look(watching_it)
    assert [run.refused for run in runs()] == [False, True]


def test_a_file_that_is_too_large_is_left_to_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credigestor.imports.deliveries.MOST_MB", 0)
    drop(tmp_path, {"clientes.csv": shop()["clientes.csv"]})
    look(watcher(tmp_path))
    [refused] = runs()
    assert "linha de comando" in told(refused)[0]
