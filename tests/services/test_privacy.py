"""LGPD: nothing of an anonymised customer is left, and nothing new is written of them (R28)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Payment, Sale
from credigestor.errors import BusinessError, Conflict
from credigestor.reports import customers as report
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import customers, payments, privacy, sales
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from tests.moments import NOW
from tests.portfolio import TODAY, add_customer, refresh
from tests.services.anonymising import TRACES, anonymise, database, log, make_customer, row, settled
from tests.services.selling import at_once, new_sale

pytestmark = pytest.mark.usefixtures("db")


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
    emptied = ["phone", "email", "birth_date", "zip_code", "street", "street_number"]
    emptied += ["complement", "district", "credit_limit", "remarks", "ref"]
    emptied += ["second_phone", "phone_text", "workplace", "spouse", "personal_references"]
    emptied += ["foreign_document", "country"]
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
            return [each.id for each in report.search(session, query, today=TODAY)]

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


def test_nothing_new_is_written_about_an_anonymised_customer(admin: Actor) -> None:
    customer_id = make_customer(admin)
    sale = settled(admin, customer_id)
    with snapshot() as session:
        payment_id = session.scalar(select(Payment.id))
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
