"""Receipts of a down payment and of its return, of several methods, of another payer (R24, R35)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from credigestor.documents import receipt
from credigestor.documents.canvas import clean
from credigestor.reports.receipt import Money, Receipt
from credigestor.rules.document_choices import ReceiptFormat
from tests.documents.looking import assert_sound, words
from tests.documents.receipts import AT, UNDONE, longest, made
from tests.documents.test_receipt import LOGO, ONE, on_every_paper

_MOST = (
    "cash 2000000000.00 + pix 2000000000.00 + card 2000000000.00 + transfer 1999999999.99"
    " + cheque 1000000000.00 + boleto 1000000000.00"
)


def of_sale(kind: Money, **changes: Any) -> Receipt:
    """The receipt of a down payment of sale 123, or of its return."""
    number = "E000012" if kind is Money.DOWN else "D000013"
    values = {"kind": kind, "sale_id": 123, "number": number, "items": (), **changes}
    return made(**{"amount": made().amount, **values})


def said(data: Receipt, paper: ReceiptFormat = ONE) -> str:
    return words(receipt.pdf(data, made_at=AT, logo=None, format=paper))


@on_every_paper
def test_r24_a_down_payment_has_a_receipt_of_its_own(paper: ReceiptFormat) -> None:
    text = said(of_sale(Money.DOWN, method="cash 60.00 + pix 40.00"), paper)
    for part in (
        *("E000012", "Recebemos de", "Ágata Muñoz", "CPF 529.982.247-25"),
        *("de entrada da venda 000123", "R$ 100,00", "cem reais", "25/01/2026"),
        *("Dinheiro 60,00", "Pix 40,00", "Data da entrada", "CNPJ 11.222.333/0001-81"),
    ):
        assert part in text, part
    for part in ("Saldo", "Vencimento", "venc.", "Código Civil, art. 322", "Juros"):
        assert part not in text, part


@on_every_paper
def test_one_whose_sale_was_cancelled_says_that_it_was_handed_back(paper: ReceiptFormat) -> None:
    text = said(of_sale(Money.DOWN, undone=UNDONE), paper)
    assert "DEVOLVIDO em 26/01/2026: a venda foi cancelada por Gerente Geral" in text
    assert "ESTORNADO" not in text
    assert "voltou a ser devido" not in text


@on_every_paper
def test_r24_a_return_is_signed_by_who_is_given_the_money(paper: ReceiptFormat) -> None:
    text = said(of_sale(Money.REFUND, paid_on=date(2026, 1, 26)), paper)
    for part in (
        *("D000013", "Devolvemos a", "Valor devolvido", "da entrada da venda 000123, cancelada"),
        *("Data da devolução", "Devolvido por", "Fortaleza/CE, 26 de janeiro de 2026"),
    ):
        assert part in text, part
    assert text.count("Ágata Muñoz") == 2 * (2 if paper is ReceiptFormat.TWO else 1)


@on_every_paper
def test_r24_who_paid_comes_first_and_whose_debt_it_was_after(paper: ReceiptFormat) -> None:
    text = said(made(payer="Rita Moreira", payer_tax_id="11144477735"), paper)
    at = [text.index(part) for part in ("Recebemos de", "Rita Moreira", "em nome de", "Ágata")]
    assert at == sorted(at)
    assert "CPF 111.444.777-35" in text
    assert "CPF 529.982.247-25" in text


@on_every_paper
@pytest.mark.parametrize("kind", list(Money))
def test_the_longest_texts_fit_and_nothing_of_them_is_lost(
    paper: ReceiptFormat, kind: Money
) -> None:
    changes: dict[str, Any] = {"method": _MOST}
    if kind is Money.NOTES:
        changes |= {"payer": "Wwww Wwwwwwww " * 8, "payer_tax_id": "12ABC34501DE35"}
    else:
        changes |= {"kind": kind, "sale_id": 2**31 - 1, "items": (), "number": "E2147483647"}
    data = longest(1, **changes)
    pdf = receipt.pdf(data, made_at=AT, logo=LOGO, format=paper)
    assert_sound(pdf)
    text = "".join(words(pdf).split())
    for part in (
        clean(data.customer),
        data.address,
        data.received_by,
        data.payer,
        "1.999.999.999,99",
        "Boleto 1.000.000.000,00",
    ):
        assert "".join((part or "").split()) in text, part
