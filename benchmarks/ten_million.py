"""Ten million notes beside a million: what people wait for, and what the whole of it takes.

python -m benchmarks.ten_million               # an hour or two, 40 GB of disk
python -m benchmarks.ten_million --only pages --only payment

Both are made from one loaded shop by `multiply`, 2 and 20 times 50,000 sales, so that they differ
in nothing but their size. What people wait for may take 1.5 times as long in the larger one; what
goes through everything, 1.5 times ten times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from uuid import uuid4

import click
from sqlalchemy import Engine, text

from benchmarks import results, whole
from benchmarks.business import MANAGER, TODAY
from benchmarks.figure import Figure
from benchmarks.queries import name_of
from benchmarks.shops import FOLDER, drop, grown, shop, snapshot
from benchmarks.timing import FEW_ROUNDS, ROUNDS, in_turns
from benchmarks.visits import DASHBOARD, DELINQUENCY, Call, calls_of, inside
from benchmarks.whole import Grown, Pair
from credigestor.db.loading.copying import Rows
from credigestor.exports import catalogue
from credigestor.reports.customer_statement import statement
from credigestor.rules.methods import Method
from credigestor.rules.money import CENT
from credigestor.rules.permissions import Actor, Role
from credigestor.services import payments, summaries
from credigestor.services.payments import NewPayment
from tests.moments import NOW

SALES = 50_000
#: How many times the loaded shop the two are.
MILLION, TEN_MILLION = 2, 20
LIMIT = 1.5
CUSTOMER = "counter/customer.py"
#: Customers whose pages are opened, and those who pay; each has a dozen open notes.
OPENED, PAYING = 5, ROUNDS + 1
#: Sales that are folded anew to know what a fold takes, and how much longer: nobody waits for it.
FOLDED, FOLD_LIMIT = 100, 2.0
_MANAGER = Actor(MANAGER, "Gerente", Role.MANAGER)

# Of the first copy: the same people in both shops.
_OWING = text("""
SELECT customer_id, (array_agg(id ORDER BY due_date, id))[1] AS note_id FROM notes
WHERE principal_balance > 0 AND cancelled_on IS NULL AND (customer_id - 1) % :copies = 0
GROUP BY customer_id HAVING count(*) BETWEEN 12 AND 15 ORDER BY customer_id LIMIT :most
""")


Works = dict[tuple[str, int], tuple[Callable[[], object], Engine]]


def pages(shops: Pair) -> list[Figure]:
    """What the dashboard, the first page of who is late, and customers' pages read."""
    works: Works = {}
    for each in shops:
        customers = [customer for customer, _ in _owing(each, OPENED)]
        with inside(each.url):
            asked = {name_of(page): calls_of(page) for page in (DASHBOARD, DELINQUENCY)}
            asked["customer"] = [
                call
                for customer in customers
                for call in (*calls_of(CUSTOMER, {"id": str(customer)}), _statement(customer))
            ]
        for name, calls in asked.items():
            works[name, each.copies] = (partial(_read, each.engine, calls), each.engine)
    return _beside(works, shops, "reports")


def _owing(shop: Grown, most: int) -> list[tuple[int, int]]:
    """Customers with a dozen open notes, and the oldest of those; the same in each shop."""
    with shop.engine.connect() as connection:
        found = connection.execute(_OWING, {"copies": shop.copies, "most": most}).all()
    assert len(found) == most, "the loaded shop is too small"
    return [(row.customer_id, row.note_id) for row in found]


def _statement(customer: int) -> Call:
    """Of a year, as it is printed from the customer's page."""
    return Call(
        statement,
        (customer,),
        {"since": TODAY - timedelta(days=365), "until": TODAY, "today": TODAY},
    )


def _read(engine: Engine, calls: list[Call]) -> None:
    for call in calls:
        with snapshot(engine) as session:
            call(session)


def payment(shops: Pair) -> list[Figure]:
    """A payment by a customer with a dozen open notes, committed; then all is folded in."""
    works: Works = {}
    for each in shops:
        due = iter(_owing(each, PAYING))
        works["payment", each.copies] = (partial(_pay, each, due), each.engine)
    figures = _beside(works, shops, "committed")
    for each in shops:
        with each.writing() as session:
            summaries.refresh(session, today=TODAY)
    return figures


def _pay(shop: Grown, due: Iterator[tuple[int, int]]) -> None:
    customer, note = next(due)
    data = NewPayment(
        operation_id=uuid4(),
        customer_id=customer,
        paid_on=TODAY,
        method=Method.CASH,
        items=((note, CENT),),
    )
    with shop.writing() as session:
        payments.receive(session, _MANAGER, data, today=TODAY)


def export(shops: Pair) -> list[Figure]:
    """The first rows of the CSV of all notes, and of all payments, from the asking."""
    works: Works = {
        (f"csv_of_all_{kind}", each.copies): (partial(_first_rows, each.engine, kind), each.engine)
        for kind in ("notes", "payments")
        for each in shops
    }
    return _beside(works, shops, "first_rows", FEW_ROUNDS)


def _first_rows(engine: Engine, kind: str) -> None:
    order = catalogue.Order(kind=kind)
    with (
        snapshot(engine) as session,
        closing(
            catalogue.stream(session, order, today=TODAY, generated_at=NOW, rows=Rows())
        ) as blocks,
    ):
        next(blocks)  # the header, for which no row has been read
        next(blocks)


def fold(shops: Pair) -> list[Figure]:
    """Some sales of the whole shop, marked and folded anew as the app does, in slices."""
    works: Works = {
        ("fold", each.copies): (partial(_fold, each, random), each.engine)
        for each, random in zip(shops, (Random(1), Random(1)), strict=True)
    }
    return _beside(works, shops, f"of_{FOLDED}_sales", FEW_ROUNDS, FOLD_LIMIT)


def _fold(shop: Grown, random: Random) -> None:
    with shop.writing() as session:
        last = session.scalar(text("SELECT max(id) FROM sales")) or 1
        session.execute(
            text("INSERT INTO stale_sales SELECT id FROM sales WHERE id = ANY(:ids)"),
            {"ids": random.sample(range(1, last + 1), FOLDED)},
        )
    summaries.fold(shop.writing, today=TODAY)


def _beside(
    works: Works, shops: Pair, what: str, rounds: int = ROUNDS, limit: float = LIMIT
) -> list[Figure]:
    small, large = shops
    taken = in_turns(works, rounds)
    return [
        Figure(
            f"{name}_{what}_{large.notes}_vs_{small.notes}",
            taken[name, large.copies].wall,
            taken[name, small.copies].wall,
            limit,
        )
        for name in dict.fromkeys(name for name, _ in works)
    ]


#: What is measured one after the other, by the name that `--only` takes.
PARTS: Mapping[str, Callable[[Pair], list[Figure]]] = {
    "pages": pages,
    "payment": payment,
    "export": export,
    "fold": fold,
    "size": whole.size,
    "backup": whole.backup_and_restore,
    "check": whole.check,
}


@click.command()
@click.option("--sales", default=SALES, show_default=True, help="Of the shop that is multiplied.")
@click.option(
    "--copies",
    type=int,
    nargs=2,
    default=(MILLION, TEN_MILLION),
    show_default=True,
    help="How many times as large the two shops are.",
)
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="May be repeated.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where the shops are kept.",
)
@click.option("--drop", "dropped", is_flag=True, help="Let the two shops go afterwards.")
def main(
    sales: int, copies: tuple[int, int], only: tuple[str, ...], folder: Path, dropped: bool
) -> None:
    """Measure all figures; each part is in results.json and in the README when it is measured."""
    loaded = shop(sales, folder=folder)
    small, large = (Grown.of(grown(loaded, times), sales, times) for times in sorted(copies))
    figures: list[Figure] = []
    for name in only or PARTS:
        click.echo(f"{name} …", err=True)
        measured = PARTS[name]((small, large))
        figures += measured
        results.write(measured, notes=large.notes, apart=True)
    click.echo(results.table(figure.as_dict() for figure in figures))
    for each in (small, large):
        each.engine.dispose()
        if dropped:
            drop(each.url)
    sys.exit(not all(figure.holds for figure in figures))


if __name__ == "__main__":
    main()
