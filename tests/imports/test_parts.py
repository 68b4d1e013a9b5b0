"""However many parts the sales of a file come in, the same comes of it: all of it, or nothing."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import text

from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.imports import importer, sale_rows
from credigestor.imports.plan import Plan
from credigestor.reports.check.report import check
from tests.imports.importing import CLI, everything
from tests.imports.shapes import ON, translated

pytestmark = pytest.mark.usefixtures("db")
SALES = 7
HEADER = ("Cliente", "CPF", "Contrato", "Parcela", "Vencimento", "Valor", "Pago em", "Valor pago",
          "Juros", "Forma")  # fmt: skip


def file(*, wrong: bool = False) -> str:
    """Seven sales of three people, in no order, of which two notes are paid each, one late."""
    rows = []
    for sale in range(SALES):
        who = [("Ana Luz", "52998224725"), ("Bia", "11144477735"), ("Caio", "")][sale % 3]
        for number in range(1, 4):
            due = f"2025-{number + 1:02d}-{sale + 5:02d}"
            paid = [
                [f"2025-{number + 2:02d}-25", f"{101 + sale},00", "1,00", "Pix"],
                [due, f"{100 + sale},00", "", "Dinheiro"],
                ["", "", "", ""],
            ][number - 1]
            rows.append([*who, f"V{sale}", f"{number}/3", due, f"{100 + sale},00", *paid])
    Random(3).shuffle(rows)
    if wrong:
        last = next(row for row in rows if row[2] == rows[-1][2])
        last[6:8] = ["2025-12-01", "9999,00"]
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([HEADER, *rows])
    return out.getvalue()


def run(content: str) -> Plan:
    with transaction() as session:
        return importer.run(
            session, CLI, translated({"lista.csv": content}), today=ON, account=True
        )


def told() -> list[tuple[str, int, str, str, str]]:
    """Each note with what is left of it, and the interest and principal that were paid."""
    question = """
        SELECT s.ref, n.number, n.principal_balance::text, coalesce(i.interest::text, ''),
            coalesce(i.principal::text, '')
        FROM notes n JOIN sales s ON s.id = n.sale_id
        LEFT JOIN payment_items i ON i.note_id = n.id ORDER BY s.ref, n.number"""
    with snapshot() as session:
        assert check(session) == []
        return [tuple(row) for row in session.execute(text(question))]


def expected() -> Iterator[tuple[str, int, str, str, str]]:
    for sale in range(SALES):
        value = f"{100 + sale}.00"
        yield from ((f"V{sale}", 1, "0.00", "1.00", value), (f"V{sale}", 2, "0.00", "0.00", value))
        yield f"V{sale}", 3, value, "", ""


@pytest.mark.parametrize("size", [1, 2, 1_000])
def test_sales_in_many_parts_are_those_in_one(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sale_rows, "_A_PART", size)
    source = translated({"lista.csv": file()})
    with transaction() as session:
        plan = importer.run(session, CLI, source, today=ON, account=True)
    assert source.parts == -(-SALES // size)
    assert plan.new.as_dict() == {"customers": 3, "sales": 7, "notes": 21, "payments": 14}
    assert plan.account is not None
    figures = {each.name: (each.in_files, each.here) for each in plan.account.figures}
    assert str(figures["Em aberto"][0]) == "721.00"
    assert told() == list(expected())
    again = run(file())
    assert (again.new.notes, again.known.notes, again.known.payments) == (0, 21, 14)


def test_a_row_that_is_wrong_in_the_last_part_takes_back_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sale_rows, "_A_PART", 1)
    before = everything()
    plan = run(file(wrong=True))
    assert plan.problem_count == 1
    assert everything() == before


def test_an_import_waits_for_the_one_before_it_longer_than_a_click_would() -> None:
    importing = threading.Thread(target=run, args=(file(),))
    with transaction() as session:
        locks.hold(session, "import")
        importing.start()
        importing.join(timeout=2.5)
        assert importing.is_alive()
    importing.join(timeout=30)
    assert told() == list(expected())
