"""Tables of a customer's copy that tell of proposals, and of acts that are no payment (R28)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    Note,
    Sale,
    User,
)
from credigestor.reports import contacts as kept
from credigestor.reports import proposals as offered
from credigestor.reports import store_credit
from credigestor.reports.contacts import ContactFilters
from credigestor.reports.proposals import ProposalFilters
from credigestor.rules.acts import ACT_NAMES, ActKind
from credigestor.rules.contacts import CHANNEL_NAMES, OUTCOME_NAMES
from credigestor.rules.methods import NAMES
from credigestor.rules.numbering import (
    note_number,
    proposal_number,
    sale_number,
)
from credigestor.rules.privacy import Section
from credigestor.rules.promises import PROMISE_NAMES
from credigestor.rules.store_credit import MOVEMENT_NAMES


def section(title: str, rows: list[dict[str, Any]]) -> Section:
    """A table of rows, whose labels are the first one's keys."""
    labels = list(rows[0]) if rows else []
    return Section(title, labels, [list(row.values()) for row in rows])


def proposals(session: Session, customer_id: int, today: date) -> Section:
    """What was offered, and whether it became a sale."""
    every = offered.listed(ProposalFilters(customer_id), today=today)
    found = [
        {
            "Proposta": proposal_number(row["id"]),
            "Data": row["made_on"],
            "Válida até": row["valid_until"],
            "Descrição": row["description"],
            "Total (R$)": row["total"],
            "Entrada (R$)": row["down_payment"],
            "Parcelas": row["installments"],
            "Total a prazo (R$)": row["to_pay"],
            "Feita por": row["made_by"],
            "Venda": sale_number(row["sale_id"]) if row["sale_id"] else None,
        }
        for row in session.execute(every).mappings()
    ]
    return section("Propostas", found)


def acts(session: Session, customer_id: int) -> Section:
    """What was done to the customer's notes beside payments."""
    maker, undoer = aliased(User), aliased(User)
    rows = session.execute(
        select(ActItem, Act, Note, Sale, ActReversal, maker.name, undoer.name)
        .join(Act, Act.id == ActItem.act_id)
        .join(Note, Note.id == ActItem.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .outerjoin(maker, maker.id == Act.made_by)
        .outerjoin(undoer, undoer.id == ActReversal.reversed_by)
        .where(Act.customer_id == customer_id)
        .order_by(Act.acted_on, Act.id, ActItem.id)
    )
    found = [
        {
            "Ato": act.id,
            "O quê": ACT_NAMES[ActKind(act.kind)],
            "Data": act.acted_on,
            "Nota": note_number(sale.id, note.number, sale.installments),
            "Principal (R$)": item.principal,
            "Juros (R$)": item.interest,
            "Multa (R$)": item.fine,
            "Novo vencimento": item.due_date,
            "Motivo": act.reason,
            "Feito por": made_by,
            "Desfeito em": undone.reversed_on if undone else None,
            "Desfeito por": undone_by,
            "Motivo de desfazer": undone.reason if undone else None,
        }
        for item, act, note, sale, undone, made_by, undone_by in rows
    ]
    return section("Outros atos sobre as notas", found)


def credit(session: Session, customer_id: int, today: date) -> Section:
    """What the shop owes, or owed, the customer (R31)."""
    found = [
        {
            "Data": each.moved_on,
            "O quê": MOVEMENT_NAMES[each.kind],
            "Recibo, devolução ou venda": each.source,
            "Valor (R$)": each.amount,
            "Saldo (R$)": each.balance,
            "Forma": NAMES[each.method] if each.method else None,
            "Motivo": each.reason,
            "Registrado por": each.made_by,
            "Desfeito em": each.undone.on if each.undone else None,
            "Motivo de desfazer": each.undone.reason if each.undone else None,
        }
        for each in store_credit.movements(session, customer_id, as_of=today)
    ]
    return section("Crédito na loja", found)


def contacts(session: Session, customer_id: int, today: date) -> Section:
    """When the customer was contacted about what is owed, and what was promised (R38)."""
    found = [
        {
            "Data": each.contacted_on,
            "Por": CHANNEL_NAMES[each.channel],
            "Resultado": OUTCOME_NAMES[each.outcome],
            "Observação": each.remark,
            "Registrado por": each.made_by,
            "Prometido (R$)": each.promise.amount if each.promise else None,
            "Para": each.promise.due_on if each.promise else None,
            "Promessa": PROMISE_NAMES[each.promise.status] if each.promise else None,
            "Pago no prazo (R$)": each.promise.paid if each.promise else None,
            "Retirada em": each.promise.withdrawn_on if each.promise else None,
            "Motivo da retirada": each.promise.withdrawal_reason if each.promise else None,
        }
        for each in kept.contacts(session, ContactFilters(customer_id), today=today)
    ]
    return section("Contatos e promessas", found[::-1])
