"""All that is kept about one customer, as labelled tables: the copy the law gives them (R28)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from credigestor.db.balances import note_balances
from credigestor.db.models import (
    Customer,
    Guarantor,
    Note,
    Payer,
    Payment,
    PaymentItem,
    Reversal,
    Sale,
    User,
)
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import NotFound
from credigestor.reports.customer_file_tables import (
    acts,
    contacts,
    credit,
    moves,
    proposals,
    sale_money,
    section,
)
from credigestor.rules import privacy
from credigestor.rules.aging import STATUS_NAMES, Status
from credigestor.rules.charges import Closing
from credigestor.rules.countries import country_name
from credigestor.rules.due_schedule import told
from credigestor.rules.identification import NO_TAX_ID
from credigestor.rules.identity import format_cep, format_phone, format_tax_id, mask_tax_id
from credigestor.rules.methods import in_words
from credigestor.rules.numbering import note_number, receipt_number, sale_number
from credigestor.rules.privacy import CustomerFile, Section, Value


def customer_file(
    session: Session, customer_id: int, *, today: date, made_at: datetime
) -> CustomerFile:
    """The copy of a customer's data as of today, made at a moment; raises NotFound.

    Without what the audit log says of them, which `exports.customer_file` words and adds.
    """
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("Cliente não encontrado.")
    shop = current_settings(session)
    reader = _Reader(session, customer_id, today, ZoneInfo(shop.time_zone))
    return CustomerFile(
        made_at=reader.local(made_at),
        as_of=today,
        controller=_controller(shop),
        notice=privacy.notice(shop.retention_years),
        register=reader.register(customer),
        sections=[
            reader.sales(),
            proposals(session, customer_id, today),
            reader.guarantors(),
            reader.guaranteed(customer.tax_id),
            reader.notes(),
            reader.payments(),
            sale_money(session, customer_id),
            acts(session, customer_id),
            moves(session, customer_id),
            credit(session, customer_id, today),
            contacts(session, customer_id, today),
        ],
    )


def _controller(shop: ShopSettings) -> dict[str, Value]:
    number = f"{shop.street}, {shop.street_number}" if shop.street_number else shop.street
    place = "/".join(filter(None, (shop.city, shop.state)))
    cep = f"CEP {format_cep(shop.zip_code)}" if shop.zip_code else ""
    parts = (number, shop.complement, shop.district, place, cep)
    return {
        "Loja": shop.shop_name,
        "Razão social": shop.legal_name,
        "CNPJ ou CPF": format_tax_id(shop.tax_id) if shop.tax_id else "",
        "Endereço": " – ".join(filter(None, parts)),
        "Telefone": format_phone(shop.phone) if shop.phone else "",
        "E-mail": shop.email,
    }


@dataclass(frozen=True)
class _Reader:
    session: Session
    customer_id: int
    today: date
    zone: ZoneInfo

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def register(self, customer: Customer) -> dict[str, Value]:
        creator = self.session.get(User, customer.created_by) if customer.created_by else None
        values = {
            label: _FORMATS.get(name, _as_it_is)(value) if value else value
            for name, label in _REGISTER.items()
            for value in [getattr(customer, name)]
            if value is not None or name not in _SELDOM
        }
        return {
            "Código": customer.id,
            **values,
            **({} if customer.identification else {"CPF ou CNPJ": NO_TAX_ID}),
            "Situação": "Ativo" if customer.active else "Inativo",
            "Cadastrado em": self.local(customer.created_at),
            "Cadastrado por": creator.name if creator else None,
            "Atualizado em": self.local(customer.updated_at),
        }

    def sales(self) -> Section:
        seller, overrider, canceller = aliased(User), aliased(User), aliased(User)
        rows = self.session.execute(
            select(Sale, seller.name, overrider.name, canceller.name)
            .outerjoin(seller, seller.id == Sale.seller_id)
            .outerjoin(overrider, overrider.id == Sale.override_by)
            .outerjoin(canceller, canceller.id == Sale.cancelled_by)
            .where(Sale.customer_id == self.customer_id)
            .order_by(Sale.sold_on, Sale.id)
        )
        found = [
            {
                "Venda": sale_number(sale.id),
                "Referência": sale.ref,
                "Data": sale.sold_on,
                "Descrição": sale.description,
                "Total (R$)": sale.total,
                "Entrada (R$)": sale.down_payment,
                "Parcelas": sale.installments,
                "Vencimentos": told(sale.schedule, sale.schedule_step),
                "Juros do contrato (%/mês)": sale.contract_rate,
                "Juros de mora (%/mês)": sale.late_rate,
                "Multa (%)": sale.fine_rate,
                "Carência (dias)": sale.grace_days,
                "Vendedor": sold_by,
                "Crédito liberado por": released_by,
                "Motivo da liberação": sale.override_reason,
                "Cancelada em": sale.cancelled_on,
                "Cancelada por": cancelled_by,
                "Motivo do cancelamento": sale.cancel_reason,
            }
            for sale, sold_by, released_by, cancelled_by in rows
        ]
        return section("Vendas", found)

    def guarantors(self) -> Section:
        """Who answers for the customer's sales: they are others, so no more than who they are."""
        rows = self.session.execute(
            select(Guarantor)
            .join(Sale)
            .where(Sale.customer_id == self.customer_id)
            .order_by(Sale.sold_on, Sale.id, Guarantor.position)
        ).scalars()
        found = [
            {
                "Venda": sale_number(row.sale_id),
                "Avalista": row.name,
                "CPF ou CNPJ": mask_tax_id(row.tax_id),
            }
            for row in rows
        ]
        return section("Avalistas das vendas", found)

    def guaranteed(self, tax_id: str | None) -> Section:
        """The sales of others that this person answers for, without saying whose they are."""
        rows = self.session.execute(
            select(Guarantor, Sale.sold_on)
            .join(Sale)
            .where(Guarantor.tax_id == tax_id)
            .order_by(Sale.sold_on, Sale.id)
        )
        found = [
            {
                "Venda": sale_number(row.sale_id),
                "Data": sold_on,
                "Nome": row.name,
                "CPF ou CNPJ": format_tax_id(row.tax_id),
                "Endereço": row.address,
            }
            for row, sold_on in rows
        ]
        return section("Avais dados a outros", found)

    def notes(self) -> Section:
        rows = self.session.execute(
            note_balances(self.today, today=self.today)
            .add_columns(Note.settled_on, Note.ref)
            .where(Note.customer_id == self.customer_id)
            .order_by(Note.due_date, Note.id)
        ).all()
        any_ref = any(row.ref for row in rows)
        found = [
            {
                "Nota": note_number(row.sale_id, row.number, row.installments),
                "Vencimento": row.due_date,
                "Valor (R$)": row.amount,
                "Situação": STATUS_NAMES[Status(row.status)],
                "Quitada em": row.settled_on,
                "Dias de atraso": row.days_late,
                "Principal (R$)": row.principal,
                "Juros (R$)": row.interest,
                "Multa (R$)": row.fine,
                "Deve (R$)": row.owed,
                **({"Referência": row.ref} if any_ref else {}),
            }
            for row in rows
        ]
        return section("Notas", found)

    def payments(self) -> Section:
        receiver, undoer = aliased(User), aliased(User)
        before, after = aliased(Payment), aliased(Payment)
        rows = self.session.execute(
            select(
                *(PaymentItem, Payment, Note, Sale, Reversal, receiver.name, undoer.name, Payer),
                *(before.customer_id, after.customer_id),
            )
            .join(Payment, Payment.id == PaymentItem.payment_id)
            .join(Note, Note.id == PaymentItem.note_id)
            .join(Sale, Sale.id == Note.sale_id)
            .outerjoin(Reversal, Reversal.payment_id == Payment.id)
            .outerjoin(receiver, receiver.id == Payment.received_by)
            .outerjoin(undoer, undoer.id == Reversal.reversed_by)
            .outerjoin(Payer, Payer.payment_id == Payment.id)
            .outerjoin(before, before.id == Payment.moved_from)
            .outerjoin(after, after.moved_from == Payment.id)
            .where(Payment.customer_id == self.customer_id)
            .order_by(Payment.paid_on, Payment.id, PaymentItem.id)
        )
        found = [
            {
                "Recibo": receipt_number(payment.number),
                "Referência": payment.ref,
                "Data": payment.paid_on,
                "Nota": note_number(sale.id, note.number, sale.installments),
                "Valor (R$)": item.amount,
                "Principal (R$)": item.principal,
                "Juros (R$)": item.interest,
                "Multa (R$)": item.fine,
                "Desconto (R$)": item.discount,
                "Recuperação": "sim" if item.closed_after == Closing.WRITTEN_OFF else None,
                "Forma": in_words(payment.way),
                "Recebido por": received_by,
                "Pago por": payer.name if payer else None,
                "CPF ou CNPJ de quem pagou": payer.tax_id if payer else None,
                "Motivo da data": payment.backdate_reason,
                "Motivo do desconto": payment.discount_reason,
                "Estornado em": undone.reversed_on if undone else None,
                "Estornado por": undone_by,
                "Motivo do estorno": undone.reason if undone else None,
                "Veio do cadastro nº": moved[0],
                "Passou ao cadastro nº": moved[1],
            }
            for item, payment, note, sale, undone, received_by, undone_by, payer, *moved in rows
        ]
        return section("Pagamentos", found)


_REGISTER = {
    "ref": "Referência",
    "name": "Nome",
    "tax_id": "CPF ou CNPJ",
    "phone": "Telefone",
    "email": "E-mail",
    "birth_date": "Nascimento",
    "zip_code": "CEP",
    "street": "Logradouro",
    "street_number": "Número",
    "complement": "Complemento",
    "district": "Bairro",
    "city": "Cidade",
    "state": "UF",
    "credit_limit": "Limite de crédito (R$)",
    "remarks": "Observações",
    "second_phone": "Segundo telefone",
    "phone_text": "Telefone a conferir",
    "workplace": "Trabalho",
    "spouse": "Cônjuge",
    "personal_references": "Referências pessoais",
    "foreign_document": "Documento estrangeiro",
    "country": "País do documento",
}
#: What few registers have, told where there is any.
_SELDOM = {"second_phone", "phone_text", "workplace", "spouse", "personal_references"}
_SELDOM |= {"foreign_document", "country"}
_FORMATS: Mapping[str, Callable[[Any], Value]] = {
    "tax_id": format_tax_id,
    "country": country_name,
    "phone": format_phone,
    "second_phone": format_phone,
    "zip_code": format_cep,
}


def _as_it_is(value: Value) -> Value:
    return value
