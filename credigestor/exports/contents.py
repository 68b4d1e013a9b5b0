"""What is in the file of each whole table: its columns, and the SELECT that fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, case, literal, select, true

from credigestor.db.balances import note_balances
from credigestor.db.models import Customer, Note, Payment, PaymentItem, Reversal, Sale, User
from credigestor.exports.sql_format import Expression, Form, cep, note_number, of_customer, tax_id
from credigestor.reports import delinquency as late_customers
from credigestor.rules.aging import STATUS_NAMES
from credigestor.rules.methods import METHOD_NAMES


@dataclass(frozen=True)
class Content:
    """Cells by header, as SQL that writes them, and the SELECT whose rows these are."""

    columns: Mapping[str, Expression]
    rows: Select[*tuple[Any, ...]]

    @property
    def statement(self) -> Select[*tuple[Any, ...]]:
        """The SELECT of the cells."""
        cells = (literal(cell) if isinstance(cell, str) else cell for cell in self.columns.values())
        return self.rows.with_only_columns(
            *(cell.label(f"column_{place}") for place, cell in enumerate(cells))
        )


def customers(form: Form) -> Content:
    """Every customer, with all of the register."""
    columns = {
        "Código": Customer.id,
        "Referência": form.text(Customer.ref),
        "Nome": form.text(Customer.name),
        "CPF ou CNPJ": tax_id(Customer.tax_id),
        "Telefone": form.phone(Customer.phone),
        "E-mail": form.text(Customer.email),
        "Nascimento": Customer.birth_date,
        "CEP": cep(Customer.zip_code),
        "Logradouro": form.text(Customer.street),
        "Número": form.text(Customer.street_number),
        "Complemento": form.text(Customer.complement),
        "Bairro": form.text(Customer.district),
        "Cidade": form.text(Customer.city),
        "UF": form.text(Customer.state),
        "Limite de crédito": form.number(Customer.credit_limit),
        "Observações": form.text(Customer.remarks),
        "Ativo": form.yes_no(Customer.active),
        "Cadastrado em": form.moment(Customer.created_at),
    }
    return Content(columns, select(Customer.id).order_by(Customer.id))


def sales(form: Form) -> Content:
    """Every sale, with its contract as made."""
    customer = of_customer(form, Sale.customer_id)
    columns = {
        "Venda": Sale.id,
        "Referência": form.text(Sale.ref),
        "Data": Sale.sold_on,
        **_customer(customer),
        "Vendedor": form.text(User.name),
        "Descrição": form.text(Sale.description),
        "Total": form.number(Sale.total),
        "Entrada": form.number(Sale.down_payment),
        "Parcelas": Sale.installments,
        "Primeiro vencimento": Sale.first_due_date,
        "Juros do contrato (% ao mês)": form.rate(Sale.contract_rate),
        "Juros de mora (% ao mês)": form.rate(Sale.late_rate),
        "Multa (%)": form.rate(Sale.fine_rate),
        "Carência (dias)": Sale.grace_days,
        "Cancelada em": Sale.cancelled_on,
        "Motivo do cancelamento": form.text(Sale.cancel_reason),
    }
    rows = (
        select(Sale.id)
        .join(customer, true())
        .outerjoin(User, User.id == Sale.seller_id)
        .order_by(Sale.id)
    )
    return Content(columns, rows)


def notes(form: Form) -> Content:
    """Every note of the sales made by the date, with what it owes then."""
    balance = note_balances(form.as_of, today=form.today).subquery("balance").c
    customer = of_customer(form, balance.customer_id)
    # Most notes owe nothing: seen once each, that spares the server all the arithmetic.
    owes = {
        "Principal devido": balance.principal,
        "Juros devidos": balance.interest,
        "Multa devida": balance.fine,
        "Total devido": balance.owed,
    }.items()
    columns = {
        "Nota": note_number(balance.sale_id, balance.number, balance.installments),
        "Venda": balance.sale_id,
        "Parcela": balance.number,
        **_customer(customer),
        "Data da venda": balance.sold_on,
        "Vencimento": balance.due_date,
        "Valor": form.number(balance.amount),
        "Posição em": literal(form.as_of, Date),
        "Situação": form.word(balance.status, STATUS_NAMES),
        "Dias de atraso": balance.days_late,
        **{
            header: case((balance.is_open, form.owed(owed)), else_=form.zero)
            for header, owed in owes
        },
    }
    rows = select(balance.note_id).join(customer, true()).order_by(balance.sale_id, balance.number)
    return Content(columns, rows)


def payments(form: Form) -> Content:
    """What every payment did to each of its notes, and whether it was reversed."""
    customer = of_customer(form, Payment.customer_id)
    columns = {
        "Pagamento": Payment.id,
        "Referência": form.text(Payment.ref),
        "Data": Payment.paid_on,
        **_customer(customer),
        "Nota": note_number(Sale.id, Note.number, Sale.installments),
        "Valor nesta nota": form.number(PaymentItem.amount),
        "Principal": form.owed(PaymentItem.principal),
        "Juros": form.owed(PaymentItem.interest),
        "Multa": form.owed(PaymentItem.fine),
        "Desconto": form.owed(PaymentItem.discount),
        "Motivo do desconto": form.text(Payment.discount_reason),
        "Valor do pagamento": form.number(Payment.amount),
        "Forma": form.word(Payment.method, METHOD_NAMES),
        "Recebido por": form.text(User.name),
        "Estornado": form.yes_no(PaymentItem.reversed),
        "Estornado em": Reversal.reversed_on,
        "Motivo do estorno": form.text(Reversal.reason),
    }
    rows = (
        select(PaymentItem.id)
        .join(Payment, Payment.id == PaymentItem.payment_id)
        .join(Note, Note.id == PaymentItem.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .join(customer, true())
        .outerjoin(User, User.id == Payment.received_by)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .order_by(Payment.id, PaymentItem.id)
    )
    return Content(columns, rows)


def delinquency(form: Form) -> Content:
    """Every customer with overdue notes at the date, most overdue principal first."""
    rows = late_customers.listed(form.as_of, late_customers.Filters(), today=form.today)
    found = rows.selected_columns
    columns = {
        "Código do cliente": found.customer_id,
        "Cliente": form.text(found.name),
        "CPF ou CNPJ": tax_id(found.tax_id),
        "Telefone": form.phone(found.phone),
        "Cidade": form.text(found.city),
        "Posição em": literal(form.as_of, Date),
        "Notas atrasadas": found.notes,
        "Vencida desde": found.oldest_due,
        "Dias de atraso": found.days_late,
        "Principal": form.owed(found.principal),
        "Juros": form.owed(found.interest),
        "Multa": form.owed(found.fine),
        "Total": form.owed(found.owed),
    }
    return Content(columns, rows)


def _customer(customer: Any) -> dict[str, ColumnElement[Any]]:
    return {
        "Código do cliente": customer.c.id,
        "Cliente": customer.c.name,
        "CPF ou CNPJ": customer.c.tax_id,
    }
