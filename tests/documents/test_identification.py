"""R23: who is known by a foreign document, or by nothing yet, on the papers that name them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credigestor.documents import booklet as booklet_paper
from credigestor.documents import promissory_notes, receipt
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.reports.named_customer import NamedCustomer
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.identification import MAX_DOCUMENT, label_identity
from tests.documents.booklets import AT, booklet
from tests.documents.looking import assert_sound, words
from tests.documents.printings import AGATA, JOSE, printing
from tests.documents.receipts import made

#: The country with the longest name, and as wide a document as may be kept.
WIDEST = "IO " + "W1" * (MAX_DOCUMENT // 2)


@pytest.mark.parametrize("guarantors", [(), (AGATA,), (AGATA, JOSE)])
def test_the_widest_document_stands_on_a_note_beside_any_guarantors(
    guarantors: tuple[SaleGuarantor, ...],
) -> None:
    customer = NamedCustomer(7, "Lucía " + "Fernández " * 11, WIDEST, "Rua das Flores, 10")
    data = printing(3, customer=customer, guarantors=guarantors)
    pdf = promissory_notes.pdf(data, made_at=AT, logo=None)
    assert_sound(pdf)
    assert "".join(label_identity(WIDEST).split()) in "".join(words(pdf).split())


def test_the_widest_document_stands_on_a_slip_and_a_receipt() -> None:
    customer = NamedCustomer(7, "Lucía Fernández", WIDEST, "")
    papers = [booklet_paper.pdf(booklet(customer=customer), made_at=AT, logo=None)]
    for form in ReceiptFormat:
        paid = replace(made(), tax_id=WIDEST)
        papers.append(receipt.pdf(paid, made_at=AT, logo=None, format=form))
    for pdf in papers:
        assert_sound(pdf)
        assert "".join(WIDEST[3:].split()) in "".join(words(pdf).split())


def test_a_receipt_says_that_somebody_has_no_cpf() -> None:
    paid = replace(made(), tax_id=None)
    assert "sem CPF" in words(receipt.pdf(paid, made_at=AT, logo=None, format=ReceiptFormat.ONE))
