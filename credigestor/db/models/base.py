"""What every model is made of: the metadata, the types of money and rates, an id, a moment."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, MetaData, Numeric, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from credigestor.rules.true_rate import PLACES

Money = Numeric(12, 2)
Rate = Numeric(7, 4)
DailyRate = Numeric(24, PLACES)


class Base(DeclarativeBase):
    """Declarative base: every constraint gets a predictable name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as configuration
        str: Text,
        datetime: TIMESTAMP(timezone=True),
        uuid.UUID: PGUUID(as_uuid=True),
        dict[str, Any]: JSONB,
    }


def an_id() -> Mapped[int]:
    """The column `id`, numbered by the database."""
    return mapped_column(Identity(), primary_key=True)


def now() -> Mapped[datetime]:
    """A column that says when its row was written, by the database's clock."""
    return mapped_column(server_default=func.now())


def money(default: str | None = None) -> Mapped[Any]:
    """A column of R$; `default` is what older rows and who says nothing get."""
    return mapped_column(Money, server_default=default)


def old_number_index(table: str) -> Index:
    """Of what another system called a row, as `reports.search.by_old_number` looks for it."""
    return Index(
        f"ix_{table}_old_number",
        text("ltrim(lower(ref), '0')"),
        postgresql_where=text("ref IS NOT NULL"),
    )
