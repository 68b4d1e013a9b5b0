"""The superuser of a test's embedded server: what the app's own role may not do."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import make_url

from credigestor.postgres.roles import SUPERUSER


def as_superuser(url: str, database: str = "postgres") -> psycopg.Connection[Any]:
    """A connection in autocommit to a database of the server that the app's URL names."""
    superusers = make_url(url).set(drivername="postgresql", username=SUPERUSER, database=database)
    return psycopg.connect(superusers.render_as_string(), autocommit=True)
