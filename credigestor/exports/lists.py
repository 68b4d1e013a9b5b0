"""The lists of the pages as files: the same columns and order, every row the filters leave."""

from __future__ import annotations

from sqlalchemy import case, func, select

from credigestor.db.settings import current_settings
from credigestor.exports.contents import Content
from credigestor.exports.sql_format import Form, note_number, sale_number, tax_id
from credigestor.reports import audit as audit_log
from credigestor.reports import customers as customer_list
from credigestor.reports import delinquency as late_customers
from credigestor.reports import notes as note_list
from credigestor.reports import payments as payment_list
from credigestor.reports import sales as sale_list
from credigestor.reports.audit_changes import ACTIONS, ENTITIES
from credigestor.rules.aging import STATUS_NAMES
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import METHOD_NAMES


def customers(form: Form, filters: customer_list.Filters) -> Content:
    """The list of customers, with what each owes today."""
    rows = customer_list.listed(filters, today=form.today)
    found = rows.selected_columns
    columns = {
        "Nome": form.text(found.name),
        "CPF ou CNPJ": tax_id(found.tax_id),
        "Telefone": form.phone(found.phone),
        "Cidade": form.text(found.city),
        "Deve hoje": form.owed(found.owed),
        "Notas atrasadas": found.overdue_notes,
    }
    return Content(columns, rows)


def sales(form: Form, filters: sale_list.Filters) -> Content:
    """The list of sales, with what each still had to bring at the date."""
    rows = sale_list.listed(filters, as_of=form.as_of, today=form.today)
    found = rows.selected_columns
    columns = {
        "Venda": sale_number(found.id),
        "Data": found.sold_on,
        "Cliente": form.text(found.customer),
        "Total": form.number(found.total),
        "Parcelas": found.installments,
        f"A receber {_then(form)}": form.owed(found.owed),
        "Vendedor": form.text(found.seller),
        "Situação": case((found.cancelled, "Cancelada")),
        "Descrição": form.text(found.description),
    }
    return Content(columns, rows)


def notes(form: Form, filters: note_list.Filters) -> Content:
    """The list of notes, with what each owed at the date."""
    rows = note_list.listed(filters, as_of=form.as_of, today=form.today)
    found = rows.selected_columns
    columns = {
        "Nota": note_number(found.sale_id, found.place, found.installments),
        "Cliente": form.text(found.customer),
        "Vencimento": found.due_date,
        "Situação": form.word(found.status, STATUS_NAMES),
        "Dias de atraso": found.days_late,
        f"Deve {_then(form)}": form.owed(found.owed),
        "Principal": form.owed(found.principal),
        "Juros": form.owed(found.interest),
        "Multa": form.owed(found.fine),
        "Valor da nota": form.number(found.amount),
    }
    return Content(columns, rows)


def payments(form: Form, filters: payment_list.Filters) -> Content:
    """The list of payments, with what each went to."""
    rows = payment_list.listed(filters)
    found = rows.selected_columns
    columns = {
        "Data": found.paid_on,
        "Recibo": sale_number(found.id),
        "Cliente": form.text(found.customer),
        "Valor": form.number(found.amount),
        "Forma": form.word(found.method, METHOD_NAMES),
        "Principal": form.owed(found.principal),
        "Juros": form.owed(found.interest),
        "Multa": form.owed(found.fine),
        "Desconto": form.owed(found.discount),
        "Recebido por": form.text(found.received_by),
        "Situação": case((found.reversed, "Estornado")),
    }
    return Content(columns, rows)


def delinquency(form: Form, filters: late_customers.Filters) -> Content:
    """The list of customers with overdue notes at the date, and how to reach them."""
    rows = late_customers.listed(form.as_of, filters, today=form.today)
    found = rows.selected_columns
    columns = {
        "Cliente": form.text(found.name),
        "Principal": form.owed(found.principal),
        "Total": form.owed(found.owed),
        "Dias de atraso": found.days_late,
        "Notas": found.notes,
        "Telefone": form.phone(found.phone),
        "WhatsApp": func.replace(found.phone, "+", "https://wa.me/"),
        "Juros": form.owed(found.interest),
        "Multa": form.owed(found.fine),
        "Vencida desde": found.oldest_due,
        "Cidade": form.text(found.city),
        "CPF ou CNPJ": tax_id(found.tax_id),
    }
    return Content(columns, rows)


def audit(form: Form, filters: audit_log.Filters) -> Content:
    """The audit log, each entry with what was there before and after."""
    zone = current_settings(form.session).time_zone
    # Not taken apart, so that what an entry says is worded once.
    log = audit_log.listed(filters, time_zone=zone).offset(0).subquery()
    rows = select(log).order_by(log.c.at.desc(), log.c.id.desc())
    found = log.c
    columns = {
        "Quando": form.moment(found.at),
        "Quem": form.text(found.who),
        "O quê": form.word(found.action, ACTIONS),
        "Sobre": form.word(found.entity, ENTITIES),
        "Número": found.entity_id,
        "Nome": form.text(found.name),
        "Antes → depois": form.text(func.replace(found.changes, "\n", "; ")),
    }
    return Content(columns, rows)


def _then(form: Form) -> str:
    return "hoje" if form.as_of == form.today else f"em {format_date(form.as_of)}"
