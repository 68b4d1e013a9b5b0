"""What is in the files of acts that are no payment, and of sales that changed their customer."""

from __future__ import annotations

from sqlalchemy import func, select, true

from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    CustomerMove,
    Note,
    Renegotiation,
    Return,
    Sale,
    User,
)
from credigestor.exports.contents import Content, named
from credigestor.exports.sql_format import CellWriter, note_number, of_customer
from credigestor.reports.acts_whole import of_acts
from credigestor.rules.acts import ACT_NAMES
from credigestor.rules.methods import NAMES
from credigestor.rules.renegotiation import AGREEMENT_NAMES
from credigestor.rules.returns import RETURN_NAMES


def acts(cells: CellWriter) -> Content:
    """What every other act did to each of its notes, and whether it was undone.

    A return that only gives money back has one line of no note.
    """
    customer = of_customer(cells, Act.customer_id)
    columns = {
        "Ato": Act.id,
        "O quê": cells.word(Act.kind, ACT_NAMES),
        "Data": Act.acted_on,
        **named(customer),
        "Nota": note_number(Sale.id, Note.number, Sale.installments),
        "Principal": cells.owed(ActItem.principal),
        "Juros": cells.owed(ActItem.interest),
        "Multa": cells.owed(ActItem.fine),
        "Novo vencimento": ActItem.due_date,
        "Motivo": cells.text(Act.reason),
        "Feito por": cells.text(User.name),
        "Desfeito": cells.yes_no(ActReversal.id.is_not(None)),
        "Desfeito em": ActReversal.reversed_on,
        "Motivo de desfazer": cells.text(ActReversal.reason),
        "Venda": func.coalesce(Note.sale_id, Return.sale_id),
        "Devolução": cells.word(Return.kind, RETURN_NAMES),
        "Valor da mercadoria": cells.number(Return.value),
        "Parte da venda (%)": cells.rate(Return.share),
        "Voltou ao cliente": cells.number(Return.back),
        "Como voltou": cells.word(Return.back_by, NAMES),
        "Acordo": cells.word(Renegotiation.kind, AGREEMENT_NAMES),
        "Venda do acordo": Renegotiation.sale_id,
    }
    rows = (
        of_acts(select(Act.id))
        .join(customer, true())
        .outerjoin(User, User.id == Act.made_by)
        .order_by(Act.id, ActItem.id)
    )
    return Content(columns, rows)


def customer_moves(cells: CellWriter) -> Content:
    """Every sale that went to the right customer: from whom, to whom, and why."""
    customer = of_customer(cells, CustomerMove.to_id)
    columns = {
        "Venda": CustomerMove.sale_id,
        "Data": CustomerMove.moved_on,
        "Veio do código": CustomerMove.from_id,
        **named(customer),
        "Motivo": cells.text(CustomerMove.reason),
        "Por": cells.text(User.name),
    }
    rows = (
        select(CustomerMove.id)
        .join(customer, true())
        .outerjoin(User, User.id == CustomerMove.moved_by)
        .order_by(CustomerMove.id)
    )
    return Content(columns, rows)
