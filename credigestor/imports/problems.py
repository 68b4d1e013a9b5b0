"""What is wrong in the files of an import: named up to a number, counted up to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

CUSTOMERS, SALES, PAYMENTS = "clientes.csv", "vendas.csv", "pagamentos.csv"
#: May be missing: it has the notes of those sales whose notes no rule makes.
NOTES = "parcelas.csv"
#: The files of an import, in the order in which their problems are told.
FILES = (CUSTOMERS, SALES, NOTES, PAYMENTS)
#: Problems that a report names; the rest are counted.
MAX_PROBLEMS = 1_000
#: So many are counted: files with more of them are not read to their end.
ENOUGH_PROBLEMS = 10_000


#: Keeps a problem: file, line, column, reason.
Refuse = Callable[[str, int, str, str], None]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Why a row cannot be imported: file, line (the header's is usually 1), column, reason.

    `column` is empty when the whole line is meant; `line` is 0 when the whole file is.
    """

    file: str
    line: int
    column: str
    reason: str


class Problems:
    """Problems as they are found: the first of them by file and line are kept, all counted.

    Files full of wrong rows have millions of them.
    """

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self.count = 0

    @property
    def enough(self) -> bool:
        """Whether there are so many that reading on is of no use."""
        return self.count >= ENOUGH_PROBLEMS

    def append(self, problem: Problem) -> None:
        """Count a problem, and keep it unless enough come before it."""
        self.count += 1
        self._kept.append(problem)
        if len(self._kept) >= 2 * MAX_PROBLEMS:
            self._kept = self.first()

    def first(self) -> list[Problem]:
        """The first MAX_PROBLEMS of them, in order of file and line."""
        ordered = sorted(self._kept, key=lambda problem: (FILES.index(problem.file), problem.line))
        return ordered[:MAX_PROBLEMS]
