"""Sales, instalments and payments of tables, as canonical cells.

A sale has a row of its own, or is the sum of its instalments' rows; what is only said by one of
them (a payment's amount, a day of sale) is taken from what the others say, and told in a notice.
A table is read once: its rows are set aside until all are known, since an instalment's number is
its place among them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from credigestor.imports.decoding import Fault
from credigestor.imports.documents import is_entry, split_document
from credigestor.imports.identities import FoundSale, SaleKeys, ordinal
from credigestor.imports.notes_in_row import notes_in_row
from credigestor.imports.recognising import SAMPLE, Kind
from credigestor.imports.spool import Item, Spool
from credigestor.imports.table_lines import Group, Line, TableLines, cents, in_reais

Cells = dict[str, str]
Made = Iterator[tuple[int, Cells]]
_SALE = (
    *("ref", "cliente", "data", "descricao", "valor_total", "entrada", "parcelas"),
    *("primeiro_vencimento", "taxa", "mora", "multa", "carencia", "situacao", "data_situacao"),
)
#: Sales that are held at once, with their instalments and payments.
_A_PART = 1_000
_TOLD = {
    "undated": "Vendas sem data: foi tomada a de um mês antes do primeiro vencimento",
    "remaining": "Parcelas de que se sabe o saldo e não o que foi pago: entraram pelo saldo",
    "unpriced": "Pagamentos sem valor: foi tomado o da parcela",
}


class SaleRows:
    """What was found of the sales, and the rows made of it."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._found: dict[str, FoundSale] = {}
        self._own: set[str] = set()  # sales that have a row of their own
        #: The part of each sale that is named, and the sales of each that are found.
        self._part_of: dict[str, int] = {}
        self._found_in: list[list[FoundSale]] = []
        self._owners: dict[str, str] = {}
        self._one_of: dict[str, str] = {}  # the sale of each customer; empty where there are more
        self._by_number: dict[str, tuple[str, int, int, int]] = {}
        self._counted = Counter[str]()
        # The line of each, and what its cells are made of.
        self._sales, self._notes, self._payments = Spool(), Spool(), Spool()

    def anew(self) -> SaleRows:
        """The same, with nothing found."""
        return SaleRows(self._on)

    def keys(self, table: TableLines) -> SaleKeys:
        """What tells the sales of a table's rows apart, from its first row on."""
        return SaleKeys(table, self._owners, splits=_splits(table))

    def add(self, keys: SaleKeys, line: Line, customer: str) -> None:
        """Take in a row; raises WrongCell where an amount of it cannot be read."""
        if keys.kind is Kind.SALES:
            self._add_sale(keys, line, customer)
        elif keys.kind is Kind.PAYMENTS:
            self._add_payment(keys, line, customer)
        else:
            self._add_note(keys, line, customer, balance=keys.kind is Kind.BALANCES)

    @property
    def parts(self) -> int:
        """How many parts there are, of so many sales each; one, where there is no sale."""
        return max(-(-len(self._part_of) // _A_PART), 1)

    def _part(self, ref: str) -> int:
        return self._part_of.setdefault(ref, len(self._part_of) // _A_PART)

    def _of_customer(self, customer: str, ref: str) -> None:
        if self._one_of.setdefault(customer, ref) != ref:
            self._one_of[customer] = ""

    def _add_sale(self, keys: SaleKeys, line: Line, customer: str) -> None:
        ref = keys.sale(line, customer)
        self._own.add(ref)
        self._of_customer(customer, ref)
        entry, total = line["entrada"] or "0.00", line["valor_total"]
        count, first = line["parcelas"].rstrip("xX "), line["primeiro_vencimento"]
        notes = notes_in_row(line, keys.table)
        if notes:
            count = str(len(notes))
            first = first or min((each.due for each in notes if ordinal(each.due)), default="")
            total = total or in_reais(sum(cents(each.amount) for each in notes) + cents(entry))
        elif not count and total and cents(total) == cents(entry):
            count = "0"
        said = (line["data"], line["descricao"], total, entry, count, first)
        part = self._part(ref)
        more = [line[name] for name in _SALE[8:]]
        self._sales.append((line.number, ref, customer, *said, *more), part)
        for number, note in enumerate(notes, start=1):
            place = (line.number, ref, number, -1, 0, 0)
            self._notes.append((*place, "", note.due, note.amount, note.status, ""), part)
            paid = self._paid(note.paid_on, note.paid, note.amount, note.status, ("", "", ""))
            if paid:
                self._payments.append((*place, note.paid_on, paid, note.way, "", "", ""), part)

    def _add_note(self, keys: SaleKeys, line: Line, customer: str, *, balance: bool) -> None:
        ref, number = keys.of(line, customer)
        numbered, amount, owed, due, status, old, since, paid_on, paid, way, *said = line.fields(
            Group.NOTE
        )
        if balance:
            amount = owed
        elif owed and not paid and not paid_on:
            amount, status = self._remaining(amount, owed, status)
        value = cents(amount)
        if balance and not value:
            return
        due = due or (self._on.isoformat() if balance else "")
        day = ordinal(due)
        sale = self._found.get(ref)
        if sale is None:
            sale = self._found[ref] = FoundSale(
                ref=ref,
                customer=customer,
                line=line.number,
                sold_on=line["data"],
                description=line["descricao"] or ("Saldo anterior" if balance else ""),
                entry=line["entrada"],
            )
            self._of_customer(customer, ref)
        if is_entry(numbered) and (paid_on or paid or status == "paga"):
            sale.entry = in_reais(cents(sale.entry) + (cents(paid) or value))
            return
        nth = 0 if number else keys.nth(ref)
        sale.add(number, day, value)
        if old:
            self._by_number[old] = (ref, number, day, value)
        part, place = self._part(ref), (line.number, ref, number, day, value, nth)
        self._notes.append((*place, old, due, amount, status, since), part)
        if paid := self._paid(paid_on, paid, amount, status, said):
            way = way or keys.table.blank_way
            self._payments.append((*place, paid_on, paid, way, *said), part)
            if ordinal(paid_on) and (not sale.first_paid or paid_on < sale.first_paid):
                sale.first_paid = paid_on

    def _remaining(self, amount: str, owed: str, status: str) -> tuple[str, str]:
        """An instalment of which only what remains is said, and not what was paid, or when."""
        if not cents(owed):
            return amount, status or "paga"
        if cents(owed) < cents(amount):
            self._counted["remaining"] += 1
            return owed, status
        return amount, status

    def _paid(self, on: str, amount: str, value: str, status: str, extra: Sequence[str]) -> str:
        """What was paid: as said, else all of it where a day is said and nothing against it."""
        if amount:
            return amount if cents(amount) else ""
        if not on or status in ("aberta", "cancelada", "devolvida"):
            return ""
        self._counted["unpriced"] += 1
        interest, fine, discount = map(cents, extra)
        return in_reais(cents(value) + interest + fine - abs(discount))

    def _add_payment(self, keys: SaleKeys, line: Line, customer: str) -> None:
        """A row of payments; its sale is looked up when all are known."""
        ref, number = keys.of(line, customer, paid=True)
        old, place = line["numero_antigo"], (-1, 0, 0)
        if old and "venda" not in keys.table:
            ref, number, *rest = self._by_number.get(old, (old, number, -1, 0))
            place = (rest[0], rest[1], 0)
        ref = ref or self._one_of.get(customer, "")
        said = line.fields(Group.PAYMENT)
        said[2] = said[2] or keys.table.blank_way
        item = (line.number, ref, number or line["parcela"], *place, *said)
        self._payments.append(item, self._part(ref))

    def close(self) -> None:
        """Number the instalments: all rows that have some are taken in."""
        self._found_in = [[] for _ in range(self.parts)]
        for sale in self._found.values():
            sale.close()
            self._found_in[self._part(sale.ref)].append(sale)

    def sales(self, part: int) -> Made:
        """The sales that have a row of their own, then those known by their instalments."""
        for line, *cells in self._sales.of(part):
            sale = dict(zip(_SALE, map(str, cells), strict=True))
            if found := self._found.get(sale["ref"]):
                sale["parcelas"] = sale["parcelas"] or str(found.count)
                sale["primeiro_vencimento"] = sale["primeiro_vencimento"] or found.first_due
                total = in_reais(found.total + cents(sale["entrada"]))
                sale["valor_total"] = sale["valor_total"] or total
            yield int(line), sale
        for found in self._found_in[part]:
            if found.ref not in self._own:
                self._counted["undated"] += not found.sold_on
                yield found.line, self._cells_of(found)

    def _cells_of(self, sale: FoundSale) -> Cells:
        return dict.fromkeys(_SALE, "") | {
            "ref": sale.ref,
            "cliente": sale.customer,
            "data": sale.day(self._on),
            "descricao": sale.description,
            "valor_total": in_reais(sale.total),
            "entrada": sale.entry or "0.00",
            "parcelas": str(sale.count),
            "primeiro_vencimento": sale.first_due,
        }

    def notices(self, *kinds: str) -> list[str]:
        """What was taken from elsewhere, and how often."""
        counts = {what: self._counted.pop(what, 0) for what in kinds}
        return [f"{_TOLD[what]} ({count})." for what, count in counts.items() if count]

    def notes(self, part: int) -> Made:
        """The instalments of sales that say them one by one; each once."""
        seen: set[tuple[str, int]] = set()
        for item in self._notes.of(part):
            line, ref, number, *_ = item
            _, _, _, _, _, _, old, due, amount, status, since = item
            ours = self._number(item)
            sale = self._found.get(str(ref))
            if sale is not None and sale.again:
                if (sale.ref, ours) in seen:
                    continue
                seen.add((sale.ref, ours))
            yield (
                int(line),
                {
                    "venda": str(ref),
                    "parcela": str(ours),
                    "numero_antigo": str(old or (number if number not in (0, ours) else "")),
                    "vencimento": str(due),
                    "valor": str(amount),
                    "situacao": str(status),
                    "data_situacao": str(since),
                },
            )

    def payments(self, part: int) -> Made:
        """What was paid."""
        for item in self._payments.of(part):
            line, ref, number, day, _, _, paid_on, paid, way, interest, fine, discount = item
            ours: str | int = self._number(item) if isinstance(number, int) else number
            if day == -1 and isinstance(number, int) and (sale := self._found.get(str(ref))):
                ours = sale.numbered(number) or number
            yield (
                int(line),
                {
                    "venda": str(ref),
                    "parcela": str(ours) if ours else "",
                    "data": str(paid_on),
                    "valor": str(paid),
                    "forma": str(way),
                    "juros": str(interest),
                    "multa": str(fine),
                    "desconto": str(discount).removeprefix("-"),
                },
            )

    def _number(self, item: Item) -> int:
        """Our number of an instalment: that of a row of its own sale is the file's."""
        _, ref, number, day, value, nth, *_ = item
        sale = self._found.get(str(ref))
        if sale is None or day == -1 or (sale.regular and number):
            return int(number)
        return sale.ours(int(number), int(day), int(value), int(nth))


def _splits(table: TableLines) -> bool:
    """Whether documents end in the instalment's number: most do, and no other number says else."""
    if "venda" not in table or table.kind is Kind.SALES:
        return False
    rows = [cells for _, cells in table.sent.table.first(SAMPLE) if not isinstance(cells, Fault)]
    return _look_split([(line["venda"], line["parcela"]) for line in table.of_cells(rows)])


def _look_split(said: Sequence[tuple[str, str]]) -> bool:
    documents = [(document, number) for document, number in said if document]
    inside = [(split_document(document)[1], number) for document, number in documents]
    most = 0.8 * len(documents)
    if not inside or sum(bool(inner) for inner, _ in inside) < most:
        return False
    if not any(number for _, number in documents):
        return True
    same = [re.sub(r"\D.*", "", n).lstrip("0") == inner.lstrip("0") for inner, n in inside]
    return sum(same) >= most
