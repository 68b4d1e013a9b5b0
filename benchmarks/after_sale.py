"""What happened after a tenth of the sales: some of each act (R15, R29–R34), by the services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.business import MANAGER, TODAY, operation
from credigestor.errors import BusinessError
from credigestor.rules.charges import owed_on
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor, Role
from credigestor.rules.renegotiation import Agreement
from credigestor.rules.returns import ReturnKind
from credigestor.services import new_dates, payments, renegotiations, returns, write_offs
from credigestor.services.inputs import InputModel
from credigestor.services.ledger import notes_named
from credigestor.services.new_dates import NewDates
from credigestor.services.payments import NewPayment
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.services.returns import NewReturn
from credigestor.services.waivers import Waived
from credigestor.services.write_offs import NewWriteOff

#: One sale in so many has an act, if any fits it.
ONE_IN = 10
#: Acts after which the planner is told how many there are.
_GROWN = (100, 1_000)
_Service = Callable[..., object]
_Asked = Callable[[Session, "_Owing", date, UUID], InputModel]
_MANAGER = Actor(MANAGER, "Gerente", Role.MANAGER)

# Sales that still owe, in an order of chance, with their open notes by due date.
_OWING = text("""
SELECT s.id, s.customer_id, s.sold_on, s.total, array_agg(n.id ORDER BY n.due_date) AS notes,
    min(n.due_date) AS first_due, max(n.due_date) AS last_due,
    greatest(s.sold_on, max(n.last_paid_on)) AS touched_on
FROM sales s JOIN notes n ON n.sale_id = s.id
WHERE n.cancelled_on IS NULL AND n.principal_balance > 0
GROUP BY s.id ORDER BY md5(s.id::text)
""")


class _Owing(NamedTuple):
    id: int
    customer_id: int
    sold_on: date
    total: object
    notes: Sequence[int]
    first_due: date
    last_due: date
    touched_on: date

    @property
    def random(self) -> Random:
        """The same chance at every load."""
        return Random(f"after sale {self.id}")


def after_sale(session: Session, sales: int) -> dict[str, int]:
    """Let go, take back, put off, start anew and give up, each in turn; how many of each.

    On days of the last year and a half, none before the last that a sale was paid on.
    """
    done: dict[str, int] = dict.fromkeys(_KINDS, 0)
    for row in session.execute(_OWING).all():
        sale, made = _Owing(*row), sum(done.values())
        if made == sales // ONE_IN:
            break
        if made in _GROWN:  # else the references to an act are looked up as in an empty table
            session.execute(text("ANALYZE acts, act_items, returns, renegotiations, sales, notes"))
        for turn in range(len(_KINDS)):
            kind = list(_KINDS)[(made + turn) % len(_KINDS)]
            if _acted(session, kind, sale):
                done[kind] += 1
                break
    return done


def _acted(session: Session, kind: str, sale: _Owing) -> bool:
    """Whether it fitted; what a rule refuses was not done."""
    service, asked, days_late = _KINDS[kind]
    first = sale.touched_on
    if days_late is not None:
        first = max(first, sale.first_due + timedelta(days=days_late))
    first = max(first, TODAY - timedelta(days=540))
    if first > TODAY:
        return False
    day = first + timedelta(days=sale.random.randint(0, (TODAY - first).days))
    try:
        with session.begin_nested():
            data = asked(session, sale, day, UUID(operation("act", sale.id)))
            service(session, _MANAGER, data, today=day)
    except BusinessError:
        return False
    return True


def _let_go(session: Session, sale: _Owing, day: date, made: UUID) -> NewPayment:
    [note] = notes_named(session, sale.notes[:1])
    owed = owed_on(note.terms, note.state, day)
    return NewPayment(
        operation_id=made,
        customer_id=sale.customer_id,
        paid_on=day,
        method=Method.CASH,
        items=((note.id, owed.principal),),
        waived={note.id: Waived(interest=owed.interest, fine=owed.fine)},
        waiver_reason="Pagou o valor da nota",
    )


def _took_back(_: Session, sale: _Owing, day: date, made: UUID) -> NewReturn:
    return NewReturn(
        operation_id=made,
        sale_id=sale.id,
        returned_on=day,
        kind=sale.random.choice(list(ReturnKind)),
        share=Decimal(sale.random.randint(10, 40)),
        back_by=sale.random.choice(("cash", "credit")),
        reason="Devolveu parte da compra.",
    )


def _put_off(_: Session, sale: _Owing, day: date, made: UUID) -> NewDates:
    return NewDates(
        operation_id=made,
        agreed_on=day,
        note_id=sale.notes[-1],
        due_date=sale.last_due + timedelta(days=sale.random.choice((7, 15, 30))),
        reason="Recebe no fim do mês.",
    )


def _started_anew(_: Session, sale: _Owing, day: date, made: UUID) -> NewRenegotiation:
    return NewRenegotiation(
        operation_id=made,
        customer_id=sale.customer_id,
        agreed_on=day,
        kind=sale.random.choice(list(Agreement)),
        notes=tuple(sale.notes),
        reason="Voltou a trabalhar e quer pôr em dia.",
        installments=sale.random.choice((3, 6, 12)),
        first_due_date=day + timedelta(days=30),
    )


def _gave_up(_: Session, sale: _Owing, day: date, made: UUID) -> NewWriteOff:
    return NewWriteOff(
        operation_id=made,
        note_ids=tuple(sale.notes),
        written_off_on=day,
        reason="Cliente não foi mais encontrado.",
    )


#: The service of each, what it is asked, and from how many days late of the oldest open note; None:
#: from the sale on.
_KINDS: dict[str, tuple[_Service, _Asked, int | None]] = {
    "let go": (payments.receive, _let_go, 8),
    "took back": (returns.record, _took_back, None),
    "put off": (new_dates.put_off, _put_off, None),
    "started anew": (renegotiations.make, _started_anew, 30),
    "gave up": (write_offs.write_off, _gave_up, 180),
}
