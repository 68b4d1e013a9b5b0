"""Files as anybody might send them, by a seed: columns of all names, cells of all kinds, damage."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from credigestor.imports.headings import FIELDS
from tests.imports.spreadsheets import ods, raw_xlsx, xlsx

_NAMES = [name for names in FIELDS.values() for name in names]
_JUNK = [
    "",
    "Coluna",
    "=1+1",
    "💥",
    "x" * 300,
    "Total",
    "vencimento 1",
    "valor 1",
    "venc 2",
    "valor 2",
]
_TEXTS = [
    *("", "", " ", "-", "0", "Ana Luz", "D'ÁVILA", "=CMD()", "\u202e", "é" * 50, "x" * 500),
    *("\t", "a\nb", 'a"b', "'", "NULL", "#REF!", "Total", "🙂", "1/3", "2ª", "1001/2", "A-1"),
    *("Pix", "cartão", "permuta", "Dinheiro 1,00 + Pix 2,00", "+", "PAGO", "aberto", "52998224725"),
    *("05/02/26 10,00; 05/03/26 11,00", "99999999999999999999", "1e400", "-1", "NaN", "inf"),
]  # fmt: skip


def random_file(seed: int, *, workbooks: bool = False) -> tuple[str, bytes]:
    """A file's name and content."""
    random = Random(seed)
    rows = _rows(random)
    if workbooks:
        content = _workbook(random, rows)
        name = "arquivo.xlsx"
    else:
        content = _csv(random, rows)
        name = random.choice(["clientes.csv", "vendas.csv", "parcelas.csv", "lista.txt"])
    return name, _damaged(random, content) if random.random() < 0.3 else content


def likely_file(seed: int) -> bytes:
    """A carteira as shops have it, of which every other has one cell that is something else."""
    random = Random(seed)
    rows = [["Cliente", "CPF", "Contrato", "Parc.", "Emissão", "Vencto", "Valor", "Pago em",
             "Vlr pago", "Forma"]]  # fmt: skip
    for sale in range(random.randrange(1, 4)):
        cents, count = random.randrange(100, 100_000), random.randrange(1, 5)
        who = random.choice([("Ana Luz", "52998224725"), ("Bia", "111.444.777-35")])
        for number in range(1, count + 1):
            value = f"{cents // 100},{cents % 100:02d}"
            due = f"05/{number + 1:02d}/2026"
            paid = [due, value, "Pix"] if random.random() < 0.5 else ["", "", ""]
            key = [f"{seed}-{sale}x", f"{number}/{count}", "05/01/2026"]
            rows.append([*who, *key, due, value, *paid])
    if random.random() < 0.5:
        row = random.choice(rows[1:])
        row[random.randrange(len(row))] = random.choice(_TEXTS)
    return _csv(random, rows)


def _rows(random: Random) -> list[list[str]]:
    width = random.randrange(1, 16)
    header = [_heading(random) for _ in range(width)]
    makers = [random.choice(_MAKERS) for _ in range(width)]
    rows = [[_cell(random, make) for make in makers] for _ in range(random.randrange(0, 30))]
    titles = [["Relatório"]] * random.randrange(0, 3)
    if random.random() < 0.2:
        rows.append([random.choice(_TEXTS)] * random.randrange(0, 20))
    return [*titles, header, *rows]


def _heading(random: Random) -> str:
    name = random.choice(_NAMES if random.random() < 0.9 else _JUNK)
    return random.choice([name, name.upper(), name.title(), name.replace(" ", "_"), f"{name}."])


def _cell(random: Random, make: Callable[[Random], str]) -> str:
    return random.choice(_TEXTS) if random.random() < 0.1 else make(random)


def _day(random: Random) -> str:
    day = date(2020, 1, 1) + timedelta(days=random.randrange(-9_000, 9_000))
    form = random.choice(["%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d"])
    return day.strftime(form)


def _amount(random: Random) -> str:
    value = random.choice([0, 1, 99, 1_460, 123_456, 10**13]) * random.choice([1, 0.01, 0.001])
    return random.choice(["{:.2f}", "R$ {:,.2f}", "{:,.3f}", "{:g}", "({:.2f})"]).format(value)


_MAKERS: list[Callable[[Random], str]] = [
    _day,
    _amount,
    lambda random: str(random.randrange(1, 20)),
    lambda random: random.choice(_TEXTS),
    lambda random: random.choice(["Ana", "Bia", "Caio", ""]),
    lambda random: f"{random.randrange(1, 4)}/{random.randrange(1, 5)}",
]


def _csv(random: Random, rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=random.choice(";,\t|")).writerows(rows)
    encoding = random.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    return file.getvalue().encode(encoding, errors="replace")


def _workbook(random: Random, rows: list[list[str]]) -> bytes:
    cells: list[list[object]] = [[_typed(random, cell) for cell in row] for row in rows]
    if random.random() < 0.1:
        reference = f"{random.choice('ABZ')}{random.choice([0, 1, 2, 9**9])}"
        return raw_xlsx([f'<row r="2"><c r="{reference}"><v>1e999</v></c></row>'.encode()])
    if random.random() < 0.4:
        return ods([[_without_control(cell) for cell in row] for row in cells])
    return xlsx({"Um": cells, "Dois": cells[:2]})


def _typed(random: Random, cell: str) -> object:
    return random.choice([cell, random.uniform(-1e9, 1e9), date(2026, 2, 5), True, None, 46_027])


def _without_control(cell: object) -> object:
    return "".join(c for c in cell if c.isprintable()) if isinstance(cell, str) else cell


def _damaged(random: Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(random.randrange(1, 8)):
        if damaged:
            damaged[random.randrange(len(damaged))] = random.randrange(256)
    return bytes(
        damaged[: random.randrange(len(damaged) + 1)] if random.random() < 0.3 else damaged
    )
