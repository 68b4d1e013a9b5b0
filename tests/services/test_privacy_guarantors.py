"""LGPD and guarantors: erased with the sale's customer and in their own name, and copied (R28)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from credigestor.db.engine import transaction
from credigestor.errors import Conflict
from credigestor.rules.permissions import Actor
from credigestor.services import guarantors, sales
from tests.exports.test_customer_file import copy
from tests.portfolio import TODAY, add_customer
from tests.services.anonymising import (
    LONG_AGO,
    TRACES,
    anonymise,
    conditions,
    database,
    log,
    make_customer,
    settled,
)
from tests.services.paying import pay
from tests.services.selling import new_sale, notes_of, register
from tests.services.test_guarantors import ANA, FIRM, given, replace, stored

pytestmark = pytest.mark.usefixtures("db")

WANDA = ("Wanda Penhor", "111.444.777-35", "Beco do Aval, 7")
ZULEICA = ("Zuleica Quixadá", "529.982.247-25", "Rua dos Tabajaras, km 1968")
OF_WANDA = ("Wanda", "Penhor", "11144477735", "444.777", "Beco do Aval")


def another() -> int:
    with transaction() as session:
        return add_customer(session, "Berenice Alheia")


def guarantee(actor: Actor, sale_id: int, *who: tuple[str, str, str]) -> None:
    with transaction() as session:
        guarantors.replace(session, actor, sale_id=sale_id, guarantors=given(*who))


def test_anonymising_leaves_no_trace_of_who_answered_for_the_customer(admin: Actor) -> None:
    customer_id = make_customer(admin)
    sale = settled(admin, customer_id)
    guarantee(admin, sale.id, WANDA, FIRM)
    guarantee(admin, sale.id, FIRM)
    guarantee(admin, sale.id, FIRM, WANDA)
    before = database()
    assert [trace for trace in OF_WANDA if trace not in before] == []
    anonymise(admin, customer_id)
    after = database()
    assert [trace for trace in OF_WANDA if trace in after] == []
    assert stored(sale.id) == []
    told = [e.after for e in log() if e.after and "sale" in e.after]
    assert len(told) == 3
    assert all(after["sale"] == sale.id for after in told)
    assert {after["guarantors"] for after in told} == {"[anonimizado]"}


def test_the_guarantors_of_others_stay(admin: Actor) -> None:
    customer_id = make_customer(admin)
    other = register(admin, new_sale(another(), guarantors=given(WANDA)))
    anonymise(admin, customer_id)
    assert [name for name, _, _ in stored(other)] == ["Wanda Penhor"]


def test_who_still_answers_for_another_customer_is_not_anonymised(admin: Actor) -> None:
    customer_id = make_customer(admin)
    sale_id = register(admin, new_sale(another(), guarantors=given(WANDA, ZULEICA)))
    assert (False, "Ainda é avalista de 3 notas em aberto de outros clientes.") in (
        conditions(customer_id)
    )
    assert "(vencimento de nota avalizada) é de 31/03/2026" in conditions(customer_id)[1][1]
    with pytest.raises(Conflict, match="Ainda é avalista"):
        anonymise(admin, customer_id)
    with transaction() as session:
        sales.cancel(session, admin, sale_id=sale_id, why="desistiu", today=TODAY)
    assert all(met for met, _ in conditions(customer_id))


def test_a_guarantor_whose_time_is_over_is_erased_where_they_signed_too(admin: Actor) -> None:
    customer_id = make_customer(admin)
    sale = settled(admin, another())
    guarantee(admin, sale.id, WANDA, ZULEICA)
    until = LONG_AGO + timedelta(days=30 + 5 * 365 + 1)
    assert not conditions(customer_id, until)[1][0]
    assert conditions(customer_id, until + timedelta(days=1)) == [
        (True, "Não deve nada e não tem nota em aberto."),
        (
            True,
            "O negócio mais recente (vencimento de nota avalizada) é de 09/04/2020; a guarda "
            "obrigatória de 5 anos terminou em 09/04/2025.",
        ),
        (True, "Foi avalista de outros clientes, e as notas já não estão abertas."),
    ]
    anonymise(admin, customer_id, until + timedelta(days=1))
    after = database()
    assert [trace for trace in TRACES if trace.lower() in after.lower()] == []
    assert [name for name, _, _ in stored(sale.id)] == ["Wanda Penhor"]


def test_a_payment_of_a_guaranteed_note_is_business_of_the_guarantor(admin: Actor) -> None:
    customer_id = make_customer(admin)
    sale_id = register(admin, new_sale(another(), guarantors=given(ZULEICA)))
    for note in notes_of(sale_id):
        pay(admin, TODAY, (note.id, "10.00"))
    assert "(pagamento de nota avalizada) é de 23/11/2026" in conditions(customer_id)[1][1]


def test_the_copy_names_who_answers_for_the_customer_and_no_more_of_them(admin: Actor) -> None:
    customer_id = make_customer(admin, credit_limit=None)
    sale_id = register(admin, new_sale(customer_id, guarantors=given(WANDA)))
    replace(admin, sale_id, WANDA, FIRM)
    told, text = copy(customer_id)
    assert told["avalistas das vendas"] == [
        {
            "Venda": f"{sale_id:06}",
            "Avalista": "Wanda Penhor",
            "CPF ou CNPJ": "***.444.777-**",
        },
        {
            "Venda": f"{sale_id:06}",
            "Avalista": FIRM[0],
            "CPF ou CNPJ": "**.ABC.345/****-**",
        },
    ]
    assert told["avais dados a outros"] == []
    assert "***.444.777-**" in text
    assert "Beco do Aval" not in str(told) + text
    assert "Avalistas: ***.444.777-** → ***.444.777-**, **.ABC.345/****-**" in str(told)


def test_the_copy_tells_a_guarantor_what_they_signed_and_not_for_whom(admin: Actor) -> None:
    customer_id = make_customer(admin)
    sale_id = register(admin, new_sale(another(), guarantors=given(ANA), total=Decimal("777.77")))
    told, text = copy(customer_id)
    assert told["avais dados a outros"] == [
        {
            "Venda": f"{sale_id:06}",
            "Data": "2025-12-31",
            "Nome": ANA[0],
            "CPF ou CNPJ": ANA[1],
            "Endereço": ANA[2],
        }
    ]
    assert "Rua das Flores, 10, Centro" in " ".join(text.split())
    for hidden in ("Berenice", "777"):
        assert hidden not in str(told["avais dados a outros"]) + str(told["vendas"])
