"""What is in the file of each whole table: its columns, and the SELECT that fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    true,
)

from credigestor.db.balances import note_balances
from credigestor.db.models import (
    Customer,
    Note,
    Payer,
    Payment,
    PaymentItem,
    Reversal,
    Sale,
    SaleMoney,
    User,
)
from credigestor.exports.sql_format import (
    CellWriter,
    Expression,
    cep,
    country,
    note_number,
    of_customer,
    sale_number,
    tax_id,
)
from credigestor.reports import delinquency as late_customers
from credigestor.rules.aging import STATUS_NAMES
from credigestor.rules.charges import Closing
from credigestor.rules.due_schedule import ScheduleKind, told

#: What people call the money of a sale beside its notes.
MONEY_KINDS = {"down": "Entrada", "refund": "Devolução"}

# In the words of `told`, with its step put in by SQL.
_STEP = "<>"
_SCHEDULE = case(
    (and_(Sale.schedule == ScheduleKind.DAYS, Sale.schedule_step == 1), told(ScheduleKind.DAYS, 1)),
    else_=func.replace(
        case({kind: told(kind, _STEP) for kind in ScheduleKind}, value=Sale.schedule),
        _STEP,
        func.coalesce(cast(Sale.schedule_step, Text), ""),
    ),
)


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


def customers(cells: CellWriter) -> Content:
    """Every customer, with all of the register."""
    columns = {
        "Código": Customer.id,
        "Referência": cells.text(Customer.ref),
        "Nome": cells.text(Customer.name),
        "CPF ou CNPJ": tax_id(Customer.tax_id),
        "Telefone": cells.phone(Customer.phone),
        "E-mail": cells.text(Customer.email),
        "Nascimento": Customer.birth_date,
        "CEP": cep(Customer.zip_code),
        "Logradouro": cells.text(Customer.street),
        "Número": cells.text(Customer.street_number),
        "Complemento": cells.text(Customer.complement),
        "Bairro": cells.text(Customer.district),
        "Cidade": cells.text(Customer.city),
        "UF": cells.text(Customer.state),
        "Limite de crédito": cells.number(Customer.credit_limit),
        "Observações": cells.text(Customer.remarks),
        "Ativo": cells.yes_no(Customer.active),
        "Cadastrado em": cells.moment(Customer.created_at),
        "Segundo telefone": cells.phone(Customer.second_phone),
        "Telefone a conferir": cells.text(Customer.phone_text),
        "Trabalho": cells.text(Customer.workplace),
        "Cônjuge": cells.text(Customer.spouse),
        "Referências pessoais": cells.text(Customer.personal_references),
        "Documento estrangeiro": cells.text(Customer.foreign_document),
        "País do documento": country(Customer.country),
    }
    return Content(columns, select(Customer.id).order_by(Customer.id))


def sales(cells: CellWriter) -> Content:
    """Every sale, with its contract as made."""
    customer = of_customer(cells, Sale.customer_id)
    columns = {
        "Venda": Sale.id,
        "Referência": cells.text(Sale.ref),
        "Data": Sale.sold_on,
        **named(customer),
        "Vendedor": cells.text(User.name),
        "Descrição": cells.text(Sale.description),
        "Total": cells.number(Sale.total),
        "Entrada": cells.number(Sale.down_payment),
        "Parcelas": Sale.installments,
        "Primeiro vencimento": Sale.first_due_date,
        "Vencimentos": cells.text(_SCHEDULE),
        "Juros do contrato (% ao mês)": cells.rate(Sale.contract_rate),
        "Juros de mora (% ao mês)": cells.rate(Sale.late_rate),
        "Multa (%)": cells.rate(Sale.fine_rate),
        "Carência (dias)": Sale.grace_days,
        "Cancelada em": Sale.cancelled_on,
        "Motivo do cancelamento": cells.text(Sale.cancel_reason),
    }
    rows = (
        select(Sale.id)
        .join(customer, true())
        .outerjoin(User, User.id == Sale.seller_id)
        .order_by(Sale.id)
    )
    return Content(columns, rows)


def notes(cells: CellWriter) -> Content:
    """Every note of the sales made by the date, with what it owes then."""
    balances = note_balances(cells.as_of, today=cells.today).add_columns(Note.ref)
    balance = balances.subquery("balance").c
    customer = of_customer(cells, balance.customer_id)
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
        **named(customer),
        "Data da venda": balance.sold_on,
        "Vencimento": balance.due_date,
        "Valor": cells.number(balance.amount),
        "Posição em": literal(cells.as_of, Date),
        "Situação": cells.word(balance.status, STATUS_NAMES),
        "Dias de atraso": balance.days_late,
        **{
            header: case((balance.is_open, cells.owed(owed)), else_=cells.zero)
            for header, owed in owes
        },
        "Referência": cells.text(balance.ref),
    }
    rows = select(balance.note_id).join(customer, true()).order_by(balance.sale_id, balance.number)
    return Content(columns, rows)


def payments(cells: CellWriter) -> Content:
    """What every payment did to each of its notes, and whether it was reversed."""
    customer = of_customer(cells, Payment.customer_id)
    columns = {
        "Pagamento": Payment.id,
        "Recibo": sale_number(Payment.number),
        "Referência": cells.text(Payment.ref),
        "Data": Payment.paid_on,
        **named(customer),
        "Nota": note_number(Sale.id, Note.number, Sale.installments),
        "Valor nesta nota": cells.number(PaymentItem.amount),
        "Principal": cells.owed(PaymentItem.principal),
        "Juros": cells.owed(PaymentItem.interest),
        "Multa": cells.owed(PaymentItem.fine),
        "Desconto": cells.owed(PaymentItem.discount),
        "Recuperação": cells.yes_no(
            PaymentItem.closed_after.is_not_distinct_from(Closing.WRITTEN_OFF.value)
        ),
        "Motivo do desconto": cells.text(Payment.discount_reason),
        "Valor do pagamento": cells.number(Payment.amount),
        "Forma": cells.way(Payment.way),
        "Recebido por": cells.text(User.name),
        "Estornado": cells.yes_no(PaymentItem.reversed),
        "Estornado em": Reversal.reversed_on,
        "Motivo do estorno": cells.text(Reversal.reason),
        "Pago por": cells.text(Payer.name),
        "CPF ou CNPJ de quem pagou": tax_id(Payer.tax_id),
    }
    rows = (
        select(PaymentItem.id)
        .join(Payment, Payment.id == PaymentItem.payment_id)
        .join(Note, Note.id == PaymentItem.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .join(customer, true())
        .outerjoin(User, User.id == Payment.received_by)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .outerjoin(Payer, Payer.payment_id == Payment.id)
        .order_by(Payment.id, PaymentItem.id)
    )
    return Content(columns, rows)


def sale_money(cells: CellWriter) -> Content:
    """Every down payment that was received, and every one handed back (R35)."""
    customer = of_customer(cells, Sale.customer_id)
    columns = {
        "Recibo": money_number(SaleMoney.kind, SaleMoney.id),
        "O quê": cells.word(SaleMoney.kind, MONEY_KINDS),
        "Data": SaleMoney.moved_on,
        "Venda": SaleMoney.sale_id,
        **named(customer),
        "Valor": cells.number(SaleMoney.amount),
        "Forma": cells.way(SaleMoney.way),
        "Recebida ou devolvida por": cells.text(User.name),
    }
    rows = (
        select(SaleMoney.id)
        .join(Sale, Sale.id == SaleMoney.sale_id)
        .join(customer, true())
        .outerjoin(User, User.id == SaleMoney.done_by)
        .order_by(SaleMoney.id)
    )
    return Content(columns, rows)


def money_number(kind: Expression, money_id: Expression) -> ColumnElement[str]:
    """As `rules.numbering.money_number`."""
    return case((kind == "down", "E"), else_="D").concat(sale_number(money_id))


def delinquency(cells: CellWriter) -> Content:
    """Every customer with overdue notes at the date, most overdue principal first."""
    rows = late_customers.listed(
        cells.as_of, late_customers.DelinquencyFilters(), today=cells.today
    )
    found = rows.selected_columns
    columns = {
        "Código do cliente": found.customer_id,
        "Cliente": cells.text(found.name),
        "CPF ou CNPJ": tax_id(found.tax_id),
        "Telefone": cells.phone_of(found),
        "Cidade": cells.text(found.city),
        "Posição em": literal(cells.as_of, Date),
        "Notas atrasadas": found.notes,
        "Vencida desde": found.oldest_due,
        "Dias de atraso": found.days_late,
        "Principal": cells.owed(found.principal),
        "Juros": cells.owed(found.interest),
        "Multa": cells.owed(found.fine),
        "Total": cells.owed(found.owed),
    }
    return Content(columns, rows)


def named(customer: Any) -> dict[str, ColumnElement[Any]]:
    """The columns that name the customer of a row."""
    return {
        "Código do cliente": customer.c.id,
        "Cliente": customer.c.name,
        "CPF ou CNPJ": customer.c.tax_id,
    }
