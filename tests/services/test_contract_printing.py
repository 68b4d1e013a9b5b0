"""Contracts put on paper: which printing it is, what is refused, and the same paper again."""

from __future__ import annotations

import uuid
from decimal import Decimal as D
from functools import partial

import pytest
from sqlalchemy import text, update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import ContractPrinting, Customer, SettingsVersion
from credigestor.documents import contract as document
from credigestor.errors import Conflict, NotAllowed, NotFound
from credigestor.reports.contract import Contract, contract, printings
from credigestor.reports.guarantors import already_printed
from credigestor.rules.permissions import Actor
from credigestor.services import guarantors, printing, sales
from tests.documents.printings import SHOP
from tests.moments import NOW
from tests.portfolio import TODAY
from tests.services.selling import at_once, audited, count, new_customer, new_sale, register
from tests.services.test_guarantors import ANA, FIRM, given

pytestmark = pytest.mark.usefixtures("db", "shop")


def told(**changes: object) -> None:
    with transaction() as session:
        data = SHOP.model_copy(update=changes).model_dump(mode="json")
        session.add(SettingsVersion(data=data, changed_by_name="teste"))


@pytest.fixture
def shop(db: str) -> None:
    told(document_clause="Troca em 7 dias.")


@pytest.fixture
def sale(seller: Actor) -> int:
    return register(seller, new_sale(new_customer(), contract_rate=D(1), guarantors=given(ANA)))


def put_on_paper(actor: Actor, sale_id: int, operation: uuid.UUID | None = None) -> int:
    with transaction() as session:
        made = printing.print_contract(
            session, actor, sale_id=sale_id, operation_id=operation or uuid.uuid4()
        )
        return made.copy


def paper(operation: uuid.UUID) -> Contract:
    with snapshot() as session:
        return contract(session, operation)


def test_each_printing_is_one_more_and_the_same_operation_the_same(
    seller: Actor, sale: int
) -> None:
    operation = uuid.uuid4()
    assert [put_on_paper(seller, sale, each) for each in (operation, None, operation)] == [1, 2, 1]
    assert [each.after for each in audited("print")] == [{"contract": 1}, {"contract": 2}]
    other = register(seller, new_sale(new_customer()))
    with pytest.raises(Conflict, match="já imprimiu outro contrato"):
        put_on_paper(seller, other, operation)
    assert count(ContractPrinting) == 2
    with snapshot() as session:
        found = printings(session, sale)
    assert [(each.copy, each.printed_by) for each in found] == [(1, seller.name), (2, seller.name)]
    assert found[0].operation_id == operation


def test_four_who_print_at_once_get_one_first_printing(seller: Actor, sale: int) -> None:
    found = at_once([partial(put_on_paper, seller, sale)] * 4)
    assert sorted(found) == [1, 2, 3, 4]


def test_an_old_printing_stays_in_the_words_that_were_signed(seller: Actor, sale: int) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    put_on_paper(seller, sale, first)
    before = paper(first)
    kept = document.pdf(before, made_at=before.printed_at, logo=None)
    told(document_clause="Sem troca.")
    put_on_paper(seller, sale, second)
    assert document.pdf(paper(first), made_at=before.printed_at, logo=None) == kept
    clauses = [paper(each).shop.document_clause for each in (first, second)]
    assert clauses == ["Troca em 7 dias.", "Sem troca."]


def test_the_paper_has_the_sale_as_it_was_made(seller: Actor, sale: int) -> None:
    operation = uuid.uuid4()
    put_on_paper(seller, sale, operation)
    found = paper(operation)
    assert (found.sale_id, found.total, found.contract_rate) == (sale, D(1000), D(1))
    assert found.sold_on == new_sale(1).sold_on
    assert found.in_installments == sum(note.amount for note in found.installments)
    assert found.interest > 0
    assert [each.name for each in found.guarantors] == [ANA[0]]


def test_guarantors_of_a_printed_contract_are_changed_by_a_manager(
    seller: Actor, manager: Actor, sale: int
) -> None:
    put_on_paper(seller, sale)
    with snapshot() as session:
        assert already_printed(session, sale)
    with pytest.raises(NotAllowed), transaction() as session:
        guarantors.replace(session, seller, sale_id=sale, guarantors=given(FIRM))
    with transaction() as session:
        assert guarantors.replace(session, manager, sale_id=sale, guarantors=given(FIRM))


def test_what_has_no_contract_is_told_why(seller: Actor, manager: Actor, sale: int) -> None:
    operation = uuid.uuid4()
    put_on_paper(seller, sale, operation)
    whole = register(
        seller,
        new_sale(new_customer(), down_payment=D(1000), installments=0, first_due_date=None),
    )
    with pytest.raises(Conflict, match="toda paga na entrada"):
        put_on_paper(seller, whole)
    with pytest.raises(NotFound):
        put_on_paper(seller, 999)
    with pytest.raises(NotFound):
        paper(uuid.uuid4())
    with transaction() as session:
        sales.cancel(session, manager, sale_id=sale, why="desistência", today=TODAY)
    with pytest.raises(Conflict, match="foi cancelada: seu contrato não vale mais"):
        put_on_paper(seller, sale)
    with pytest.raises(Conflict, match="foi cancelada"):
        paper(operation)
    other, signed = register(seller, new_sale(new_customer())), uuid.uuid4()
    put_on_paper(seller, other, signed)
    with transaction() as session:
        session.execute(update(Customer).values(anonymised_at=NOW))
    for act in (partial(put_on_paper, seller, other), partial(paper, signed)):
        with pytest.raises(Conflict, match="anonimizados"):
            act()
    assert count(ContractPrinting) == 2


def test_a_shop_that_lacks_its_number_prints_no_contract(seller: Actor, sale: int) -> None:
    told(tax_id="", city="")
    with pytest.raises(Conflict, match="Para imprimir o contrato, falta preencher: CNPJ ou CPF"):
        put_on_paper(seller, sale)
    assert count(ContractPrinting) == 0


def test_a_printing_that_was_recorded_is_never_changed(seller: Actor, sale: int) -> None:
    put_on_paper(seller, sale)
    for change in ("UPDATE contract_printings SET copy = 9", "DELETE FROM contract_printings"):
        with pytest.raises(Conflict), transaction() as session:
            session.execute(text(change))
