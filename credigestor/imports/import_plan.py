"""What an import would do: every row checked against the others and against the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from credigestor.db.closings import closed_until
from credigestor.db.models import Customer, Sale
from credigestor.db.settings import current_settings
from credigestor.imports import row_checks
from credigestor.imports.again import Again
from credigestor.imports.batch import Batch, KnownCustomer, NewCustomer, NewSale
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.import_payments import PaymentFolder
from credigestor.imports.known_customers import known_customers, taken_by
from credigestor.imports.known_sales import KnownSale, known_sales
from credigestor.imports.lines import CustomerLine, NoteLine, PaymentLine, SaleLine
from credigestor.imports.lost_zeros import LostZeros
from credigestor.imports.making import SaleMaker
from credigestor.imports.parts import Take, Tally
from credigestor.imports.plan import Counts, Plan, rates_of
from credigestor.imports.problems import CUSTOMERS, NOTES, PAYMENTS, SALES, Problem, Problems
from credigestor.imports.reading import Row, Sheet, Source
from credigestor.imports.told import Remark, Told
from credigestor.rules.progress import Progress
from credigestor.rules.quoting import quote

T = TypeVar("T")
L = TypeVar("L", CustomerLine, SaleLine)

_AT_ONCE = 2_000  # rows that are looked up together
# Where each begins, its share of the time, and what is said meanwhile.
_READING = {
    CUSTOMERS: (0.0, 1.0, "Conferindo clientes"),
    NOTES: (0.0, 0.1, "Conferindo parcelas"),
    SALES: (0.1, 0.2, "Conferindo vendas"),
    PAYMENTS: (0.3, 0.15, "Conferindo pagamentos"),
}
_FOLDING = (0.45, 0.2, "Calculando juros, multas e saldos")
_TAKING = 0.65
_BEFORE = 0.2  # share of the customers, and of what is read before the first sale


class Preparation:
    """One check of one source; each step leaves what the next one looks up.

    The files are read one after the other, some rows at a time: what a row names is looked up
    in the files before it and in the database. Each part is handed to `take`, and no longer held.
    """

    def __init__(
        self,
        session: Session,
        source: Source,
        today: date,
        progress: Progress,
        choices: Choices = STRICT,
        *,
        problems: Problems,
        locking: bool,
        take: Take,
    ) -> None:
        self.session = session
        self.source = source
        self.today = today
        self.progress = progress
        self.choices = choices
        self.told = Told()
        settings = current_settings(session)
        self.take = take
        self.tally = Tally(rates_of(settings.model_dump()), closed_until(session))
        self.maker = SaleMaker(settings, choices, self.told, self._refuse, today)
        self.problems = problems
        self.batch = Batch()
        self.writes = False
        self.place = (0.0, _BEFORE)  # where the part begins, and its share of the whole
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
        self._say(0.0, "Abrindo os arquivos")
        for some in self._read(CUSTOMERS, row_checks.customer):
            self._check_customers(some)
        for part in range(parts := self.source.parts):
            if self.problems.enough:
                break
            self.place = (_BEFORE + (1 - _BEFORE) * part / parts, (1 - _BEFORE) / parts)
            self.source.turn_to(part)
            self._check_part(last=part + 1 == parts)
            self._hand_over()
        self.progress(1.0, "Conferência concluída")
        return self._plan()

    def _check_part(self, *, last: bool) -> None:
        """Check the sales of one part, with their notes and payments; what is known comes last."""
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
            start, share, what = _FOLDING
            self.folder.fold_into(
                self.batch, lambda done: self._say(start + share * done, what), last=last
            )

    def _hand_over(self) -> None:
        """Count a part, give it away, and forget it."""
        batch, self.batch = self.batch, Batch()
        self.tally.add(batch)
        self.writes |= bool(batch)
        self.take(batch, lambda done, what: self._say(_TAKING + (1 - _TAKING) * done, what))
        for customer in batch.customers:  # what is asked of them from now on
            customer.values = {"name": customer.values["name"]}
        self.sales.clear()
        self.first_lines[SALES].clear()
        batch.let_go()

    def _say(self, done: float, what: str) -> None:
        """Tell how much of the part is done."""
        start, share = self.place
        self.progress(start + share * done, what)

    def _plan(self) -> Plan:
        problems = [self.source.told(problem) for problem in self.problems.first()]
        return Plan(
            problems=problems,
            more_problems=self.problems.count - len(problems),
            notices=[*self.source.notices, *self.told.notices()],
            new=self.tally.new,
            known=Counts(**self.known | {"payments": self.folder.known}),
            writes=self.writes,
            closed=self.tally.closed,
            closed_until=self.tally.closed_until,
            remarks=tuple(
                Remark(*self.source.place(each.file, each.line), each.what, each.detail)
                for each in self.told.remarks
            ),
            changes=self.again.changes,
            waived=self.told.waived,
            rates=sorted(self.tally.rates),
        )

    def _read(
        self, file: str, check: Callable[[Sheet, Row, Problems], T | None]
    ) -> Iterator[list[T]]:
        sheet = self.source.sheets.get(file)
        if sheet is None:
            return
        start, share, what = _READING[file]
        lines: list[T] = []
        for row in sheet.rows(self.problems, lambda done: self._say(start + share * done, what)):
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
        taken = taken_by(self.session, lines)
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
        if refs:
            self.customers |= known_customers(self.session, refs)

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
        if refs:
            self.sales |= known_sales(self.session, refs)

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
