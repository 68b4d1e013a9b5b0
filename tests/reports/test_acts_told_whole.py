"""Statement, copy and CSV tell all of an act: goods, money back, recoveries, deals, moves."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.loading.copying import Rows
from credigestor.db.models import Sale
from credigestor.documents.customer_statement import pdf
from credigestor.exports.catalogue import Order, stream
from credigestor.reports.customer_file import customer_file
from credigestor.reports.customer_statement import statement
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from credigestor.rules.privacy import Section
from credigestor.services import customer_moves
from tests.acting import act
from tests.documents.looking import words
from tests.moments import NOW
from tests.portfolio import TODAY, add_customer, late
from tests.services.crediting import by_credit
from tests.services.paying import pay, sell
from tests.services.renegotiating import deal, make, three_late
from tests.services.returning import give_back, new_return, without_interest

pytestmark = pytest.mark.usefixtures("db")


def told(customer: int) -> str:
    with snapshot() as session:
        found = statement(session, customer, since=date(2025, 12, 1), until=TODAY, today=TODAY)
        assert found.closing == sum(note.owed.principal for note in found.owed)
    return words(pdf(found, made_at=NOW, logo=None))


def copied(customer: int, title: str) -> list[dict[str, object]]:
    with snapshot() as session:
        found = customer_file(session, customer, today=TODAY, made_at=NOW)
    [section] = [s for s in found.sections if s.title == title]
    assert isinstance(section, Section)
    return [dict(zip(section.labels, row, strict=True)) for row in section.rows]


def exported(kind: str) -> list[dict[str, str]]:
    with snapshot() as session:
        order = Order(kind=kind)
        blocks = stream(session, order, today=TODAY, generated_at=NOW, rows=Rows())
        text = b"".join(blocks).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize(
    ("back_by", "said", "how"),
    [("pix", "50,00 de volta (Pix)", "Pix"), ("credit", "50,00 ficam", "Crédito do cliente")],
)
def test_r30_a_return_of_which_no_note_knows_is_told_with_its_goods_and_money(
    manager: Actor, back_by: str, said: str, how: str
) -> None:
    sale = without_interest(manager, paid=7)
    give_back(manager, new_return(sale, "50.00", back_by=back_by, kind="defect"))
    with snapshot() as session:
        customer = session.get_one(Sale, sale).customer_id
    text = told(customer)
    assert "Devolução, vício do produto, mercadoria de 50,00" in text
    assert said in text
    [row] = copied(customer, "Outros atos sobre as notas")
    names = ("O quê", "Nota", "Devolução", "Venda devolvida", "Voltou ao cliente (R$)")
    assert [row[name] for name in names] == [
        *("Devolução", None, "Vício do produto", "000001", D("50.00")),
    ]
    assert (row["Valor da mercadoria (R$)"], row["Como voltou"]) == (D("50.00"), how)
    [line] = exported("acts")
    names = ("Nota", "Venda", "Devolução", "Valor da mercadoria", "Voltou ao cliente")
    assert [line[name] for name in names] == ["", "1", "Vício do produto", "50,00", "50,00"]
    assert (line["Como voltou"], line["Desfeito"]) == (how, "não")


def test_r34_what_is_recovered_is_told_as_such(manager: Actor) -> None:
    with transaction() as session:
        customer = add_customer(session)
    [lost] = sell(("150.00", late(300)), customer=customer).notes
    with transaction() as session:
        done = Acted(ActKind.WRITE_OFF, late(9))
        act(session, manager, ActKind.WRITE_OFF, late(9), {lost: done})
    pay(manager, TODAY, (lost, "100.00"))
    text = told(customer)
    assert "Recebimento de valor baixado 000002 (Dinheiro)" in text
    assert "Recuperado de valor baixado" in text
    [row] = copied(customer, "Pagamentos")
    assert row["Recuperação"] == "sim"
    assert [line["Recuperação"] for line in exported("payments")] == ["sim"]


def test_r31_what_credit_paid_is_no_part_of_what_was_received(manager: Actor) -> None:
    with transaction() as session:
        customer = add_customer(session)
    first, second = sell(("100.00", TODAY), ("80.00", TODAY), customer=customer).notes
    pay(manager, TODAY, (first, "10.00"), kept=D("40.00"))
    by_credit(manager, second, "25.00")
    text = told(customer).replace("\xa0", " ")
    assert "R$ 10,00 = principal 10,00" in text
    assert "Pago com crédito" in text


def test_r15_a_renegotiation_is_told_with_its_kind_and_its_sale(manager: Actor) -> None:
    old = three_late()
    made = make(manager, deal(old.notes))
    with snapshot() as session:
        customer = session.get_one(Sale, old.id).customer_id
    number = f"{made.sale_id:06}"
    assert f"novação, passa à venda {number}" in told(customer)
    rows = copied(customer, "Outros atos sobre as notas")
    assert {(row["Acordo"], row["Venda do acordo"]) for row in rows} == {("Novação", number)}
    assert {(row["Acordo"], row["Venda do acordo"]) for row in exported("acts")} == {
        ("Novação", str(made.sale_id))
    }


def test_a_sale_that_changed_its_customer_is_in_both_copies_and_in_a_file(manager: Actor) -> None:
    made = sell()
    with transaction() as session:
        wrong = session.get_one(Sale, made.id).customer_id
        right = add_customer(session, "Ana Luz da Silva")
        customer_moves.move_sale(
            session,
            manager,
            operation_id=uuid.uuid4(),
            sale_id=made.id,
            customer_id=right,
            why="era a homônima",
            today=TODAY,
        )
    title, came, went = (
        "Vendas que mudaram de cadastro",
        "Veio do cadastro nº",
        "Passou ao cadastro nº",
    )
    [row] = copied(wrong, title)
    assert (row["Venda"], row[came], row[went]) == ("000001", None, right)
    [row] = copied(right, title)
    assert (row[came], row[went], row["Motivo"]) == (wrong, None, "era a homônima")
    [line] = exported("customer_moves")
    names = ("Venda", "Veio do código", "Código do cliente", "Motivo")
    assert [line[name] for name in names] == ["1", str(wrong), str(right), "era a homônima"]
