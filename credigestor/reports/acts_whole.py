"""Acts with all that is known of them, for lists that leave none out."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select

from credigestor.db.models import Act, ActItem, ActReversal, Note, Renegotiation, Return, Sale

Statement = TypeVar("Statement", bound="Select[*tuple[Any, ...]]")


def of_acts(statement: Statement) -> Statement:
    """The statement over acts: each note's item, the goods, the deal and the undoing, where any.

    Of a return that only gives money back no note knows: it has one row without one.
    """
    return (
        statement.select_from(Act)
        .outerjoin(ActItem, ActItem.act_id == Act.id)
        .outerjoin(Note, Note.id == ActItem.note_id)
        .outerjoin(Sale, Sale.id == Note.sale_id)
        .outerjoin(Return, Return.act_id == Act.id)
        .outerjoin(Renegotiation, Renegotiation.act_id == Act.id)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
    )
