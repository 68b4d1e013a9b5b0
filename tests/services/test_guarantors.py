"""Guarantors of a sale: who may be one, who may change them, and what the log keeps (R23, R28)."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Customer, NotePrinting
from credigestor.errors import BusinessError, Conflict, InvalidInput, InvalidInputs, NotAllowed
from credigestor.exports import audit_words
from credigestor.reports import audit
from credigestor.reports import guarantors as report
from credigestor.reports.audit import AuditFilters
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.rules.permissions import Actor
from credigestor.services import guarantors, sales
from credigestor.services.guarantors import GuarantorInput
from credigestor.services.inputs import parse
from tests.portfolio import TODAY
from tests.services.selling import at_once, audited, new_customer, new_sale, notes_of, register

pytestmark = pytest.mark.usefixtures("db")

ANA = ("Ana D'Ávila Muñoz", "529.982.247-25", "Rua das Flores, 10, Centro")
FIRM = ("Fiança & Filhos Ltda", "12.ABC.345/01DE-35", "")


def given(*values: tuple[str, str, str]) -> tuple[GuarantorInput, ...]:
    keys = ("name", "tax_id", "address")
    return tuple(parse(GuarantorInput, dict(zip(keys, each, strict=True))) for each in values)


def replace(actor: Actor, sale_id: int, *values: tuple[str, str, str]) -> bool:
    with transaction() as session:
        return guarantors.replace(session, actor, sale_id=sale_id, guarantors=given(*values))


def stored(sale_id: int) -> list[tuple[str, str, str]]:
    with snapshot() as session:
        return [(g.name, g.tax_id, g.address) for g in report.of_sale(session, sale_id)]


def printed(sale_id: int) -> None:
    with transaction() as session:
        note = notes_of(sale_id)[0]
        session.add(NotePrinting(operation_id=uuid.uuid4(), note_id=note.id, copy=1))


def sold(actor: Actor, *values: tuple[str, str, str], **changes: Any) -> int:
    return register(actor, new_sale(new_customer(), guarantors=given(*values), **changes))


def test_a_sale_is_registered_with_its_guarantors_in_their_order(seller: Actor) -> None:
    sale_id = sold(seller, FIRM, ANA)
    assert stored(sale_id) == [
        ("Fiança & Filhos Ltda", "12ABC34501DE35", ""),
        ("Ana D'Ávila Muñoz", "52998224725", "Rua das Flores, 10, Centro"),
    ]
    assert stored(sold(seller)) == []


def test_the_log_of_a_sale_counts_its_guarantors_and_names_nobody(seller: Actor) -> None:
    sold(seller, ANA)
    sold(seller)
    first, second = [entry.after for entry in audited("create")]
    assert first is not None
    assert first["guarantors"] == 1
    assert "guarantors" not in (second or {})
    with snapshot() as session:
        told = str([entry.after for entry in session.scalars(select(AuditEntry))])
    assert "52998224725" not in told
    assert "Muñoz" not in told


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (("", *ANA[1:]), "name"),
        (("x" * 121, *ANA[1:]), "name"),
        (("Ana", "111.111.111-11", ""), "tax_id"),
        (("Ana", "529.982.247-26", ""), "tax_id"),
        (("Ana", "", ""), "tax_id"),
        (("Ana", ANA[1], "x" * 201), "address"),
        (("Ana", ANA[1], "Rua\0"), "address"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(values: tuple[str, str, str], field: str) -> None:
    with pytest.raises(InvalidInputs) as refused:
        given(values)
    assert set(refused.value.errors) == {field}


def test_a_name_of_120_characters_and_an_address_of_200_are_kept_whole(seller: Actor) -> None:
    longest = ("Á" * 120, "52998224725", "Ç" * 200)
    assert stored(sold(seller, longest)) == [longest]


def test_an_address_is_kept_on_one_line() -> None:
    assert given((*ANA[:2], " Rua A,\n 10\t Centro "))[0].address == "Rua A, 10 Centro"


def test_the_customer_and_somebody_twice_are_no_guarantors(seller: Actor) -> None:
    customer = new_customer(tax_id="52998224725")
    with pytest.raises(InvalidInputs) as refused:
        register(seller, new_sale(customer, guarantors=given(FIRM, ANA)))
    assert set(refused.value.errors) == {"guarantor2_tax_id"}
    with pytest.raises(InvalidInputs, match="duas vezes") as refused:
        sold(seller, ANA, ("Outra Ana", *ANA[1:]))
    assert set(refused.value.errors) == {"guarantor2_tax_id"}
    sale_id = register(seller, new_sale(customer))
    with pytest.raises(InvalidInputs, match="próprio cliente"):
        replace(seller, sale_id, ANA)


def test_three_guarantors_and_those_of_a_sale_without_notes_are_refused(seller: Actor) -> None:
    with pytest.raises(InvalidInput, match="no máximo 2"):
        sold(seller, ANA, FIRM, ("Outro", "111.444.777-35", ""))
    with pytest.raises(InvalidInput, match="não há o que avalizar"):
        sold(seller, ANA, down_payment=Decimal(1000))
    paid_down = sold(seller, down_payment=Decimal(1000))
    with pytest.raises(Conflict, match="não tem notas"):
        replace(seller, paid_down, ANA)


def test_a_seller_changes_them_until_a_note_is_printed_and_then_a_manager(
    seller: Actor, manager: Actor
) -> None:
    sale_id = sold(seller, ANA)
    assert replace(seller, sale_id, FIRM, ANA)
    assert [name for name, _, _ in stored(sale_id)] == [FIRM[0], ANA[0]]
    printed(sale_id)
    with snapshot() as session:
        assert report.already_printed(session, sale_id)
        assert not report.already_printed(session, sale_id + 1)
    with pytest.raises(NotAllowed):
        replace(seller, sale_id, ANA)
    assert replace(manager, sale_id)
    assert stored(sale_id) == []


def test_the_same_guarantors_again_change_nothing_and_write_nothing(seller: Actor) -> None:
    sale_id = sold(seller, ANA)
    with snapshot() as session:
        before = len(session.scalars(select(AuditEntry)).all())
    assert not replace(seller, sale_id, ANA)
    with snapshot() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == before


def test_a_cancelled_sale_an_anonymised_customer_and_no_sale_refuse(
    seller: Actor, manager: Actor
) -> None:
    sale_id = sold(seller, ANA)
    with transaction() as session:
        sales.cancel(session, manager, sale_id=sale_id, why="desistiu", today=TODAY)
    with pytest.raises(Conflict, match="cancelada"):
        replace(seller, sale_id, FIRM)
    other = sold(seller, ANA)
    with transaction() as session:
        customer = session.scalars(select(Customer).order_by(Customer.id.desc())).first()
        assert customer
        customer.anonymised_at = customer.created_at
    with pytest.raises(Conflict, match="anonimizados"):
        replace(seller, other, FIRM)
    with pytest.raises(BusinessError, match="não encontrada"):
        replace(seller, 99, FIRM)


def test_the_log_tells_of_a_change_by_the_middle_of_the_numbers(seller: Actor) -> None:
    sale_id = sold(seller, ANA)
    replace(seller, sale_id, FIRM, ANA)
    replace(seller, sale_id, FIRM, (ANA[0], ANA[1], "Rua Nova, 1"))
    replace(seller, sale_id)
    with snapshot() as session:
        found = audit.entries(
            session,
            AuditFilters(entity="customer", action="edit"),
            time_zone="America/Sao_Paulo",
            offset=0,
            limit=9,
        )
        told = audit_words.told(session, [entry.id for entry in found])
    both = "**.ABC.345/****-**, ***.982.247-**"
    assert [told[entry.id] for entry in found] == [
        [f"Venda: {sale_id:06}", f"Avalistas: {both} → —"],
        [f"Venda: {sale_id:06}", "Nome ou endereço de avalista corrigido: sim"],
        [f"Venda: {sale_id:06}", f"Avalistas: ***.982.247-** → {both}"],
    ]


def test_of_two_who_change_them_at_once_the_later_one_sees_the_first(seller: Actor) -> None:
    sale_id = sold(seller)
    done = at_once([lambda: replace(seller, sale_id, ANA), lambda: replace(seller, sale_id, FIRM)])
    assert done == [True, True]
    assert len(stored(sale_id)) == 1
    with snapshot() as session:
        told = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "edit").order_by(AuditEntry.id)
        ).all()
        first, second = told
        assert first.after is not None
        assert second.before is not None
        assert second.before["guarantors"] == first.after["guarantors"]


def test_the_same_sale_registered_twice_at_once_has_its_guarantors_once(seller: Actor) -> None:
    sale = new_sale(new_customer(), guarantors=given(ANA, FIRM), sold_on=date(2025, 12, 31))
    first, second = at_once([lambda: register(seller, sale)] * 2)
    assert first == second
    assert len(stored(first)) == 2


def test_a_guarantor_is_read_as_written(seller: Actor) -> None:
    sale_id = sold(seller, ("Zé 🌻 D'Ávila", ANA[1], "Rua 🌻"))
    with snapshot() as session:
        assert report.of_sale(session, sale_id) == (
            SaleGuarantor("Zé 🌻 D'Ávila", "52998224725", "Rua 🌻"),
        )
