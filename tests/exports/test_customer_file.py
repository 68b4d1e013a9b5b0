"""The copy of one customer's data: all of it, nobody else's, as JSON and PDF (R28)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note, SettingsVersion
from credigestor.errors import NotFound
from credigestor.exports import customer_file
from credigestor.exports.audit_words import ACTIONS
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY, add_customer
from tests.services.anonymising import LONG_AGO, make_customer, sell, settled
from tests.services.crediting import kept, sold
from tests.services.down_paying import paid_down
from tests.services.offering import asked, close, offer
from tests.services.paying import pay, reverse
from tests.services.selling import new_sale, register

pytestmark = pytest.mark.usefixtures("db")

AT = datetime(2026, 11, 23, 18, 45, tzinfo=UTC)


def made(customer_id: int, at: datetime = AT) -> bytes:
    with snapshot() as session:
        return customer_file.make(session, customer_id, today=TODAY, made_at=at)


def copy(customer_id: int) -> tuple[dict[str, Any], str]:
    """The JSON, and the text of the PDF with plain spaces."""
    with zipfile.ZipFile(io.BytesIO(made(customer_id))) as archive:
        assert archive.namelist() == ["dados.json", "dados.pdf"]
        reader = PdfReader(io.BytesIO(archive.read("dados.pdf")))
        text = "\n".join(page.extract_text() for page in reader.pages)
        return json.loads(archive.read("dados.json")), text.replace("\xa0", " ")


def test_it_holds_the_register_the_sales_the_notes_the_payments_and_who_wrote(
    admin: Actor, seller: Actor
) -> None:
    with transaction() as session:
        data = {"shop_name": "Loja Modelo", "tax_id": "11222333000181", "retention_years": 7}
        session.add(SettingsVersion(data=data, changed_by_name="teste"))
    customer_id = make_customer(admin, credit_limit=Decimal(5000))
    sale_id = register(seller, new_sale(customer_id, description="Fogão 4 bocas"))
    with snapshot() as session:
        note = session.scalar(select(func.min(Note.id)))
    assert note
    wrong = pay(admin, date(2026, 2, 10), (note, "50.00"), method="pix")
    reverse(admin, wrong, why="era de outro cliente")
    pay(seller, TODAY, (note, "100.00"), backdate_reason=None)

    told, text = copy(customer_id)
    assert told["emitido em"] == "2026-11-23T15:45:00-03:00"
    assert told["quem trata os dados"]["Loja"] == "Loja Modelo"
    assert told["cadastro"]["Nome"] == "Zuleica Quixadá Souza"
    assert told["cadastro"]["CPF ou CNPJ"] == "529.982.247-25"
    assert told["cadastro"]["Nascimento"] == "1971-04-19"
    assert told["cadastro"]["Limite de crédito (R$)"] == "5000.00"
    (sale,) = told["vendas"]
    assert (sale["Venda"], sale["Total (R$)"]) == (f"{sale_id:06}", "1000.00")
    assert (sale["Descrição"], sale["Vendedor"]) == ("Fogão 4 bocas", "Vera Vendedora")
    first, second, third = told["notas"]
    assert [n["Valor (R$)"] for n in (first, second, third)] == ["333.34", "333.33", "333.33"]
    assert first["Situação"] == "Atrasada"
    assert Decimal(first["Deve (R$)"]) == sum(
        Decimal(first[part]) for part in ("Principal (R$)", "Juros (R$)", "Multa (R$)")
    )
    undone, live = told["pagamentos"]
    assert (undone["Estornado por"], undone["Motivo do estorno"]) == (
        "Ada Administradora",
        "era de outro cliente",
    )
    assert (live["Valor (R$)"], live["Recebido por"]) == ("100.00", "Vera Vendedora")
    acts = [(each["Quem"], each["O quê"], each["Sobre"]) for each in told["quem escreveu o quê"]]
    assert acts == [
        ("Ada Administradora", ACTIONS["create"], f"Cliente {customer_id}"),
        ("Ada Administradora", ACTIONS["edit"], f"Cliente {customer_id}"),
        ("Vera Vendedora", ACTIONS["create"], f"Venda {sale_id:06}"),
        ("Ada Administradora", ACTIONS["create"], f"Pagamento {wrong:06}"),
        ("Ada Administradora", ACTIONS["reverse"], f"Pagamento {wrong:06}"),
        ("Vera Vendedora", ACTIONS["create"], f"Pagamento {wrong + 1:06}"),
    ]
    edited = told["quem escreveu o quê"][1]["Conteúdo"]
    assert edited == (
        "Nome: Zuleica Quixadá → Zuleica Quixadá Souza; Telefone: (85) 98872-4443 → —"
    )

    flat = " ".join(text.split())
    for part in (
        *("Loja Modelo", "CNPJ 11.222.333/0001-81", "Zuleica Quixadá Souza", "529.982.247-25"),
        *("19/04/1971", "5.000,00", "1.000,00", "Fogão 4 bocas", "333,34", "Vera Vendedora"),
        *("era de outro cliente", "por 7 anos", "LGPD art. 18", "Página 1 de"),
    ):
        assert part in flat, part


def test_it_holds_nothing_of_anybody_else(admin: Actor) -> None:
    customer_id = make_customer(admin)
    settled(admin, customer_id)
    with transaction() as session:
        other = add_customer(session, "Berenice Alheia", phone="+5585988724444")
    sale = sell(other, LONG_AGO + timedelta(days=9))
    reverse(admin, pay(admin, LONG_AGO, (sale.notes[0], "77.00")), why="segredo alheio")
    told, text = copy(customer_id)
    for content in (json.dumps(told, ensure_ascii=False), text):
        assert "Zuleica" in content
        assert "Berenice" not in content
        assert "segredo" not in content
    assert len(told["vendas"]) == len(told["notas"]) == len(told["pagamentos"]) == 1


def test_the_same_data_and_moment_give_the_same_bytes(admin: Actor) -> None:
    customer_id = make_customer(admin)
    settled(admin, customer_id)
    assert made(customer_id) == made(customer_id)
    assert made(customer_id) != made(customer_id, AT + timedelta(minutes=1))


def test_who_never_bought_gets_a_copy_that_says_so(admin: Actor) -> None:
    with transaction() as session:
        customer_id = add_customer(session)
    told, text = copy(customer_id)
    assert told["vendas"] == told["notas"] == told["pagamentos"] == []
    assert told["entradas"] == []
    assert text.count("Nada registrado.") == 12


def test_an_unknown_customer_is_not_found() -> None:
    with pytest.raises(NotFound):
        made(99)


def test_the_name_of_the_file_tells_nobodys_name() -> None:
    assert customer_file.name(7, TODAY) == "dados-cliente-7-2026-11-23.zip"


def test_what_was_offered_is_in_the_copy_with_the_sale_that_it_became(admin: Actor) -> None:
    with transaction() as session:
        customer_id = add_customer(session)
    offer(admin, asked(customer_id))
    close(admin, offer(admin, asked(customer_id, description="Sofá")))
    told, _ = copy(customer_id)
    sold, open_ = told["propostas"]
    assert (sold["Proposta"], sold["Descrição"], sold["Venda"]) == ("000002", "Sofá", "000001")
    assert (open_["Venda"], open_["Total a prazo (R$)"]) == (None, "1066.19")
    about = [entry["Sobre"] for entry in told["quem escreveu o quê"]]
    assert about.count("Proposta 000001") == about.count("Proposta 000002") == 1


def test_r31_it_tells_of_a_down_payment_by_credit(seller: Actor) -> None:
    with transaction() as session:
        customer_id = add_customer(session)
    kept(seller, sold(customer_id, "9.58")[0], "9.58", "300.00")
    down = {"down_payment_methods": (), "down_payment_by_credit": True}
    register(seller, paid_down(customer_id, **down), TODAY)
    text = " ".join(copy(customer_id)[1].split())
    assert "Usado na entrada de uma venda" in text
    assert "Crédito do cliente" in text
