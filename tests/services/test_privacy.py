"""LGPD: when a customer may be anonymised, and that nothing of them is left (R28)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Base, Customer, Sale, SettingsVersion
from credigestor.errors import BusinessError, Conflict, NotAllowed, NotFound
from credigestor.reports import customers as report
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import customers, payments, privacy, sales
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from tests.portfolio import TODAY, Made, add_customer, add_sale, refresh
from tests.services.paying import pay, reverse
from tests.services.selling import at_once, new_sale, register

pytestmark = pytest.mark.usefixtures("db")

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
LONG_AGO = date(2020, 3, 10)
#: All that tells who she is: no row of any table may hold a piece of it afterwards.
PERSONAL = {
    "name": "Zuleica Quixadá",
    "tax_id": "529.982.247-25",
    "phone": "(85) 98872-4443",
    "email": "zuleica@example.com",
    "birth_date": date(1971, 4, 19),
    "zip_code": "60175-055",
    "street": "Rua dos Tabajaras",
    "street_number": "km 1968",
    "complement": "Casa amarela",
    "district": "Iracema",
    "remarks": "irmã do Wanderley",
}
TRACES = (
    *("uleica", "uixad", "52998224725", "+5585988724443", "1971-04-19", "60175055"),
    *("Tabajaras", "km 1968", "amarela", "Iracema", "Wanderley", "ref-77"),
)


def make_customer(actor: Actor, **changes: Any) -> int:
    """Registered by the service and edited once, so that the log tells of her too."""
    values = {**PERSONAL, "city": "Fortaleza", "state": "CE", "credit_limit": Decimal(500)}
    given = parse(CustomerInput, {**values, **changes})
    with transaction() as session:
        new_id = customers.create(session, actor, given, operation_id=uuid.uuid4(), today=TODAY)
    with transaction() as session:
        session.get_one(Customer, new_id).ref = "ref-77"
        edited = given.model_copy(update={"name": "Zuleica Quixadá Souza", "phone": None})
        customers.edit(session, actor, edited, customer_id=new_id, today=TODAY)
    return new_id


def sell(customer_id: int, *dues: date, sold_on: date = LONG_AGO) -> Made:
    with transaction() as session:
        notes = [("100.00", due) for due in dues or (LONG_AGO + timedelta(days=30),)]
        return add_sale(session, customer_id, sold_on, notes)


def settled(actor: Actor, customer_id: int, on: date = LONG_AGO) -> Made:
    """A sale paid the day it was made, due 30 days later."""
    sale = sell(customer_id)
    pay(actor, on, *((note, "100.00") for note in sale.notes))
    return sale


def anonymise(actor: Actor, customer_id: int, today: date = TODAY) -> None:
    with transaction() as session:
        privacy.anonymise(session, actor, customer_id=customer_id, now=NOW, today=today)


def conditions(customer_id: int, today: date = TODAY) -> list[tuple[bool, str]]:
    with snapshot() as session:
        return [
            (met, said.replace("\xa0", " "))
            for met, said in privacy.conditions(session, customer_id, today=today)
        ]


def row(customer_id: int) -> Customer:
    with snapshot() as session:
        return session.get_one(Customer, customer_id)


def log() -> list[AuditEntry]:
    with snapshot() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def database() -> str:
    """Every row of every table, as text."""
    with snapshot() as session:
        return "\n".join(
            str(session.scalar(text(f"SELECT json_agg(t)::text FROM {table.name} t")))
            for table in Base.metadata.sorted_tables
        )


def test_who_never_bought_may_be_anonymised_at_once(admin: Actor) -> None:
    customer_id = make_customer(admin)
    assert conditions(customer_id) == [
        (True, "Não deve nada e não tem nota em aberto."),
        (True, "Nunca comprou: não há prazo de guarda a esperar."),
    ]


def test_no_trace_of_the_person_is_left_in_any_table(admin: Actor) -> None:
    customer_id = make_customer(admin)
    settled(admin, customer_id)
    before = database()
    assert [trace for trace in TRACES if trace not in before] == []
    anonymise(admin, customer_id)
    after = database()
    assert [trace for trace in TRACES if trace.lower() in after.lower()] == []


def test_stand_ins_take_the_place_and_the_city_stays_for_the_figures(admin: Actor) -> None:
    customer_id = make_customer(admin)
    anonymise(admin, customer_id)
    kept = row(customer_id)
    assert kept.name == f"Cliente anonimizado {customer_id}"
    assert kept.name_folded == f"cliente anonimizado {customer_id}"
    assert kept.tax_id == f"ANON{customer_id:07}"
    assert (kept.city, kept.state, kept.active) == ("Fortaleza", "CE", False)
    assert kept.anonymised_at == NOW
    emptied = ("phone", "email", "birth_date", "zip_code", "street", "street_number")
    emptied += ("complement", "district", "credit_limit", "remarks", "ref")
    assert {getattr(kept, name) for name in emptied} == {None}


def test_the_money_and_its_summaries_are_untouched(admin: Actor) -> None:
    customer_id = make_customer(admin)
    settled(admin, customer_id)
    refresh()
    with snapshot() as session:
        before = balances(session)
    anonymise(admin, customer_id)
    refresh()
    with snapshot() as session:
        assert balances(session) == before
        assert check(session) == []


def balances(session: Session) -> list[Any]:
    tables = ("sales", "notes", "payments", "payment_items", "note_facts", "segments")
    return [session.scalar(text(f"SELECT json_agg(t)::text FROM {name} t")) for name in tables]


def test_no_search_finds_the_person_any_more(admin: Actor) -> None:
    customer_id = make_customer(admin)
    words = ("zuleica", "QUIXADÁ", "529.982.247-25", "982247", "8872")

    def found(query: str) -> list[int]:
        with snapshot() as session:
            return [each.id for each in report.search(session, query)]

    assert found("zuleica") == found("982247") == [customer_id]
    anonymise(admin, customer_id)
    assert [query for query in words if found(query)] == []
    assert found(f"{customer_id:07}") == []  # the number in the stand-in is nobody's
    assert found("anonimizado") == [customer_id]


def test_the_cpf_may_be_registered_again_as_somebody_new(admin: Actor) -> None:
    customer_id = make_customer(admin)
    anonymise(admin, customer_id)
    assert make_customer(admin) != customer_id


def test_the_log_still_says_who_did_what_and_when_but_not_to_whom(admin: Actor) -> None:
    customer_id = make_customer(admin)
    before = log()
    anonymise(admin, customer_id)
    after = log()
    assert [(e.id, e.at, e.actor_id, e.action) for e in before] == [
        (e.id, e.at, e.actor_id, e.action) for e in after[:-1]
    ]
    created, edited, act = after
    assert created.after is not None
    assert (created.after["name"], created.after["city"]) == ("[anonimizado]", "Fortaleza")
    assert edited.after == {
        "name": "[anonimizado]",
        "name_folded": "[anonimizado]",
        "phone": None,
    }
    assert (act.action, act.entity, act.entity_id) == ("anonymise", "customer", customer_id)
    assert act.actor_name == "Ada Administradora"
    assert act.after is not None
    assert "tax_id" in act.after["erased"]


def test_only_the_log_of_this_customer_is_rewritten(admin: Actor) -> None:
    customer_id = make_customer(admin)
    with transaction() as session:
        other = add_customer(session)
        given = parse(CustomerInput, {"name": "Ana Luzia", "tax_id": "111.444.777-35"})
        customers.edit(session, admin, given, customer_id=other, today=TODAY)
    anonymise(admin, customer_id)
    told = next(e for e in log() if e.entity_id == other)
    assert (told.before or {})["name"] == "Ana Luz"


def test_the_log_takes_no_other_change_even_after_it(admin: Actor) -> None:
    customer_id = make_customer(admin)

    def wipe() -> None:
        with transaction() as session:
            privacy.anonymise(session, admin, customer_id=customer_id, now=NOW, today=TODAY)
            session.execute(text("UPDATE audit_log SET after = NULL"))

    with pytest.raises(BusinessError):
        wipe()
    assert row(customer_id).anonymised_at is None


def test_a_second_click_changes_nothing(admin: Actor) -> None:
    customer_id = make_customer(admin)
    anonymise(admin, customer_id)
    before = database()
    anonymise(admin, customer_id)
    assert database() == before


def test_two_fast_clicks_leave_one_act(admin: Actor) -> None:
    customer_id = make_customer(admin)
    assert at_once([lambda: anonymise(admin, customer_id)] * 2) == [None, None]
    assert [e.action for e in log()].count("anonymise") == 1


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


def test_nothing_new_is_written_about_an_anonymised_customer(admin: Actor) -> None:
    customer_id = make_customer(admin)
    sale = settled(admin, customer_id)
    with snapshot() as session:
        payment_id = session.scalar(select(payments.Payment.id))
    anonymise(admin, customer_id)
    before = database()
    given = parse(CustomerInput, {"name": "Zuleica", "tax_id": "52998224725"})
    acts: list[Callable[[Any], object]] = [
        lambda s: customers.edit(s, admin, given, customer_id=customer_id, today=TODAY),
        lambda s: customers.set_active(s, admin, customer_id=customer_id, active=True),
        lambda s: sales.register(s, admin, new_sale(customer_id), today=TODAY),
        lambda s: payments.reverse(s, admin, payment_id=payment_id or 0, why="erro", today=TODAY),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="anonimizados a pedido"), transaction() as session:
            act(session)
    assert database() == before
    with snapshot() as session:
        assert session.get_one(Sale, sale.id).customer_id == customer_id


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
