"""Exports: what can be taken out, who may take it, and the file itself, block by block.

PostgreSQL writes the rows (COPY), so a file of a million rows passes through in the memory of
one block. The caller gives the session: on one read-only snapshot all of a file tells of the
same moment. Users come only as names of sellers and receivers: no password hash, no login.

A new kind is one line in KINDS: its content gets the CellWriter and the kind's filters.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, field_validator
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.loading.copying import Rows, copy_out, statement_text
from credigestor.exports import act_contents, contact_contents, contents, credit_contents, lists
from credigestor.exports.contents import Content
from credigestor.exports.sql_format import BEGINNINGS, SEPARATORS, CellWriter
from credigestor.exports.sql_format import Style as Style
from credigestor.exports.zip_file import zipped
from credigestor.reports import (
    audit,
    closings,
    customers,
    delinquency,
    notes,
    payments,
    sale_money,
    sales,
)
from credigestor.rules.permissions import Permission


@dataclass(frozen=True)
class Kind:
    """One file that can be had.

    `title` is for people, `stem` begins the file's name; `content` takes the CellWriter and, where
    there are any, the `filters` (a dataclass). Without content it is the ZIP of all TABLES.
    """

    title: str
    stem: str
    content: Callable[..., Content] | None
    filters: type[Any] | None = None
    permission: Permission = Permission.EXPORT


#: Whole tables, in the order in which the ZIP of everything holds them.
TABLES = {
    "customers": Kind("Clientes", "clientes", contents.customers),
    "sales": Kind("Vendas", "vendas", contents.sales),
    "notes": Kind("Notas", "notas", contents.notes),
    "payments": Kind("Pagamentos", "pagamentos", contents.payments),
    "acts": Kind("Outros atos", "atos", act_contents.acts),
    "customer_moves": Kind(
        "Mudanças de cadastro", "mudancas-cadastro", act_contents.customer_moves
    ),
    "sale_money": Kind("Entradas", "entradas", contents.sale_money),
    "store_credit": Kind("Crédito de clientes", "creditos", credit_contents.store_credit),
    "contacts": Kind("Contatos", "contatos", contact_contents.contacts),
    "promises": Kind("Promessas", "promessas", contact_contents.promises),
    "delinquency": Kind("Inadimplência", "inadimplencia", contents.delinquency),
}
LISTS = {
    "list_customers": Kind(
        "Lista de clientes", "lista-clientes", lists.customers, customers.CustomerFilters
    ),
    "list_sales": Kind("Lista de vendas", "lista-vendas", lists.sales, sales.SaleFilters),
    "list_notes": Kind("Lista de notas", "lista-notas", lists.notes, notes.NoteFilters),
    "list_payments": Kind(
        "Lista de pagamentos", "lista-pagamentos", lists.payments, payments.PaymentFilters
    ),
    "list_sale_money": Kind(
        "Lista de entradas", "lista-entradas", lists.sale_money, sale_money.MoneyFilters
    ),
    "list_closing_changes": Kind(
        "Mudanças depois do fechamento",
        "mudancas-fechamento",
        lists.closing_changes,
        closings.ChangeFilters,
    ),
    "list_delinquency": Kind(
        "Lista de inadimplência",
        "lista-inadimplencia",
        lists.delinquency,
        delinquency.DelinquencyFilters,
    ),
}
KINDS = {
    **TABLES,
    **LISTS,
    "audit": Kind("Auditoria", "auditoria", lists.audit, audit.AuditFilters, Permission.AUDIT),
    "everything": Kind("Tudo em um arquivo", "exportacao", None),
}


class Order(BaseModel):
    """Which file is asked for; it goes through JSON unchanged.

    `as_of` of None is the shop's day, `sort` of None a list's usual order. `filters` may be given
    as the dataclass of the list's report, and is kept as JSON. Raises pydantic's ValidationError.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    style: Style = Style.EXCEL
    as_of: date | None = None
    sort: str | None = None
    filters: Any = {}

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError("unknown kind of export")
        return kind

    @field_validator("filters")
    @classmethod
    def _as_json(cls, filters: Any) -> dict[str, Any]:
        if dataclasses.is_dataclass(filters) and not isinstance(filters, type):
            filters = TypeAdapter(type(filters)).dump_python(filters, mode="json")
        if not isinstance(filters, dict):
            raise ValueError("filters are a dataclass or its JSON")
        return filters


def permission(order: Order) -> Permission:
    """What somebody must be allowed to, to have this file."""
    return KINDS[order.kind].permission


def file_name(order: Order, today: date) -> str:
    """Name for the file, with the date it tells of: notas-2026-11-23.csv."""
    kind = KINDS[order.kind]
    return f"{kind.stem}-{order.as_of or today}.{'csv' if kind.content else 'zip'}"


def media_type(order: Order) -> str:
    """The file's type, as HTTP names it."""
    return "text/csv; charset=utf-8" if KINDS[order.kind].content else "application/zip"


def expected_rows(session: Session, order: Order, today: date) -> int | None:
    """How many rows the server's planner expects, in milliseconds; it may be far off."""
    if KINDS[order.kind].content is None:
        parts = [expected_rows(session, part, today) for part in _parts(order).values()]
        return sum(part or 0 for part in parts)
    content = _content(_cells(session, order, today), order)
    query = statement_text(content.statement, session.connection().connection.driver_connection)
    plan = session.connection().exec_driver_sql("EXPLAIN (FORMAT JSON) " + query.replace("%", "%%"))
    return int(plan.scalar_one()[0]["Plan"]["Plan Rows"])


def stream(
    session: Session, order: Order, *, today: date, generated_at: datetime, rows: Rows
) -> Generator[bytes]:
    """The file in blocks; `rows` counts, without headers, what was handed on so far.

    Sets the transaction's DateStyle, TimeZone and enable_sort. Closed before its end, the iterator
    ends the session's connection. Raises psycopg's errors.
    """
    if KINDS[order.kind].content is None:
        parts = {
            f"{TABLES[name].stem}.csv": _csv(session, part, today)
            for name, part in _parts(order).items()
        }
        as_of = order.as_of or today
        yield from zipped(session, parts, as_of=as_of, generated_at=generated_at, rows=rows)
    else:
        yield from _csv(session, order, today)(rows)


def _parts(order: Order) -> dict[str, Order]:
    return {name: order.model_copy(update={"kind": name}) for name in TABLES}


def _cells(session: Session, order: Order, today: date) -> CellWriter:
    return CellWriter(session, order.style, order.as_of or today, today)


def _content(cells: CellWriter, order: Order) -> Content:
    kind = KINDS[order.kind]
    assert kind.content is not None
    if kind.filters is None:
        return kind.content(cells)
    sort = () if order.sort is None else (order.sort,)
    return kind.content(cells, TypeAdapter(kind.filters).validate_python(order.filters), *sort)


def _csv(
    session: Session, order: Order, today: date
) -> Callable[[Rows], Generator[bytes, None, None]]:
    def blocks(rows: Rows) -> Generator[bytes, None, None]:
        cells = _cells(session, order, today)
        cells.prepare()
        if order.kind in TABLES:
            # By their keys, as an index has them: to sort millions takes no less time in all, and
            # most of it passes before the first row.
            session.execute(text("SET LOCAL enable_sort = off"))
        content = _content(cells, order)
        separator = SEPARATORS[order.style]
        header = io.StringIO(BEGINNINGS[order.style])
        header.seek(0, io.SEEK_END)
        csv.writer(header, delimiter=separator, lineterminator="\n").writerow(content.columns)
        yield header.getvalue().encode()
        options = f"FORMAT csv, DELIMITER '{separator}', ENCODING 'UTF8'"
        yield from copy_out(session.connection(), content.statement, options, rows)

    return blocks
