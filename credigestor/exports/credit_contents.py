"""What is in the file of customers' credit: its columns, and the SELECT that fills them (R31)."""

from __future__ import annotations

from sqlalchemy import func, select, true

from credigestor.db.models import CreditMovement, User
from credigestor.exports.contents import Content, named
from credigestor.exports.sql_format import CellWriter, of_customer
from credigestor.rules.methods import NAMES
from credigestor.rules.store_credit import MOVEMENT_NAMES


def store_credit(cells: CellWriter) -> Content:
    """Every movement of customers' credit; what is undone has a line of its own."""
    customer = of_customer(cells, CreditMovement.customer_id)
    columns = {
        "Movimento": CreditMovement.id,
        "O quê": cells.word(CreditMovement.kind, MOVEMENT_NAMES),
        "Data": CreditMovement.moved_on,
        **named(customer),
        "Valor": cells.number(CreditMovement.amount),
        "Forma": cells.word(CreditMovement.method, NAMES),
        "Pagamento ou ato": func.coalesce(CreditMovement.payment_id, CreditMovement.act_id),
        "Venda": CreditMovement.sale_id,
        "Desfaz o movimento": CreditMovement.undoes_id,
        "Motivo": cells.text(CreditMovement.reason),
        "Registrado por": cells.text(User.name),
    }
    rows = (
        select(CreditMovement.id)
        .join(customer, true())
        .outerjoin(User, User.id == CreditMovement.made_by)
        .order_by(CreditMovement.id)
    )
    return Content(columns, rows)
