"""What an import would do: every row checked against the others and against the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from credigestor.db.models import Customer, Sale
from credigestor.db.settings import current_settings
from credigestor.errors import InvalidInput
from credigestor.rules.quoting import quote
from credigestor.services import sales
from credigestor.transfer import checking
from credigestor.transfer.checking import CustomerLine, PaymentLine, SaleLine
from credigestor.transfer.folding import KnownSale, PaymentFolder
from credigestor.transfer.loading import Batch, KnownCustomer, NewCustomer, NewSale, make_sale
from credigestor.transfer.reading import (
    CUSTOMERS,
    PAYMENTS,
    SALES,
    Problem,
    Problems,
    Row,
    Sheet,
    Source,
)

Progress = Callable[[float, str], None]
T = TypeVar("T")
L = TypeVar("L", CustomerLine, SaleLine)

_STEP = 500  # rows between two words of progress
_READING = {CUSTOMERS: (0.0, 0.3), SALES: (0.3, 0.1), PAYMENTS: (0.4, 0.15)}  # start, share
_NO_ID = UUID(int=0)
_COLUMN_OF = {
    "sold_on": "data",
    "total": "valor_total",
    "down_payment": "entrada",
    "installments": "parcelas",
    "first_due_date": "primeiro_vencimento",
}


@dataclass(frozen=True)
class Counts:
    """How many rows of each kind."""

    customers: int = 0
    sales: int = 0
    notes: int = 0
    payments: int = 0

    def as_dict(self) -> dict[str, int]:
        """The four numbers by name."""
        return asdict(self)


@dataclass(frozen=True)
class Plan:
    """What an import would do: problems in order of file and line, and the rows to write.

    `new` and `known` count the rows to write and those imported before.
    """

    problems: list[Problem]
    more_problems: int
    notices: list[str]
    new: Counts
    known: Counts
    batch: Batch

    @property
    def problem_count(self) -> int:
        """All problems, also those that are not named."""
        return len(self.problems) + self.more_problems


def silent(fraction: float, what: str) -> None:
    """A progress that nobody watches."""


def any_of(column: InstrumentedAttribute[Any], values: Collection[str]) -> ColumnElement[bool]:
    """The column is one of many values, sent as one array."""
    return column == any_(literal(list(values), ARRAY(Text)))


class Preparation:
    """One check of one source; each step leaves what the next one looks up."""

    def __init__(
        self, session: Session, source: Source, today: date, progress: Progress, *, locking: bool
    ) -> None:
        self.session = session
        self.source = source
        self.today = today
        self.progress = progress
        self.locking = locking
        self.settings = current_settings(session)
        self.problems = Problems(source.problems)
        self.batch = Batch()
        self.known = {"customers": 0, "sales": 0, "notes": 0, "payments": 0}
        self.customers: dict[str, NewCustomer | KnownCustomer] = {}
        self.sales: dict[str, NewSale | KnownSale] = {}
        # Who names a row that is wrong itself is not told that it does not exist.
        self.wrong: dict[str, set[str]] = {CUSTOMERS: set(), SALES: set()}
        self.unreadable = {problem.file for problem in source.problems}

    def plan(self) -> Plan:
        """Check every row by itself, then customers, sales and payments against each other."""
        customers = self._read(CUSTOMERS, checking.customer, "Lendo clientes")
        sold = self._read(SALES, checking.sale, "Lendo vendas")
        paid = self._read(PAYMENTS, partial(checking.payment, today=self.today), "Lendo pagamentos")
        self._check_customers(customers, {line.customer_ref for line in sold})
        self._check_sales(sold, {line.sale_ref for line in paid})
        self._check_payments(paid)
        self.progress(1.0, "Conferência concluída")
        problems = self.problems.first()
        return Plan(
            problems=problems,
            more_problems=self.problems.count - len(problems),
            notices=self.source.notices,
            new=Counts(
                customers=len(self.batch.customers),
                sales=len(self.batch.sales),
                notes=sum(len(sale.notes) for sale in self.batch.sales),
                payments=len(self.batch.payments),
            ),
            known=Counts(**self.known),
            batch=self.batch,
        )

    def _read(
        self, file: str, check: Callable[[Sheet, Row, Problems], T | None], what: str
    ) -> list[T]:
        sheet = self.source.sheets[file]
        start, share = _READING[file]
        lines = []
        for index, row in enumerate(sheet.rows):
            if index % _STEP == 0:
                self.progress(start + share * index / len(sheet.rows), what)
            line = check(sheet, row, self.problems)
            if line is not None:
                lines.append(line)
            elif file in self.wrong:
                self.wrong[file].add(" ".join(row.cells["ref"].split()))
        return lines

    def _check_customers(self, lines: list[CustomerLine], others: set[str]) -> None:
        self.progress(0.55, "Conferindo clientes")
        for ref, customer_id in self.session.execute(
            select(Customer.ref, Customer.id).where(
                any_of(Customer.ref, {line.ref for line in lines} | others)
            )
        ):
            self.customers[ref or ""] = KnownCustomer(customer_id)
        owners = {
            tax_id: f"do cliente {ref}" if ref else "de um cliente já cadastrado"
            for tax_id, ref in self.session.execute(
                select(Customer.tax_id, Customer.ref).where(
                    any_of(Customer.tax_id, {line.values["tax_id"] for line in lines})
                )
            )
        }
        for line in self._first_of_each(CUSTOMERS, lines):
            if line.ref in self.customers:
                self.known["customers"] += 1
                continue
            tax_id = line.values["tax_id"]
            if tax_id in owners:
                self._refuse(CUSTOMERS, line.line, "cpf", f"Este CPF já é {owners[tax_id]}.")
                self.wrong[CUSTOMERS].add(line.ref)
                continue
            owners[tax_id] = f"do cliente {line.ref}, na linha {line.line}"
            customer = NewCustomer({"ref": line.ref, **line.values})
            self.customers[line.ref] = customer
            self.batch.customers.append(customer)

    def _check_sales(self, lines: list[SaleLine], others: set[str]) -> None:
        columns = (Sale.id, Sale.ref, Sale.customer_id, Sale.sold_on, Sale.installments)
        refs = {line.ref for line in lines} | others
        for sale_id, ref, customer_id, sold_on, count in self.session.execute(
            select(*columns).where(any_of(Sale.ref, refs))
        ):
            self.sales[ref or ""] = KnownSale(sale_id, KnownCustomer(customer_id), sold_on, count)
        for index, line in enumerate(self._first_of_each(SALES, lines)):
            if index % _STEP == 0:
                self.progress(0.6 + 0.2 * index / len(lines), "Conferindo vendas")
            known = self.sales.get(line.ref)
            if isinstance(known, KnownSale):
                self.known["sales"] += 1
                self.known["notes"] += known.installments
                continue
            sale = self._new_sale(line)
            if sale is None:
                self.wrong[SALES].add(line.ref)
                continue
            self.sales[line.ref] = sale
            self.batch.sales.append(sale)

    def _new_sale(self, line: SaleLine) -> NewSale | None:
        customer = self.customers.get(line.customer_ref)
        if customer is None:
            if not self._excused(CUSTOMERS, line.customer_ref):
                self._refuse(
                    SALES,
                    line.line,
                    "cliente",
                    f"O cliente {quote(line.customer_ref)} não está em {CUSTOMERS} "
                    "nem no cadastro.",
                )
            return None
        data = sales.NewSale.model_construct(
            operation_id=_NO_ID,
            customer_id=0,
            sold_on=line.sold_on,
            description=line.description,
            total=line.total,
            down_payment=line.down_payment,
            installments=line.installments,
            first_due_date=line.first_due_date,
        )
        try:
            return make_sale(customer, data, self.settings, ref=line.ref, today=self.today)
        except InvalidInput as error:
            self._refuse(SALES, line.line, _COLUMN_OF.get(error.field or "", ""), error.message)
            return None

    def _check_payments(self, lines: list[PaymentLine]) -> None:
        self.progress(0.8, "Calculando juros, multas e saldos")
        folder = PaymentFolder(self.session, self.sales, self._refuse, locking=self.locking)
        new = folder.take_new(lines)
        self.known["payments"] = len(lines) - len(new)
        for line in new:
            if line.sale_ref in self.sales:
                folder.add(line)
            elif not self._excused(SALES, line.sale_ref):
                self._refuse(
                    PAYMENTS,
                    line.line,
                    "venda",
                    f"A venda {quote(line.sale_ref)} não está em {SALES} nem no sistema.",
                )
        folder.fold_into(self.batch)

    def _first_of_each(self, file: str, lines: Sequence[L]) -> Iterator[L]:
        first: dict[str, int] = {}
        for line in lines:
            if first.setdefault(line.ref, line.line) == line.line:
                yield line
            else:
                reason = f"A referência {quote(line.ref)} já está na linha {first[line.ref]}."
                self._refuse(file, line.line, "ref", reason)

    def _excused(self, file: str, ref: str) -> bool:
        return ref in self.wrong[file] or file in self.unreadable

    def _refuse(self, file: str, line: int, column: str, reason: str) -> None:
        self.problems.append(Problem(file, line, column, reason))
