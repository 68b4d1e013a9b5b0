"""Tables of a customer's copy that tell of proposals, and of acts that are no payment (R28)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    CustomerMove,
    Note,
    Renegotiation,
    Return,
    Sale,
    SaleMoney,
    User,
)
from credigestor.reports import contacts as kept
from credigestor.reports import proposals as offered
from credigestor.reports import store_credit
from credigestor.reports.acts_whole import of_acts
from credigestor.reports.contacts import ContactFilters
from credigestor.reports.proposals import ProposalFilters
from credigestor.rules.acts import ACT_NAMES, ActKind
from credigestor.rules.contacts import CHANNEL_NAMES, OUTCOME_NAMES
from credigestor.rules.methods import NAMES, in_words
from credigestor.rules.numbering import (
    money_number,
    note_number,
    proposal_number,
    sale_number,
)
from credigestor.rules.privacy import Section
from credigestor.rules.promises import PROMISE_NAMES
from credigestor.rules.renegotiation import AGREEMENT_NAMES, Agreement
from credigestor.rules.returns import RETURN_NAMES, ReturnKind
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
        of_acts(
            select(
                *(ActItem, Act, Note, Sale, ActReversal, maker.name, undoer.name),
                *(Return, Renegotiation),
            )
        )
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
            "Nota": note_number(sale.id, note.number, sale.installments) if note else None,
            "Principal (R$)": item and item.principal,
            "Juros (R$)": item and item.interest,
            "Multa (R$)": item and item.fine,
            "Novo vencimento": item and item.due_date,
            "Devolução": goods and RETURN_NAMES[ReturnKind(goods.kind)],
            "Venda devolvida": goods and sale_number(goods.sale_id),
            "Valor da mercadoria (R$)": goods and goods.value,
            "Parte da venda (%)": goods and goods.share,
            "Voltou ao cliente (R$)": goods and goods.back,
            "Como voltou": in_words(goods.back_by) if goods and goods.back_by else None,
            "Acordo": deal and AGREEMENT_NAMES[Agreement(deal.kind)],
            "Venda do acordo": deal and sale_number(deal.sale_id),
            "Motivo": act.reason,
            "Feito por": made_by,
            "Desfeito em": undone.reversed_on if undone else None,
            "Desfeito por": undone_by,
            "Motivo de desfazer": undone.reason if undone else None,
        }
        for item, act, note, sale, undone, made_by, undone_by, goods, deal in rows
    ]
    return section("Outros atos sobre as notas", found)


def sale_money(session: Session, customer_id: int) -> Section:
    """Down payments, and those handed back (R35)."""
    rows = session.execute(
        select(SaleMoney, User.name)
        .join(Sale, Sale.id == SaleMoney.sale_id)
        .outerjoin(User, User.id == SaleMoney.done_by)
        .where(Sale.customer_id == customer_id)
        .order_by(SaleMoney.id)
    )
    found = [
        {
            "Recibo": money_number(money.kind, money.id),
            "O quê": "Entrada" if money.kind == "down" else "Devolução da entrada",
            "Data": money.moved_on,
            "Venda": sale_number(money.sale_id),
            "Valor (R$)": money.amount,
            "Forma": in_words(money.way),
            "Por": done_by,
        }
        for money, done_by in rows
    ]
    return section("Entradas", found)


def moves(session: Session, customer_id: int) -> Section:
    """Sales that came from another register or went to one, with all that is of them."""
    rows = session.execute(
        select(CustomerMove, User.name)
        .outerjoin(User, User.id == CustomerMove.moved_by)
        .where(or_(CustomerMove.from_id == customer_id, CustomerMove.to_id == customer_id))
        .order_by(CustomerMove.id)
    )
    found = [
        {
            "Venda": sale_number(move.sale_id),
            "Data": move.moved_on,
            "Veio do cadastro nº": move.from_id if move.to_id == customer_id else None,
            "Passou ao cadastro nº": move.to_id if move.from_id == customer_id else None,
            "Motivo": move.reason,
            "Por": moved_by,
        }
        for move, moved_by in rows
    ]
    return section("Vendas que mudaram de cadastro", found)


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
