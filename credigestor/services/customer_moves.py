"""What was recorded for a namesake goes to the right customer: a sale with all that is of it.

Dates and the numbers of receipts stay. Two registers of one person become one in the same way.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    any_,
    func,
    literal,
    or_,
    select,
    text,
    union,
    update,
)
from sqlalchemy.orm import Session

from credigestor.db.models import (
    Act,
    ActItem,
    CreditMovement,
    Customer,
    CustomerMove,
    Guarantor,
    Note,
    Payment,
    PaymentItem,
    Renegotiation,
    Return,
    Sale,
)
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules import privacy
from credigestor.rules.numbering import receipt_number, sale_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import audit, contacts, customers, operations
from credigestor.services.inputs import reason
from credigestor.services.ledger import lock_notes_of_sales

_ALLOW = text("SELECT set_config('credigestor.moving', :way, true)")


def move_sale(
    session: Session,
    actor: Actor,
    *,
    operation_id: uuid.UUID,
    sale_id: int,
    customer_id: int,
    why: str,
    today: date,
) -> None:
    """Move a sale with its notes, payments and acts to a customer; the same operation again, once.

    Raises NotAllowed, NotFound, InvalidInput (no reason, or it is theirs already) or Conflict: a
    payment or act also of another sale, the customer is a guarantor of it, or anonymised.
    """
    actor.require(Permission.MOVE)
    kept = reason(why)
    lock_notes_of_sales(session, [sale_id])
    owner = session.scalar(select(Sale.customer_id).where(Sale.id == sale_id).with_for_update())
    if owner is None:
        raise NotFound("Venda não encontrada.")
    if before := operations.recorded(session, CustomerMove, operation_id):
        same = [(each.sale_id, each.to_id) for each in before] == [(sale_id, customer_id)]
        operations.require_same(same, done="passou outra venda", again="passar esta")
        return
    if owner == customer_id:
        raise InvalidInput("A venda já é deste cliente.", field="customer_id")
    _move(session, actor, [sale_id], owner, customer_id, kept, operation_id, today)


def merge(
    session: Session,
    actor: Actor,
    *,
    operation_id: uuid.UUID,
    customer_id: int,
    into_id: int,
    why: str,
    today: date,
) -> int:
    """Move all sales of a double register to the right one and deactivate it; how many there were.

    Raises what `move_sale` does.
    """
    actor.require(Permission.MOVE)
    kept = reason(why)
    if customer_id == into_id:
        raise InvalidInput("Escolha o outro cadastro desta pessoa.", field="into_id")
    if before := operations.recorded(session, CustomerMove, operation_id):
        same = {(each.from_id, each.to_id) for each in before} == {(customer_id, into_id)}
        operations.require_same(same, done="juntou outro cadastro", again="juntar este")
        return len(before)
    theirs = select(Sale.id).where(Sale.customer_id == customer_id).order_by(Sale.id)
    lock_notes_of_sales(session, session.scalars(theirs).all())
    _lock(session, customer_id, into_id)  # nobody sells to either meanwhile
    sale_ids = session.scalars(theirs.with_for_update()).all()
    lock_notes_of_sales(session, sale_ids)
    if sale_ids:
        _move(session, actor, sale_ids, customer_id, into_id, kept, operation_id, today)
        contacts.follow(session, customer_id, into_id)
    customers.set_active(session, actor, customer_id=customer_id, active=False)
    customers.hand_over_identity(session, actor, from_id=customer_id, to_id=into_id)
    return len(sale_ids)


def _move(
    session: Session,
    actor: Actor,
    sale_ids: Sequence[int],
    from_id: int,
    to_id: int,
    why: str,
    operation_id: uuid.UUID,
    today: date,
) -> None:
    to = _lock(session, from_id, to_id)
    signed = select(Guarantor.sale_id).where(
        Guarantor.sale_id.in_(sale_ids), Guarantor.tax_id == to.tax_id
    )
    if (sale_id := session.scalar(signed.limit(1))) is not None:
        raise Conflict(f"{to.name} é avalista da venda {sale_number(sale_id)}: não pode comprá-la.")
    payments = _of_these_alone(
        session,
        select(PaymentItem.payment_id, Note.sale_id)
        .join(Note, Note.id == PaymentItem.note_id)
        .subquery("of_payments"),
        sale_ids,
        "O recibo {} também é de outra venda deste cliente. Estorne-o e receba de novo, cada venda "
        "por si, ou passe todas juntando os cadastros.",
    )
    acts = _of_these_alone(
        session,
        union(
            select(ActItem.act_id, Note.sale_id).join(Note, Note.id == ActItem.note_id),
            select(Return.act_id, Return.sale_id),
        ).subquery("of_acts"),
        sale_ids,
        "O ato {} também é de outra venda deste cliente. Desfaça-o primeiro, ou passe todas "
        "juntando os cadastros.",
    )
    _check_deals(session, sale_ids, acts)
    credit = _credit(session, from_id, sale_ids, payments, acts)
    session.execute(_ALLOW, {"way": f"{from_id}>{to_id}"})
    for table, column, ids in (
        (Sale, "id", sale_ids),
        (Note, "sale_id", sale_ids),
        (Payment, "id", payments),
        (Act, "id", acts),
        (CreditMovement, "id", credit),
    ):
        moved = update(table).where(_among(table.__table__.c[column], ids))
        values = moved.values(customer_id=to_id)
        session.execute(values.execution_options(synchronize_session=False))
    session.execute(_ALLOW, {"way": ""})
    for sale_id in sale_ids:
        row = CustomerMove(
            operation_id=operation_id,
            sale_id=sale_id,
            from_id=from_id,
            to_id=to_id,
            moved_on=today,
            moved_by=actor.id,
            reason=why,
            created_at=func.clock_timestamp(),
        )
        session.add(row)
        session.flush()
        told = {"customer_id": to_id, "reason": why, "on": today, "move": row.id}
        before = {"customer_id": from_id}
        audit.record(session, actor, "move", "sale", sale_id, before=before, after=told)
    session.flush()
    session.expire_all()


def _check_deals(session: Session, sale_ids: Sequence[int], acts: Sequence[int]) -> None:
    """Refuse to leave one side of a deal with the other customer (R15)."""
    columns = Renegotiation.__table__.c
    deal = _among(columns.sale_id, sale_ids) != _among(columns.act_id, acts)
    found = session.scalar(select(Renegotiation.sale_id).where(deal).limit(1))
    if found is not None:
        raise Conflict(
            f"A venda {sale_number(found)} tomou o lugar de notas de outra venda deste cliente. "
            "Desfaça a renegociação primeiro, ou passe todas juntando os cadastros."
        )


def _credit(
    session: Session,
    from_id: int,
    sale_ids: Sequence[int],
    payments: Sequence[int],
    acts: Sequence[int],
) -> Sequence[int]:
    """The movements of the customer's credit that go along with all of their sales (R31).

    Of some sales no credit goes: Conflict where they moved any, as it is one with that of the rest.
    """
    theirs = CreditMovement.customer_id == from_id
    staying = select(Sale.id).where(
        Sale.customer_id == from_id, ~_among(Sale.__table__.c.id, sale_ids)
    )
    if session.scalar(staying.limit(1)) is None:
        return session.scalars(select(CreditMovement.id).where(theirs)).all()
    credit = or_(
        _among(CreditMovement.__table__.c.payment_id, payments),
        _among(CreditMovement.__table__.c.act_id, acts),
        _among(CreditMovement.__table__.c.sale_id, sale_ids),
    )
    if session.scalar(select(CreditMovement.id).where(credit).limit(1)) is not None:
        raise Conflict(
            "Desta venda ficou crédito com o cliente, ou foi paga com ele. Desfaça-o primeiro, ou "
            "passe todas as vendas juntando os cadastros."
        )
    return []


def _lock(session: Session, from_id: int, to_id: int) -> Customer:
    """Lock both customers, in id order, and give the one who gets the sale."""
    both = select(Customer).where(Customer.id.in_((from_id, to_id))).order_by(Customer.id)
    locked = both.with_for_update().execution_options(populate_existing=True)
    found = {customer.id: customer for customer in session.scalars(locked)}
    if len(found) < 2:
        raise NotFound("Cliente não encontrado.")
    if any(customer.anonymised_at is not None for customer in found.values()):
        raise Conflict(privacy.REFUSAL)
    return found[to_id]


def _of_these_alone(
    session: Session, of: FromClause, sale_ids: Sequence[int], refusal: str
) -> Sequence[int]:
    """The payments or acts of these sales; refused where one is of another sale too."""
    number, sale = of.c
    theirs = session.scalars(select(number).where(_among(sale, sale_ids)).distinct()).all()
    shared = select(number).where(_among(number, theirs), ~_among(sale, sale_ids))
    if (found := session.scalar(shared.order_by(number).limit(1))) is not None:
        raise Conflict(refusal.format(receipt_number(found)))
    return theirs


def _among(column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    return column == any_(literal(list(ids), ARRAY(Integer)))
