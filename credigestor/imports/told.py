"""What an import took otherwise than the rules would have it, told row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from credigestor.imports.lines import CustomerLine
from credigestor.imports.problems import CUSTOMERS
from credigestor.rules.money import ZERO

#: Rows of one kind that are kept to be named; the rest are counted.
MAX_TOLD = 5_000
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Remark:
    """One row that was taken as it is: file, line, what is special of it, and how it was taken."""

    file: str
    line: int
    what: str
    detail: str


class Told:
    """Remarks as they come: all are counted, the first of each kind kept."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []
        self.counts: Counter[str] = Counter()
        #: Charges that the import lets go, R$ (R29).
        self.waived = ZERO

    def counts_only(self, what: str) -> bool:
        """Count a row of a kind of which enough are told; False where it is to be added."""
        enough = self.counts[what] >= MAX_TOLD
        self.counts[what] += enough
        return enough

    def add(self, file: str, line: int, what: str, detail: str) -> None:
        """Tell of a row; `what` is its kind, a noun phrase in the plural."""
        self.counts[what] += 1
        if self.counts[what] <= MAX_TOLD:
            self.remarks.append(Remark(file, line, what, detail))

    def customer(self, line: CustomerLine) -> None:
        """Tell of a new customer of whom something is left to be asked."""
        if line.identification is None:
            what = "Clientes sem CPF, que só compram à vista até ele ser preenchido"
            self.add(CUSTOMERS, line.line, what, line.values["name"])
        if written := line.values["phone_text"]:
            self.add(CUSTOMERS, line.line, "Telefones a conferir", written)

    def notices(self) -> list[str]:
        """A sentence for each kind: how many, and the first of them."""
        found = []
        for what, count in self.counts.items():
            some = [each.detail for each in self.remarks if each.what == what][:_EXAMPLES]
            more = "; …" if count > len(some) else ""
            found.append(f"{what}: {count} ({'; '.join(some)}{more}).")
        return found
