"""Customers: registering, editing and finding them."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Customer
from credigestor.errors import Conflict, InvalidInput, InvalidInputs, NotAllowed, NotFound
from credigestor.reports import customers as report
from credigestor.reports.customers import CustomerFilters
from credigestor.rules.permissions import Actor, Role
from credigestor.services import customers, sales
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from tests.portfolio import TODAY, add_customer

pytestmark = pytest.mark.usefixtures("db")

CPF = "529.982.247-25"


def typed(**values: object) -> CustomerInput:
    return parse(CustomerInput, {"name": "Ana Luz", "tax_id": CPF, **values})


def create(actor: Actor, data: CustomerInput, operation: uuid.UUID | None = None) -> int:
    with transaction() as session:
        return customers.create(
            session, actor, data, operation_id=operation or uuid.uuid4(), today=TODAY
        )


def stored(customer_id: int) -> Customer:
    with snapshot() as session:
        return session.get_one(Customer, customer_id)


def found(query: str, **options: Any) -> list[str]:
    with snapshot() as session:
        return [customer.name for customer in report.search(session, query, today=TODAY, **options)]


def audited() -> list[tuple[str, int | None, dict[str, Any] | None, dict[str, Any] | None]]:
    with snapshot() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        return [(e.action, e.entity_id, e.before, e.after) for e in entries]


def test_what_was_typed_is_stored_in_one_form(seller: Actor) -> None:
    data = typed(
        name="  Zélia   D'Ávila ",
        phone="(85) 98872-4443",
        email="Zelia@Example.COM",
        zip_code="60175-000",
        state="ce",
        credit_limit=Decimal("1500.00"),
        birth_date=date(1970, 2, 28),
        complement="  ",
    )
    row = stored(create(seller, data))
    assert (row.name, row.name_folded, row.tax_id) == (
        "Zélia D'Ávila",
        "zelia davila",
        "52998224725",
    )
    assert (row.phone, row.email, row.zip_code) == (
        "+5585988724443",
        "Zelia@example.com",
        "60175000",
    )
    assert (row.state, row.complement, row.credit_limit) == ("CE", None, Decimal("1500.00"))
    assert (row.birth_date, row.created_by) == (date(1970, 2, 28), seller.id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"tax_id": "111.111.111-11"}, "tax_id"),
        ({"tax_id": ""}, "tax_id"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": " "}, "name"),
        ({"phone": "98872-4443"}, "phone"),
        ({"email": "ana@"}, "email"),
        ({"zip_code": "60175"}, "zip_code"),
        ({"state": "XX"}, "state"),
        ({"birth_date": date(1, 1, 1)}, "birth_date"),
        ({"credit_limit": Decimal(-5)}, "credit_limit"),
        ({"credit_limit": Decimal("1e30")}, "credit_limit"),
        ({"credit_limit": Decimal("NaN")}, "credit_limit"),
        ({"credit_limit": Decimal("0.005")}, "credit_limit"),
        ({"credit_limit": "mil"}, "credit_limit"),
        ({"credit_limit": "1.500,00"}, "credit_limit"),
        ({"street": "r" * 121}, "street"),
        ({"remarks": "a\x00b"}, "remarks"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputs) as caught:
        typed(**values)
    assert list(caught.value.errors) == [field]


def test_all_wrong_fields_are_named_at_once() -> None:
    with pytest.raises(InvalidInputs) as caught:
        typed(name="", tax_id="123", phone="1")
    assert set(caught.value.errors) == {"name", "tax_id", "phone"}


def test_somebody_born_tomorrow_is_refused(seller: Actor) -> None:
    with pytest.raises(InvalidInput) as caught:
        create(seller, typed(birth_date=date(2026, 11, 24)))
    assert caught.value.field == "birth_date"


def test_an_emoji_and_a_script_are_only_text(seller: Actor) -> None:
    row = stored(create(seller, typed(name="Ana 🌻 <script>alert(1)</script>")))
    assert row.name == "Ana 🌻 <script>alert(1)</script>"


def test_an_equal_cpf_is_refused_at_its_field_and_nothing_is_written(seller: Actor) -> None:
    create(seller, typed())
    with pytest.raises(Conflict) as caught:
        create(seller, typed(name="Outra Ana", tax_id="52998224725"))
    assert caught.value.field == "tax_id"
    assert found("ana") == ["Ana Luz"]
    assert len(audited()) == 1


def test_the_same_operation_twice_makes_one_customer(seller: Actor) -> None:
    operation = uuid.uuid4()
    assert create(seller, typed(), operation) == create(seller, typed(), operation)
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 1
    assert len(audited()) == 1


def test_an_operation_that_registered_another_customer_is_refused(seller: Actor) -> None:
    operation = uuid.uuid4()
    create(seller, typed(), operation)
    with pytest.raises(Conflict, match="outro cliente"):
        create(seller, typed(name="Bia", tax_id="11144477735"), operation)


def test_an_edit_is_logged_with_only_what_changed(seller: Actor) -> None:
    customer_id = create(seller, typed(city="Fortaleza"))
    with transaction() as session:
        customers.edit(
            session,
            seller,
            typed(name="Ana Luz Lima", city="Fortaleza"),
            customer_id=customer_id,
            today=TODAY,
        )
    assert stored(customer_id).name_folded == "ana luz lima"
    action, entity_id, before, after = audited()[-1]
    assert (action, entity_id) == ("edit", customer_id)
    assert before == {"name": "Ana Luz", "name_folded": "ana luz"}
    assert after == {"name": "Ana Luz Lima", "name_folded": "ana luz lima"}


@pytest.mark.parametrize("limit", [None, Decimal("0.00"), Decimal("1500.01")])
def test_a_seller_changes_no_credit_limit(
    seller: Actor, manager: Actor, limit: Decimal | None
) -> None:
    customer_id = create(seller, typed(credit_limit=Decimal(1500)))
    change = typed(name="Ana Luz Lima", credit_limit=limit)
    with pytest.raises(NotAllowed) as caught, transaction() as session:
        customers.edit(session, seller, change, customer_id=customer_id, today=TODAY)
    assert caught.value.field == "credit_limit"
    assert (stored(customer_id).name, stored(customer_id).credit_limit) == ("Ana Luz", 1500)
    with transaction() as session:
        customers.edit(session, manager, change, customer_id=customer_id, today=TODAY)
    assert stored(customer_id).credit_limit == limit


def test_an_edit_that_changes_nothing_is_not_logged(seller: Actor) -> None:
    customer_id = create(seller, typed())
    with transaction() as session:
        customers.edit(session, seller, typed(), customer_id=customer_id, today=TODAY)
    assert len(audited()) == 1


def test_an_edit_to_a_cpf_of_somebody_else_is_refused(seller: Actor) -> None:
    create(seller, typed())
    other = create(seller, typed(name="Rui", tax_id="11144477735"))
    with pytest.raises(Conflict) as caught, transaction() as session:
        customers.edit(session, seller, typed(name="Rui"), customer_id=other, today=TODAY)
    assert caught.value.field == "tax_id"
    assert stored(other).tax_id == "11144477735"


def test_an_unknown_customer_cannot_be_edited(seller: Actor) -> None:
    with pytest.raises(NotFound), transaction() as session:
        customers.edit(session, seller, typed(), customer_id=99, today=TODAY)


def test_a_deactivated_customer_cannot_buy_and_can_be_brought_back(seller: Actor) -> None:
    customer_id = create(seller, typed())
    with transaction() as session:
        customers.set_active(session, seller, customer_id=customer_id, active=False)
    assert audited()[-1] == ("edit", customer_id, {"active": True}, {"active": False})
    sale = sales.NewSale(
        operation_id=uuid.uuid4(),
        customer_id=customer_id,
        sold_on=TODAY,
        total=Decimal("10.00"),
        first_due_date=TODAY,
    )
    with pytest.raises(Conflict, match="inativo"), transaction() as session:
        sales.register(session, seller, sale, today=TODAY)
    with transaction() as session:
        customers.set_active(session, seller, customer_id=customer_id, active=True)
        assert sales.register(session, seller, sale, today=TODAY) == 1


def test_who_may_not_sell_may_not_register(seller: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credigestor.rules.permissions.TABLE", dict.fromkeys(Role, frozenset()))
    with pytest.raises(NotAllowed):
        create(seller, typed())


@pytest.fixture
def people(db: str) -> None:
    with transaction() as session:
        add_customer(session, "Zélia D'Ávila", tax_id="52998224725", phone="+5585988724443")
        add_customer(session, "João da Silva Souza", tax_id="11144477735", phone="+5588999990000")
        add_customer(session, "MARIA JOANA 100%", tax_id="12ABC34501DE35")
        add_customer(session, "Ana_Luz", tax_id="98765432100", active=False)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("zelia", ["Zélia D'Ávila"]),
        ("ZÉLIA", ["Zélia D'Ávila"]),
        ("ávila", ["Zélia D'Ávila"]),
        ("D’Avila", ["Zélia D'Ávila"]),
        ("souza joao", ["João da Silva Souza"]),
        ("  joão   silva ", ["João da Silva Souza"]),
        ("joa", ["João da Silva Souza", "MARIA JOANA 100%"]),
        ("529.982.247-25", ["Zélia D'Ávila"]),
        ("52998224725", ["Zélia D'Ávila"]),
        ("529.98", ["Zélia D'Ávila"]),
        ("8224", ["Zélia D'Ávila"]),
        ("12.abc.345", ["MARIA JOANA 100%"]),
        ("(85) 98872-4443", ["Zélia D'Ávila"]),
        ("988724443", ["Zélia D'Ávila"]),
        ("+55 88 99999", ["João da Silva Souza"]),
        ("0000", ["João da Silva Souza"]),
        ("999", []),
        ("%", ["MARIA JOANA 100%"]),
        ("_", ["Ana_Luz"]),
        ("\\", []),
        ("", []),
        ("   ", []),
        ("'; DROP TABLE customers; --", []),
        ("z" * 10_000, []),
        ("\x00", []),
    ],
)
def test_a_search_finds_by_name_cpf_or_phone(query: str, names: list[str]) -> None:
    assert found(query) == names


@pytest.mark.usefixtures("people")
def test_a_search_may_leave_out_who_is_inactive_and_stops_at_its_limit() -> None:
    assert found("ana", active_only=True) == ["MARIA JOANA 100%"]
    assert found("a", limit=2) == ["Ana_Luz", "João da Silva Souza"]


@pytest.mark.usefixtures("people")
def test_names_that_begin_with_what_was_typed_come_first() -> None:
    assert found("ana") == ["Ana_Luz", "MARIA JOANA 100%"]


def listed(filters: CustomerFilters, **paging: Any) -> list[str]:
    with snapshot() as session:
        return list(report.page(session, filters, today=TODAY, **paging)["name"])


def counted(filters: CustomerFilters) -> int:
    with snapshot() as session:
        return report.count(session, filters, today=TODAY)


@pytest.mark.usefixtures("people")
def test_the_list_is_filtered_and_paged() -> None:
    assert listed(CustomerFilters()) == ["João da Silva Souza", "MARIA JOANA 100%", "Zélia D'Ávila"]
    assert listed(CustomerFilters(), offset=1, limit=1) == ["MARIA JOANA 100%"]
    assert listed(CustomerFilters(), offset=50) == []
    assert listed(CustomerFilters(active=False)) == ["Ana_Luz"]
    assert listed(CustomerFilters("ana", active=None)) == ["Ana_Luz", "MARIA JOANA 100%"]
    assert (
        counted(CustomerFilters()),
        counted(CustomerFilters(active=None)),
        counted(CustomerFilters("ana")),
    ) == (3, 4, 1)
