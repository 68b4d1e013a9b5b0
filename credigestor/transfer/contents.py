"""What is in each exported file: its columns, and the SELECT that fills them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, literal, select

from credigestor.db.balances import note_balances
from credigestor.db.models import Customer, Note, Payment, PaymentItem, Reversal, Sale, User
from credigestor.rules.aging import STATUS_NAMES, Status
from credigestor.rules.identity import format_cep, format_phone, format_tax_id
from credigestor.rules.money import round_cents
from credigestor.rules.numbering import note_number
from credigestor.services.payments import METHOD_NAMES, Method

#: Header, what is selected, and how its value becomes a cell's (None: as it is).
Column = tuple[str, ColumnElement[Any] | Any, Callable[[Any], Any] | None]
Content = tuple[Sequence[Column], Select[Any]]


@dataclass(frozen=True)
class Moment:
    """The dates that a file is written for, and the shop's time zone."""

    as_of: date
    today: date
    zone: ZoneInfo

    def local(self, at: datetime) -> datetime:
        """The shop's time of a moment."""
        return at.astimezone(self.zone)


def _customers(moment: Moment) -> Content:
    columns: list[Column] = [
        ("Código", Customer.id, None),
        ("Referência", Customer.ref, None),
        ("Nome", Customer.name, None),
        ("CPF ou CNPJ", Customer.tax_id, format_tax_id),
        ("Telefone", Customer.phone, format_phone),
        ("E-mail", Customer.email, None),
        ("Nascimento", Customer.birth_date, None),
        ("CEP", Customer.zip_code, format_cep),
        ("Logradouro", Customer.street, None),
        ("Número", Customer.street_number, None),
        ("Complemento", Customer.complement, None),
        ("Bairro", Customer.district, None),
        ("Cidade", Customer.city, None),
        ("UF", Customer.state, None),
        ("Limite de crédito", Customer.credit_limit, None),
        ("Observações", Customer.remarks, None),
        ("Ativo", Customer.active, None),
        ("Cadastrado em", Customer.created_at, moment.local),
    ]
    return columns, _select(columns).order_by(Customer.id)


def _sales(moment: Moment) -> Content:
    columns: list[Column] = [
        ("Venda", Sale.id, None),
        ("Referência", Sale.ref, None),
        ("Data", Sale.sold_on, None),
        *_CUSTOMER,
        ("Vendedor", User.name, None),
        ("Descrição", Sale.description, None),
        ("Total", Sale.total, None),
        ("Entrada", Sale.down_payment, None),
        ("Parcelas", Sale.installments, None),
        ("Primeiro vencimento", Sale.first_due_date, None),
        ("Juros do contrato (% ao mês)", Sale.contract_rate, _rate),
        ("Juros de mora (% ao mês)", Sale.late_rate, _rate),
        ("Multa (%)", Sale.fine_rate, _rate),
        ("Carência (dias)", Sale.grace_days, None),
        ("Cancelada em", Sale.cancelled_on, None),
        ("Motivo do cancelamento", Sale.cancel_reason, None),
    ]
    statement = (
        _select(columns)
        .select_from(Sale)
        .join(Customer, Customer.id == Sale.customer_id)
        .outerjoin(User, User.id == Sale.seller_id)
        .order_by(Sale.id)
    )
    return columns, statement


def _notes(moment: Moment) -> Content:
    balance = note_balances(moment.as_of, today=moment.today).subquery("balance").c
    columns: list[Column] = [
        _number(balance.sale_id, balance.number, balance.installments),
        ("Venda", balance.sale_id, None),
        ("Parcela", balance.number, None),
        *_CUSTOMER,
        ("Data da venda", balance.sold_on, None),
        ("Vencimento", balance.due_date, None),
        ("Valor", balance.amount, None),
        ("Posição em", literal(moment.as_of), None),
        ("Situação", balance.status, lambda value: STATUS_NAMES[Status(value)]),
        ("Dias de atraso", balance.days_late, None),
        ("Principal devido", balance.principal, round_cents),
        ("Juros devidos", balance.interest, round_cents),
        ("Multa devida", balance.fine, round_cents),
        ("Total devido", balance.owed, round_cents),
    ]
    statement = (
        _select(columns)
        .join(Customer, Customer.id == balance.customer_id)
        .order_by(balance.sale_id, balance.number)
    )
    return columns, statement


def _payments(moment: Moment) -> Content:
    columns: list[Column] = [
        ("Pagamento", Payment.id, None),
        ("Referência", Payment.ref, None),
        ("Data", Payment.paid_on, None),
        *_CUSTOMER,
        _number(Sale.id, Note.number, Sale.installments),
        ("Valor nesta nota", PaymentItem.amount, None),
        ("Principal", PaymentItem.principal, None),
        ("Juros", PaymentItem.interest, None),
        ("Multa", PaymentItem.fine, None),
        ("Desconto", PaymentItem.discount, None),
        ("Valor do pagamento", Payment.amount, None),
        ("Forma", Payment.method, lambda value: METHOD_NAMES[Method(value)]),
        ("Recebido por", User.name, None),
        ("Estornado", PaymentItem.reversed, None),
        ("Estornado em", Reversal.reversed_on, None),
        ("Motivo do estorno", Reversal.reason, None),
    ]
    statement = (
        _select(columns)
        .select_from(PaymentItem)
        .join(Payment, Payment.id == PaymentItem.payment_id)
        .join(Note, Note.id == PaymentItem.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .join(Customer, Customer.id == Payment.customer_id)
        .outerjoin(User, User.id == Payment.received_by)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .order_by(Payment.id, PaymentItem.id)
    )
    return columns, statement


#: The files that can be exported, and what is in each.
CSV_FILES: dict[str, Callable[[Moment], Content]] = {
    "clientes.csv": _customers,
    "vendas.csv": _sales,
    "notas.csv": _notes,
    "pagamentos.csv": _payments,
}

_CUSTOMER: tuple[Column, ...] = (
    ("Código do cliente", Customer.id, None),
    ("Cliente", Customer.name, None),
    ("CPF ou CNPJ", Customer.tax_id, format_tax_id),
)


def _select(columns: Sequence[Column]) -> Select[Any]:
    return select(*(source.label(f"column_{k}") for k, (_, source, _) in enumerate(columns)))


def _number(sale_id: Any, number: Any, installments: Any) -> Column:
    parts = func.json_build_array(sale_id, number, installments)
    return "Nota", parts, lambda values: note_number(*values)


def _rate(value: Decimal) -> Decimal:
    return value.normalize()
