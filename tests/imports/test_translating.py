"""Every shape gives the same four kinds of rows, and remembers where each came from."""

from __future__ import annotations

import doctest
from datetime import date

import pytest

from credigestor.imports import identities, table_lines
from credigestor.imports.mending import Mending
from credigestor.imports.problems import Problems
from credigestor.imports.recognising import recognise_one
from credigestor.imports.table_lines import Sent
from credigestor.imports.tables import tables_of
from credigestor.imports.translating import translation
from tests.imports.files import shop
from tests.imports.shapes import BALANCES, BESIDE, LISTED, NOTES, ON, WIDE, Canonical
from tests.imports.spreadsheets import ods, xlsx

MARIA, JOAO = "52998224725", "11144477735"


@pytest.mark.parametrize("module", [identities, table_lines])
def test_the_examples_in_the_modules_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_a_row_an_instalment_gives_customers_sales_instalments_and_payments() -> None:
    found = Canonical(NOTES)
    assert found["clientes"] == [
        {"ref": MARIA, "nome": "MARIA DA SILVA", "cpf": "529.982.247-25",
         "telefone": "85988724443"},
        {"ref": JOAO, "nome": "JOAO D'AVILA", "cpf": JOAO},
    ]  # fmt: skip
    assert found["vendas"] == [
        {"ref": "1001", "cliente": MARIA, "data": "2026-01-05", "valor_total": "1200.10",
         "entrada": "0.00", "parcelas": "3", "primeiro_vencimento": "2026-02-05"},
        {"ref": "1002", "cliente": JOAO, "data": "2026-01-06", "valor_total": "250.50",
         "entrada": "0.00", "parcelas": "1", "primeiro_vencimento": "2026-02-06"},
    ]  # fmt: skip
    assert [(each["venda"], each["parcela"], each["vencimento"], each["valor"], each["situacao"])
            for each in found["parcelas"]] == [
        ("1001", "1", "2026-02-05", "100.00", "paga"),
        ("1001", "2", "2026-03-10", "100.00", "paga"),
        ("1001", "3", "2026-04-05", "1000.10", "aberta"),
        ("1002", "1", "2026-02-06", "250.50", "cancelada"),
    ]  # fmt: skip
    assert found["pagamentos"] == [
        {"venda": "1001", "parcela": "1", "data": "2026-02-05", "valor": "100.00",
         "forma": "Dinheiro"},
        {"venda": "1001", "parcela": "2", "data": "2026-03-12", "valor": "105.00",
         "forma": "Dinheiro", "juros": "3.00", "multa": "2.00"},
    ]  # fmt: skip
    assert found.lines("parcelas") == [4, 5, 6, 7]
    assert found.problems == []
    assert found.notices == ["lista.csv: linhas de total não lidas: 1."]


@pytest.mark.parametrize("text", [BESIDE, LISTED])
def test_a_row_a_sale_gives_its_uneven_instalments(text: str) -> None:
    found = Canonical(text)
    assert found.problems == []
    assert found["vendas"][0] == {
        "ref": "77", "cliente": JOAO, "data": "2026-01-05", "valor_total": "300.00",
        "entrada": "50.00", "parcelas": "2", "primeiro_vencimento": "2026-02-05",
    }  # fmt: skip
    assert [(each["vencimento"], each["valor"]) for each in found["parcelas"][:2]] == [
        ("2026-02-05", "100.00"),
        ("2026-03-10", "150.00"),
    ]


def test_the_rest_of_each_way_of_a_row_a_sale() -> None:
    beside, listed = Canonical(BESIDE), Canonical(LISTED)
    assert beside["pagamentos"] == [
        {"venda": "77", "parcela": "1", "data": "2026-02-07", "valor": "100.00"}
    ]
    assert beside.notices == ["Pagamentos sem valor: foi tomado o da parcela (1)."]
    assert beside["vendas"][1]["valor_total"] == "1460.50"
    assert [each["valor"] for each in listed["parcelas"][2:]] == ["33.34", "33.33", "33.33"]


def test_days_and_amounts_of_one_list_must_be_as_many() -> None:
    found = Canonical(LISTED.replace("100,00 + 150,00", "100,00 + 150,00 + 5,00"))
    [problem] = found.problems
    assert (problem.line, problem.column) == (2, "Vencimentos")
    assert problem.reason == "Há 2 vencimentos e 3 valores."


def test_balances_become_what_is_owed_and_nothing_else() -> None:
    found = Canonical(BALANCES)
    assert [each["nome"] for each in found["clientes"]] == ["Ana Luz", "Bia", "Caio"]
    assert [(each["valor_total"], each["data"], each["descricao"]) for each in found["vendas"]] == [
        ("150.00", "2026-11-10", "Saldo anterior"),
        ("1250.00", "2026-10-23", "Saldo anterior"),
    ]
    assert [each["vencimento"] for each in found["parcelas"]] == ["2026-12-10", "2026-11-23"]
    assert found["pagamentos"] == []


def test_a_wide_row_has_everything() -> None:
    found = Canonical(WIDE)
    assert found["clientes"] == [
        {"ref": "1", "nome": "Ana Luz", "cpf": JOAO, "rua": "Rua A, 10", "cidade": "Fortaleza"}
    ]
    assert [each["ref"] for each in found["vendas"]] == ["1 2026-01-05"]
    assert found["vendas"][0]["descricao"] == "sofá"
    assert len(found["pagamentos"]) == 1


def test_our_own_three_files_say_what_they_said() -> None:
    found = Canonical(shop())
    assert found.problems == []
    assert [each["ref"] for each in found["clientes"]] == ["C1", "C2"]
    assert found["vendas"][0] == {
        "ref": "V1", "cliente": "C1", "data": "2026-01-05", "descricao": "Móveis",
        "valor_total": "1300.00", "entrada": "100.00", "parcelas": "3",
        "primeiro_vencimento": "2026-02-05",
    }  # fmt: skip
    assert found["parcelas"] == []
    assert [(each["parcela"], each["valor"]) for each in found["pagamentos"]] == [
        ("1", "400.00"),
        ("2", "150.00"),
    ]


def test_a_workbook_of_three_sheets_is_joined_by_codes_and_names() -> None:
    day = date(2026, 2, 5)
    sheets: dict[str, list[list[object]]] = {
        "Clientes": [["Código", "Nome", "CPF"], [7, "Ana Luz", 7933791565]],
        "Vendas": [["Nº", "Cliente", "Data", "Total", "Entrada"], [9, "ana luz", day, 300, None]],
        "Parcelas": [["Venda", "Parcela", "Vencimento", "Valor"], [9, 1, day, 99.9],
                     [9, 2, date(2026, 3, 5), 200.1]],
    }  # fmt: skip
    found = Canonical({"loja.xlsx": xlsx(sheets)})
    assert found.problems == []
    assert found["clientes"] == [{"ref": "7", "nome": "Ana Luz", "cpf": "07933791565"}]
    assert found["vendas"] == [
        {"ref": "9", "cliente": "7", "data": "2026-02-05", "valor_total": "300.00",
         "entrada": "0.00", "parcelas": "2", "primeiro_vencimento": "2026-02-05"}
    ]  # fmt: skip
    assert [each["valor"] for each in found["parcelas"]] == ["99.90", "200.10"]


def test_serial_days_and_bare_numbers_of_a_sheet_are_read() -> None:
    rows: list[list[object]] = [
        ["Cliente", "Parcela", "Vencimento", "Valor"],
        ["Ana", 1, 46027, 1460],
    ]
    [note] = Canonical({"a.ods": ods(rows)})["parcelas"]
    assert (note["vencimento"], note["valor"]) == ("2026-01-05", "1460.00")


def test_open_instalments_alone_are_counted_from_one_and_keep_their_numbers() -> None:
    text = (
        "Venda;Cliente;Parcela;Vencimento;Valor\n"
        "5;Ana;8/10;05/09/26;10,00\n5;Ana;7/10;05/08/26;9,00\n"
    )
    notes = Canonical(text)["parcelas"]
    assert [(n["parcela"], n["numero_antigo"], n["valor"]) for n in notes] == [
        ("2", "8", "10.00"),
        ("1", "7", "9.00"),
    ]


def test_an_instalment_on_several_rows_is_one_with_several_payments() -> None:
    text = (
        "Venda;Cliente;Parcela;Vencimento;Valor;Pago em;Valor pago\n"
        "5;Ana;1;05/09/26;10,00;05/09/26;4,00\n5;Ana;1;05/09/26;10,00;06/09/26;6,00\n"
    )
    found = Canonical(text)
    assert (len(found["parcelas"]), found["vendas"][0]["valor_total"]) == (1, "10.00")
    assert [each["valor"] for each in found["pagamentos"]] == ["4.00", "6.00"]


def test_without_a_document_the_numbers_of_a_customer_beginning_again_are_another_sale() -> None:
    rows = [("Ana", 1), ("Bia", 1), ("Ana", 2), ("Ana", 1)]
    text = "Nome;Parcela;Vencimento;Valor\n" + "".join(
        f"{n};{k};05/0{k}/26;9,00\n" for n, k in rows
    )
    sales = Canonical(text)["vendas"]
    assert [(each["ref"], each["parcelas"]) for each in sales] == [
        ("Ana", "2"),
        ("Bia", "1"),
        ("Ana #2", "1"),
    ]


def test_two_customers_may_have_a_sale_of_one_number() -> None:
    text = "Nome;Carnê;Parcela;Vencimento;Valor\nAna;1;1;05/02/26;9,00\nBia;1;1;05/02/26;8,00\n"
    assert [each["ref"] for each in Canonical(text)["vendas"]] == ["1", "1 Bia"]


def test_payments_find_their_sale_by_the_customer_where_there_is_one() -> None:
    files: dict[str, str | bytes] = {
        "vendas.csv": "Nº;Cliente;Data;Total;Parcelas;1º vencimento\n"
        "5;Ana;05/01/26;90,00;3;05/02/26\n",
        "recebimentos.csv": "Cliente;Data;Valor;Forma\nAna;05/02/26;30,00;Pix\n",
    }
    [payment] = Canonical(files)["pagamentos"]
    assert payment == {"venda": "5", "data": "2026-02-05", "valor": "30.00", "forma": "Pix"}


def test_wrong_amounts_are_told_once_by_the_names_of_the_file_and_their_sheet() -> None:
    rows: list[list[object]] = [
        ["Lista"],
        ["Cliente", "Parcela", "Vencto", "Vlr"],
        ["Ana", 1, "05/02/26", "dez"],
        *[["Bia", k, "05/02/26", 5] for k in range(1, 4)],
    ]
    found = Canonical({"a.csv": "Nome;Fone\nAna;1\n", "b.xlsx": xlsx({"Abertas": rows})})
    [problem] = found.problems
    assert (problem.file, problem.line, problem.column) == ("b.xlsx, planilha Abertas", 3, "Vlr")
    assert "“dez”" in problem.reason


def test_a_thousand_and_something_or_one_and_something_is_no_amount() -> None:
    text = "Nome;Parcela;Vencimento;Valor\nAna;1;05/02/26;1,460\n"
    [problem] = Canonical(text).problems
    assert "Valor ambíguo: “1,460”" in problem.reason
    assert Canonical(text + "Ana;2;05/03/26;2.5\n").problems == []


def test_a_customer_may_be_called_total_and_a_sum_has_no_day() -> None:
    text = (
        "Nome;Parcela;Vencimento;Valor\nTotal Modas;1;05/02/26;9,00\nTotal de Ana;;;9,00\n"
        "SUBTOTAL;;;18,00\n"
    )
    found = Canonical(text)
    assert [each["nome"] for each in found["clientes"]] == ["Total Modas"]
    assert found.notices[0] == "lista.csv: linhas de total não lidas: 2."


def test_instalment_nought_that_was_paid_is_what_was_paid_down() -> None:
    text = (
        "Venda;Nome;Parcela;Vencimento;Valor;Pago em\n"
        "5;Ana;0;05/01/26;30,00;05/01/26\n5;Ana;1;05/02/26;40,00;\n"
    )
    found = Canonical(text)
    [sale] = found["vendas"]
    assert (sale["entrada"], sale["valor_total"], sale["parcelas"]) == ("30.00", "70.00", "1")
    assert (len(found["parcelas"]), found["pagamentos"]) == (1, [])


def test_an_instalment_of_which_only_the_rest_is_said_is_owed_no_more_than_that() -> None:
    text = (
        "Nome;Parcela;Vencimento;Valor;Saldo em aberto\n"
        "Ana;1;05/01/26;50,00;0,00\nAna;2;05/02/26;50,00;20,00\nAna;3;05/03/26;50,00;50,00\n"
    )
    found = Canonical(text)
    assert [(each["valor"], each.get("situacao")) for each in found["parcelas"]] == [
        ("50.00", "paga"),
        ("20.00", None),
        ("50.00", None),
    ]
    assert "saldo e não o que foi pago: entraram pelo saldo (1)" in " ".join(found.notices)


def test_what_a_spreadsheet_took_from_a_customer_is_put_right_by_choice() -> None:
    text = "Nome;CPF;Telefone\nMARIA D'ÁVILA DA SILVA;7933791565;8872-4443\n"
    assert Canonical(text)["clientes"][0]["cpf"] == "07933791565"
    sent = [Sent(table, recognise_one(table)) for table in tables_of("a.csv", text.encode())]
    mending = Mending(names=True, area_code="85")
    source = translation(sent, on=ON, mending=mending)
    [row] = source.sheets["clientes.csv"].rows(Problems())
    assert row.cells["nome"] == "Maria D'Ávila da Silva"
    assert row.cells["telefone"] == "+5585988724443"
    assert "Telefones completados: 1." in source.notices
    left = translation(sent, on=ON, mending=Mending(tax_ids=False))
    [row] = left.sheets["clientes.csv"].rows(Problems())
    assert (row.cells["cpf"], row.cells["telefone"]) == ("7933791565", "8872-4443")


def test_rates_and_limits_are_handed_on_as_they_are_read() -> None:
    text = (
        "Venda;Cliente;CPF;Data;Total;Parcelas;1º vencimento;Taxa;Multa;Limite\n"
        "5;Ana;52998224725;05/01/26;90,00;3x;05/02/26;2.5%;2 %;1.500,00\n"
    )
    found = Canonical(text)
    [sale], [customer] = found["vendas"], found["clientes"]
    assert (sale["taxa"], sale["multa"], sale["parcelas"]) == ("2,5", "2", "3")
    assert customer["limite"] == "1500.00"
