"""Registering a sale: what is written, what is refused, what two at once do (R1–R5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note, Sale
from credigestor.db.settings import ShopSettings
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed
from credigestor.reports.check.report import check
from credigestor.rules import true_rate
from credigestor.rules.permissions import Actor
from credigestor.services import settings as settings_service
from credigestor.services.credit import CreditWarning
from tests.portfolio import TODAY
from tests.services.selling import (
    at_once,
    audited,
    count,
    new_customer,
    new_sale,
    notes_of,
    register,
    sale_row,
)

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def customer() -> int:
    return new_customer()


def test_r1_r3_a_sale_without_interest_makes_its_notes(seller: Actor, customer: int) -> None:
    notes = notes_of(register(seller, new_sale(customer)))
    assert [str(note.amount) for note in notes] == ["333.34", "333.33", "333.33"]
    assert [note.due_date for note in notes] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]
    assert all(note.principal_balance == note.amount for note in notes)
    assert all(note.customer_id == customer and note.settled_on is None for note in notes)


def test_r1_the_down_payment_is_not_financed(seller: Actor, customer: int) -> None:
    sale = new_sale(customer, total="130.00", down_payment="30.00", installments=6)
    assert [str(note.amount) for note in notes_of(register(seller, sale))] == [
        *["16.67"] * 4,
        *["16.66"] * 2,
    ]


def test_r2_a_sale_with_interest_makes_price_instalments(seller: Actor, customer: int) -> None:
    sale_id = register(seller, new_sale(customer, installments=12, contract_rate="1"))
    notes = notes_of(sale_id)
    assert [str(note.amount) for note in notes] == [*["88.85"] * 11, "88.84"]
    assert sum(note.amount for note in notes) == Decimal("1066.19")
    assert sale_row(sale_id).contract_rate == 1


def test_r2c_r3_a_sale_keeps_how_its_notes_came_to_be(seller: Actor, customer: int) -> None:
    terms = {"installments": 3, "contract_rate": "5", "sold_on": date(2026, 1, 31)}
    day = date(2026, 2, 1)
    suggested = new_sale(customer, first_due_date=date(2026, 2, 28), **terms)
    sale_id = register(seller, suggested, today=day)
    assert [note.due_date.day for note in notes_of(sale_id)] == [28, 31, 30]
    row = sale_row(sale_id)
    assert (row.carried, row.due_day) == (None, 31)
    assert str(true_rate.monthly(row.daily_rate)) == "5.12"
    later = new_sale(customer, first_due_date=date(2026, 4, 1), **terms)
    row = sale_row(register(seller, later, today=day))
    assert (row.carried, row.due_day) == (Decimal("1048.29"), None)
    with snapshot() as session:
        assert list(check(session)) == []


def test_r4_the_last_days_on_time_and_without_charges_are_fixed_on_the_note(
    seller: Actor, admin: Actor, customer: int
) -> None:
    with transaction() as session:
        settings_service.change(session, admin, ShopSettings(grace_days=5))
    sale = new_sale(customer, installments=1, first_due_date=date(2026, 11, 20))
    [note] = notes_of(register(seller, sale))
    assert note.due_date == note.interest_from == date(2026, 11, 20)  # a holiday, a Friday
    assert note.on_time_until == date(2026, 11, 23)
    assert note.free_until == date(2026, 11, 28)


def test_r5_later_settings_change_no_sale_that_exists(
    seller: Actor, admin: Actor, customer: int
) -> None:
    before = register(seller, new_sale(customer))
    with transaction() as session:
        settings_service.change(
            session,
            admin,
            ShopSettings(late_rate=Decimal("0.5"), fine_rate=Decimal(1), grace_days=10),
        )
    after = register(seller, new_sale(customer))
    terms = [(s.late_rate, s.fine_rate, s.grace_days) for s in map(sale_row, (before, after))]
    assert terms == [(1, 2, 0), (Decimal("0.5"), 1, 10)]
    assert notes_of(before)[0].free_until == date(2026, 2, 2)
    assert notes_of(after)[0].free_until == date(2026, 2, 12)


def test_a_sale_paid_down_in_full_has_no_notes(seller: Actor, customer: int) -> None:
    sale_id = register(seller, new_sale(customer, down_payment="1000.00", contract_rate="1"))
    sale = sale_row(sale_id)
    assert notes_of(sale_id) == []
    assert (sale.installments, sale.first_due_date, sale.contract_rate) == (0, None, 0)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"total": "0"}, "total", "maior que zero"),
        ({"total": "-5"}, "total", "maior que zero"),
        ({"total": "1e30"}, "total", "alto demais"),
        ({"total": "NaN"}, "total", "inválido"),
        ({"total": "abc"}, "total", "inválido"),
        ({"total": "10.001"}, "total", "dois decimais"),
        ({"down_payment": "-0.01"}, "down_payment", "negativa"),
        ({"down_payment": "1000.01"}, "down_payment", "passar do total"),
        ({"installments": 0}, "installments", "de 1 a 120"),
        ({"installments": 121}, "installments", "de 1 a 120"),
        ({"installments": 10_000_000}, "installments", "de 1 a 120"),
        ({"total": "0.02"}, "installments", "não dá para dividir"),
        ({"sold_on": date(2026, 1, 3)}, "sold_on", "futura"),
        ({"sold_on": date(1, 1, 1)}, "sold_on", "entre 1990 e 2200"),
        ({"sold_on": date(9999, 12, 31)}, "sold_on", "entre 1990 e 2200"),
        ({"first_due_date": None}, "first_due_date", "Informe"),
        ({"first_due_date": date(2025, 12, 30)}, "first_due_date", "antes da venda"),
        ({"first_due_date": date(1, 1, 1)}, "first_due_date", "entre 1990 e 2200"),
        ({"first_due_date": date(9999, 12, 31)}, "first_due_date", "entre 1990 e 2200"),
        ({"contract_rate": "-1"}, "contract_rate", "de 0 a 100"),
        ({"contract_rate": "100.01"}, "contract_rate", "de 0 a 100"),
        ({"contract_rate": "0.00001"}, "contract_rate", "quatro decimais"),
        ({"description": "x" * 10_000}, "description", "no máximo 500"),
        ({"description": "a\x00b"}, "description", "caracteres"),
        ({"seller_id": 2**31 - 1}, "seller_id", "Vendedor não encontrado"),
        ({"customer_id": 2**31 - 1}, None, "Cliente não encontrado"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    seller: Actor, customer: int, changes: dict[str, Any], field: str | None, words: str
) -> None:
    with pytest.raises(BusinessError) as caught:
        register(seller, new_sale(customer, **changes))
    assert caught.value.field == field
    assert words in caught.value.message
    assert count(Sale) == count(Note) == 0


def test_the_latest_dates_a_person_may_type_still_make_120_notes(
    seller: Actor, customer: int
) -> None:
    sale = new_sale(customer, installments=120, first_due_date=date(2200, 12, 31))
    assert notes_of(register(seller, sale))[-1].due_date == date(2210, 11, 30)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "Sofá 🛋️", "'; DROP TABLE sales --"])
def test_a_description_is_kept_as_typed(seller: Actor, customer: int, text: str) -> None:
    assert sale_row(register(seller, new_sale(customer, description=f"  {text} "))).description == (
        text
    )


def test_an_inactive_customer_buys_nothing(seller: Actor) -> None:
    with pytest.raises(Conflict, match="inativo"):
        register(seller, new_sale(new_customer(active=False)))


def test_the_seller_is_oneself_unless_another_is_named(
    seller: Actor, manager: Actor, customer: int
) -> None:
    own = register(seller, new_sale(customer))
    other = register(seller, new_sale(customer, seller_id=manager.id))
    assert [sale_row(own).seller_id, sale_row(other).seller_id] == [seller.id, manager.id]
    assert sale_row(other).created_by == seller.id


def test_a_sale_up_to_the_limit_needs_nobody(seller: Actor) -> None:
    assert register(seller, new_sale(new_customer(credit_limit=Decimal("1000.00"))))


@pytest.mark.parametrize("late", [False, True], ids=["over the limit", "late"])
def test_only_a_manager_with_a_reason_sells_over_the_limit_or_to_the_late(
    seller: Actor, manager: Actor, late: bool
) -> None:
    customer = new_customer(credit_limit=None if late else Decimal("1999.99"))
    register(seller, new_sale(customer))
    today = date(2026, 2, 3) if late else date(2026, 1, 2)  # the first note is on time until 02/02
    again = new_sale(customer)
    with pytest.raises(CreditWarning, match="1 nota atrasada" if late else "limite de crédito"):
        register(manager, again, today)
    with pytest.raises(NotAllowed, match="Só um gerente"):
        register(seller, again.model_copy(update={"override_reason": "Cliente antigo"}), today)
    with pytest.raises(InvalidInput, match="Explique o motivo") as caught:
        register(manager, again.model_copy(update={"override_reason": " x "}), today)
    assert caught.value.field == "override_reason"
    assert count(Sale) == 1
    granted = again.model_copy(update={"override_reason": "Cliente antigo"})
    sale = sale_row(register(manager, granted, today))
    assert (sale.override_reason, sale.override_by) == ("Cliente antigo", manager.id)


def test_a_late_customer_may_pay_a_sale_down_in_full(seller: Actor, customer: int) -> None:
    register(seller, new_sale(customer))
    sale = new_sale(customer, down_payment="1000.00", override_reason="à toa")
    made = sale_row(register(seller, sale, TODAY))
    assert made.override_reason is None


def test_the_same_operation_twice_is_one_sale(seller: Actor, customer: int) -> None:
    sale = new_sale(customer)
    assert register(seller, sale) == register(seller, sale)
    assert (count(Sale), count(Note), len(audited("create"))) == (1, 3, 1)


def test_an_operation_that_registered_another_sale_is_refused(seller: Actor, customer: int) -> None:
    data = new_sale(customer)
    register(seller, data)
    for changes in (
        {"total": Decimal("999.00")},
        {"installments": 4},
        {"customer_id": new_customer()},
    ):
        with pytest.raises(Conflict, match="outra venda, a 000001"):
            register(seller, data.model_copy(update=changes))
    assert count(Sale) == 1


def test_the_same_operation_from_eight_threads_is_one_sale(seller: Actor, customer: int) -> None:
    sale = new_sale(customer)
    ids = at_once([lambda: register(seller, sale)] * 8)
    assert ids == [ids[0]] * 8
    assert (count(Sale), count(Note)) == (1, 3)


def test_one_operation_for_two_customers_at_once_is_one_sale_and_one_refusal(
    seller: Actor,
) -> None:
    data = [new_sale(new_customer()) for _ in range(2)]
    rival = data[1].model_copy(update={"operation_id": data[0].operation_id})
    made = at_once([lambda: register(seller, data[0]), lambda: register(seller, rival)])
    assert sorted(type(result).__name__ for result in made) == ["Conflict", "int"]
    [refusal] = [result for result in made if isinstance(result, Conflict)]
    assert "outra venda" in refusal.message
    assert (count(Sale), len(audited("create"))) == (1, 1)


def test_two_sales_at_once_do_not_pass_the_limit_together(seller: Actor) -> None:
    customer = new_customer(credit_limit=Decimal("1000.00"))
    made = at_once([lambda: register(seller, new_sale(customer))] * 4)
    assert sorted(type(result).__name__ for result in made) == [*["CreditWarning"] * 3, "int"]
    assert count(Sale) == 1


def test_registering_is_audited_with_what_was_agreed(seller: Actor, customer: int) -> None:
    sale_id = register(seller, new_sale(customer, description="Geladeira"))
    [entry] = audited("create")
    assert (entry.actor_id, entry.actor_name, entry.entity_id) == (seller.id, seller.name, sale_id)
    assert entry.after is not None
    assert entry.after["total"] == "1000.00"
    assert entry.after["description"] == "Geladeira"
    assert entry.after["first_due_date"] == "2026-01-31"
