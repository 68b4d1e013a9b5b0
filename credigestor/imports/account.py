"""What the files say is open, overdue and received, beside what the shop would have: to the cent.

The files' own figures are sums of their cells: of a note its amount, less what was paid of it but
for the charges that the row names. No rule of this program goes into them, so that a difference
shows what the rules did; each note that differs is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credigestor.imports.batch import Batch, NewCustomer, NewNote, NewPayment, NewSale
from credigestor.imports.plan import Plan
from credigestor.rules.money import ZERO

#: Notes that differ, and customers, that are named.
MAX_NAMED, SAMPLE = 1_000, 10


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as the files have it and as it would be here: a count, or R$ as Decimal."""

    name: str
    in_files: int | Decimal
    here: int | Decimal

    @property
    def difference(self) -> int | Decimal:
        """What there would be more here."""
        return self.here - self.in_files


@dataclass(frozen=True, slots=True)
class Differing:
    """A note that would be open otherwise than the files say, R$, and why."""

    sale: str
    number: int
    in_files: Decimal
    here: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """The new rows of the files beside what they make; `sample` has who owes most."""

    figures: Sequence[Figure]
    waived: Decimal
    sample: Sequence[Figure]
    differing: Sequence[Differing]
    more_differing: int


#: The columns of the whole check as rows.
REPORT = ("Parte", "Item", "Nos arquivos", "Na loja", "Detalhe")


def report_rows(plan: Plan) -> list[tuple[object, ...]]:
    """Totals, customers, notes that differ, rows taken as they were, and problems, as REPORT."""
    rows: list[tuple[object, ...]] = []
    if plan.account is not None:
        named = (("Totais", plan.account.figures), ("Clientes", plan.account.sample))
        rows += [
            (part, each.name, each.in_files, each.here, "") for part, some in named for each in some
        ]
        rows.append(("Totais", "Juros e multa dispensados", "", plan.waived, ""))
        rows += [
            ("Diferenças", f"{d.sale}/{d.number}", d.in_files, d.here, d.reason)
            for d in plan.account.differing
        ]
    rows += [(r.what, f"{r.file}, linha {r.line}", "", "", r.detail) for r in plan.remarks]
    rows += [("Problemas", f"{p.file}, linha {p.line}", "", "", p.reason) for p in plan.problems]
    return rows


class Sums:
    """What is received, open and overdue by the files and here, added up part by part."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.received = [ZERO, ZERO]
        self.open, self.overdue = [ZERO, ZERO], [ZERO, ZERO]
        self.customers: dict[str, list[Decimal]] = {}
        self.differing: list[Differing] = []
        self.more_differing = 0

    def add(self, batch: Batch) -> None:
        """Count the sales and payments that would be written."""
        self.received[0] += sum((each.amount for each in batch.payments if each.in_a_row), ZERO)
        self.received[1] += sum((each.amount for each in batch.payments), ZERO)
        for sale in batch.sales:
            self._add(sale)

    def account(self, plan: Plan) -> Account:
        """All of it, of a plan whose parts were added."""
        new = plan.new
        figures = [
            Figure("Vendas", new.sales, new.sales),
            Figure("Parcelas", new.notes, new.notes),
            Figure("Recebido", *self.received),
            Figure("Em aberto", *self.open),
            Figure("Vencido", *self.overdue),
        ]
        most = sorted(self.customers.items(), key=lambda each: (-each[1][1], each[0]))[:SAMPLE]
        sample = [Figure(name, *both) for name, both in most]
        return Account(figures, plan.waived, sample, self.differing, self.more_differing)

    def _add(self, sale: NewSale) -> None:
        """Count a sale's notes, both ways."""
        customer = sale.customer
        name = customer.values["name"] if isinstance(customer, NewCustomer) else "Já cadastrados"
        both = self.customers.setdefault(name, [ZERO, ZERO])
        for note, (in_files, here) in zip(sale.notes, _open(sale), strict=True):
            for k, value in enumerate((in_files, here)):
                self.open[k] += value
                both[k] += value
            if note.planned.due_date < self.today:
                self.overdue[0] += in_files
            if note.on_time_until < self.today:
                self.overdue[1] += here
            if in_files != here and len(self.differing) >= MAX_NAMED:
                self.more_differing += 1
            elif in_files != here:
                why = _why(in_files, here)
                self.differing.append(
                    Differing(sale.values["ref"] or "", note.number, in_files, here, why)
                )


def _open(sale: NewSale) -> Iterator[tuple[Decimal, Decimal]]:
    """Of each note what is open by the files, and here."""
    left = [note.terms.amount for note in sale.notes]
    for payment, goes_on in _payments(sale):
        given, rest = payment.given, payment.amount
        if given is not None:
            rest += given.discount - given.interest - given.fine
        first = max(payment.number - 1, 0)
        for k in (*range(first, len(left)), *range(first)):
            used = min(rest, left[k])
            left[k], rest = left[k] - used, rest - used
            if not goes_on:
                break  # what is above the note was charges
    for k, note in enumerate(sale.notes):
        ended = note.ended or sale.ended
        yield (left[k] if ended is None else ZERO), _here(sale, note)


def _here(sale: NewSale, note: NewNote) -> Decimal:
    if sale.cancelled_on is not None:
        return ZERO
    return note.terms.amount if note.last is None else note.last.state.principal


def _payments(sale: NewSale) -> list[tuple[NewPayment, bool]]:
    """Its payments that rows of the files say, by day, and whether each goes on to other notes."""
    found: dict[NewPayment, bool] = {}
    for note in sale.notes:
        for payment in note.payments:
            share = (note.shares or {}).get(payment)
            if payment.in_a_row:
                found[payment] = found.get(payment, False) or bool(share and share.again)
    return sorted(found.items(), key=lambda each: (each[0].paid_on, each[0].line))


def _why(in_files: Decimal, here: Decimal) -> str:
    if here > in_files:
        return "Juros e multa foram recebidos antes do principal, pelas regras da loja."
    return "O que passou de outra parcela foi para esta."
