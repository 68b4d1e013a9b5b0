"""What a table is and which column is which, by the names of programs and people."""

from __future__ import annotations

import doctest

import pytest

from credigestor.imports import said_words
from credigestor.imports.recognising import Kind, recognise, recognise_one
from credigestor.imports.tables import Table, tables_of
from tests.imports.files import GOOD, csv_file
from tests.imports.shapes import BALANCES, BESIDE, LISTED, NOTES, WIDE
from tests.imports.spreadsheets import xlsx


def table(text: str, name: str = "lista.csv") -> Table:
    [found] = tables_of(name, text.encode())
    return found


def columns(text: str, name: str = "lista.csv") -> tuple[Kind, dict[str, str]]:
    found = table(text, name)
    what = recognise_one(found)
    return what.kind, {field: found.header[place] for field, place in what.columns.items()}


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(said_words).failed == 0


@pytest.mark.parametrize(
    ("text", "kind", "fields"),
    [
        (NOTES, Kind.NOTES, "nome cpf telefone venda parcela data vencimento valor pago_em "
         "valor_pago juros multa desconto situacao forma"),
        (WIDE, Kind.NOTES, "cliente nome cpf rua cidade descricao data parcela vencimento valor "
         "situacao pago_em valor_pago"),
        (LISTED, Kind.SALES, "venda nome cpf data valor_total entrada vencimentos valores"),
        (BALANCES, Kind.BALANCES, "nome telefone saldo vencimento"),
    ],
)  # fmt: skip
def test_every_column_of_each_shape_is_known(text: str, kind: Kind, fields: str) -> None:
    found, names = columns(text)
    assert (found, list(names)) == (kind, fields.split())


def test_instalments_beside_each_other_are_told_by_their_numbers() -> None:
    kind, names = columns(BESIDE)
    assert kind is Kind.SALES
    assert names["vencimento 2"] == "Venc 2"
    assert (names["pago_em 1"], names["valor 2"]) == ("Pago 1", "Valor 2")


@pytest.mark.parametrize("file", GOOD)
def test_our_own_files_are_what_they_are_called(file: str) -> None:
    found = tables_of("outro nome.csv", csv_file(file, GOOD[file]))
    [what] = recognise(found)
    assert f"{what.kind}.csv" == file
    assert len(what.columns) == len(found[0].header)


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Sacado;Título;Dt. Venc.;Vl. Nominal;Dt. Baixa;Vl. Baixa", "Ana;12/1;05/02/26;9,90;;",
         "nome venda vencimento valor pago_em valor_pago"),
        ("RAZAO SOCIAL;CNPJ;DUPLICATA;VCTO;VALOR;SITUACAO",
         "Loja X;11.222.333/0001-81;A-1;05/02/2026;9,90;Aberto",
         "nome cpf venda vencimento valor situacao"),
        ("Cliente;NomeCliente;DataVencimento;ValorParcela;ValorPago;NumParcela",
         "17;Ana;2026-02-05;9.90;0;1", "cliente nome vencimento valor valor_pago parcela"),
        ("nome;prestação;vence;vr;pagou em;pagou", "Ana;1/2;05/02/26;9,90;06/02/26;9,90",
         "nome parcela vencimento valor pago_em valor_pago"),
    ],
)  # fmt: skip
def test_names_of_other_programs_are_known(header: str, row: str, expected: str) -> None:
    kind, names = columns(f"{header}\n{row}\n")
    assert (kind, list(names)) == (Kind.NOTES, expected.split())


def test_what_stands_below_a_name_tells_which_of_two_it_is() -> None:
    text = "Nome;Parcela;Vencimento;Valor;Pago\nAna;1;05/02/26;9,90;{}\n"
    for cell, field in (("05/02/26", "pago_em"), ("9,90", "valor_pago"), ("Sim", "situacao")):
        assert columns(text.format(cell))[1][field] == "Pago"


def test_a_document_of_several_instalments_is_the_sale_and_one_of_each_its_old_number() -> None:
    header = "Nome;Documento;Parcela;Vencimento;Valor\n"
    rows = "Ana;{};1;05/02/26;9,90\nAna;{};2;05/03/26;9,90\n"
    assert columns(header + rows.format(55, 55))[1]["venda"] == "Documento"
    assert columns(header + rows.format("55/1", "55/2"))[1]["venda"] == "Documento"
    assert columns(header + rows.format(881, 882))[1]["numero_antigo"] == "Documento"


def test_an_amount_that_could_be_two_is_asked_about_unless_its_column_tells() -> None:
    text = (
        "Nome;Vencimento;Parcela;Valor;Desconto\nAna;05/02/26;1;1,460;{}\nAna;05/03/26;2;{};1.5\n"
    )
    unknown = recognise_one(table(text.format("", "2,500"))).readings["valor"]
    assert (unknown.mark, unknown.asks) == (None, True)
    told = recognise_one(table(text.format("", "12.90"))).readings["valor"]
    assert (told.mark, told.asks) == (".", False)


def test_days_written_month_first_are_noticed() -> None:
    text = "Nome;Parcela;Vencimento;Valor\nAna;1;{};9,90\nAna;2;01/02/2026;9,90\n"
    assert recognise_one(table(text.format("12/31/2025"))).readings["vencimento"].month_first
    assert not recognise_one(table(text.format("31/12/2025"))).readings["vencimento"].month_first


def test_words_of_methods_and_states_are_listed_the_most_frequent_first() -> None:
    what = recognise_one(table(NOTES))
    assert what.words == {
        "situacao": ("PAGO", "ABERTO", "CANCELADO"),
        "forma": ("Dinheiro",),
    }


def test_each_sheet_is_recognised_and_what_is_nothing_is_left_out() -> None:
    content = xlsx(
        {
            "Capa": [["Loja da Ana"], ["2026"]],
            "Clientes": [["Código", "Nome", "Fone"], [1, "Ana", "85988724443"]],
            "Resumo": [["Mês", "Faturado"], ["janeiro", 9.9]],
        }
    )
    kinds = [what.kind for what in recognise(tables_of("loja.xlsx", content))]
    assert kinds == [Kind.NOTHING, Kind.CUSTOMERS, Kind.NOTHING]


def test_a_person_may_say_another_kind_and_other_columns() -> None:
    found = table(BALANCES)
    what = recognise_one(found, Kind.CUSTOMERS)
    assert (what.kind, list(what.columns)) == (Kind.CUSTOMERS, ["nome", "telefone"])
    what = recognise_one(found, Kind.CUSTOMERS, {"nome": 0, "limite": 2})
    assert what.readings["limite"].mark == ","
