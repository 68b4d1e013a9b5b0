"""A day as the first pages show it: of the whole shop, of whoever calls, and what falls due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Day, Money
from credigestor.api.handed import Way
from credigestor.api.operations import Operations
from credigestor.api.views import passed
from credigestor.db.engine import snapshot
from credigestor.reports import day as of_one
from credigestor.reports import takings
from credigestor.reports.by_method import ByMethod
from credigestor.reports.takings import Came
from credigestor.rules.permissions import Permission

router = Operations("/day", "O dia")

#: From the first day on, so many are told where no last one is named.
_USUAL_DAYS = 7


PaidByCredit = Annotated[
    Money, Field(description="Pago com crédito de clientes, sem entrar dinheiro, R$.")
]


class Taking(Answer):
    """What somebody took in by one method for one thing; handed back, it is below zero."""

    person: Annotated[str | None, Field(description="Quem recebeu ou devolveu.")]
    method: Way
    came: Annotated[Came, Field(description="Por notas, entradas, devoluções delas, ou outros.")]
    times: int
    amount: Money


class SoldBy(Answer):
    """What somebody sold, with the down payments; cancelled sales left out."""

    person: Annotated[str | None, Field(description="Quem vendeu.")]
    sales: Annotated[int, Field(description="Quantas vendas.")]
    sold: Money


class ShopDay(Answer):
    """The takings and sales of a day; what was paid by a customer's credit brought no money."""

    as_of: date
    takings: Annotated[list[Taking], Field(description="O que entrou ou saiu do caixa.")]
    sold_by: Annotated[list[SoldBy], Field(description="O vendido, por vendedor.")]
    paid_by_credit: PaidByCredit


class DueOn(Answer):
    """The open notes that fall due on a day, and their principal."""

    day: date
    notes: int
    principal: Money


class DueDays(Answer):
    """What falls due from day to day, as it is open now; days without any are left out."""

    due_from: date
    due_to: date
    items: list[DueOn]


class MethodSum(Answer):
    """How often a method was used, and what came by it."""

    method: Way
    times: int
    amount: Money


class MethodMoney(Answer):
    """What came by a method, or went out: below zero."""

    method: Way
    amount: Money


class MyDay(Answer):
    """What the caller sold and received on a day; reversed and cancelled is out.

    `down_payments` are those of the sales of the day, `down` and `refunded` those that were
    handled on it; `other` is credit kept or paid back, and money for goods; `takings` is all that
    came in less what went out.
    """

    as_of: date
    sales: Annotated[int, Field(description="Quantas vendas.")]
    sold: Money
    down_payments: Annotated[Money, Field(description="Entradas das vendas do dia, R$.")]
    payments: Annotated[int, Field(description="Quantos pagamentos de notas.")]
    received: Money
    paid_by_credit: PaidByCredit
    notes: Annotated[list[MethodSum], Field(description="Recebido de notas, por forma.")]
    down: Annotated[list[MethodSum], Field(description="Entradas recebidas, por forma.")]
    refunded: Annotated[list[MethodSum], Field(description="Entradas devolvidas, por forma.")]
    other: Annotated[
        list[MethodMoney],
        Field(description="Crédito guardado ou devolvido, e devoluções de mercadoria."),
    ]
    takings: Annotated[list[MethodMoney], Field(description="Tudo, por forma.")]


@router.reads("", Permission.ANALYTICS, "O que entrou e foi vendido num dia, por pessoa e forma")
def of_shop(call: Caller, as_of: Day | None = None) -> ShopDay:
    """A day of the whole shop."""
    day = passed(as_of, call.today)
    with snapshot() as session:
        found = takings.shop_day(session, day=day)
    return ShopDay(
        as_of=day,
        takings=[Taking.model_validate(each) for each in found.takings],
        sold_by=[SoldBy.model_validate(each) for each in found.sold],
        paid_by_credit=found.by_credit,
    )


@router.reads("/due", Permission.ANALYTICS, "O que vence em cada dia, ainda em aberto")
def due(call: Caller, due_from: Day | None = None, due_to: Day | None = None) -> DueDays:
    """What falls due from today on, seven days unless a last one is named."""
    first = due_from or call.today
    last = due_to or first + timedelta(days=_USUAL_DAYS - 1)
    with snapshot() as session:
        found = takings.due_by_day(session, first, last)
    items = [DueOn(day=day, notes=notes, principal=principal) for day, notes, principal in found]
    return DueDays(due_from=first, due_to=last, items=items)


@router.reads("/mine", Permission.COUNTER, "O que quem chama vendeu e recebeu num dia")
def mine(call: Caller, as_of: Day | None = None) -> MyDay:
    """The caller's day, or that of a key's user."""
    day = passed(as_of, call.today)
    with snapshot() as session:
        found = of_one.seller_day(session, call.actor.id, day=day)
    told = ("sales", "sold", "down_payments", "payments", "received")
    other, all_in_all = (
        [MethodMoney.model_validate({"method": way, "amount": sum_}) for way, sum_ in sums.items()]
        for sums in (found.other_by_method, found.takings)
    )
    return MyDay(
        as_of=day,
        **{name: getattr(found, name) for name in told},
        paid_by_credit=found.by_credit,
        notes=_sums(found.by_method),
        down=_sums(found.down_by_method),
        refunded=_sums(found.refunded_by_method),
        other=other,
        takings=all_in_all,
    )


def _sums(found: ByMethod) -> list[MethodSum]:
    return [
        MethodSum.model_validate({"method": way, "times": times, "amount": amount})
        for way, (times, amount) in found.items()
    ]
