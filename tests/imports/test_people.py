"""People as old systems kept them: no CPF, a foreign document, a phone that nobody can dial."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot
from credigestor.db.models import Customer, Sale
from credigestor.imports.importer import Plan
from credigestor.imports.problems import CUSTOMERS
from tests.imports.past import files, take

pytestmark = pytest.mark.usefixtures("db")

BOUGHT = {"ref": "V1", "cliente": "C2", "valor_total": "100,00", "parcelas": "1"}
BOUGHT |= {"primeiro_vencimento": "05/02/2026"}


def known(ref: str) -> Customer:
    with snapshot() as session:
        return session.scalars(select(Customer).where(Customer.ref == ref)).one()


def of(*people: dict[str, str], dry_run: bool = False) -> Plan:
    rows = [{"nome": "Zé da Luz", "ref": f"C{k}"} | each for k, each in enumerate(people, start=2)]
    return take(files(customers=rows), dry_run=dry_run)


def test_who_has_no_cpf_comes_in_with_what_they_owe_and_is_told_of() -> None:
    people = [{"ref": "C2", "nome": "Zé da Luz"}, {"ref": "C3", "nome": "Zé da Luz"}]
    plan = take(files(customers=people, sales=[BOUGHT]))
    assert plan.problems == []
    assert known("C2").identification is known("C3").identification is None
    with snapshot() as session:
        assert session.scalars(select(Sale.customer_id)).one() == known("C2").id
    told = "Clientes sem CPF, que só compram à vista até ele ser preenchido: 2"
    assert [notice for notice in plan.notices if notice.startswith(told)]


def test_a_phone_that_cannot_be_dialled_is_kept_as_it_was_written() -> None:
    plan = of(
        {"telefone": "8872-444, Rita", "telefone2": "85988724443"},
        {"telefone": "3223", "telefone2": "não tem"},
        {"telefone": "85 98872-4443"},
    )
    two, three, four = (known(f"C{k}") for k in (2, 3, 4))
    assert (two.phone, two.second_phone, two.phone_text) == (
        *(None, "+5585988724443", "8872-444, Rita"),
    )
    assert (three.phone, three.second_phone, three.phone_text) == (None, None, "3223, não tem")
    assert (four.phone, four.phone_text) == ("+5585988724443", None)
    assert "Telefones a conferir: 2 (8872-444, Rita; 3223, não tem)." in plan.notices


def test_a_foreign_document_stands_in_a_cpfs_place_once() -> None:
    plan = of({"documento_estrangeiro": "ab 123", "pais": "Argentina"})
    assert plan.problems == []
    assert known("C2").identification == "AR AB 123"
    rows = (
        {"documento_estrangeiro": "AB 123", "pais": "AR"},
        {"documento_estrangeiro": "AB 123", "pais": "Uruguai"},
        {"documento_estrangeiro": "AB 124"},
        {"documento_estrangeiro": "AB 125", "pais": "Terra do Nunca"},
        {"pais": "Brasil", "cpf": "11144477735"},
    )
    people = [{"ref": f"D{k}", "nome": "Zé da Luz"} | row for k, row in enumerate(rows)]
    again = take(files(customers=people), dry_run=True)
    told = [(each.file, each.line, each.column) for each in again.problems]
    assert told == [
        (CUSTOMERS, 3, "documento_estrangeiro"),
        (CUSTOMERS, 5, "pais"),
        (CUSTOMERS, 6, "pais"),
    ]
    assert again.problems[0].reason == "Este documento já é do cliente C2."


def test_what_else_is_known_of_a_person_is_kept() -> None:
    of(
        {
            "trabalho": "Padaria Sol",
            "conjuge": "Rita",
            "referencias": "Dona Lia, vizinha",
            "nascimento": "05/03/1970",
            "limite": "1.500,00",
        }
    )
    who = known("C2")
    assert (who.workplace, who.spouse, who.personal_references) == (
        *("Padaria Sol", "Rita", "Dona Lia, vizinha"),
    )
    assert (str(who.birth_date), str(who.credit_limit)) == ("1970-03-05", "1500.00")
