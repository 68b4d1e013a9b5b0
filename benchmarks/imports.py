"""A shop's past moving in: a file of one row an instalment, from the file to committed rows.

The floor is psql's COPY of the very rows that ours wrote, table by table, into the same tables with
their keys, indexes and triggers. Ours is the importer in a process of its own, recognition and
check of the whole file included. Both take turns, each in a new database.

python -m benchmarks.imports --rows 1000000    # this alone
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import NamedTuple

import click
import psutil
from dateutil.relativedelta import relativedelta
from sqlalchemy import URL, make_url, text

from benchmarks.business import cpf
from benchmarks.figure import Figure
from benchmarks.files import tool
from benchmarks.results import table
from benchmarks.server import Peak
from benchmarks.shops import FOLDER, ROOT, connect, copy_of, empty
from credigestor.db.engine import transaction
from credigestor.db.migrate import migrate
from credigestor.imports import importer, mappings
from credigestor.imports.tables import tables_of
from credigestor.imports.translating import translation
from credigestor.postgres import launcher
from credigestor.rules.permissions import Actor, Role

ROWS = 200_000
#: Memory is held against that of a file so many times smaller.
SMALLER = 4
NOTES_A_SALE, SALES_A_CUSTOMER = 10, 4
ROUNDS = 3
#: Rows a second, and how many times what COPY takes.
SPEED, COPY = 15_000, 3.0
#: Megabytes that so many times the rows may take more.
MEMORY = 64.0
_ON = date(2025, 12, 31)
_TABLES = (
    *("customers", "sales", "sale_money", "notes", "acts", "act_items", "payments"),
    "payment_items",
)
_HEADER = (
    *("Cliente", "CPF", "Contrato", "Parcela", "Emissão", "Vencimento", "Valor"),
    *("Pago em", "Valor pago", "Juros", "Multa", "Desconto", "Situação", "Forma"),
)
_FIRST, _LAST = ("Ana", "João", "Maria", "José", "Rita"), ("Silva", "Sousa", "Lima", "Moura")
_METHODS = ("Dinheiro", "Pix", "Cartão", "Boleto")


class Taken(NamedTuple):
    """What an import took: seconds of the clock, of our processor and of the database's, and MB."""

    wall: float
    ours: float
    database: float
    memory: float


def measure(server: URL, rows: int = ROWS) -> list[Figure]:
    """Time it all in databases that are made on a server and dropped."""
    with TemporaryDirectory() as place, empty(server, "imports") as url:
        folder = Path(place)
        engine = connect(url)
        migrate(engine)
        engine.dispose()
        few, many = folder / "few.csv", folder / "many.csv"
        write(few, rows // SMALLER)
        write(many, rows)
        least = _imported(url, few, folder).memory
        found = [(_imported(url, many, folder), _copied(url, folder)) for _ in range(ROUNDS)]
    ours = median(taken.wall for taken, _ in found)
    floor = median(seconds for _, seconds in found)
    more = max(taken.memory for taken, _ in found) - least
    for taken, _ in found:
        click.echo(f"  {rows / taken.wall:.0f} rows/s; {taken}", err=True)
    name = f"import_of_{rows // 1_000}k_instalments"
    return [
        Figure(f"{name}_vs_copy", ours, floor, COPY),
        Figure(f"{name}_at_{SPEED // 1_000}k_a_second", ours, rows / SPEED, 1),
        Figure(f"memory_of_{SMALLER}_times_the_instalments_mb", max(more, 0.0), MEMORY, 1),
    ]


def write(path: Path, rows: int) -> None:
    """Write the file: most is paid, some late with charges or with less, some is still open."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";", lineterminator="\r\n")
        out.writerow(_HEADER)
        out.writerows(_rows(rows))


def _rows(rows: int) -> Iterator[tuple[str, ...]]:
    random = Random(1)
    for sale in range(rows // NOTES_A_SALE):
        number = sale // SALES_A_CUSTOMER + 1
        who = f"{_FIRST[number % 5]} {_LAST[number % 4]} {number}", cpf(number)
        sold = date(2016, 1, 4) + timedelta(days=random.randrange(3_300))
        value = random.randrange(2_000, 60_000)
        for k in range(1, NOTES_A_SALE + 1):
            due = sold + relativedelta(months=k)
            key = f"V{sale + 1}", f"{k}/{NOTES_A_SALE}", _day(sold)
            yield (*who, *key, _day(due), _amount(value), *_paid(random, due, value))


def _paid(random: Random, due: date, value: int) -> tuple[str, ...]:
    paid = due + timedelta(days=random.choice((-3, -1, 0, 0, 0, 0, 0, 0, 10, 40)))
    if paid > _ON or random.random() < 0.1:
        return "", "", "", "", "", "Aberta", ""
    late = max((paid - due).days, 0)
    interest, fine = (value * late // 3000, value * 2 // 100) if late > 4 else (0, 0)
    charged = tuple(_amount(each) if each else "" for each in (interest, fine))
    how = random.choice(_METHODS)
    return _day(paid), _amount(value + interest + fine), *charged, "", "Paga", how


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _imported(url: URL, path: Path, folder: Path) -> Taken:
    """Import a file into a copy of the empty shop, and leave its rows in the folder."""
    with copy_of(url) as made:
        environment = {**os.environ, "DATABASE_URL": made.render_as_string(hide_password=False)}
        command = [sys.executable, "-m", "benchmarks.imports", "--file", str(path)]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        for name in _TABLES:
            tool("psql", made, "-c", f"\\copy {name} TO '{folder / name}' (FORMAT csv)")
    return Taken(*json.loads(done.stdout))


def _copied(url: URL, folder: Path) -> float:
    """Seconds of psql for the same rows, in one transaction."""
    commands = [f"\\copy {name} FROM '{folder / name}' (FORMAT csv)" for name in _TABLES]
    with copy_of(url) as made:
        return tool("psql", made, "-1", *(part for each in commands for part in ("-c", each)))


def _import(path: Path) -> Taken:
    """Import a file as the command line does, in this process."""
    with transaction() as session:
        backend = psutil.Process(session.scalar(text("SELECT pg_backend_pid()")))
        start, before = perf_counter(), process_time()
        with Peak(psutil.Process()) as peak:
            sent = [mappings.apply(None, each) for each in tables_of(path.name, path)]
            plan = importer.run(
                session, Actor(None, "Benchmark", Role.ADMIN), translation(sent, on=_ON), today=_ON
            )
            session.commit()
        assert not plan.problem_count, plan.problems[:3]
        spent = backend.cpu_times()
        taken = perf_counter() - start, process_time() - before
        return Taken(*taken, spent.user + spent.system, peak.rise)


@click.command()
@click.option("--rows", type=int, default=ROWS, show_default=True, help="Rows of the file.")
@click.option("--file", type=click.Path(path_type=Path), hidden=True)
def main(rows: int, file: Path | None) -> None:
    """Measure this alone; with --file import that into DATABASE_URL and say what it took."""
    if file is not None:
        click.echo(json.dumps(_import(file)))
        return
    measured = measure(make_url(launcher.start(FOLDER)), rows)
    click.echo(table(figure.as_dict() for figure in measured))


if __name__ == "__main__":
    main()
