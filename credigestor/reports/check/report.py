"""The check of a shop: what the database's own constraints cannot say, and whether they stand.

Of the accounts, SQL finds the sales of which something differs (`invariants`); those alone are
read, with their notes and payments, and replayed by the rules, which say what is wrong (`replay`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from time import monotonic

from psycopg.errors import QueryCanceled
from sqlalchemy import and_, exists, func, or_, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from credigestor.db import waiting
from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    Base,
    Note,
    Payment,
    PaymentItem,
    Return,
    Reversal,
)
from credigestor.reports.check import (
    catalogue,
    closings,
    credit,
    inherited,
    moves,
    renegotiations,
    returns,
    told,
    trail,
)
from credigestor.reports.check.down_payments import down_payments
from credigestor.reports.check.invariants import broken_sales
from credigestor.reports.check.problem import Problem
from credigestor.reports.check.proposals import proposals
from credigestor.reports.check.recount import RECOUNTED, facts_that_differ, rows_that_differ
from credigestor.reports.check.replay import replay
from credigestor.reports.check.shop import people_and_settings
from credigestor.reports.check.slices import OutOfTime, Slice, slices
from credigestor.reports.check.told_at_once import settings_and_bulk
from credigestor.rules.money import format_brl

#: Called with the number of parts done and of all parts.
Progress = Callable[[int, int], None]
Step = Callable[[Session], Iterator[Problem]]
Look = Callable[[], AbstractContextManager[Session]]


def check(
    session: Session,
    progress: Progress | None = None,
    *,
    summaries: bool = True,
    whole: bool = True,
) -> list[Problem]:
    """Everything broken in a shop; nothing in a sound one (R1–R3, R9, R11–R14).

    The schema, its sequences, the accounts, the summaries, who works and buys there, the
    settings, and the audit log beside all that it tells of. Without `summaries` the figures of the
    portfolio are not counted again; not `whole`, the accounts alone are. All in one snapshot.
    """
    return check_in_slices(lambda: nullcontext(session), progress, summaries=summaries, whole=whole)


def check_in_slices(
    look: Look,
    progress: Progress | None = None,
    *,
    summaries: bool = True,
    whole: bool = True,
    until: float | None = None,
) -> list[Problem]:
    """As `check`, each part in a snapshot that `look` gives: none stays open for long.

    What grows with the sales is looked at some thousands of sales at a time, each of the summaries
    by itself. Raises OutOfTime when the clock that only measures (`monotonic`) comes to `until`.
    """
    with look() as session:
        waiting.unhurried(session)
        problems = list(catalogue.differences(session)) if whole else []
        if catalogue.lacks_tables(problems):
            return problems  # nothing else could be read
        parts = _parts(slices(session), summaries=summaries, whole=whole)
    for done, (_, step) in enumerate(parts):
        left = tuple(dict.fromkeys(name for name, _ in parts[done:]))
        with look() as session, _within(session, until, left):
            problems.extend(step(session))
        if progress:
            progress(done + 1, len(parts))
    if whole:
        with look() as session:
            waiting.unhurried(session)
            problems.extend(catalogue.unguarded(session, problems))
    return problems


def _parts(found: list[Slice], *, summaries: bool, whole: bool) -> list[tuple[str, Step]]:
    """What a check looks at, by the names of which a person is told."""
    accounts: list[tuple[str, Step]] = [
        ("linhas órfãs", _orphans),
        ("pagamentos", _payments),
        ("atos", _acts),
        ("devoluções", returns.problems),
        ("créditos", credit.problems),
        ("renegociações", renegotiations.problems),
        ("entradas", down_payments),
        *(("vendas e notas", partial(_sales, slice_=each)) for each in found),
    ]
    if summaries:
        accounts += [
            *(("vendas nos resumos", partial(_facts, slice_=each)) for each in found),
            *((f"resumo {name}", partial(_summary, name=name)) for name in RECOUNTED),
            ("risco herdado", inherited.problems),
        ]
    beside: list[tuple[str, Step]] = [
        ("sequências", catalogue.sequences),
        ("pessoas e configurações", people_and_settings),
        ("propostas", proposals),
        ("dias fechados", closings.problems),
        ("vendas passadas a outro cliente", moves.problems),
        ("entradas da auditoria", trail.gaps),
        ("o que a auditoria conta", told.differences),
        ("importações e configurações na auditoria", settings_and_bulk),
    ]
    return [*accounts, *(beside if whole else ())]


@contextmanager
def _within(session: Session, until: float | None, left: tuple[str, ...]) -> Iterator[None]:
    """Let the block's statements take as long as there is time left."""
    waiting.unhurried(session)
    if until is None:
        yield
        return
    seconds = until - monotonic()
    if seconds <= 0:
        raise OutOfTime(left)
    session.execute(text(f"SET LOCAL statement_timeout = {int(1000 * seconds) + 1}"))
    try:
        yield
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise OutOfTime(left) from error
        raise


def _orphans(session: Session) -> Iterator[Problem]:
    """Rows whose foreign key leads nowhere, which only a disabled constraint lets in."""
    for table in Base.metadata.sorted_tables:
        for constraint in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
            keys = constraint.elements
            target = keys[0].column.table.alias("target")
            missing = (
                select(table.c.id, keys[0].parent.label("value"))
                .outerjoin_from(
                    table,
                    target,
                    and_(*(key.parent == target.c[key.column.name] for key in keys)),
                )
                .where(keys[0].parent.is_not(None), target.c.id.is_(None))
            )
            for row in session.execute(missing):
                yield Problem(
                    "orphan",
                    table.name,
                    row.id,
                    f"{keys[0].parent.name} = {row.value} não existe em "
                    f"{keys[0].column.table.name}.",
                )


def _facts(session: Session, *, slice_: Slice) -> Iterator[Problem]:
    for sale_id in facts_that_differ(session, slice_):
        yield Problem(
            "summary_facts",
            "sales",
            sale_id,
            "O que os resumos da carteira guardam da venda não é o que o livro diz.",
        )


def _summary(session: Session, *, name: str) -> Iterator[Problem]:
    rows = rows_that_differ(session, name)
    if rows:
        yield Problem(
            "summary", name, 0, f"{rows} linhas do resumo diferem da recontagem de todas as notas."
        )


def _payments(session: Session) -> Iterator[Problem]:
    paid = func.coalesce(func.sum(PaymentItem.amount), 0)
    sums = (
        select(Payment.id, Payment.amount, paid.label("items"))
        .outerjoin(PaymentItem, PaymentItem.payment_id == Payment.id)
        .group_by(Payment.id)
        .having(paid != Payment.amount)
    )
    for row in session.execute(sums):
        yield Problem(
            "payment_amount",
            "payments",
            row.id,
            f"O pagamento é de {format_brl(row.amount)} e suas partes somam "
            f"{format_brl(row.items)}.",
        )
    rules = {
        "item_date": (
            "A data da parte difere da data do pagamento.",
            PaymentItem.paid_on != Payment.paid_on,
        ),
        "item_customer": (
            "O pagamento é de um cliente e a nota é de outro.",
            Note.customer_id != Payment.customer_id,
        ),
        "item_reversed": (
            "A parte diz que foi estornada e o pagamento diz que não, ou o contrário.",
            PaymentItem.reversed != Reversal.id.is_not(None),
        ),
    }
    wrong = {what: broken for what, (_, broken) in rules.items()}
    items = (
        select(PaymentItem.id, *(broken.label(what) for what, broken in wrong.items()))
        .join(Payment, Payment.id == PaymentItem.payment_id)
        .join(Note, Note.id == PaymentItem.note_id)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(or_(*wrong.values()))
        .order_by(PaymentItem.id)
    )
    for item in session.execute(items):
        for what, (detail, _) in rules.items():
            if getattr(item, what):
                yield Problem(what, "payment_items", item.id, detail)


def _acts(session: Session) -> Iterator[Problem]:
    """Acts that did nothing, to another customer's note, or that are undone in one place alone."""
    rules = {
        "act_items": (
            "O ato não diz o que fez a nenhuma nota.",
            and_(ActItem.id.is_(None), ~exists().where(Return.act_id == Act.id, Return.back > 0)),
        ),
        "act_customer": (
            "O ato é de um cliente e a nota é de outro.",
            Note.customer_id != Act.customer_id,
        ),
        "act_reversed": (
            "O que o ato fez à nota conta e o ato foi desfeito, ou o contrário.",
            ActItem.reversed != ActReversal.id.is_not(None),
        ),
        # Of one that was undone, no fold tells; a write-off takes what was owed.
        "act_taken": (
            "O ato tirou da nota mais do que era para tirar.",
            and_(
                ActItem.kind != "write_off",
                or_(
                    ActItem.interest > ActItem.asked_interest,
                    ActItem.fine > ActItem.asked_fine,
                    ActItem.principal > ActItem.asked_principal,
                ),
            ),
        ),
    }
    wrong = {what: broken for what, (_, broken) in rules.items()}
    found = (
        select(Act.id, *(func.bool_or(broken).label(what) for what, broken in wrong.items()))
        .outerjoin(ActItem, ActItem.act_id == Act.id)
        .outerjoin(Note, Note.id == ActItem.note_id)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .where(or_(*wrong.values()))
        .group_by(Act.id)
        .order_by(Act.id)
    )
    for act in session.execute(found):
        for what, (detail, _) in rules.items():
            if getattr(act, what):
                yield Problem(what, "acts", act.id, detail)


def _sales(session: Session, *, slice_: Slice) -> Iterator[Problem]:
    return replay(session, broken_sales(session, slice_))
