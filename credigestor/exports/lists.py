"""The lists of the pages as files: the same columns and order, every row the filters leave."""

from __future__ import annotations

from sqlalchemy import case, func, select

from credigestor.db.settings import current_settings
from credigestor.exports.audit_words import ACTIONS, ENTITIES, changes
from credigestor.exports.contents import MONEY_KINDS, Content, money_number
from credigestor.exports.sql_format import CellWriter, note_number, sale_number, tax_id
from credigestor.reports import audit as audit_log
from credigestor.reports import closings as closing_list
from credigestor.reports import customers as customer_list
from credigestor.reports import delinquency as late_customers
from credigestor.reports import notes as note_list
from credigestor.reports import payments as payment_list
from credigestor.reports import sale_money as money_list
from credigestor.reports import sales as sale_list
from credigestor.reports.ordering import ordered
from credigestor.rules.aging import STATUS_NAMES
from credigestor.rules.calendar import format_date
from credigestor.rules.closed_days import CHANGE_NAMES


def customers(
    cells: CellWriter, filters: customer_list.CustomerFilters, order: str = "name"
) -> Content:
    """The list of customers, with what each owes today."""
    rows = customer_list.listed(filters, today=cells.today, order=order)
    found = rows.selected_columns
    columns = {
        "Nome": cells.text(found.name),
        "CPF ou CNPJ": tax_id(found.tax_id),
        "Telefone": cells.phone_of(found),
        "Cidade": cells.text(found.city),
        "Deve hoje": cells.owed(found.owed),
        "Notas atrasadas": found.overdue_notes,
    }
    return Content(columns, rows)


def sales(
    cells: CellWriter, filters: sale_list.SaleFilters, order: str = sale_list.NEWEST_FIRST
) -> Content:
    """The list of sales, with what each still had to bring at the date."""
    rows = sale_list.listed(filters, as_of=cells.as_of, today=cells.today, order=order)
    found = rows.selected_columns
    columns = {
        "Venda": sale_number(found.id),
        "Data": found.sold_on,
        "Cliente": cells.text(found.customer),
        "Total": cells.number(found.total),
        "Parcelas": found.installments,
        f"A receber {_then(cells)}": cells.owed(found.owed),
        "Vendedor": cells.text(found.seller),
        "Situação": case((found.cancelled, "Cancelada")),
        "Descrição": cells.text(found.description),
    }
    return Content(columns, rows)


def notes(cells: CellWriter, filters: note_list.NoteFilters, order: str = "due_date") -> Content:
    """The list of notes, with what each owed at the date."""
    rows = note_list.listed(filters, as_of=cells.as_of, today=cells.today, order=order)
    found = rows.selected_columns
    columns = {
        "Nota": note_number(found.sale_id, found.place, found.installments),
        "Cliente": cells.text(found.customer),
        "Vencimento": found.due_date,
        "Situação": cells.word(found.status, STATUS_NAMES),
        "Dias de atraso": found.days_late,
        f"Deve {_then(cells)}": cells.owed(found.owed),
        "Principal": cells.owed(found.principal),
        "Juros": cells.owed(found.interest),
        "Multa": cells.owed(found.fine),
        "Valor da nota": cells.number(found.amount),
    }
    return Content(columns, rows)


def payments(
    cells: CellWriter, filters: payment_list.PaymentFilters, order: str = payment_list.NEWEST_FIRST
) -> Content:
    """The list of payments, with what each went to."""
    rows = payment_list.listed(filters, order=order)
    found = rows.selected_columns
    columns = {
        "Data": found.paid_on,
        "Recibo": sale_number(found.number),
        "Cliente": cells.text(found.customer),
        "Valor": cells.number(found.amount),
        "Forma": cells.way(found.method),
        "Principal": cells.owed(found.principal),
        "Juros": cells.owed(found.interest),
        "Multa": cells.owed(found.fine),
        "Desconto": cells.owed(found.discount),
        "Recebido por": cells.text(found.received_by),
        "Situação": case((found.reversed, "Estornado")),
    }
    return Content(columns, rows)


def sale_money(
    cells: CellWriter, filters: money_list.MoneyFilters, order: str = money_list.NEWEST_FIRST
) -> Content:
    """The list of down payments received and handed back."""
    rows = money_list.listed(filters, order=order)
    found = rows.selected_columns
    columns = {
        "Data": found.moved_on,
        "Recibo": money_number(found.kind, found.id),
        "O quê": cells.word(found.kind, MONEY_KINDS),
        "Cliente": cells.text(found.customer),
        "Venda": sale_number(found.sale_id),
        "Valor": cells.number(found.amount),
        "Forma": cells.way(found.method),
        "Por": cells.text(found.done_by),
    }
    return Content(columns, rows)


def closing_changes(
    cells: CellWriter,
    filters: closing_list.ChangeFilters,
    order: str = closing_list.NEWEST_FIRST,
) -> Content:
    """The list of what changed in closed days since (R37)."""
    rows = closing_list.changes(filters, order=order)
    found = rows.selected_columns
    what = func.concat_ws(":", found.kind, found.act)
    columns = {
        "Data": found.dated_on,
        "O quê": cells.word(what, CHANGE_NAMES),
        "Número": sale_number(found.id),
        "Cliente": cells.text(found.customer),
        "A receber": cells.number(found.receivable),
        "Recebido": cells.number(found.received),
        "Crédito": cells.number(found.credit),
        "Lançado em": cells.moment(found.recorded_at),
        "Por": cells.text(found.who),
        "Motivo": cells.text(found.reason),
    }
    return Content(columns, rows)


def delinquency(
    cells: CellWriter,
    filters: late_customers.DelinquencyFilters,
    order: str = late_customers.MOST_FIRST,
) -> Content:
    """The list of customers with overdue notes at the date, and how to reach them."""
    rows = late_customers.listed(cells.as_of, filters, today=cells.today, order=order)
    found = rows.selected_columns
    columns = {
        "Cliente": cells.text(found.name),
        "Principal": cells.owed(found.principal),
        "Total": cells.owed(found.owed),
        "Dias de atraso": found.days_late,
        "Notas": found.notes,
        "Telefone": cells.phone_of(found),
        "WhatsApp": func.replace(found.phone, "+", "https://wa.me/"),
        "Juros": cells.owed(found.interest),
        "Multa": cells.owed(found.fine),
        "Vencida desde": found.oldest_due,
        "Cidade": cells.text(found.city),
        "CPF ou CNPJ": tax_id(found.tax_id),
    }
    return Content(columns, rows)


def audit(
    cells: CellWriter, filters: audit_log.AuditFilters, order: str = audit_log.NEWEST_FIRST
) -> Content:
    """The audit log, each entry with what was there before and after."""
    zone = current_settings(cells.session).time_zone
    # Not taken apart, so that what an entry says is worded once.
    entries = audit_log.listed(filters, time_zone=zone, order=order)
    entries = entries.add_columns(changes().label("changes"))
    log = entries.offset(0).subquery()
    rows = select(log).order_by(*ordered(order, {"at": log.c.at}, tie=log.c.id))
    found = log.c
    columns = {
        "Quando": cells.moment(found.at),
        "Quem": cells.text(found.who),
        "O quê": cells.word(found.action, ACTIONS),
        "Sobre": cells.word(found.entity, ENTITIES),
        "Número": found.entity_id,
        "Nome": cells.text(found.name),
        "Antes → depois": cells.text(func.replace(found.changes, "\n", "; ")),
    }
    return Content(columns, rows)


def _then(cells: CellWriter) -> str:
    return "hoje" if cells.as_of == cells.today else f"em {format_date(cells.as_of)}"
