"""What an import would do: every row checked against the others and against the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Text, any_, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from credigestor.db.closings import closed_until
from credigestor.db.models import Customer, Sale
from credigestor.db.settings import current_settings
from credigestor.imports import row_checks
from credigestor.imports.again import Again
from credigestor.imports.batch import Batch, KnownCustomer, NewCustomer, NewSale
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.import_payments import PaymentFolder
from credigestor.imports.known_sales import KnownSale
from credigestor.imports.lines import CustomerLine, NoteLine, PaymentLine, SaleLine
from credigestor.imports.lost_zeros import LostZeros
from credigestor.imports.making import SaleMaker
from credigestor.imports.plan import Counts, Plan, SaleRates
from credigestor.imports.problems import CUSTOMERS, NOTES, PAYMENTS, SALES, Problem, Problems
from credigestor.imports.reading import Row, Sheet, Source
from credigestor.imports.told import Remark, Told
from credigestor.rules.identification import identification
from credigestor.rules.progress import Progress
from credigestor.rules.quoting import quote

T = TypeVar("T")
L = TypeVar("L", CustomerLine, SaleLine)

_AT_ONCE = 2_000  # rows that are looked up together
# Where reading each file begins, its share of the time, and what is said meanwhile.
_READING = {
    CUSTOMERS: (0.0, 0.1, "Conferindo clientes"),
    NOTES: (0.1, 0.05, "Conferindo parcelas"),
    SALES: (0.15, 0.25, "Conferindo vendas"),
    PAYMENTS: (0.4, 0.3, "Conferindo pagamentos"),
}
_FOLDING = 0.7


def _rates(values: Mapping[str, Any]) -> SaleRates:
    return values["late_rate"], values["fine_rate"], values["grace_days"]


def any_of(column: InstrumentedAttribute[Any], values: Collection[str]) -> ColumnElement[bool]:
    """The column is one of many values, sent as one array."""
    return column == any_(literal(list(values), ARRAY(Text)))


class Preparation:
    """One check of one source; each step leaves what the next one looks up.

    The files are read one after the other, some rows at a time: what a row names is looked up
    in the files before it and in the database.
    """

    def __init__(
        self,
        session: Session,
        source: Source,
        today: date,
        progress: Progress,
        choices: Choices = STRICT,
        *,
        locking: bool,
    ) -> None:
        self.session = session
        self.source = source
        self.today = today
        self.progress = progress
        self.choices = choices
        self.told = Told()
        settings = current_settings(session)
        self.usual = _rates(settings.model_dump())
        self.maker = SaleMaker(settings, choices, self.told, self._refuse, today)
        self.problems = Problems()
        self.batch = Batch()
        self.known = {"customers": 0, "sales": 0, "notes": 0, "payments": 0}
        self.customers: dict[str, NewCustomer | KnownCustomer] = {}
        self.sales: dict[str, NewSale | KnownSale] = {}
        self.first_lines: dict[str, dict[str, int]] = {CUSTOMERS: {}, SALES: {}}
        self.owners: dict[str, str] = {}  # references of customers by their CPF or CNPJ
        # Who names a row that is wrong itself is not told that it does not exist.
        self.wrong: dict[str, set[str]] = {CUSTOMERS: set(), SALES: set()}
        self.again = Again(session, self.told)
        same = choices.same_without_zeros
        self.zeros = {
            CUSTOMERS: LostZeros(session, Customer.ref, same),
            SALES: LostZeros(session, Sale.ref, same),
        }
        self.folder = PaymentFolder(
            session, self._refuse, choices, self.told, self.again, today=today, locking=locking
        )

    def plan(self) -> Plan:
        """Check every row by itself, then against the others and the database."""
        self.progress(0.0, "Abrindo os arquivos")
        for some in self._read(CUSTOMERS, row_checks.customer):
            self._check_customers(some)
        for notes in self._read(NOTES, partial(row_checks.note, today=self.today)):
            for note in notes:
                self.maker.listed.add(note)
        sale = partial(row_checks.sale, today=self.today, listed=self.maker.listed)
        for sold in self._read(SALES, sale):
            self._check_sales(sold)
        self._check_listed()
        payment = partial(row_checks.payment, today=self.today, choices=self.choices)
        for paid in self._read(PAYMENTS, payment):
            self._check_payments(paid)
        if not self.problems.enough:
            what = "Calculando juros, multas e saldos"
            self.folder.fold_into(
                self.batch, lambda share: self.progress(_FOLDING + (1 - _FOLDING) * share, what)
            )
        self.progress(1.0, "Conferência concluída")
        problems = [self.source.told(problem) for problem in self.problems.first()]
        until = closed_until(self.session)
        return Plan(
            problems=problems,
            more_problems=self.problems.count - len(problems),
            notices=[*self.source.notices, *self.told.notices()],
            new=Counts(
                customers=len(self.batch.customers),
                sales=len(self.batch.sales),
                notes=sum(len(sale.notes) for sale in self.batch.sales),
                payments=len(self.batch.payments),
            ),
            known=Counts(**self.known | {"payments": self.folder.known}),
            batch=self.batch,
            closed=0 if until is None else sum(day <= until for day in self.batch.days()),
            closed_until=until,
            remarks=tuple(
                Remark(*self.source.place(each.file, each.line), each.what, each.detail)
                for each in self.told.remarks
            ),
            changes=self.again.changes,
            waived=self.told.waived,
            rates=sorted({_rates(sale.values) for sale in self.batch.sales} - {self.usual}),
        )

    def _read(
        self, file: str, check: Callable[[Sheet, Row, Problems], T | None]
    ) -> Iterator[list[T]]:
        sheet = self.source.sheets.get(file)
        if sheet is None:
            return
        start, share, what = _READING[file]
        lines: list[T] = []
        for row in sheet.rows(
            self.problems, lambda done: self.progress(start + share * done, what)
        ):
            line = check(sheet, row, self.problems)
            if line is not None:
                lines.append(line)
            elif file in self.wrong:
                self.wrong[file].add(" ".join(row.cells["ref"].split()))
            if len(lines) >= _AT_ONCE:
                yield lines
                lines = []
        if lines:
            yield lines

    def _check_customers(self, lines: list[CustomerLine]) -> None:
        self._find_customers({line.ref for line in lines})
        taken = self._taken(lines)
        known = {}
        for line in self._first_of_each(CUSTOMERS, lines):
            there = self.customers.get(line.ref)
            if isinstance(there, KnownCustomer):
                self.known["customers"] += 1
                known[there.id] = line
                continue
            if self._is_asked(CUSTOMERS, line.ref, line.line):
                continue
            who = line.identification
            if who not in taken and who in self.owners:
                ref = self.owners[who]
                taken[who] = f"do cliente {ref}, na linha {self.first_lines[CUSTOMERS][ref]}"
            if who in taken:
                column, what = line.identified_by
                self._refuse(CUSTOMERS, line.line, column, f"Este {what} já é {taken[who]}.")
                self.wrong[CUSTOMERS].add(line.ref)
                continue
            if who is not None:
                self.owners[who] = line.ref
            self.told.customer(line)
            customer = NewCustomer({"ref": line.ref, **line.values})
            self.customers[line.ref] = customer
            self.batch.customers.append(customer)
        self.again.customers(known)

    def _taken(self, lines: list[CustomerLine]) -> dict[str | None, str]:
        """Whose a CPF or foreign document is, of those that the shop knows."""
        documents = {line.values.get("foreign_document") or "" for line in lines}
        tax_ids = {line.values["tax_id"] or "" for line in lines}
        columns = (Customer.tax_id, Customer.foreign_document, Customer.country, Customer.ref)
        known = select(*columns).where(
            or_(any_of(Customer.tax_id, tax_ids), any_of(Customer.foreign_document, documents))
        )
        return {
            identification(*who): f"do cliente {ref}" if ref else "de um cliente já cadastrado"
            for *who, ref in self.session.execute(known)
        }

    def _is_asked(self, file: str, ref: str, line: int) -> bool:
        """Refuse a row whose reference may be another one's without its zeros."""
        if ref in self.zeros[file].asked:
            self._refuse(file, line, "ref", self.zeros[file].question(ref))
            self.wrong[file].add(ref)
            return True
        return False

    def _find_customers(self, refs: set[str]) -> None:
        self._look_up_customers(refs - self.customers.keys())
        unknown = refs - self.customers.keys()
        self.zeros[CUSTOMERS].resolve(unknown, self.customers, self._look_up_customers)

    def _look_up_customers(self, refs: set[str]) -> None:
        for ref, customer_id in self.session.execute(
            select(Customer.ref, Customer.id).where(any_of(Customer.ref, refs))
        ):
            self.customers[ref or ""] = KnownCustomer(customer_id)

    def _check_sales(self, lines: list[SaleLine]) -> None:
        self._find_customers({line.customer_ref for line in lines})
        self._find_sales({line.ref for line in lines})
        there: dict[int, SaleLine] = {}
        listed: dict[int, Sequence[NoteLine]] = {}
        for line in self._first_of_each(SALES, lines):
            known = self.sales.get(line.ref)
            if isinstance(known, KnownSale):
                self.known["sales"] += 1
                self.known["notes"] += known.installments
                there[known.id] = line
                if line.ref in self.maker.listed:
                    listed[known.id] = rows = self.maker.listed.take(line.ref) or ()
                    self.folder.ended(known, rows, line.ended)
                continue
            if self._is_asked(SALES, line.ref, line.line):
                continue
            sale = self._new_sale(line)
            if sale is None:
                self.wrong[SALES].add(line.ref)
                continue
            self.sales[line.ref] = sale
            self.batch.sales.append(sale)
        self.again.sales(there)
        self.again.notes(listed)

    def _find_sales(self, refs: set[str]) -> None:
        self._look_up_sales(refs - self.sales.keys())
        unknown = refs - self.sales.keys()
        self.zeros[SALES].resolve(unknown, self.sales, self._look_up_sales)

    def _look_up_sales(self, refs: set[str]) -> None:
        found = select(
            *(Sale.ref, Sale.id, Sale.customer_id, Sale.sold_on, Sale.installments, Sale.total)
        ).where(any_of(Sale.ref, refs))
        for row in self.session.execute(found):
            ref, customer = row.ref or "", KnownCustomer(row.customer_id)
            made = (row.sold_on, row.installments, row.total)
            self.sales[ref] = KnownSale(ref, row.id, customer, *made)

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
        return self.maker.make(line, customer)

    def _check_listed(self) -> None:
        """Refuse rows of parcelas.csv whose sale is nowhere."""
        left = {row.sale_ref: row for row in self.maker.listed.left()}
        self._find_sales(set(left))
        for ref, row in left.items():
            if ref not in self.sales and not self._excused(SALES, ref):
                reason = f"A venda {quote(ref)} não está em {SALES} nem no sistema."
                self._refuse(NOTES, row.line, "venda", reason)

    def _check_payments(self, lines: list[PaymentLine]) -> None:
        self._find_sales({line.sale_ref for line in lines})
        for line in lines:
            sale = self.sales.get(line.sale_ref)
            if sale is not None:
                self.folder.add(line, sale)
            elif not self._excused(SALES, line.sale_ref):
                self._refuse(
                    PAYMENTS,
                    line.line,
                    "venda",
                    f"A venda {quote(line.sale_ref)} não está em {SALES} nem no sistema.",
                )

    def _first_of_each(self, file: str, lines: Sequence[L]) -> Iterator[L]:
        first = self.first_lines[file]
        for line in lines:
            if first.setdefault(line.ref, line.line) == line.line:
                yield line
            else:
                reason = f"A referência {quote(line.ref)} já está na linha {first[line.ref]}."
                self._refuse(file, line.line, "ref", reason)

    def _excused(self, file: str, ref: str) -> bool:
        return ref in self.wrong[file] or not self.source.sheets[file].whole

    def _refuse(self, file: str, line: int, column: str, reason: str) -> None:
        self.problems.append(Problem(file, line, column, reason))
