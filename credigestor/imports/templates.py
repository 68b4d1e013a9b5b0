"""Files to fill in, one for each way in which a shop may keep its past, with two examples."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import xlsxwriter

from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_number

Cell = str | int | Decimal | date
_WIDTH = 18  # of a column, in letters


@dataclass(frozen=True)
class Template:
    """A file to fill in: its name, what it is for, and its tables by name, names first."""

    name: str
    title: str
    tables: dict[str, Sequence[Sequence[Cell]]]

    def as_csv(self) -> bytes:
        """Its first table, as Excel in Portuguese reads it."""
        file = io.StringIO()
        rows = next(iter(self.tables.values()))
        csv.writer(file, delimiter=";").writerows([_in_words(cell) for cell in row] for row in rows)
        return file.getvalue().encode("utf-8-sig")

    def as_xlsx(self) -> bytes:
        """A workbook of all its tables, days and amounts as such."""
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
            bold = book.add_format({"bold": True})
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            money = book.add_format({"num_format": "#,##0.00"})
            for name, rows in self.tables.items():
                sheet = book.add_worksheet(name)
                sheet.freeze_panes(1, 0)
                sheet.set_column(0, len(rows[0]) - 1, _WIDTH)
                for place, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        if isinstance(cell, date):
                            sheet.write_datetime(place, column, cell, day)
                        elif isinstance(cell, Decimal):
                            sheet.write_number(place, column, float(cell), money)
                        else:
                            sheet.write(place, column, cell, None if place else bold)
        return file.getvalue()


def _in_words(cell: Cell) -> str:
    if isinstance(cell, date):
        return format_date(cell)
    return format_number(cell) if isinstance(cell, Decimal) else str(cell)


_ANA = ("Ana Luz D'Ávila", "529.982.247-25", "(85) 98872-4443")
_JOAO = ("João da Silva", "111.444.777-35", "")
_WHO = ("Cliente", "CPF", "Telefone")
_PEOPLE = (
    ("Código", "Nome", "CPF", "Telefone", "Rua", "Número", "Bairro", "Cidade", "UF", "CEP"),
    ("1", *_ANA, "Rua das Flores", "10", "Centro", "Fortaleza", "CE", "60175-000"),
    ("2", *_JOAO, "", "", "", "", "", ""),
)
_SOLD, _DUE, _NEXT = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 10)


def _brl(value: str) -> Decimal:
    return Decimal(value)


TEMPLATES = (
    Template(
        "parcelas",
        "Uma linha por parcela",
        {
            "Parcelas": (
                (*_WHO, "Venda", "Data da venda", "Parcela", "Vencimento", "Valor", "Pago em",
                 "Valor pago", "Juros", "Multa", "Desconto", "Forma", "Situação"),
                (*_ANA, "1001", _SOLD, "1/2", _DUE, _brl("150.00"), date(2026, 2, 7),
                 _brl("153.10"), _brl("0.10"), _brl("3.00"), "", "Pix", "Paga"),
                (*_ANA, "1001", _SOLD, "2/2", _NEXT, _brl("100.00"), "", "", "", "", "", "",
                 "Aberta"),
            )
        },
    ),
    Template(
        "vendas-com-parcelas",
        "Uma linha por venda, com as parcelas ao lado",
        {
            "Vendas": (
                (*_WHO, "Venda", "Data da venda", "Descrição", "Valor total", "Entrada",
                 "Forma", "Vencimento 1", "Valor 1", "Pago em 1", "Vencimento 2", "Valor 2",
                 "Pago em 2"),
                (*_ANA, "1001", _SOLD, "Sofá", _brl("300.00"), _brl("50.00"),
                 "Dinheiro", _DUE, _brl("150.00"), _DUE, _NEXT, _brl("100.00"), ""),
                (*_JOAO, "1002", date(2026, 1, 6), "", _brl("90.00"), "", "Pix", _DUE,
                 _brl("90.00"), "", "", "", ""),
            )
        },
    ),
    Template(
        "saldos",
        "Só o que cada cliente deve",
        {
            "Saldos": (
                (*_WHO, "Saldo devedor", "Vencimento"),
                (*_ANA, _brl("100.00"), _NEXT),
                (*_JOAO, _brl("1250.50"), _DUE),
            )
        },
    ),
    Template("clientes", "Uma linha por cliente", {"Clientes": _PEOPLE}),
    Template(
        "clientes-vendas-pagamentos",
        "Vendas iguais mês a mês, com clientes e pagamentos em outras abas",
        {
            "Vendas": (
                ("Venda", "Cliente", "Data da venda", "Descrição", "Valor total", "Entrada",
                 "Parcelas", "Primeiro vencimento"),
                ("1001", "1", _SOLD, "Sofá", _brl("350.00"), _brl("50.00"), 3, _DUE),
                ("1002", "2", date(2026, 1, 6), "", _brl("90.00"), _brl("0.00"), 1, _DUE),
            ),
            "Clientes": _PEOPLE,
            "Pagamentos": (
                ("Venda", "Parcela", "Pago em", "Valor pago", "Forma"),
                ("1001", 1, _DUE, _brl("100.00"), "Dinheiro"),
                ("1001", 2, date(2026, 3, 5), _brl("100.00"), "Pix"),
            ),
        },
    ),
)  # fmt: skip
