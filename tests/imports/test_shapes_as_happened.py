"""Shapes whose sums are known, through the import: what is open is theirs to the cent."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from credigestor.imports import importer
from credigestor.imports.choices import Choices
from credigestor.imports.importer import Counts, Plan
from credigestor.reports.check.report import check
from credigestor.reports.summary import as_json, summary
from tests.imports.importing import CLI, everything
from tests.imports.shapes import BALANCES, BESIDE, LISTED, NOTES, WIDE, translated
from tests.portfolio import TODAY

pytestmark = pytest.mark.usefixtures("db")

AS_HAPPENED = Choices(waive_short=True, as_paid=True, settled_on_due=True, earlier_day=True)
#: Each with what is open, how many notes of it are late, and what was received, by hand.
SUMS = {
    "instalments": (NOTES, Counts(2, 2, 4, 2), "1000.10", 1, "200.00"),
    "wide": (WIDE.replace("valor pagto", "valor pagto\tforma").replace(
        "05/02/2026\t100,00\n", "05/02/2026\t100,00\tPix\n").replace("N\t\t\n", "N\t\t\t\n"),
        Counts(1, 1, 2, 1), "100.00", 1, "100.00"),
    "beside": (BESIDE.replace(",Venc 2", ",Forma 1,Venc 2").replace(
        "2026-02-07,", "2026-02-07,Pix,").replace("1460.5,,", "1460.5,,,"),
        Counts(1, 2, 3, 1), "1610.50", 2, "100.00"),
    "balances": (BALANCES, Counts(3, 2, 2, 0), "1400.00", 0, "0.00"),
    "listed": (LISTED, Counts(1, 2, 5, 0), "350.00", 5, "0.00"),
}  # fmt: skip


def run(text: str) -> Plan:
    with transaction() as session:
        source = translated({"a.csv": text})
        return importer.run(session, CLI, source, today=TODAY, choices=AS_HAPPENED)


@pytest.mark.parametrize("name", SUMS)
def test_what_is_open_and_what_was_received_are_those_of_the_file(name: str) -> None:
    text, counts, opened, late, received = SUMS[name]
    plan = run(text)
    assert (plan.problems, plan.new) == ([], counts)
    with snapshot() as session:
        assert check(session) == []
        figures = as_json(summary(session, TODAY, today=TODAY))
    assert (figures["receivable_principal"], figures["overdue_notes"]) == (opened, late)
    assert figures["received_principal"] == received
    before = everything()
    assert run(text).new == Counts()
    assert everything() == before


def test_what_was_taken_against_the_rules_names_the_row_that_was_sent() -> None:
    remarks = run(NOTES).remarks
    assert {(each.file, each.line) for each in remarks} == {("a.csv", 5), ("a.csv", 7)}


def test_people_without_a_cpf_come_in_and_a_phone_that_is_none_is_kept_as_written() -> None:
    text = "Nome;Telefone\nAna Luz;recado com Rita\nBia;8872-4443\nAna Luz Souza;85988724443\n"
    assert run(text).new == Counts(customers=3)
    with snapshot() as session:
        people = session.scalars(select(Customer).order_by(Customer.id)).all()
        assert check(session) == []
    assert [(each.tax_id, each.phone, each.phone_text) for each in people] == [
        (None, None, "recado com Rita"),
        (None, None, "8872-4443"),
        (None, "+5585988724443", None),
    ]


def test_a_foreign_document_with_its_country_comes_in_and_alone_is_refused() -> None:
    text = "Nome;Passaporte;País\nAna Luz;ab123456;{}\n"
    [problem] = run(text.format("")).problems
    assert (problem.file, problem.column) == ("a.csv", "País")
    assert run(text.format("Argentina")).problems == []
    with snapshot() as session:
        [person] = session.scalars(select(Customer))
    assert (person.foreign_document, person.country) == ("AB123456", "AR")
