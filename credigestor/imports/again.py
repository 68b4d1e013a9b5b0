"""What an import finds changed since an earlier one: told, never doubled, put right by choice.

A row is known by its reference, and so a payment by its note, date, amount and method: where the
files cover the day of one that is on record and do not have it, while they have a new one of the
same note, that one was changed. What an import cannot put right (a sale's money) is told alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, Integer, any_, literal, select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Note, Payment, PaymentItem, Sale
from credigestor.db.steps import DUE_AS_MADE
from credigestor.imports.batch import NewPayment
from credigestor.imports.lines import CustomerLine, NoteLine, SaleLine
from credigestor.imports.problems import CUSTOMERS, NOTES, PAYMENTS, SALES
from credigestor.imports.told import Told
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import in_words
from credigestor.rules.money import CENT, format_number
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

    def payments(
        self,
        new: Mapping[tuple[str, int], Sequence[NewPayment]],
        sale_ids: Collection[int],
        in_files: Collection[str],
        first_day: date,
    ) -> set[NewPayment]:
        """Which new payments of notes take the place of one on record that the files lack.

        `new` by the sale's reference and the note's number, `in_files` the references of all that
        the files have of these sales, from `first_day` on.
        """
        if not new:
            return set()
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
        changed = set()
        for key, rows in gone.items():
            for old in rows:
                taken = _likest(old, [each for each in new.get(key, ()) if each not in changed])
                if taken is None:
                    continue
                changed.add(taken)
                self.changes.payments.append(old.id)
                about = f"venda {key[0]}, parcela {key[1]}"
                self.told.add(PAYMENTS, taken.line, CHANGED[PAYMENTS], _passed(about, old, taken))
        return changed

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


def _passed(about: str, old: Any, new: NewPayment) -> str:
    """What a payment was and what it is now.

    >>> from types import SimpleNamespace
    >>> day = date(2026, 2, 5)
    >>> old = SimpleNamespace(paid_on=day, amount=Decimal("50.00"), way="pix")
    >>> _passed("venda V1, parcela 2", old, NewPayment(day, Decimal("45.00"), "pix"))
    'venda V1, parcela 2: pagamento de 50,00 em 05/02/2026 passou a 45,00'
    """
    told = []
    if new.amount != old.amount:
        told.append(format_number(new.amount))
    if new.paid_on != old.paid_on:
        told.append(format_date(new.paid_on))
    if new.way != old.way:
        told.append(in_words(new.way))
    was = f"pagamento de {format_number(old.amount)} em {format_date(old.paid_on)}"
    return f"{about}: {was} passou a {', '.join(told)}"


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, date):
        return format_date(value)
    return str(value) if value not in (None, "") else "em branco"
