"""LGPD: when a customer may be anonymised, and by whom (R28)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import SettingsVersion
from credigestor.errors import Conflict, NotAllowed, NotFound
from credigestor.rules.permissions import Actor
from credigestor.services import privacy, sales
from tests.portfolio import TODAY, add_customer
from tests.services.anonymising import (
    LONG_AGO,
    anonymise,
    conditions,
    make_customer,
    row,
    sell,
    settled,
)
from tests.services.paying import pay, reverse
from tests.services.selling import at_once, new_sale, register

pytestmark = pytest.mark.usefixtures("db")


def test_who_never_bought_may_be_anonymised_at_once(admin: Actor) -> None:
    customer_id = make_customer(admin)
    assert conditions(customer_id) == [
        (True, "Não deve nada e não tem nota em aberto."),
        (True, "Nunca comprou: não há prazo de guarda a esperar."),
    ]


def test_who_owes_cannot_be_anonymised_and_is_told_how_much(admin: Actor) -> None:
    customer_id = make_customer(admin)
    sell(customer_id, LONG_AGO, LONG_AGO + timedelta(days=30))
    met, said = conditions(customer_id, LONG_AGO)[0]
    assert (met, said) == (False, "Ainda deve R$ 200,00, em 2 notas em aberto.")
    with pytest.raises(Conflict, match="Ainda deve"):
        anonymise(admin, customer_id)
    assert row(customer_id).anonymised_at is None


def test_the_years_of_keeping_count_from_the_newest_business(admin: Actor) -> None:
    customer_id = make_customer(admin)
    settled(admin, customer_id)
    due = LONG_AGO + timedelta(days=30)  # 09/04/2020, after the payment
    until = date(2025, 4, 9)
    met, said = conditions(customer_id, until)[1]
    assert not met
    assert said == (
        "O negócio mais recente (vencimento de nota) é de 09/04/2020: os dados devem ser "
        "guardados por 5 anos, até 09/04/2025."
    )
    assert conditions(customer_id, until + timedelta(days=1))[1][0]
    with pytest.raises(Conflict, match="guardados por 5 anos"):
        anonymise(admin, customer_id, until)
    pay_late = sell(customer_id)
    pay(admin, due + timedelta(days=100), (pay_late.notes[0], "100.00"))
    assert not conditions(customer_id, until + timedelta(days=1))[0][0]  # charges are left


def test_a_reversal_and_a_cancellation_are_business_too(admin: Actor) -> None:
    customer_id = make_customer(admin)
    sale = sell(customer_id)
    reverse(admin, pay(admin, LONG_AGO, (sale.notes[0], "100.00")), on=date(2026, 1, 5))
    assert "(estorno) é de 05/01/2026" in conditions(customer_id)[1][1]
    with transaction() as session:
        sales.cancel(session, admin, sale_id=sale.id, why="desistiu", today=date(2026, 2, 6))
    assert conditions(customer_id)[0][0]
    assert "(cancelamento de venda) é de 06/02/2026" in conditions(customer_id)[1][1]


def test_the_shop_may_keep_data_for_longer(admin: Actor) -> None:
    customer_id = make_customer(admin)
    settled(admin, customer_id)
    with transaction() as session:
        session.add(SettingsVersion(data={"retention_years": 10}, changed_by_name="teste"))
    assert "por 10 anos, até 09/04/2030" in conditions(customer_id)[1][1]


def test_a_reversal_at_the_same_moment_never_leaves_a_debtor_without_a_name(admin: Actor) -> None:
    def race(customer_id: int, payment_id: int) -> list[Any]:
        return at_once([lambda: anonymise(admin, customer_id), lambda: reverse(admin, payment_id)])

    for _ in range(6):
        with transaction() as session:
            customer_id = add_customer(session)
        payment_id = pay(admin, LONG_AGO, (sell(customer_id).notes[0], "100.00"))
        refused = race(customer_id, payment_id)
        assert sum(isinstance(each, Conflict) for each in refused) == 1
        erased, owes_nothing = row(customer_id).anonymised_at, conditions(customer_id)[0][0]
        assert (erased is not None) == owes_nothing


def test_a_sale_at_the_same_moment_is_either_refused_or_in_the_way(admin: Actor) -> None:
    def race(customer_id: int) -> list[Any]:
        sale = new_sale(customer_id)
        return at_once(
            [lambda: anonymise(admin, customer_id), lambda: register(admin, sale, TODAY)]
        )

    for _ in range(6):
        with transaction() as session:
            customer_id = add_customer(session)
        erased, sold = race(customer_id)
        assert isinstance(erased, Conflict) != isinstance(sold, Conflict)
        assert (row(customer_id).anonymised_at is None) == isinstance(erased, Conflict)


@pytest.mark.parametrize("role", ["seller", "manager"])
def test_only_an_administrator_may(role: str, request: pytest.FixtureRequest, admin: Actor) -> None:
    customer_id = make_customer(admin)
    actor = request.getfixturevalue(role)
    with pytest.raises(NotAllowed):
        anonymise(actor, customer_id)
    with pytest.raises(NotAllowed), transaction() as session:
        privacy.record_copy(session, actor, customer_id=customer_id)
    assert row(customer_id).anonymised_at is None


def test_an_unknown_customer_is_not_found(admin: Actor) -> None:
    with pytest.raises(NotFound):
        anonymise(admin, 99)
    with pytest.raises(NotFound):
        conditions(99)
