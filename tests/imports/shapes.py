"""Files of the shapes in which shops keep their past, and the canonical rows that they give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from credigestor.imports.problems import Problem, Problems
from credigestor.imports.reading import Row
from credigestor.imports.recognising import recognise
from credigestor.imports.table_lines import Sent
from credigestor.imports.tables import tables_of
from credigestor.imports.translating import Translation, translation

ON = date(2026, 11, 23)

#: One row an instalment, below titles and above a sum, as programs print it.
NOTES = """Relatório de contas a receber;;;;;;;;;;;;;;

Cliente;CPF/CNPJ;Fone;Nº Doc;Parc.;Emissão;Vencto;Vlr. Parcela;Dt Pagto;Vlr Pago;Juros;Multa;Desc.;\
Sit.;Forma Pgto
MARIA DA SILVA;529.982.247-25;85988724443;1001;1/3;05/01/26;05/02/26;R$ 100,00;05/02/26;100,00;;;;\
PAGO;Dinheiro
;;;1001;2/3;05/01/26;10/03/26;R$ 100,00;12/03/26;105,00;3,00;2,00;;PAGO;Dinheiro
;;;1001;3/3;05/01/26;05/04/26;R$ 1.000,10;;;;;;ABERTO;
JOAO D'AVILA;11144477735;;1002;1/1;06/01/26;06/02/26;250,50;;;;;;CANCELADO;
TOTAL;;;;;;;1.450,60;;;;;;;
"""
#: One row a sale, its instalments beside each other.
BESIDE = (
    "Venda,Cliente,CPF,Data,Entrada,Venc 1,Valor 1,Pago 1,Venc 2,Valor 2,Pago 2\n"
    "77,Ana Luz,11144477735,2026-01-05,50.00,2026-02-05,100.00,2026-02-07,2026-03-10,150.00,\n"
    "78,Ana Luz,11144477735,2026-01-06,,2026-02-06,1460.5,,,,\n"
)
#: The same, listed in one cell; of the second only the days.
LISTED = (
    "Contrato;Cliente;CPF;Data;Total;Entrada;Vencimentos;Valores\n"
    "77;Ana Luz;11144477735;05/01/2026;300,00;50,00;05/02/26 10/03/26;100,00 + 150,00\n"
    "78;Ana Luz;11144477735;06/01/2026;100,00;;06/02/2026, 10/03/2026, 10/04/2026;\n"
)
BALANCES = (
    "Nome;Telefone;Quanto deve;Vence em\nAna Luz;;150,00;10/12/2026\nBia;;1.250,00;\nCaio;;-;\n"
)
#: Everything in one row, of customers with codes of their own.
WIDE = (
    "codigo\tnome\tcpf\tendereco\tcidade\tproduto\tdata venda\tnº parcela\tvencimento\t"
    "valor parcela\tpago?\tdata pagto\tvalor pagto\n"
    "1\tAna Luz\t11144477735\tRua A, 10\tFortaleza\tsofá\t05/01/2026\t1\t05/02/2026\t100,00\tS\t"
    "05/02/2026\t100,00\n"
    "1\tAna Luz\t11144477735\tRua A, 10\tFortaleza\tsofá\t05/01/2026\t2\t05/03/2026\t100,00\tN\t"
    "\t\n"
)


def translated(files: Mapping[str, str | bytes]) -> Translation:
    """The files as an import reads them when nobody changes what was recognised."""
    tables = [
        table
        for name, content in files.items()
        for table in tables_of(name, content.encode() if isinstance(content, str) else content)
    ]
    found = recognise(tables)
    return translation(
        [Sent(table, what) for table, what in zip(tables, found, strict=True)], on=ON
    )


def _said(row: Row) -> dict[str, str]:
    return {name: cell for name, cell in row.cells.items() if cell}


class Canonical:
    """The canonical rows of files, read to their end: the cells that say something."""

    def __init__(self, files: Mapping[str, str | bytes] | str) -> None:
        source = translated({"lista.csv": files} if isinstance(files, str) else files)
        found = Problems()
        self.rows = {
            name: [
                (row.line, {k: v for k, v in row.cells.items() if v}) for row in sheet.rows(found)
            ]
            for name, sheet in source.sheets.items()
        }
        self.problems: list[Problem] = [source.told(problem) for problem in found.first()]
        self.notices = source.notices

    def __getitem__(self, name: str) -> list[dict[str, str]]:
        return [cells for _, cells in self.rows[f"{name}.csv"]]

    def lines(self, name: str) -> list[int]:
        """The line that each row came from."""
        return [line for line, _ in self.rows[f"{name}.csv"]]
