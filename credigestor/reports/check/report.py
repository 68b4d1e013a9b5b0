"""The check of a shop: what the database's own constraints cannot say, and whether they stand.

Of the accounts, SQL finds the sales of which something differs (`invariants`); those alone are
read, with their notes and payments, and replayed by the rules, which say what is wrong (`replay`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import and_, exists, func, or_, select
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
from credigestor.reports.check.recount import facts_that_differ, summaries_that_differ
from credigestor.reports.check.replay import replay
from credigestor.reports.check.shop import people_and_settings
from credigestor.reports.check.told_at_once import settings_and_bulk
from credigestor.rules.money import format_brl

#: Called with the number of steps done and of all steps.
Progress = Callable[[int, int], None]
Step = Callable[[Session], Iterator[Problem]]


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
    portfolio are not counted again; not `whole`, the accounts alone are. Run it on one snapshot:
    payments that arrive meanwhile would look like problems.
    """
    waiting.unhurried(session)
    problems = list(catalogue.differences(session)) if whole else []
    if catalogue.lacks_tables(problems):
        return problems  # nothing else could be read
    accounts: list[Step] = [
        _orphans,
        _payments,
        _acts,
        returns.problems,
        credit.problems,
        renegotiations.problems,
        down_payments,
        _sales,
    ]
    if summaries:
        accounts += [_facts, _summaries, inherited.problems]
    beside: list[Step] = [catalogue.sequences, people_and_settings]
    beside += [
        proposals,
        closings.problems,
        moves.problems,
        trail.gaps,
        told.differences,
        settings_and_bulk,
    ]
    steps = [*accounts, *(beside if whole else ())]
    for done, step in enumerate(steps, start=1):
        problems.extend(step(session))
        if progress:
            progress(done, len(steps))
    if whole:
        problems.extend(catalogue.unguarded(session, problems))
    return problems


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


def _facts(session: Session) -> Iterator[Problem]:
    for sale_id in facts_that_differ(session):
        yield Problem(
            "summary_facts",
            "sales",
            sale_id,
            "O que os resumos da carteira guardam da venda não é o que o livro diz.",
        )


def _summaries(session: Session) -> Iterator[Problem]:
    for table, rows in summaries_that_differ(session):
        yield Problem(
            "summary", table, 0, f"{rows} linhas do resumo diferem da recontagem de todas as notas."
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


def _sales(session: Session) -> Iterator[Problem]:
    return replay(session, broken_sales(session))
