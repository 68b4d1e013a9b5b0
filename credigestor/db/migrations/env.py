"""Alembic's entry: runs on the connection that `db.migrate` hands over."""

from __future__ import annotations

from alembic import context

from credigestor.db.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    compare_server_default=False,
)
context.run_migrations()
