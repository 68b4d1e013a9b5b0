"""Who and which sale a row is about, however its table says it; only references are kept.

The same tables give the same references, so that a second import knows what it brought before.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from credigestor.imports.documents import number_of, split_document
from credigestor.imports.table_lines import Group, Line, TableLines, cents
from credigestor.rules.calendar import months_on
from credigestor.rules.identity import fold
from credigestor.rules.mending import padded_tax_id

_NOBODY = ("", "", "")
_MAX_REF = 60  # characters, as the import has it
_MANY = 400  # instalments: a sale that seems to have more is refused for their number


def reference(*parts: str) -> str:
    """One reference of these parts, cut where it is too long, and then still its own.

    >>> reference("Ana Luz", "2026-01-05"), len(reference("a" * 300))
    ('Ana Luz 2026-01-05', 60)
    """
    text = " ".join(" ".join(parts).split())
    if len(text) <= _MAX_REF:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{text[: _MAX_REF - 9]}~{digest}"


class People:
    """The customers of the tables by their code, CPF and name; each has one reference."""

    def __init__(self) -> None:
        self._codes: set[str] = set()
        self._by_tax_id: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._seen: dict[tuple[str, ...], str] = {}
        self._last = ""

    def add(self, line: Line) -> str:
        """The reference of a row of customers."""
        return self._known(line["cliente"], line["cpf"], line["nome"])

    def of(self, line: Line) -> str:
        """The reference of whom a row is about; a row that says nobody is about the one before."""
        said = tuple(line.fields(Group.WHO))
        if said == _NOBODY:
            return self._last
        ref = self._seen.get(said)
        if ref is None:
            ref = self._seen[said] = self._find(*said)
        self._last = ref
        return ref

    def begin(self) -> None:
        """Forget whom the row before was about: another table begins."""
        self._last = ""

    def _find(self, code: str, tax_id: str, name: str) -> str:
        if code:
            # "Cliente" may be a CPF or a name, too.
            if code in self._codes or tax_id or name:
                return code if code in self._codes else self._known(code, tax_id, name)
            by_tax_id = self._by_tax_id.get(_bare(code))
            return by_tax_id or self._by_name.get(fold(code)) or code
        if tax_id:
            return self._by_tax_id.get(_bare(tax_id)) or self._known("", tax_id, name)
        return self._by_name.get(fold(name)) or self._known("", "", name)

    def _known(self, code: str, tax_id: str, name: str) -> str:
        bare = _bare(tax_id)
        ref = reference(code or bare or name)
        if code:
            self._codes.add(code)
        if bare:
            self._by_tax_id.setdefault(bare, ref)
        if name:
            self._by_name.setdefault(fold(name), ref)
        return ref


def _bare(tax_id: str) -> str:
    return padded_tax_id(tax_id) or re.sub(r"[^0-9A-Z]", "", tax_id.upper())


@dataclass(slots=True)
class FoundSale:
    """A sale that is only known by its instalments: what its first row says, and their sums.

    `notes` has, for each: the number said (0: none), the day it is due, cents, and our number.
    """

    ref: str
    customer: str
    line: int
    sold_on: str
    description: str
    entry: str
    first_paid: str = ""
    #: Whether our numbers are those of the file, and whether an instalment has several rows.
    regular: bool = True
    again: bool = False
    notes: array[int] = field(default_factory=lambda: array("q"))

    def add(self, number: int, due: int, amount: int) -> None:
        """One more row: a new instalment, or another payment of one that is there."""
        notes = self.notes
        if len(notes) >= 4 * _MANY:
            return
        if number:
            for k in range(0, len(notes), 4):
                if notes[k] == number and notes[k + 1] == due and notes[k + 2] == amount:
                    self.again = True
                    return
        notes.extend((number, due, amount, len(notes) // 4 + 1))

    def close(self) -> None:
        """Number the instalments: 1, 2, 3 … in the order of their own numbers, then of the rows."""
        notes = self.notes
        count = len(notes) // 4
        self.regular = all(notes[4 * k] == k + 1 for k in range(count))
        if self.regular:
            return
        order = sorted(range(count), key=lambda k: (notes[4 * k] or 10_000, notes[4 * k + 1], k))
        for ours, k in enumerate(order, start=1):
            notes[4 * k + 3] = ours

    def ours(self, number: int, due: int, amount: int, nth: int) -> int:
        """Our number of a row's instalment; of one without a number it is the nth of those."""
        if self.regular and number:
            return number
        notes = self.notes
        for k in range(0, len(notes), 4):
            if number:
                if notes[k] == number and notes[k + 1] == due and notes[k + 2] == amount:
                    return notes[k + 3]
            elif not notes[k]:
                nth -= 1
                if nth < 0:
                    return notes[k + 3]
        return 0

    def numbered(self, number: int) -> int:
        """Our number of the first instalment that has a number of the file; 0 of none."""
        if self.regular:
            return number
        notes = self.notes
        return next((notes[k + 3] for k in range(0, len(notes), 4) if notes[k] == number), 0)

    @property
    def count(self) -> int:
        """How many instalments there are."""
        return len(self.notes) // 4

    @property
    def total(self) -> int:
        """The sum of the instalments and what was paid down, in cents."""
        return sum(self.notes[2::4]) + cents(self.entry)

    def day(self, on: date) -> str:
        """When it was sold: as said, else a month before it was first due, no later than `on`."""
        if self.sold_on:
            return self.sold_on
        days = [date.fromordinal(due) for due in self.notes[1::4] if due]
        first = months_on(min(days), -1) if days else on
        paid = [date.fromisoformat(self.first_paid)] if self.first_paid else []
        return min([first, on, *paid]).isoformat()

    @property
    def first_due(self) -> str:
        """The first day on which an instalment is due."""
        days = [due for due in self.notes[1::4] if due]
        return date.fromordinal(min(days)).isoformat() if days else ""


class SaleKeys:
    """The sale of each row of instalments, in the order of the rows; begun anew for each reading.

    By its document; without one by customer and day of sale; without that a sale ends where the
    numbers of a customer begin again; without numbers each row is a sale.
    """

    def __init__(self, table: TableLines, owners: dict[str, str], *, splits: bool) -> None:
        self.table, self.kind = table, table.kind
        self._owners = owners  # the customer of each document, of the first row that has it
        self._splits = splits
        self._runs: dict[str, tuple[int, int]] = {}
        self._alike = Counter[str]()
        self._rows = Counter[str]()

    def of(self, line: Line, customer: str, *, paid: bool = False) -> tuple[str, int]:
        """The reference of the row's sale, and the number said of its instalment; 0 of none.

        Of a row of payments (`paid`) that names no sale the reference is empty.
        """
        document, said, sold = line.fields(Group.KEY)
        number = number_of(said)
        if self._splits and document:
            document, inside = split_document(document)
            number = number or int(inside or 0)
        if document:
            return self._of_document(document, customer), number
        if sold:
            return reference(customer, sold), number
        if paid:
            return "", number
        if number:
            run, last = self._runs.get(customer, (1, 0))
            run += number < last
            self._runs[customer] = run, number
            return reference(customer, f"#{run}") if run > 1 else customer, number
        amount = line["valor"] or line["saldo"]
        return self._alone(reference(customer, line["vencimento"], amount)), 0

    def sale(self, line: Line, customer: str) -> str:
        """The reference of a sale that has a row of its own."""
        if document := line["venda"]:
            return self._of_document(document, customer)
        return self._alone(reference(customer, line["data"], line["valor_total"]))

    def _of_document(self, document: str, customer: str) -> str:
        """Two customers may have one number each: the second's has their name with it."""
        if customer and self._owners.setdefault(document, customer) != customer:
            return reference(document, customer)
        return reference(document) if " " in document or len(document) > _MAX_REF else document

    def _alone(self, ref: str) -> str:
        self._alike[ref] += 1
        return reference(ref, f"#{self._alike[ref]}") if self._alike[ref] > 1 else ref

    def nth(self, ref: str) -> int:
        """How many rows of a sale came before this one, of those without a number."""
        self._rows[ref] += 1
        return self._rows[ref] - 1


@lru_cache(maxsize=2**15)
def ordinal(iso: str) -> int:
    """The number of a day written as ISO; 0 where it is none.

    >>> ordinal("2026-01-05") - ordinal("2026-01-04"), ordinal("amanhã"), ordinal("")
    (1, 0, 0)
    """
    try:
        return date.fromisoformat(iso).toordinal() if len(iso) == 10 else 0
    except ValueError:
        return 0
