"""A shop's past as an old program kept it, at random, with that program's own books.

The books are cents by note: what was sold, less what was paid of it. They know nothing of this
program's rules; interest and fine are whatever somebody typed in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.imports.past import Row, files
from tests.portfolio import TODAY


@dataclass
class Books:
    """What the old program says: cents that are open and when due by note, received and let go."""

    open: dict[tuple[str, int], int] = field(default_factory=dict)
    due: dict[tuple[str, int], date] = field(default_factory=dict)
    received: int = 0
    cancelled: set[str] = field(default_factory=set)


@dataclass
class OldShop:
    """The rows of its export, and its books."""

    books: Books = field(default_factory=Books)
    sales: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)

    def contents(self) -> dict[str, bytes]:
        """The four files."""
        return files(sales=self.sales, notes=self.notes, payments=self.payments)


def shown(cents: int) -> str:
    """Cents as a spreadsheet has them."""
    return f"{cents // 100},{cents % 100:02}"


def old_shop(seed: int, sales: int = 41) -> OldShop:
    """A shop of so many sales, in which everything happened that happens."""
    random, shop = Random(seed), OldShop()
    for number in range(1, sales + 1):
        _sale(shop, f"{number:05}", random)
    return shop


def _sale(shop: OldShop, ref: str, random: Random) -> None:
    sold = TODAY - timedelta(days=random.randint(60, 900))
    faces = [random.randint(2_000, 30_000) for _ in range(random.randint(1, 6))]
    dues = [sold + timedelta(days=random.randint(10, 40))]
    for _ in faces[1:]:
        dues.append(dues[-1] + timedelta(days=random.choice([7, 15, 30, 31, 45])))
    down = random.choice([0, 0, 5_000])
    interest = random.choice([0, 0, sum(faces) // 20])
    end = random.choice([""] * 12 + ["cancelada", "devolvida"])
    typed = dues[0] + timedelta(days=5) if random.random() < 0.15 else sold
    shop.sales.append(
        {
            "ref": ref,
            "data": f"{typed:%d/%m/%Y}",
            "entrada": shown(down),
            "situacao": end,
            "valor_total": shown(sum(faces) - interest + down),
        }
    )
    book = {(ref, k): face for k, face in enumerate(faces, start=1)}
    shop.books.due |= {(ref, k): due for k, due in enumerate(dues, start=1)}
    states = dict.fromkeys(book, "")
    if not (end == "cancelada" and random.random() < 0.5):
        _payments(shop, ref, book, states, random)
    paid = "paga" in states.values() or any(row["venda"] == ref for row in shop.payments)
    if end == "cancelada" and not paid:
        shop.books.cancelled.add(ref)
    for key, due in zip(book, dues, strict=True):
        if not states[key] and random.random() < 0.04:
            states[key] = random.choice(["cancelada", "renegociada"])
        row = {"venda": ref, "parcela": str(key[1]), "vencimento": f"{due:%d/%m/%Y}"}
        shop.notes.append({**row, "valor": shown(faces[key[1] - 1]), "situacao": states[key]})
        gone = end or states[key] in ("cancelada", "renegociada")
        shop.books.open[key] = 0 if gone else book[key]


def _payments(
    shop: OldShop,
    ref: str,
    book: dict[tuple[str, int], int],
    states: dict[tuple[str, int], str],
    random: Random,
) -> None:
    """Pay some notes in order, each in one of the ways in which people pay."""
    for key in list(book):
        if not book[key]:
            continue
        day = shop.books.due[key] + timedelta(days=random.choice([-3, 0, 0, 12, 50, 200]))
        if day > TODAY or random.random() < 0.12:
            return  # nobody pays any more
        way = random.choice(["face", "part", "columns", "discount", "spill", "undated", "rounded"])
        if way == "undated":
            states[key] = "paga"
            shop.books.received += book[key]
            book[key] = 0
        else:
            _paid(shop, key, day, way, book, random)


def _paid(
    shop: OldShop,
    key: tuple[str, int],
    day: date,
    way: str,
    book: dict[tuple[str, int], int],
    random: Random,
) -> None:
    left, late = book[key], (day - shop.books.due[key]).days > 6
    rest = [other for other in book if other[1] > key[1] and book[other]]
    book[key] = 0
    if way == "part" and left > 2:
        first = random.randint(1, left - 1)
        _pay(shop, key, day, first)
        if (later := day + timedelta(days=20)) <= TODAY:
            _pay(shop, key, later, left - first)
        else:
            book[key] = left - first
    elif way == "columns" and late:
        charges = [random.randint(0, left // 5), random.randint(0, left // 20)]
        _pay(shop, key, day, left + sum(charges), juros=charges[0], multa=charges[1])
    elif way == "discount" and left > 200:
        _pay(shop, key, day, left - 100, desconto=100)
    elif way == "spill" and rest:
        more = book[rest[0]] if late else random.randint(1, book[rest[0]])
        _pay(shop, key, day, left + more)
        book[rest[0]] -= more
    else:
        rounded = random.randint(1, left // 4) if way == "rounded" and late and not rest else 0
        _pay(shop, key, day, left + rounded)


def _pay(shop: OldShop, key: tuple[str, int], day: date, cents: int, **columns: int) -> None:
    given = {name: shown(value) for name, value in columns.items()}
    row = {"venda": key[0], "parcela": str(key[1]), "data": f"{day:%d/%m/%Y}"}
    shop.payments.append({**row, "valor": shown(cents), **given})
    shop.books.received += cents
