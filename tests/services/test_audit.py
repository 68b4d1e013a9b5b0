"""Every write of a service is in the audit log, with what was there before and after."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, LoginSession, SettingsVersion, User
from credigestor.db.settings import ShopSettings
from credigestor.exports.audit_words import ACTIONS, ENTITIES, FIELDS, UNSAID
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import (
    api_keys,
    auth,
    confirmation,
    customers,
    downloads,
    payments,
    printing,
    privacy,
    proposals,
    sales,
    settings,
    users,
)
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from tests import tables
from tests.factories import PASSWORD, add_user
from tests.moments import NOW
from tests.portfolio import TODAY, add_customer, add_sale
from tests.portfolio import pay as pay_note
from tests.services import keys
from tests.services.offering import asked
from tests.services.paying import new_payment
from tests.services.selling import new_sale

pytestmark = pytest.mark.usefixtures("db")

SERVICES = (
    *(auth, confirmation, customers, downloads, payments, printing, privacy, sales, settings),
    *(api_keys, proposals, users),
)
#: They take an actor and write nothing that is data: a look, a count of wrong passwords, an
#: address for a file, which is logged once it is used.
NO_WRITES = {"auth.list_sessions", "users.list_users", "confirmation.refusal", "downloads.ask"}
NO_WRITES |= {"sales.preview", "payments.preview"}
NO_WRITES |= {"api_keys.list_keys"}
#: What it writes is a sale: `sales.register`.
NO_WRITES |= {"proposals.close"}
#: A part of joining two registers; what it logs is an edit of each (test_unidentified).
NO_WRITES |= {"customers.hand_over_identity"}


@dataclass
class Shop:
    """What the acts are done to; `token` is that of a file asked for."""

    customer: int
    leaving: int
    sale: int
    spare_sale: int
    note: int
    payment: int
    user: int
    login: int
    token: str


@pytest.fixture
def shop(admin: Actor) -> Shop:
    person = add_user(Role.SELLER, login="ana")
    with transaction() as session:
        customer = add_customer(session, "Ana Luz", city="Recife")
        leaving = add_customer(session, "Bia Leal", phone="+5585988724443")
        sale = add_sale(session, customer, date(2026, 11, 1), [("90.00", date(2026, 12, 1))])
        spare = add_sale(session, customer, date(2026, 11, 1), [("60.00", date(2026, 12, 1))])
        payment = pay_note(session, admin, sale.notes[0], "10.00", TODAY)
        login = LoginSession(
            user_id=person.id,
            address="203.0.113.7",
            user_agent="x",
            created_at=NOW,
            last_seen_at=NOW,
            expires_at=NOW + timedelta(hours=1),
        )
        session.add(login)
        session.flush()
        token = downloads.ask(
            session,
            admin,
            Permission.EXPORT,
            login=7,
            what={"order": {"kind": "list_notes", "filters": {"status": "open"}}},
            file_name="notas.csv",
            rows_expected=1,
            now=NOW,
        )
        made = Shop(
            *(customer, leaving, sale.id, spare.id, sale.notes[0], payment),
            *(person.id, login.id, token),
        )
    with transaction() as session:
        tables.cut(session, "audit_log")
    return made


def _customer(**changes: Any) -> CustomerInput:
    return parse(CustomerInput, {"name": "Caio Reis", "tax_id": "529.982.247-25", **changes})


def _bring_back(session: Session, actor: Actor, shop: Shop) -> None:
    session.execute(update(User).where(User.id == shop.user).values(active=False))
    users.activate(session, actor, user_id=shop.user)


def _print_notes(session: Session, actor: Actor, shop: Shop) -> None:
    data = {"shop_name": "Loja", "tax_id": "11222333000181", "city": "Recife"}
    session.add(SettingsVersion(data=data, changed_by_name="teste"))
    printing.print_notes(
        session, actor, sale_id=shop.sale, note_ids=None, operation_id=uuid.uuid4()
    )


def _print_contract(session: Session, actor: Actor, shop: Shop) -> None:
    data = {"shop_name": "Loja", "tax_id": "11222333000181", "city": "Recife"}
    session.add(SettingsVersion(data=data, changed_by_name="teste"))
    printing.print_contract(session, actor, sale_id=shop.sale, operation_id=uuid.uuid4())


@dataclass(frozen=True)
class Write:
    """An act, the action and entity it is logged as, and a field before and after it."""

    act: Callable[[Session, Actor, Shop], object]
    action: str
    entity: str
    before: tuple[str, Any] | None = None
    after: tuple[str, Any] | None = None


MOVED = {"city": "Natal"}
WRITES = {
    "customers.create": Write(
        lambda s, a, shop: customers.create(
            s, a, _customer(credit_limit=Decimal("9.50")), operation_id=uuid.uuid4(), today=TODAY
        ),
        *("create", "customer", None, ("credit_limit", "9.50")),
    ),
    "customers.edit": Write(
        lambda s, a, shop: customers.edit(
            s, a, _customer(birth_date=date(1980, 2, 1)), customer_id=shop.customer, today=TODAY
        ),
        *("edit", "customer", ("birth_date", None), ("birth_date", "1980-02-01")),
    ),
    "customers.amend": Write(
        lambda s, a, shop: customers.amend(s, a, customer_id=shop.customer, values=MOVED),
        *("edit", "customer", ("city", "Recife"), ("city", "Natal")),
    ),
    "customers.set_active": Write(
        lambda s, a, shop: customers.set_active(s, a, customer_id=shop.customer, active=False),
        *("edit", "customer", ("active", True), ("active", False)),
    ),
    "sales.register": Write(
        lambda s, a, shop: sales.register(s, a, new_sale(shop.leaving), today=TODAY),
        *("create", "sale", None, ("total", "1000.00")),
    ),
    "sales.edit": Write(
        lambda s, a, shop: sales.edit(
            s, a, sale_id=shop.sale, description="Sofá", seller_id=shop.user
        ),
        *("edit", "sale", ("description", ""), ("description", "Sofá")),
    ),
    "sales.cancel": Write(
        lambda s, a, shop: sales.cancel(
            s, a, sale_id=shop.spare_sale, why="desistência", today=TODAY
        ),
        *("cancel", "sale", ("total", "60.00"), ("reason", "desistência")),
    ),
    "payments.receive": Write(
        lambda s, a, shop: payments.receive(
            s, a, new_payment(TODAY, (shop.note, "5.00")), today=TODAY
        ),
        *("create", "payment", None, ("amount", "5.00")),
    ),
    "payments.reverse": Write(
        lambda s, a, shop: payments.reverse(
            s, a, payment_id=shop.payment, why="engano", today=TODAY
        ),
        *("reverse", "payment", ("amount", "10.00"), ("reason", "engano")),
    ),
    "printing.print_notes": Write(
        lambda s, a, shop: _print_notes(s, a, shop),
        *("print", "sale", None, ("notes", "000001-01/01")),
    ),
    "printing.print_contract": Write(
        lambda s, a, shop: _print_contract(s, a, shop),
        *("print", "sale", None, ("contract", 1)),
    ),
    "proposals.make": Write(
        lambda s, a, shop: proposals.make(s, a, asked(shop.customer), today=TODAY),
        *("create", "proposal", None, ("valid_until", "2026-11-25")),
    ),
    "settings.change": Write(
        lambda s, a, shop: settings.change(s, a, ShopSettings(grace_days=3)),
        *("change", "settings", ("grace_days", 0), ("grace_days", 3)),
    ),
    "users.create": Write(
        lambda s, a, shop: users.create(s, a, login="rui", name="Rui Sá", role=Role.SELLER),
        *("create", "users", None, ("login", "rui")),
    ),
    "users.edit": Write(
        lambda s, a, shop: users.edit(
            s, a, user_id=shop.user, name="Ana Sá", role=Role.MANAGER, now=NOW
        ),
        *("edit", "users", ("role", "seller"), ("role", "manager")),
    ),
    "users.deactivate": Write(
        lambda s, a, shop: users.deactivate(s, a, user_id=shop.user, now=NOW),
        *("deactivate", "users", ("active", True), ("active", False)),
    ),
    "users.activate": Write(
        lambda s, a, shop: _bring_back(s, a, shop),
        *("activate", "users", ("active", False), ("active", True)),
    ),
    "users.reset_password": Write(
        lambda s, a, shop: users.reset_password(s, a, user_id=shop.user, now=NOW),
        *("reset_password", "users"),
    ),
    "users.change_own_password": Write(
        lambda s, a, shop: users.change_own_password(
            s, a, current=PASSWORD, new="uma senha bem nova", address="", now=NOW
        ),
        *("change_password", "users"),
    ),
    "api_keys.make": Write(
        lambda s, a, shop: keys.make(s, a, shop.user),
        *("create", "api_key", None, ("scopes", ["counter", "sell"])),
    ),
    "api_keys.revoke": Write(
        lambda s, a, shop: api_keys.revoke(s, a, key_id=keys.there(s, shop.user), now=NOW),
        *("revoke", "api_key", ("name", "Caixa")),
    ),
    "api_keys.revoke_all": Write(
        lambda s, a, shop: keys.revoke_all(s, a, shop.user),
        *("revoke", "api_key", ("name", "Caixa")),
    ),
    "auth.end_session": Write(
        lambda s, a, shop: auth.end_session(s, a, session_id=shop.login, now=NOW),
        *("end_session", "users"),
    ),
    "privacy.anonymise": Write(
        lambda s, a, shop: privacy.anonymise(s, a, customer_id=shop.leaving, now=NOW, today=TODAY),
        *("anonymise", "customer", None, ("erased", ["name", "tax_id", "phone"])),
    ),
    "privacy.record_copy": Write(
        lambda s, a, shop: privacy.record_copy(s, a, customer_id=shop.customer),
        *("export", "customer"),
    ),
    "downloads.redeem": Write(
        lambda s, a, shop: downloads.redeem(s, a, login=7, token=shop.token, now=NOW),
        *("export", "download", None, ("file", "notas.csv")),
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_logged_with_who_what_and_before_and_after(
    admin: Actor, shop: Shop, name: str
) -> None:
    write = WRITES[name]
    with transaction() as session:
        write.act(session, admin, shop)
    with snapshot() as session:
        [entry] = session.scalars(select(AuditEntry))
    assert (entry.actor_id, entry.actor_name) == (admin.id, admin.name)
    assert (entry.action, entry.entity) == (write.action, write.entity)
    assert entry.entity_id is not None
    for told, expected in ((entry.before, write.before), (entry.after, write.after)):
        if expected is not None:
            assert (told or {})[expected[0]] == expected[1]
    assert entry.action in ACTIONS
    assert entry.entity in ENTITIES
    assert {*(entry.before or {}), *(entry.after or {})} <= {*FIELDS, *UNSAID}


def test_no_service_that_takes_an_actor_is_forgotten_here() -> None:
    found = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in SERVICES
        for name, function in _public(module)
        if {"session", "actor"} <= set(inspect.signature(function).parameters)
    }
    assert found == {*WRITES, *NO_WRITES}


def test_what_changes_nothing_is_not_logged(admin: Actor, shop: Shop) -> None:
    with transaction() as session:
        customers.set_active(session, admin, customer_id=shop.customer, active=True)  # as it is
    with snapshot() as session:
        assert session.scalar(select(AuditEntry)) is None


def _public(module: ModuleType) -> list[tuple[str, Callable[..., object]]]:
    return [
        (name, function)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]
