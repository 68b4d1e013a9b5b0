"""A shop in which every kind of act was done, by the services, the import and the demonstration's
way in bulk; nothing in it is wrong.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.models import (
    ApiCalls,
    ApiKey,
    ApiOperation,
    BackupRun,
    LoginAttempt,
    LoginSession,
)
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.imports import importer
from credigestor.rules.permissions import Actor, Role
from credigestor.services import (
    auth,
    contacts,
    customers,
    guarantors,
    import_runs,
    logos,
    payments,
    printing,
    privacy,
    proposals,
    renegotiations,
    sales,
    settings,
    summaries,
    users,
)
from credigestor.services.customers import CustomerInput
from credigestor.services.guarantors import GuarantorInput
from credigestor.services.inputs import parse
from credigestor.services.payers import PayerInput
from credigestor.services.payments import NewPayment
from tests.factories import actor_of
from tests.imports.files import shop, source
from tests.moments import NOW
from tests.pictures import logo
from tests.portfolio import TODAY, pay
from tests.reports.whole_shop_acts import acts_after_sales
from tests.services.closing import close_in
from tests.services.contacting import new_contact
from tests.services.offering import asked
from tests.services.renegotiating import deal
from tests.services.selling import new_sale

PASSWORD = "uma senha comprida"
_CPFS = ("15350946056", "39053344705", "86288366757", "01234567890", "12345670088", "12345670169")


def make(session: Session) -> None:
    """Fill an empty shop."""
    admin = actor_of(
        users.create_first_admin(session, login="ada", name="Ada Alves", password=PASSWORD)
    )
    seller = _staff(session, admin)
    _settings(session, admin)
    ana, bia, caio, gone = (_customer(session, seller, k) for k in range(4))
    customers.edit(session, seller, _input(0, name="Ana Luz Lima"), customer_id=ana, today=TODAY)
    customers.set_active(session, seller, customer_id=caio, active=False)
    old = sales.register(
        session,
        seller,
        new_sale(gone, sold_on=date(2015, 1, 5), first_due_date=date(2015, 2, 5), installments=1),
        today=TODAY,
    )
    _pay(session, admin, [(_note(session, old, 1), "1000.00")], date(2015, 2, 5))
    privacy.anonymise(session, admin, customer_id=gone, now=NOW, today=TODAY)
    _sales(session, admin, seller, ana, bia)
    importer.run(session, admin, source(shop()), today=TODAY)
    _proposals(session, seller, bia)
    _renegotiations(session, admin, bia)
    acts_after_sales(session, admin, ana, bia)
    _watched_folder(session, admin)
    _installation(session, admin)
    _closings(session, admin)
    _contacts(session, seller, bia)
    session.flush()
    summaries.refresh(session, today=TODAY)


def _staff(session: Session, admin: Actor) -> Actor:
    vera, _ = users.create(session, admin, login="vera", name="Vera", role=Role.SELLER)
    users.edit(session, admin, user_id=vera.id, name="Vera Vaz", role=Role.MANAGER, now=NOW)
    rui, _ = users.create(session, admin, login="rui", name="Rui Reis", role=Role.SELLER)
    users.deactivate(session, admin, user_id=rui.id, now=NOW)
    users.reset_password(session, admin, user_id=rui.id, now=NOW)
    return actor_of(vera)


def _settings(session: Session, admin: Actor) -> None:
    named = ShopSettings(shop_name="Loja", tax_id="11222333000181", city="Recife")
    settings.change(session, admin, named)
    settings.change(
        session,
        admin,
        current_settings(session).model_copy(update={"grace_days": 3, "late_rate": Decimal(2)}),
    )
    logos.change(session, admin, logo())


def _input(k: int, **changes: Any) -> CustomerInput:
    values = {
        "name": f"Cliente {'ABCDE'[k]}",
        "tax_id": _CPFS[k],
        "phone": "(85) 98872-4443",
        "email": "ana@example.com",
        "birth_date": date(1980, 2, 1),
        "zip_code": "60175-055",
        "street": "Rua A",
        "street_number": "1",
        "complement": "fundos",
        "district": "Centro",
        "city": "Recife",
        "state": "PE",
        "credit_limit": Decimal(90_000),
        "remarks": "paga bem",
        "second_phone": "(85) 3231-4455",
        "phone_text": "recado com Rita",
        "workplace": "Padaria",
        "spouse": "Rui",
        "personal_references": "a irmã",
    }
    return parse(CustomerInput, {**values, **changes})


def _customer(session: Session, actor: Actor, k: int) -> int:
    return customers.create(session, actor, _input(k), operation_id=uuid.uuid4(), today=TODAY)


def _sales(session: Session, admin: Actor, seller: Actor, ana: int, bia: int) -> None:
    signing = parse(GuarantorInput, {"name": "Gil", "tax_id": _CPFS[4], "address": "Rua B"})
    why = {"override_reason": "cliente antiga"}
    first = sales.register(
        session, seller, new_sale(ana, guarantors=(signing,), description="Sofá"), today=TODAY
    )
    second = sales.register(
        session,
        seller,
        new_sale(bia, contract_rate=Decimal("1.5"), total=Decimal(900)),
        today=TODAY,
    )
    down: dict[str, Any] = {"down_payment": Decimal(90)}
    down["down_payment_methods"] = (("cash", Decimal(50)), ("pix", Decimal(40)))
    third = sales.register(session, admin, new_sale(ana, **why, **down), today=TODAY)
    paid_down = new_sale(bia, down_payment=Decimal(1000), installments=0, first_due_date=None)
    sales.register(session, admin, paid_down, today=TODAY)
    sales.edit(session, admin, sale_id=second, description="Fogão", seller_id=seller.id)
    one, two = (_note(session, first, number) for number in (1, 2))
    printing.print_notes(session, seller, sale_id=first, note_ids=None, operation_id=uuid.uuid4())
    printing.print_notes(session, seller, sale_id=first, note_ids=[two], operation_id=uuid.uuid4())
    for _ in range(2):
        printing.print_contract(session, seller, sale_id=second, operation_id=uuid.uuid4())
    again = parse(GuarantorInput, {"name": "Hugo", "tax_id": _CPFS[5]})
    guarantors.replace(session, admin, sale_id=first, guarantors=[signing, again])
    pay(session, admin, one, "100.00", date(2026, 3, 1))
    parts = (("card", Decimal("30.00")), ("transfer", Decimal("40.00")))
    gil = parse(PayerInput, {"name": "Gil", "tax_id": _CPFS[4]})
    both = {"method": None, "methods": parts, "payer": gil}
    _pay(session, seller, [(one, "50.00"), (two, "20.00")], TODAY, **both)
    wrong = pay(session, admin, two, "30.00", date(2026, 3, 10))
    payments.reverse(session, admin, payment_id=wrong, why="engano", today=TODAY)
    pay(session, admin, _note(session, second, 1), "1.00", date(2026, 5, 2))
    sales.cancel(session, admin, sale_id=third, why="desistência", today=TODAY)


def _watched_folder(session: Session, admin: Actor) -> None:
    import_runs.note(
        session,
        file="vendas.csv",
        digest="0" * 64,
        refused=False,
        counts={"sales": 1, "notes": 3, "differences": 1},
        detail=[("Clientes que mudaram", "vendas.csv, linha 2", "", "", "cliente C1: …")],
    )
    import_runs.mark_seen(session, admin, until=datetime.max.replace(tzinfo=UTC))


def _proposals(session: Session, seller: Actor, customer: int) -> None:
    offered = proposals.make(session, seller, asked(customer, total=Decimal(700)), today=TODAY)
    proposals.make(session, seller, asked(customer, down_payment=Decimal(50)), today=TODAY)
    operation, why = uuid.uuid4(), "cliente antiga"
    proposals.close(
        session,
        seller,
        proposal_id=offered,
        operation_id=operation,
        override_reason=why,
        today=TODAY,
    )


def _renegotiations(session: Session, admin: Actor, customer: int) -> None:
    sold = sales.register(
        session, admin, new_sale(customer, override_reason="cliente antiga"), today=TODAY
    )
    again = _note(session, sold, 1)
    money = {"down_payment": Decimal(10), "method": "pix"}
    new = deal([again], customer_id=customer, kind="confession", **money)
    renegotiations.make(session, admin, new, today=TODAY)


def _note(session: Session, sale: int, number: int) -> int:
    session.flush()
    found = text("SELECT id FROM notes WHERE sale_id = :sale AND number = :number")
    return int(session.scalar(found, {"sale": sale, "number": number}) or 0)


def _pay(
    session: Session, actor: Actor, items: list[tuple[int, str]], on: date, **changes: Any
) -> None:
    found = text("SELECT customer_id FROM notes WHERE id = :id")
    payments.receive(
        session,
        actor,
        parse(
            NewPayment,
            {
                "operation_id": uuid.uuid4(),
                "customer_id": session.scalar(found, {"id": items[0][0]}),
                "paid_on": on,
                "method": "pix",
                "items": tuple((note, Decimal(amount)) for note, amount in items),
                "backdate_reason": "recibo achado",
                **changes,
            },
        ),
        today=TODAY,
    )


def _closings(session: Session, admin: Actor) -> None:
    close_in(session, admin, date(2026, 3, 5))
    close_in(session, admin, date(2026, 1, 20), "faltava um recibo")
    parts = [(_note(session, 2, 2), "10.00")]
    _pay(session, admin, parts, date(2026, 1, 15), backdate_reason="era este")


def _contacts(session: Session, seller: Actor, customer: int) -> None:
    remarked = new_contact(customer, "no_answer", remark="caixa postal")
    contacts.record(session, seller, remarked, today=TODAY)
    for _ in range(2):
        terms = {"amount": Decimal("50.00"), "due_on": TODAY + timedelta(days=5)}
        promised = new_contact(customer, "promised", **terms)
        made = contacts.record(session, seller, promised, today=TODAY)
        found = text("SELECT id FROM promises WHERE contact_id = :made")
        promise = int(session.scalar(found, {"made": made}) or 0)
        if promise == 1:
            contacts.withdraw(session, seller, promise_id=promise, why="mudou o dia", today=TODAY)


def _installation(session: Session, admin: Actor) -> None:
    there = auth.digest("a")
    session.add(
        LoginSession(
            user_id=admin.id,
            token_hash=there,
            address="203.0.113.7",
            user_agent="x",
            created_at=NOW,
            last_seen_at=NOW,
            expires_at=NOW + timedelta(hours=12),
        )
    )
    session.add(
        ApiKey(
            name="Caixa",
            user_id=admin.id,
            user_since=NOW,
            key_hash=there,
            scopes=["counter"],
            created_at=NOW,
            created_by_name="Ada Alves",
            expires_at=NOW + timedelta(days=365),
            last_used_at=NOW,
            last_used_address="203.0.113.7",
        )
    )
    session.add(ApiCalls(caller="user 1", minute=1, calls=1))
    session.add(ApiOperation(operation_id=uuid.UUID(int=1), digest="x", answer={"id": 1}))
    session.add(LoginAttempt(login="ada", address="203.0.113.7", at=NOW, succeeded=True))
    session.add(
        BackupRun(
            kind="backup",
            automatic=True,
            actor_name="agenda",
            started_at=NOW,
            finished_at=NOW + timedelta(minutes=1),
            ok=True,
            file="a.zip",
            size=10,
        )
    )
