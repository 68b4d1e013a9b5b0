"""What an import refuses: file, line, column and reason, and nothing is written."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from credigestor.db.engine import transaction
from credigestor.db.models import Customer, Sale
from credigestor.imports.problems import CUSTOMERS, PAYMENTS, SALES
from credigestor.imports.reading import COLUMNS
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.imports.files import shop
from tests.imports.importing import everything, run
from tests.portfolio import TODAY

pytestmark = pytest.mark.usefixtures("db")

#: A row that could follow the good ones, by file and column.
NEXT = {
    CUSTOMERS: dict.fromkeys(COLUMNS[CUSTOMERS], "")
    | {"ref": "C3", "nome": "Zé", "cpf": "39053344705"},
    SALES: {
        "ref": "V3",
        "cliente": "C1",
        "data": "05/01/2026",
        "descricao": "",
        "valor_total": "9,00",
        "entrada": "0",
        "parcelas": "1",
        "primeiro_vencimento": "05/02/2026",
    },
    PAYMENTS: {
        "venda": "V1",
        "parcela": "2",
        "data": "11/02/2026",
        "valor": "1,00",
        "forma": "pix",
    },
}


def test_the_rows_that_are_spoilt_below_are_right_before() -> None:
    more = {file.removesuffix(".csv"): [[*row.values()]] for file, row in NEXT.items()}
    assert run(shop(**more)).problems == []


@pytest.mark.parametrize(
    ("file", "cells", "column", "reason"),
    [
        (CUSTOMERS, {"ref": ""}, "ref", "branco"),
        (CUSTOMERS, {"ref": "C1"}, "ref", "linha 2"),
        (CUSTOMERS, {"nome": ""}, "nome", "branco"),
        (CUSTOMERS, {"nome": "Z" * 121}, "nome", "120"),
        (CUSTOMERS, {"cpf": "111.111.111-11"}, "cpf", "iguais"),
        (CUSTOMERS, {"cpf": "52998224724"}, "cpf", "verificadores"),
        (CUSTOMERS, {"cpf": "529.982.247-25"}, "cpf", "C1, na linha 2"),
        (CUSTOMERS, {"telefone": "8" * 121}, "telefone", "120"),
        (CUSTOMERS, {"email": "ze@"}, "email", "E-mail"),
        (CUSTOMERS, {"cidade": "X" * 81}, "cidade", "80"),
        (CUSTOMERS, {"uf": "XX"}, "uf", "UF"),
        (CUSTOMERS, {"cep": "123"}, "cep", "CEP"),
        (SALES, {"ref": "V1"}, "ref", "linha 2"),
        (SALES, {"cliente": "C9"}, "cliente", "C9"),
        (SALES, {"data": "31/02/2026"}, "data", "não existe"),
        (SALES, {"data": "24/11/2026"}, "data", "futura"),
        (SALES, {"data": "05/01/0001"}, "data", "período"),
        (SALES, {"data": "05/01/9999"}, "data", "período"),
        (SALES, {"valor_total": "0,00"}, "valor_total", "zero"),
        (SALES, {"valor_total": "abc"}, "valor_total", "abc"),
        (SALES, {"valor_total": "1e30"}, "valor_total", "1e30"),
        (SALES, {"valor_total": "1.234,567"}, "valor_total", "1.234,567"),
        (SALES, {"entrada": "9,01"}, "entrada", "passar"),
        (SALES, {"entrada": "-1"}, "entrada", "negativo"),
        (SALES, {"entrada": ""}, "entrada", "Informe"),
        (SALES, {"parcelas": "0"}, "parcelas", "1 a 120"),
        (SALES, {"parcelas": "121"}, "parcelas", "1 a 120"),
        (SALES, {"parcelas": "10000000"}, "parcelas", "1 a 120"),
        (SALES, {"parcelas": "1,5"}, "parcelas", "inteiro"),
        (SALES, {"parcelas": "3", "valor_total": "0,02"}, "parcelas", "0,01"),
        (SALES, {"primeiro_vencimento": "04/01/2026"}, "primeiro_vencimento", "antes da venda"),
        (SALES, {"primeiro_vencimento": ""}, "primeiro_vencimento", "Informe"),
        (SALES, {"descricao": "x" * 501}, "descricao", "500"),
        (PAYMENTS, {"venda": "V9"}, "venda", "V9"),
        (PAYMENTS, {"parcela": "4"}, "parcela", "3 parcelas"),
        (PAYMENTS, {"parcela": "0"}, "parcela", "parcela 0"),
        (PAYMENTS, {"venda": "V2", "parcela": "1"}, "parcela", "0 parcelas"),
        (PAYMENTS, {"parcela": "um"}, "parcela", "inteiro"),
        (PAYMENTS, {"data": "24/11/2026"}, "data", "futuro"),
        (PAYMENTS, {"data": "04/01/2026"}, "data", "anterior à venda"),
        (PAYMENTS, {"data": "2026"}, "data", "Data inválida"),
        (PAYMENTS, {"valor": "0,00"}, "valor", "zero"),
        (PAYMENTS, {"valor": "12.50"}, "valor", "12.50"),
        (PAYMENTS, {"forma": "vale"}, "forma", "vale"),
        (PAYMENTS, {"forma": "Dinheiro 1,00 + vale 2,00"}, "forma", "vale"),
        (PAYMENTS, {"forma": "Dinheiro + Pix"}, "forma", "Forma de pagamento desconhecida"),
        (PAYMENTS, {"forma": "Dinheiro 0,01 + Pix 0,02"}, "forma", "As formas somam R$ 0,03"),
        (PAYMENTS, {"parcela": "1"}, "valor", "já estava paga"),
        # 250,00 left since 10/02, 30 days late: interest 2,50 (R7), fine 5,00 (R6).
        (PAYMENTS, {"data": "04/04/2026", "valor": "257,51"}, "valor", "257,50"),
    ],
)
def test_a_wrong_row_is_named_with_its_reason_and_nothing_is_written(
    file: str, cells: dict[str, str], column: str, reason: str
) -> None:
    before = everything()
    row = NEXT[file] | cells
    plan = run(shop(**{file.removesuffix(".csv"): [[*row.values()]]}))
    [problem] = plan.problems
    assert (problem.file, problem.line, problem.column) == (file, 4, column)
    assert reason in problem.reason.replace("\xa0", " ")
    assert everything() == before


def test_a_row_wrong_in_several_cells_has_a_problem_for_each_and_excuses_who_names_it() -> None:
    plan = run(
        shop(
            clientes=[("C3", "", "123", "1", "x", "", "ZZ", "0")],
            vendas=[("V3", "C3", "05/01/2026", "", "9,00", "0", "1", "05/02/2026")],
            pagamentos=[("V3", "1", "05/02/2026", "9,00", "pix")],
        )
    )
    assert [(p.file, p.line, p.column) for p in plan.problems] == [
        (CUSTOMERS, 4, column) for column in ("nome", "cpf", "email", "uf", "cep")
    ]


def test_an_unreadable_file_does_not_blame_the_rows_of_the_others() -> None:
    plan = run(shop() | {CUSTOMERS: b"ref;nome\nC1;Ana\n"})
    assert {problem.file for problem in plan.problems} == {CUSTOMERS}
    assert {problem.column for problem in plan.problems} == {
        "cpf", "telefone", "email", "cidade", "uf", "cep",
    }  # fmt: skip


def test_a_cpf_of_somebody_already_registered_is_refused() -> None:
    with transaction() as session:
        session.add(Customer(name="Zé", name_folded="ze", tax_id="52998224725"))
        session.add(Customer(name="Bia", name_folded="bia", tax_id="11144477735", ref="X7"))
    first, second = run(shop()).problems
    assert (first.line, first.column) == (2, "cpf")
    assert "já cadastrado" in first.reason
    assert (second.line, second.column) == (3, "cpf")
    assert "X7" in second.reason


def test_a_payment_that_a_recorded_later_one_leaves_no_room_for_is_refused() -> None:
    run(shop())
    # 400,00 were paid on 05/02 for note 1: anything paid before does not fit any more.
    [problem] = run(shop(pagamentos=[("V1", "1", "04/02/2026", "5,00", "pix")])).problems
    assert (problem.file, problem.line, problem.column) == (PAYMENTS, 4, "valor")
    assert "já registrado em 05/02/2026" in problem.reason


def test_payments_of_a_cancelled_sale_are_refused(admin: Actor) -> None:
    sale = ("V3", "C1", "05/01/2026", "", "9,00", "0", "1", "05/02/2026")
    run(shop(vendas=[sale]))
    with transaction() as session:
        sale_id = session.scalars(select(Sale.id).where(Sale.ref == "V3")).one()
        sales.cancel(session, admin, sale_id=sale_id, why="desistência", today=TODAY)
    [problem] = run(
        shop(vendas=[sale], pagamentos=[("V3", "1", "05/02/2026", "9,00", "pix")])
    ).problems
    assert (problem.line, problem.column) == (4, "venda")
    assert "cancelada" in problem.reason


def test_a_thousand_problems_are_named_and_the_rest_counted() -> None:
    rows = [("V1", "2", "05/02/2026", "x", "pix")] * 1_005
    plan = run(shop(pagamentos=rows))
    assert (len(plan.problems), plan.more_problems, plan.problem_count) == (1_000, 5, 1_005)
    assert [p.line for p in plan.problems] == list(range(4, 1_004))


def test_the_problems_named_are_the_first_by_file_and_line_whenever_they_are_found() -> None:
    unknown = [(f"V{k}", "C9", "05/01/2026", "", "9,00", "9,00", "0", "") for k in (7, 8)]
    wrong = [("V1", "2", "05/02/2026", "x", "vale")] * 2_000  # found before the sales' problems
    plan = run(shop(vendas=unknown, pagamentos=wrong))
    assert (len(plan.problems), plan.problem_count) == (1_000, 4_002)
    assert [(p.file, p.line) for p in plan.problems[:3]] == [(SALES, 4), (SALES, 5), (PAYMENTS, 4)]
    assert plan.problems[-1].line == 502
