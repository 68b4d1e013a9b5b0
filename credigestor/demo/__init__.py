"""The demonstration shop: two years up to today, the same every time.

About 300 customers and 900 sales, with sellers and managers whose passwords are made at that
moment and given once. Nothing in it is a real person's.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db import waiting
from credigestor.db.engine import transaction
from credigestor.db.models import Customer, Note, Sale, User
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.demo.after_sale import after_sale
from credigestor.demo.business import CUSTOMERS, Business, business
from credigestor.demo.calls import calls
from credigestor.demo.people import people
from credigestor.errors import Conflict
from credigestor.imports.loading import load as load_batch
from credigestor.rules import early
from credigestor.rules.address import one_line
from credigestor.rules.methods import Method
from credigestor.rules.permissions import ROLE_NAMES, Actor, Permission, Role
from credigestor.rules.progress import Progress
from credigestor.services import (
    audit,
    guarantors,
    payments,
    sales,
    settings,
    summaries,
    users,
)
from credigestor.services.guarantors import GuarantorInput
from credigestor.services.payments import NewPayment

#: Login, name of the role, password.
Account = tuple[str, str, str]

_ACTOR = Actor(None, "loja de demonstração", Role.ADMIN)
_STAFF = (
    ("rafaela", "Rafaela Brandão", Role.SELLER),
    ("italo", "Ítalo Cavalcante", Role.SELLER),
    ("socorro", "Socorro Araújo", Role.SELLER),
    ("marcia", "Márcia D'Ávila", Role.MANAGER),
    ("joaquim", "Joaquim Muñoz", Role.MANAGER),
)
_SHOP = ShopSettings(
    shop_name="Loja Modelo",
    legal_name="Loja Modelo Comércio Ltda",
    tax_id="11222333000181",
    phone="+558532223344",
    email="contato@example.com",
    zip_code="60175000",
    street="Rua das Carnaúbas",
    street_number="100",
    district="Aldeota",
    city="Fortaleza",
    state="CE",
    pix_key="11222333000181",
    document_footer="Obrigado pela preferência! Trocas em até 7 dias, com este documento.",
    document_clause="A garantia dos produtos é a do fabricante. Guarde a nota fiscal.",
)
_ADDRESS = ("street", "street_number", "complement", "district", "city", "state", "zip_code")
#: A sale of so much, R$, has a guarantor one time in `_GUARANTEED_EVERY`; there are so many people.
_GUARANTEED_FROM, _GUARANTEED_EVERY, _GUARANTORS = Decimal(900), 6, 24


def load(
    *, today: date, actor: Actor = _ACTOR, progress: Progress = lambda *_: None
) -> list[Account]:
    """Fill an empty shop in one transaction; give its new accounts with their passwords.

    A shop without a name gets one. Raises NotAllowed for who may not import, and Conflict when
    there are customers already.
    """
    actor.require(Permission.IMPORT)
    with transaction() as session:
        waiting.unhurried(session)
        session.execute(text("LOCK TABLE customers IN SHARE ROW EXCLUSIVE MODE"))
        if session.scalar(select(Customer.id).limit(1)) is not None:
            raise Conflict(
                "A loja já tem clientes; a demonstração só entra numa loja vazia. "
                "Nada foi alterado."
            )
        progress(0.0, "Criando contas")
        if not current_settings(session).shop_name:
            settings.change(session, actor, _SHOP)
        staff = [_hire(session, actor, *person) for person in _STAFF]
        sellers = [user for user, _ in staff if user.role == Role.SELLER]
        manager = next(user for user, _ in staff if user.role == Role.MANAGER)
        made = business(
            [seller.id for seller in sellers],
            current_settings(session),
            today=today,
            progress=lambda done: progress(0.2 + 0.5 * done, "Inventando dois anos de vendas"),
        )
        load_batch(session, made.batch, lambda done, what: progress(0.7 + 0.2 * done, what))
        _guarantee(session, made)
        progress(0.9, "Registrando cancelamentos e estornos")
        _correct(session, made, _actor(sellers[0]), _actor(manager), today)
        after_sale(session, _actor(manager), today=today)
        calls(session, _actor(manager), today=today)
        counts = {"customers": len(made.batch.customers), "sales": len(made.batch.sales)}
        audit.record(session, actor, "demo", "shop", None, after=counts)
        accounts = [(user.login, ROLE_NAMES[Role(user.role)], password) for user, password in staff]
    summaries.fold(transaction, today=today)
    progress(1.0, "Pronto")
    return accounts


def _hire(session: Session, actor: Actor, login: str, name: str, role: Role) -> tuple[User, str]:
    """Register somebody; where the login is taken, with a number behind it."""
    taken = set(session.scalars(select(User.login).where(User.login.startswith(login))))
    free = next(
        name for name in (login, *(f"{login}{k}" for k in range(2, 100))) if name not in taken
    )
    return users.create(session, actor, login=free, name=name, role=role)


def _actor(user: User) -> Actor:
    return Actor(user.id, user.name, Role(user.role))


def _guarantee(session: Session, made: Business) -> None:
    """People who are no customers sign some of the larger sales; now and then two of them."""
    signers = [person.values for person in people(CUSTOMERS + _GUARANTORS)[CUSTOMERS:]]
    random = Random("guarantors")  # noqa: S311 - no secret
    for sale in made.batch.sales:
        large = sale.notes and sale.values["total"] >= _GUARANTEED_FROM
        if not large or random.randrange(_GUARANTEED_EVERY):
            continue
        signing = random.sample(signers, k=random.choice((1, 1, 1, 2)))
        guarantors.add(session, sale.id, [_signer(values) for values in signing])


def _signer(values: dict[str, Any]) -> GuarantorInput:
    return GuarantorInput(
        name=values["name"],
        tax_id=values["tax_id"],
        address=one_line(*(values[name] for name in _ADDRESS)),
    )


def _correct(session: Session, made: Business, seller: Actor, manager: Actor, today: date) -> None:
    """What goes wrong in a shop: sales cancelled, payments reversed; and two notes paid at once."""
    random = Random("corrections")  # noqa: S311 - no secret
    for sale in made.to_cancel:
        day = min(today, sale.values["sold_on"] + timedelta(days=random.randrange(1, 9)))
        why = random.choice(("Cliente desistiu da compra.", "Produto devolvido com defeito."))
        back = sale.paid_down  # as it was received
        sales.cancel(session, manager, sale_id=sale.id, why=why, today=day, refund_methods=back)
    unpaid = session.execute(
        select(
            Note.id,
            Note.sale_id,
            Note.customer_id,
            Note.amount,
            Note.due_date,
            Sale.sold_on,
            Sale.daily_rate,
        )
        .join(Sale, Sale.id == Note.sale_id)
        .where(Note.last_paid_on.is_(None), Note.cancelled_on.is_(None), Note.due_date > today)
        .order_by(Note.sale_id, Note.number)
    ).all()
    pairs = [
        (first, second)
        for first, second in pairwise(unpaid)
        if first.sale_id == second.sale_id and first.sold_on < today
    ]
    for place, notes in enumerate(random.sample(pairs[::2], k=min(20, len(pairs[::2])))):
        day = max(notes[0].sold_on, today - timedelta(days=random.randrange(1, 40)))
        # Paid before they are due, notes with interest cost less (R14).
        discounts = {
            note.id: early.discount(note.amount, note.daily_rate, (note.due_date - day).days)
            for note in notes
        }
        payment_id = payments.receive(
            session,
            seller,
            NewPayment(
                operation_id=uuid.uuid4(),
                customer_id=notes[0].customer_id,
                paid_on=day,
                method=random.choice(list(Method)),
                items=tuple((note.id, note.amount - discounts[note.id]) for note in notes),
                discounts={id_: value for id_, value in discounts.items() if value},
            ),
            today=day,
        )
        if place % 2:
            why = random.choice(("Lançado na nota de outro cliente.", "Valor digitado errado."))
            payments.reverse(session, manager, payment_id=payment_id, why=why, today=day)
