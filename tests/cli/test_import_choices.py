"""What is chosen for an import on the command line reaches its rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot
from credigestor.db.models import Note, Payment, Sale
from tests.cli.commands import run
from tests.imports.past import files, listed

pytestmark = pytest.mark.usefixtures("db")


def test_choices_and_rates_of_a_whole_file_are_options_of_the_command(tmp_path: Path) -> None:
    notes = listed("V1", ("10/02/2026", "100,00"), ("10/03/2026", "100,00"))
    paid = {"venda": "V1", "data": "12/05/2026", "valor": "150,00", "forma": "Crediário"}
    contents = files(sales=[{"ref": "V1", "valor_total": "200,00"}], notes=notes, payments=[paid])
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    refused = run("import", str(tmp_path), "--method", "Crediário=cartão")
    assert refused.exit_code == 1
    assert "parcela" in refused.output
    options = ["--waive-short", "--spill", "--late-rate", "0,5", "--grace-days", "3"]
    kept = tmp_path / "conferencia.csv"
    options += ["--report", str(kept)]
    done = run("import", str(tmp_path), "--method", "Crediário=cartão", *options)
    assert done.exit_code == 0, done.output
    assert "Encargos dispensados pela importação: 1 (venda V1" in done.output
    with snapshot() as session:
        balances = select(Note.principal_balance).order_by(Note.number)
        assert session.scalars(balances).all() == [0, 50]
        assert session.scalars(select(Payment.method)).all() == ["card"]
        made = session.scalars(select(Sale)).one()
    assert (made.late_rate * 2, made.fine_rate, made.grace_days) == (1, 2, 3)
    told = kept.read_text(encoding="utf-8-sig")
    assert "Totais;Em aberto;50,00;50,00;" in told
    assert "Encargos dispensados pela importação;pagamentos.csv, linha 2" in told
    wrong = run("import", str(tmp_path), "--method", "Crediário=vaca")
    assert (wrong.exit_code, "Crediário=cartão" in wrong.output) == (1, True)
