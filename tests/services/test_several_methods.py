"""R36: one payment in several methods; and who pays may be another than the customer (R24)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Payer, Payment
from credigestor.errors import BusinessError, Conflict, InvalidInputs
from credigestor.reports import day, payments
from credigestor.reports import receipt as receipts
from credigestor.reports.check.report import check
from credigestor.reports.payments import PaymentFilters
from credigestor.rules.permissions import Actor
from credigestor.services.inputs import parse
from credigestor.services.payers import PayerInput
from credigestor.services.payments import NewPayment
from tests.portfolio import TODAY
from tests.reports.planting import named
from tests.services.anonymising import LONG_AGO, anonymise, database, make_customer
from tests.services.anonymising import sell as sell_long_ago
from tests.services.discounting import priced, receipt_of, settle
from tests.services.paying import (
    new_payment,
    note_row,
    pay,
    receive,
    refused,
    reverse,
    sell,
    splits,
)
from tests.services.selling import at_once, count
from tests.services.test_counter_statements import statements

pytestmark = pytest.mark.usefixtures("db")

BOTH = (("cash", D("40.00")), ("pix", D("47.48")))
RITA = parse(PayerInput, {"name": "Rita Moreira", "tax_id": "111.444.777-35"})


def several(note: int, **changes: Any) -> NewPayment:
    """R36's 40,00 in cash and 47,48 by Pix."""
    return new_payment(TODAY, (note, "87.48"), **{"method": None, "methods": BOTH, **changes})


def test_r36_the_parts_add_up_and_allocation_sees_one_amount(seller: Actor) -> None:
    [note] = sell(("87.48", TODAY)).notes
    payment_id = receive(seller, several(note))
    with snapshot() as session:
        row = session.get_one(Payment, payment_id)
        found = receipts.receipt(session, payment_id)
        created = AuditEntry.entity == "payment", AuditEntry.action == "create"
        told = session.scalars(select(AuditEntry.after).where(*created)).one()
        assert check(session) == []
    parts = (row.cash, row.pix, row.card, row.transfer)
    assert (row.method, parts) == ("several", (D("40.00"), D("47.48"), None, None))
    assert (found.amount, found.method) == (D("87.48"), "cash 40.00 + pix 47.48")
    assert [item.amount for item in found.items] == [D("87.48")]
    assert told is not None
    assert told["method"] == "cash 40.00 + pix 47.48"


def test_r36_the_reduction_of_an_early_note_sees_one_amount_too(
    seller: Actor, manager: Actor
) -> None:
    """R14's 88,85, 47 days early, is settled for 87,48 in two methods as in one."""
    two, one = (sell(("88.85", TODAY + timedelta(days=47))) for _ in range(2))
    for sale in (two, one):
        priced(sale.id, "1")
    [note], [other] = two.notes, one.notes
    payment_id = receive(seller, several(note, discounts={note: D("1.37")}))
    settle(seller, other, "87.48", "1.37", TODAY)
    assert splits(note) == splits(other) == [("0.00", "0.00", "87.48")]
    assert note_row(note).principal_balance == 0
    found = receipt_of(payment_id)
    assert (found.amount, found.method) == (D("87.48"), "cash 40.00 + pix 47.48")
    assert [(item.amount, item.discount, item.after) for item in found.items] == [
        (D("87.48"), D("1.37"), D("0.00"))
    ]
    reverse(manager, payment_id)
    assert note_row(note).principal_balance == D("88.85")
    # A cent more than the law takes off is a manager's to grant, in whatever the money comes.
    less = (("cash", D("40.00")), ("pix", D("47.47")))
    beside = {"method": None, "methods": less, "discounts": {note: D("1.38")}}
    assert "precisa de um gerente" in refused(seller, TODAY, (note, "87.47"), **beside).message


def test_r36_what_came_by_each_method_is_exact(seller: Actor, manager: Actor) -> None:
    [note, other] = sell(("500.00", TODAY), ("500.00", TODAY)).notes
    receive(seller, several(note))
    pay(seller, TODAY, (other, "10.00"))
    reverse(manager, receive(seller, several(other)))
    live_by_pix = PaymentFilters(method="pix", reversed=False)
    with snapshot() as session:
        mine = day.seller_day(session, seller.id, day=TODAY)
        all_of_them = payments.totals(session, PaymentFilters())
        by_pix = payments.totals(session, live_by_pix)
        frame = payments.list_payments(session, live_by_pix, offset=0, limit=9)
    assert mine.by_method == all_of_them.by_method
    assert mine.by_method == {"cash": (2, D("50.00")), "pix": (1, D("47.48"))}
    assert (mine.payments, mine.received) == (2, D("97.48"))
    assert (all_of_them.count, all_of_them.amount) == (3, D("97.48"))
    assert (by_pix.count, by_pix.amount) == (1, D("87.48"))
    assert list(frame["method"]) == ["cash 40.00 + pix 47.48"]


def test_a_cheque_and_a_boleto_are_methods_as_any_other(seller: Actor) -> None:
    parts = (("cheque", D("40.00")), ("boleto", D("47.48")))
    [[note], [other]] = sell(("87.48", TODAY)).notes, sell(("50.00", TODAY)).notes
    payment_id = receive(seller, several(note, methods=parts))
    pay(seller, TODAY, (other, "10.00"), method="boleto")
    with snapshot() as session:
        found = receipts.receipt(session, payment_id)
        by_boleto = payments.totals(session, PaymentFilters(method="boleto"))
        told = session.scalar(
            text("SELECT webhook_data('payment.received', :id)"), {"id": payment_id}
        )
        assert check(session) == []
    assert found.method == "cheque 40.00 + boleto 47.48"
    assert by_boleto.by_method == {"boleto": (2, D("57.48")), "cheque": (1, D("40.00"))}
    assert told["methods"] == [
        {"method": "cheque", "amount": "40.00"},
        {"method": "boleto", "amount": "47.48"},
    ]


def test_a_payment_in_two_methods_takes_at_most_4_statements(seller: Actor) -> None:
    [note] = sell(("87.48", TODAY)).notes
    payment = several(note, payer=RITA)
    with statements() as seen:
        receive(seller, payment)
    assert len(seen) <= 4, seen


@pytest.mark.parametrize(
    ("method", "methods", "told"),
    [
        (None, (("cash", D("40.00")), ("pix", D("47.47"))), "faltam R$ 0,01"),
        (None, (("cash", D("40.00")), ("pix", D("50.00"))), "sobram R$ 2,52"),
        (None, (("cash", D("40.00")), ("cash", D("47.48"))), "duas vezes"),
        (None, (("cash", D("87.48")), ("pix", D("0.00"))), "maior que zero"),
        (None, (("cash", D("87.479")), ("pix", D("0.001"))), "maior que zero"),
        ("cash", BOTH, "uma forma de pagamento ou as partes"),
        (None, (), "Informe a forma"),
    ],
)
def test_parts_that_are_not_the_amount_are_refused(
    seller: Actor, method: str | None, methods: object, told: str
) -> None:
    [note] = sell(("87.48", TODAY)).notes
    error = refused(seller, TODAY, (note, "87.48"), method=method, methods=methods)
    assert told in error.message.replace("\xa0", " ")
    assert error.field == "methods"


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ("'several', 40, 47.47", "ck_payments_parts"),
        ("'several', 87.48, NULL", "ck_payments_several"),
        ("'cash', 40, 47.48", "ck_payments_several"),
        ("'several', 88.48, -1", "ck_payments_each_part"),
        ("'vale', NULL, NULL", "ck_payments_method"),
    ],
)
def test_the_database_itself_keeps_the_sum(seller: Actor, given: str, constraint: str) -> None:
    [note] = sell(("87.48", TODAY)).notes
    customer = several(note).customer_id
    with transaction() as session, pytest.raises(IntegrityError, match=constraint):
        session.execute(
            text(
                "INSERT INTO payments (operation_id, customer_id, paid_on, amount, received_by,"
                f" method, cash, pix) VALUES (gen_random_uuid(), {customer}, '2026-11-23', 87.48,"
                f" {seller.id}, {given})"
            )
        )


def test_the_same_operation_at_once_makes_one_payment(seller: Actor) -> None:
    [note] = sell(("87.48", TODAY)).notes
    payment = several(note, payer=RITA)
    assert len({*at_once([partial(receive, seller, payment)] * 6)}) == 1
    assert (count(Payment), count(Payer)) == (1, 1)
    swapped = (("cash", D("47.48")), ("pix", D("40.00")))
    for other in ({"methods": swapped}, {"payer": None}):
        with pytest.raises(BusinessError, match="outro pagamento"):
            receive(seller, payment.model_copy(update=other))


def test_who_pays_stands_on_the_receipt_and_the_log_says_only_that_it_was_another(
    seller: Actor,
) -> None:
    """R24 (Código Civil art. 304)."""
    [note] = sell(("90.00", TODAY)).notes
    payment_id = pay(seller, TODAY, (note, "90.00"), payer=RITA)
    with snapshot() as session:
        found = receipts.receipt(session, payment_id)
        log = str(session.scalars(select(AuditEntry.after)).all())
        assert check(session) == []
    assert (found.payer, found.payer_tax_id) == ("Rita Moreira", "11144477735")
    assert "'payer': True" in log
    assert "Rita" not in log
    assert "444777" not in log
    for statement in (delete(Payer), update(Payer).values(name="Outra")):
        with pytest.raises(Conflict, match="nada foi gravado"), transaction() as session:
            session.execute(statement)
    [gone] = named("DELETE FROM payers")
    assert (gone.what, gone.entity, gone.id) == ("trail_differs", "payments", payment_id)


def test_who_paid_goes_with_the_customer_and_with_themselves(admin: Actor) -> None:
    """R28: anonymising erases who paid for the customer, and the customer as others' payer."""
    zuleica = make_customer(admin)
    theirs = sell_long_ago(zuleica)
    pay(admin, LONG_AGO, (theirs.notes[0], "100.00"), payer=RITA)
    herself = parse(PayerInput, {"name": "Zuleica Quixadá", "tax_id": "529.982.247-25"})
    [of_another] = sell(("90.00", TODAY)).notes
    pay(admin, TODAY, (of_another, "90.00"), payer=herself)
    anonymise(admin, zuleica)
    assert count(Payer) == 0
    left = database()
    assert [
        trace for trace in ("Rita", "11144477735", "uixad", "52998224725") if trace in left
    ] == []
    with snapshot() as session:
        assert check(session) == []


def test_a_payers_name_and_cpf_are_checked() -> None:
    with pytest.raises(InvalidInputs) as caught:
        parse(PayerInput, {"name": " ", "tax_id": "111.444.777-36"})
    assert set(caught.value.errors) == {"payer_name", "payer_tax_id"}
    assert parse(PayerInput, {"name": "Rita", "tax_id": " "}).tax_id is None
