"""The agreement on paper: both debts, what becomes of the old one, who signs (R15)."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.settings import ShopSettings
from credigestor.documents import agreement, catalogue
from credigestor.reports import renegotiations
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from credigestor.services.guarantors import GuarantorInput
from tests.documents import looking
from tests.documents.booklets import AT, LOGO
from tests.documents.contracts import words
from tests.portfolio import TODAY
from tests.services.renegotiating import deal, fines_let_go, make, three_late, undo

pytestmark = pytest.mark.usefixtures("db")

SHOP = {"shop_name": "Loja Modelo", "city": "Fortaleza", "state": "CE", "tax_id": "11222333000181"}
RUI = GuarantorInput(name="Rui Sá", tax_id="15350946056", address="Rua do Sol, 5")


def printed(deal_id: int) -> bytes:
    with snapshot() as session:
        data = renegotiations.agreed(session, deal_id)
    return agreement.pdf(data, made_at=AT, logo=LOGO)


def test_r15_it_tells_both_debts_and_is_drawn_as_it_was(admin: Actor, manager: Actor) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings.model_validate(SHOP))
    old = three_late()
    terms = {"down_payment": D("60.00"), "method": "pix", **fines_let_go(old.notes)}
    made = make(manager, deal(old.notes, guarantors=(RUI,), **terms))
    pdf = printed(made.id)
    looking.assert_sound(pdf)
    assert looking.positions(pdf) == looking.golden("agreement", looking.positions(pdf))
    found = words(pdf)
    for told in (
        "Acordo de novação de dívida",
        "Credora. Loja Modelo, CNPJ 11.222.333/0001-81",
        "Devedor. Ana Luz, CPF",
        "Avalista. Rui Sá, CPF 153.509.460-56, Rua do Sol, 5.",
        "000001-01/03 venceu em 09/09/2026 R$ 156,75",
        "Principal R$ 450,00 Juros de mora R$ 6,75 Multa R$ 9,00",
        "Devido nesta data R$ 465,75 Encargos dispensados R$ 9,00 Entrada R$ 60,00",
        "Valor. R$ 396,75 (trezentos e noventa e seis reais e setenta e cinco centavos)",
        "000002-04/04 23/03/2027 R$ 99,18",
        "Quem avalizou as notas antigas e não assina estas fica livre (arts. 364 a 366).",
        "R$ 60,00, pelo recibo 000002.",
        "Fortaleza/CE, 23 de novembro de 2026.",
    ):
        assert told in found, (told, found)
    with snapshot() as session:
        document = catalogue.find(session, "acordo", str(made.id), {}, today=TODAY)
    assert document.file_name == "acordo-000002.pdf"


def test_r15_a_confession_keeps_the_old_debt_and_one_undone_says_so(manager: Actor) -> None:
    old = three_late()
    made = make(manager, deal(old.notes, kind="confession"))
    undo(manager, made)
    found = words(printed(made.id))
    assert "Confissão e parcelamento de dívida" in found
    assert "não há intenção de novar (Código Civil, art. 361)" in found
    assert "A dívida nova inclui R$ 6,75 de juros e R$ 9,00 de multas da dívida antiga." in found
    assert "23/11/2026 · DESFEITO" in found
