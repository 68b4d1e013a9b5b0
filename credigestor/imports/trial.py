"""An import that is done, looked at, and dropped: the rehearsal before the real one.

It is the import itself, in a transaction that is never committed: what is seen is what would be,
to the cent, and whatever ends it, a person, a fault or the machine, leaves nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from credigestor.db import locks, waiting
from credigestor.db.engine import dropped
from credigestor.errors import Busy
from credigestor.imports import importer
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.plan import Plan
from credigestor.imports.reading import Source
from credigestor.reports.check.problem import Problem
from credigestor.reports.check.report import check
from credigestor.reports.summary import Summary, summary
from credigestor.reports.who_owes import Debtor, who_owes
from credigestor.rules.identification import format_identity
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.progress import Progress, silent

#: Why rows come into closed days, which asks for a reason (R37); it goes with the rest.
WHY = "Ensaio"
_IMPORTING, _LOOKING = 0.6, 0.7  # shares of the time after which each is over


@dataclass(frozen=True)
class Seen:
    """A shop at a moment: its headline figures, and all who owe, most first."""

    figures: Summary
    debtors: Sequence[Debtor]


@dataclass(frozen=True)
class Trial:
    """What a trial showed: the shop as it is, as it would be, and what its check would find."""

    plan: Plan
    before: Seen
    after: Seen
    problems: Sequence[Problem]


def trial(
    actor: Actor,
    source: Source,
    *,
    today: date,
    choices: Choices = STRICT,
    keep: Callable[[Session], None],
    progress: Progress = silent,
) -> Trial | Plan:
    """Import, look at the shop that comes of it, and drop it all; the plan alone has problems.

    `keep` is given the session while everything stands, to keep what is to be looked at later.
    Only the numbers that rows were given are used up, as by whatever is undone. Raises NotAllowed,
    Busy while another import or trial goes on, and what `importer.run` does.
    """
    actor.require(Permission.IMPORT)
    with dropped() as session:
        if not locks.try_to_hold(session, "import"):
            raise Busy("Há outra importação ou outro ensaio em curso. Espere terminar.")
        waiting.unhurried(session)
        before = _seen(session, today)
        plan = importer.run(
            *(session, actor, source),
            today=today,
            why=WHY,
            choices=choices,
            progress=lambda done, what: progress(done * _IMPORTING, what),
            account=True,
        )
        if plan.problem_count:
            return plan
        session.flush()
        progress(_IMPORTING, "Olhando como a loja ficou")
        after = _seen(session, today)
        with session.begin_nested() as looked:
            keep(session)
            looked.rollback()  # with how dates are written for people
        problems = check(
            *(session, lambda done, of: progress(_checked(done, of), "Conferindo as contas")),
            summaries=False,
            whole=False,
        )
    return Trial(plan, before, after, problems)


def _seen(session: Session, today: date) -> Seen:
    return Seen(summary(session, today, today=today), who_owes(session, today, today=today))


def _checked(done: int, of: int) -> float:
    return _LOOKING + (1 - _LOOKING) * done / max(of, 1)


#: The columns of `rows_of_debtors`.
DEBTORS = (
    *("Cliente", "Referência", "CPF ou documento", "Notas em aberto", "Vencimento mais antigo"),
    *("Dias de atraso", "Deve hoje na loja", "Em aberto", "Vencido", "Juros e multa", "Total"),
)


def figures(found: Trial) -> list[tuple[str, int | Decimal, int | Decimal]]:
    """Each headline figure's name, what it is, and what it would be: a count, or R$."""
    before, after = found.before.figures, found.after.figures
    return [(name, of(before), of(after)) for name, of in _FIGURES.items()]


def rows_of_debtors(found: Trial) -> list[tuple[object, ...]]:
    """Who would owe, as DEBTORS: what they owe now beside it, R$ with interest and fine."""
    now = {each.customer_id: each.owed for each in found.before.debtors}
    return [
        (
            *(each.name, each.ref, format_identity(each.identification), each.notes),
            *(each.oldest_due, each.days_late, now.get(each.customer_id, ZERO)),
            *(each.principal, each.overdue, each.charges, each.owed),
        )
        for each in found.after.debtors
    ]


_FIGURES: dict[str, Callable[[Summary], int | Decimal]] = {
    "Clientes": lambda each: each.customers,
    "Vendas": lambda each: each.sales,
    "Notas": lambda each: each.notes,
    "Pagamentos": lambda each: each.payments,
    "Recebido": lambda each: each.received_principal + each.received_interest + each.received_fine,
    "Em aberto": lambda each: each.receivable_principal,
    "Vencido": lambda each: each.overdue_principal,
    "Notas vencidas": lambda each: each.overdue_notes,
    "Juros e multa do vencido": lambda each: each.overdue_interest + each.overdue_fine,
}
