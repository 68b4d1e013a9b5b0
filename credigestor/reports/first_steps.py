"""How far a new shop has come: who is there, who buys there, and whether anything was sold."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Sale, User


@dataclass(frozen=True)
class Begun:
    """What there is already: more than one person who may log in, a customer, a sale."""

    team: bool
    customers: bool
    sold: bool


def begun(session: Session) -> Begun:
    """What the shop has begun with; it costs the same in a shop of any size."""
    another = select(User.id).where(User.active).offset(1)
    found = session.execute(
        select(another.exists(), exists(select(Customer.id)), exists(select(Sale.id)))
    ).one()
    return Begun(*found)
