"""What an import finds changed since an earlier one: told, never doubled, put right by choice.

A row is known by its reference, and so a payment by its note, date, amount and method: where the
files cover the day of one that is on record and do not have it, while they have a new one of the
same note, that one was changed. So was one whose row says another split, or says one where the
rules had split it otherwise. What an import cannot put right (a sale's money) is told alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, Integer, any_, func, literal, select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Note, Payment, PaymentItem, Reversal, Sale
from credigestor.db.steps import DUE_AS_MADE
from credigestor.imports.batch import Given, NewPayment
from credigestor.imports.known_customers import any_of
from credigestor.imports.lines import CustomerLine, NoteLine, SaleLine
from credigestor.imports.problems import CUSTOMERS, NOTES, PAYMENTS, SALES
from credigestor.imports.references import MARK, likeness, parted, split_text
from credigestor.imports.told import Told
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import in_words
from credigestor.rules.money import CENT, ZERO, format_number
from credigestor.rules.permissions import Actor
from credigestor.services import customers, payments

CHANGED = {
    CUSTOMERS: "Clientes que mudaram desde a importação anterior",
    SALES: "Vendas que mudaram desde a importação anterior, e não são alteradas",
    NOTES: "Parcelas que mudaram desde a importação anterior, e não são alteradas",
    PAYMENTS: "Pagamentos que mudaram desde a importação anterior",
}
WHY = "Importação: a linha mudou no arquivo"
_NAMES = {
    "name": "nome",
    "tax_id": "CPF",
    "phone": "telefone",
    "email": "e-mail",
    "city": "cidade",
    "state": "UF",
    "zip_code": "CEP",
    "street": "rua",
    "street_number": "número",
    "complement": "complemento",
    "district": "bairro",
    "birth_date": "nascimento",
    "credit_limit": "limite",
    "remarks": "observações",
    "second_phone": "segundo telefone",
    "phone_text": "telefone a conferir",
    "workplace": "trabalho",
    "spouse": "cônjuge",
    "personal_references": "referências",
    "foreign_document": "documento estrangeiro",
    "country": "país",
    "total": "valor total",
    "down_payment": "entrada",
    "sold_on": "data",
    "description": "descrição",
    "installments": "parcelas",
    "due_date": "vencimento",
    "amount": "valor",
}


@dataclass
class Changes:
    """What may be put right: payments to reverse, and customers' columns, by their ids."""

    payments: list[int]
    customers: dict[int, dict[str, Any]]

    def __bool__(self) -> bool:
        return bool(self.payments or self.customers)

    def apply(self, session: Session, actor: Actor, *, today: date) -> None:
        """Undo the payments, whose new rows an import then finds new, and change the customers."""
        for payment_id in self.payments:
            payments.reverse(session, actor, payment_id=payment_id, why=WHY, today=today)
        for customer_id, values in self.customers.items():
            customers.amend(session, actor, customer_id=customer_id, values=values)


class Again:
    """Lays rows that are known beside what is on record of them."""

    def __init__(self, session: Session, told: Told) -> None:
        self.session = session
        self.told = told
        self.changes = Changes([], {})

    def customers(self, lines: Mapping[int, CustomerLine]) -> None:
        """Compare customers, by their ids; an empty cell says nothing."""
        if not lines:
            return
        names = [name for name in next(iter(lines.values())).values if name != "name_folded"]
        table = Customer.__table__.c
        columns = [table.id, table.anonymised_at, *(table[name] for name in names)]
        for row in self._by_id(columns, table.id, lines):
            line = lines[row["id"]]
            new = {n: v for n in names if (v := line.values[n]) not in (None, row[n])}
            if new and row["anonymised_at"] is None:
                self._tell(CUSTOMERS, line.line, f"cliente {line.ref}", row, new)
                folded = {"name_folded": line.values["name_folded"]} if "name" in new else {}
                self.changes.customers[row["id"]] = new | folded

    def sales(self, lines: Mapping[int, SaleLine]) -> None:
        """Compare sales, by their ids. One that was typed in late keeps its earlier day."""
        table = Sale.__table__.c
        names = ("sold_on", "total", "down_payment", "description", "installments")
        for row in self._by_id([table.id, *(table[name] for name in names)], table.id, lines):
            line = lines[row["id"]]
            said = {name: getattr(line, name) for name in names}
            new = {name: value for name, value in said.items() if value != row[name]}
            if line.sold_on > row["sold_on"]:
                new.pop("sold_on", None)
            if 0 < line.total - row["total"] <= CENT * row["installments"]:
                new.pop("total", None)
            if not line.installments:
                new.pop("installments", None)
            if new:
                self._tell(SALES, line.line, f"venda {line.ref}", row, new)

    def notes(self, rows: Mapping[int, Sequence[NoteLine]]) -> None:
        """Compare the listed notes of sales, by the sales' ids."""
        columns = [Note.sale_id, Note.number, Note.amount, DUE_AS_MADE.label("due_date")]
        for note in self._by_id(columns, Note.sale_id, rows):
            listed = rows[note["sale_id"]]
            if note["number"] > len(listed):
                continue
            row = listed[note["number"] - 1]
            said = {"due_date": row.due_date, "amount": row.amount}
            new = {name: value for name, value in said.items() if value != note[name]}
            if new:
                about = f"venda {row.sale_ref}, parcela {row.number}"
                self._tell(NOTES, row.line, about, note, new)

    def undone(self) -> set[str]:
        """References of payments that were put right: whose row comes back is a new one."""
        found = select(Payment.ref).join(Reversal, Reversal.payment_id == Payment.id)
        there = self.session.scalars(found.where(Reversal.reason == WHY))
        return {ref for ref in there if ref is not None}

    def splits(self, rows: Mapping[str, NewPayment]) -> tuple[set[NewPayment], set[NewPayment]]:
        """Which payments are on record without the split that their rows say: as such, and changed.

        `rows` by their references without it. One that an import has undone is not on record.
        """
        if not rows:
            return set(), set()
        p, i = Payment, PaymentItem
        sums: tuple[Any, ...] = tuple(map(func.sum, (i.interest, i.fine, i.discount)))
        found = (
            select(p.id, p.ref, p.paid_on, p.amount, p.way, Reversal.reason, *sums)
            .join_from(p, i, i.payment_id == p.id)
            .outerjoin(Reversal, Reversal.payment_id == p.id)
            .where(any_of(p.ref, rows))
            .group_by(p.id, Reversal.id)
            .order_by(p.id)
        )
        same: set[NewPayment] = set()
        changed: set[NewPayment] = set()
        for row in self.session.execute(found):
            *_, interest, fine, discount = row
            payment, split = rows[row.ref], split_text(Given(interest, fine, discount))
            if row.reason is None and split != payment.split:
                changed.add(payment)
                self._change(row, split, payment, *row.ref.rsplit("/", 4)[:2])
            elif row.reason != WHY:
                same.add(payment)
        return same, changed

    def payments(
        self,
        new: Mapping[tuple[str, int], Sequence[NewPayment]],
        sale_ids: Collection[int],
        in_files: Collection[str],
        first_day: date,
    ) -> tuple[set[NewPayment], set[NewPayment]]:
        """Which new payments of notes are, or take the place of, one on record that the files lack.

        `new` by the sale's reference and the note's number, `in_files` the references of what is
        on record and that the files have of these sales, from `first_day` on. They are the same
        where the row alone says no split any more: an empty cell says nothing.
        """
        if not new:
            return set(), set()
        p, i = Payment, PaymentItem
        found = (
            select(p.id, p.ref, p.paid_on, p.amount, p.way)
            .distinct()
            .join_from(p, i, i.payment_id == p.id)
            .join(Note, Note.id == i.note_id)
            .where(
                Note.sale_id == any_(literal(list(sale_ids), ARRAY(Integer))),
                p.ref.is_not(None) & i.reversed.is_(False) & (p.paid_on >= first_day),
            )
        )
        gone: dict[tuple[str, int], list[Any]] = {}
        for row in self.session.execute(found.order_by(p.id)):
            if row.ref not in in_files:
                sale, number, *_ = row.ref.rsplit("/", 4)
                gone.setdefault((sale, int(number)), []).append(row)
        same: set[NewPayment] = set()
        changed: set[NewPayment] = set()
        for key, rows in gone.items():
            for old in rows:
                alike, split = parted(old.ref)
                left = [p for p in new.get(key, ()) if p not in changed and p not in same]
                bare = (p for p in left if not p.split)
                if silent := next((p for p in bare if likeness(*key, p) == alike), None):
                    same.add(silent)
                    continue
                taken = _likest(old, left)
                if taken is not None:
                    changed.add(taken)
                    self._change(old, split, taken, *key)
        return same, changed

    def _change(self, old: Any, split: str, new: NewPayment, sale: str, number: int | str) -> None:
        self.changes.payments.append(old.id)
        about = f"venda {sale}, parcela {number}"
        told = _passed(about, old, new, split)
        self.told.add(PAYMENTS, new.line, CHANGED[PAYMENTS], told)

    def _by_id(
        self, columns: Sequence[Any], key: Any, ids: Collection[int]
    ) -> Sequence[Mapping[Any, Any]]:
        if not ids:
            return []
        wanted = any_(literal(list(ids), ARRAY(Integer)))
        return self.session.execute(select(*columns).where(key == wanted)).mappings().all()

    def _tell(
        self, file: str, line: int, about: str, there: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        parts = (
            f"{_NAMES.get(name, name)} {_shown(there[name])} passou a {_shown(value)}"
            for name, value in new.items()
        )
        self.told.add(file, line, CHANGED[file], f"{about}: {', '.join(parts)}")


def _likest(old: Any, new: Sequence[NewPayment]) -> NewPayment | None:
    """The new payment that an old one became: of its day, else of its amount, else none."""
    for payment in new:
        if payment.paid_on == old.paid_on:
            return payment
    for payment in new:
        if payment.amount == old.amount:
            return payment
    return None


def _passed(about: str, old: Any, new: NewPayment, split: str = "") -> str:
    """What a payment was, of that split, and what it is now.

    >>> from types import SimpleNamespace
    >>> day = date(2026, 2, 5)
    >>> old = SimpleNamespace(paid_on=day, amount=Decimal("50.00"), way="pix")
    >>> _passed("venda V1, parcela 2", old, NewPayment(day, Decimal("45.00"), "pix"))
    'venda V1, parcela 2: pagamento de 50,00 em 05/02/2026 passou a 45,00'
    >>> same = NewPayment(day, Decimal("50.00"), "pix", split=";7.00;1.00;0.00")
    >>> _passed("venda V1, parcela 2", old, same, ";5.00;1.00;0.00")
    'venda V1, parcela 2: pagamento de 50,00 em 05/02/2026 passou a juros 7,00 em vez de 5,00'
    """
    told = []
    if new.amount != old.amount:
        told.append(format_number(new.amount))
    if new.paid_on != old.paid_on:
        told.append(format_date(new.paid_on))
    if new.way != old.way:
        told.append(in_words(new.way))
    told += _parts_passed(split, new.split)
    was = f"pagamento de {format_number(old.amount)} em {format_date(old.paid_on)}"
    return f"{about}: {was} passou a {', '.join(told)}"


def _parts_passed(old: str, new: str) -> list[str]:
    """Each part of a split that is another now; none where the row says no split."""
    were = [Decimal(each) for each in old.split(MARK)[1:]] or [ZERO] * 3
    now = [Decimal(each) for each in new.split(MARK)[1:]]
    return [
        f"{name} {format_number(is_)} em vez de {format_number(was)}"
        for name, was, is_ in zip(("juros", "multa", "desconto"), were, now, strict=False)
        if was != is_
    ]


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, date):
        return format_date(value)
    return str(value) if value not in (None, "") else "em branco"
