"""Exports: what is in each file, one moment for all, and nothing secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from credigestor.db.engine import transaction
from credigestor.db.loading.copying import Rows, statement_text
from credigestor.db.models import Customer
from credigestor.exports import catalogue
from credigestor.exports.catalogue import TABLES, Order, Style
from credigestor.exports.csv_format import cell
from credigestor.rules.aging import STATUS_NAMES
from credigestor.rules.due_schedule import Schedule, ScheduleKind
from credigestor.rules.identity import format_tax_id
from credigestor.rules.numbering import note_number
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.balances import balances_by_hand
from tests.exports.exporting import make_shop, rows_of, streamed, table_of
from tests.portfolio import TODAY, add_customer, random_portfolio
from tests.services.crediting import kept, sold
from tests.services.down_paying import paid_down
from tests.services.scheduling import add_schedules
from tests.services.selling import new_customer, new_sale, register

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def shop(admin: Actor) -> None:
    """What `make_shop` makes."""
    make_shop(admin)


@pytest.mark.usefixtures("shop")
def test_customers_are_written_as_people_read_them_and_formulas_are_disarmed() -> None:
    ana, bia = rows_of(Order(kind="customers"))
    assert (ana["Nome"], ana["CPF ou CNPJ"]) == ("Ana D'Ávila; filha", "100.000.000-19")
    assert (ana["Telefone"], ana["CEP"]) == ("(85) 98872-4443", "60175-000")
    assert (ana["Limite de crédito"], ana["Ativo"]) == ("1500,00", "sim")
    assert (bia["Nome"], bia["Observações"]) == ("'=cmd|'/c calc'!A1", "'-1+1")
    assert (bia["Limite de crédito"], bia["Telefone"]) == ("", "")


@pytest.mark.usefixtures("shop")
def test_sales_name_customer_and_seller_and_tell_of_their_cancelling() -> None:
    first, second = rows_of(Order(kind="sales"))
    assert (first["Cliente"], first["Vendedor"]) == ("Ana D'Ávila; filha", "Ada Administradora")
    assert (first["Data"], first["Total"], first["Multa (%)"]) == ("02/01/2026", "600,00", "2")
    assert (first["Cancelada em"], second["Cancelada em"]) == ("", "23/11/2026")
    assert second["Motivo do cancelamento"] == "desistência"


def test_r33_sales_tell_how_their_notes_fall_due(admin: Actor) -> None:
    with transaction() as session:
        sold = add_schedules(session, admin)
        every = Schedule(ScheduleKind.DAYS, 1)
        sale = new_sale(add_customer(session), schedule=every)
        sold["daily"] = sales.register(session, admin, sale, today=TODAY)
    by_number = {int(row["Venda"]): row["Vencimentos"] for row in rows_of(Order(kind="sales"))}
    assert {name: by_number[id_] for name, id_ in sold.items() if not name.endswith("_2")} == {
        "monthly_0": "mensais",
        "fortnightly_0": "a cada 15 dias",
        "payday_0": "no 5º dia útil de cada mês",
        "computed_0": "em datas combinadas",
        "partly_0": "em datas combinadas",
        "agreed": "em datas combinadas",
        "daily": "a cada dia",
    }


@pytest.mark.usefixtures("shop")
def test_notes_state_what_is_owed_at_the_date_asked_for() -> None:
    late, pending, cancelled = rows_of(Order(kind="notes", as_of=date(2026, 2, 24)))
    # R9: 100,00 paid on 25/01 left 207,50; 30 days later 2,08 of interest, the fine was paid.
    assert late == late | {
        "Nota": "000001-01/02",
        "Vencimento": "10/01/2026",
        "Posição em": "24/02/2026",
        "Situação": "Atrasada",
        "Dias de atraso": "45",
        "Principal devido": "207,50",
        "Juros devidos": "2,08",
        "Multa devida": "0,00",
        "Total devido": "209,58",
    }
    assert (pending["Situação"], pending["Total devido"]) == ("Pendente", "300,00")
    assert cancelled["Situação"] == "Atrasada"  # it was cancelled later
    assert rows_of(Order(kind="notes"))[2]["Situação"] == "Cancelada"


@pytest.mark.usefixtures("shop")
def test_payments_show_their_split_and_whether_they_were_reversed() -> None:
    kept, gone = rows_of(Order(kind="payments"))
    assert kept == kept | {
        "Data": "25/01/2026",
        "Nota": "000001-01/02",
        "Valor nesta nota": "100,00",
        "Principal": "92,50",
        "Juros": "1,50",
        "Multa": "6,00",
        "Forma": "Dinheiro",
        "Recebido por": "Ada Administradora",
        "Estornado": "não",
        "Estornado em": "",
    }
    assert (gone["Estornado"], gone["Estornado em"]) == ("sim", "23/11/2026")
    assert gone["Motivo do estorno"] == "engano"


@pytest.mark.usefixtures("shop")
def test_delinquency_names_who_is_late_and_how_to_reach_them() -> None:
    [ana] = rows_of(Order(kind="delinquency"))
    assert (ana["Cliente"], ana["Telefone"]) == ("Ana D'Ávila; filha", "(85) 98872-4443")
    assert (ana["Vencida desde"], ana["Notas atrasadas"]) == ("10/01/2026", "1")
    assert (ana["Principal"], ana["Posição em"]) == ("207,50", "23/11/2026")
    assert rows_of(Order(kind="delinquency", as_of=date(2026, 1, 5))) == []


@pytest.mark.usefixtures("shop")
def test_a_plain_file_is_one_that_programs_read() -> None:
    order = Order(kind="customers", style=Style.PLAIN)
    content, _ = streamed(order)
    assert content.startswith("Código,Referência,Nome,".encode())
    ana, bia = table_of(content, Style.PLAIN)
    assert (ana["Limite de crédito"], ana["Ativo"], bia["Nome"]) == (
        "1500.00", "true", "'=cmd|'/c calc'!A1",
    )  # fmt: skip
    note, *_ = rows_of(Order(kind="notes", style=Style.PLAIN))
    assert (note["Vencimento"], note["Principal devido"]) == ("2026-01-10", "207.50")
    assert (note["Multa devida"], note["Situação"]) == ("0.00", "Atrasada")


@pytest.mark.parametrize("as_of", [TODAY, date(2026, 3, 15), date(2027, 2, 1)])
def test_every_note_states_what_a_replay_of_its_payments_says(admin: Actor, as_of: date) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed=7, sold=40)
        add_customer(session, "@soma", tax_id="12ABC34501DE35")
    with transaction() as session:
        wanted = []
        for at in balances_by_hand(session, as_of):
            customer = session.get(Customer, at.sale.customer_id)
            assert customer
            money = (at.owed.principal, at.owed.interest, at.owed.fine, at.owed.total)
            wanted.append(
                [
                    note_number(at.sale.id, at.note.number, at.sale.installments),
                    *map(cell, (at.sale.id, at.note.number, customer.id, customer.name)),
                    format_tax_id(customer.tax_id or ""),
                    *map(cell, (at.sale.sold_on, at.note.due_date, at.note.amount, as_of)),
                    STATUS_NAMES[at.status],
                    cell(at.days_late),
                    *(cell(round(part, 2)) for part in money),
                    "",
                ]
            )
    found = [list(row.values()) for row in rows_of(Order(kind="notes", as_of=as_of))]
    assert found == sorted(wanted, key=lambda row: (int(row[1]), int(row[2])))
    assert len(found) > 20


def test_r31_a_down_payment_by_credit_is_named_in_both_files(seller: Actor) -> None:
    customer = new_customer()
    kept(seller, sold(customer, "9.58")[0], "9.58", "300.00")
    down = {"down_payment_methods": (), "down_payment_by_credit": True}
    register(seller, paid_down(customer, **down), TODAY)
    [_, spent] = rows_of(Order(kind="store_credit"))
    told = {"O quê": "Usado na entrada de uma venda", "Valor": "-200,00", "Venda": "2"}
    assert spent == spent | told
    [money] = rows_of(Order(kind="sale_money"))
    assert (money["O quê"], money["Forma"]) == ("Entrada", "Crédito do cliente")


def test_the_first_row_of_a_whole_table_waits_for_no_sorting_of_all(
    admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed=7)
    sorts: dict[str, bool] = {}

    def planned(connection: Connection, statement: Any, _: str, __: Rows) -> Iterator[bytes]:
        query = statement_text(statement, connection.connection.driver_connection)
        plan = connection.exec_driver_sql("EXPLAIN " + query.replace("%", "%%"))
        sorts[kind] = any("->  Sort " in line or line.startswith("Sort ") for (line,) in plan)
        yield from ()

    monkeypatch.setattr(catalogue, "copy_out", planned)
    for kind in TABLES:
        streamed(Order(kind=kind))
    assert [kind for kind in TABLES if sorts[kind]] == ["delinquency"]  # by what is overdue
