"""A data folder as the versions left it whose app was the server's superuser (up to 0.5)."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine

from credigestor.db.engine import connection_options
from credigestor.db.migrate import migrate
from credigestor.postgres import launcher, postmaster, roles
from tests.postgres.servers import connect

TAX_ID = "52998224725"
#: What a shop or who looks after its server may have made there, of each kind that has an owner.
OBJECTS = """
    CREATE SCHEMA "outra loja";
    CREATE TABLE "outra loja"."Fichas" (id int GENERATED ALWAYS AS IDENTITY, s serial, what text);
    INSERT INTO "outra loja"."Fichas" (what) VALUES ('uma'), ('outra');
    CREATE VIEW "outra loja".vista AS SELECT id FROM "outra loja"."Fichas";
    CREATE MATERIALIZED VIEW "outra loja".contada AS SELECT count(*) FROM "outra loja"."Fichas";
    CREATE SEQUENCE "outra loja".talões;
    CREATE TABLE "outra loja".parts (day date) PARTITION BY RANGE (day);
    CREATE TABLE "outra loja".part PARTITION OF "outra loja".parts DEFAULT;
    CREATE TYPE "outra loja".cor AS ENUM ('azul');
    CREATE TYPE "outra loja".par AS (a int, b int);
    CREATE TYPE "outra loja".faixa AS RANGE (subtype = int);
    CREATE DOMAIN "outra loja".nota AS int CHECK (VALUE > 0);
    CREATE FUNCTION "outra loja".dobro(n int) RETURNS int LANGUAGE sql RETURN 2 * n;
    CREATE PROCEDURE "outra loja".nada() LANGUAGE sql AS '';
    CREATE AGGREGATE "outra loja".soma (int) (SFUNC = int4pl, STYPE = int);
"""


def make(data_dir: Path) -> None:
    """Such a folder with a migrated shop, its server running, people's data in its log."""
    data_dir.mkdir(parents=True)
    cluster = data_dir.resolve() / "cluster"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roles, "SUPERUSER", roles.NAME)
        for name in postmaster.TERSE:
            patch.delitem(postmaster.SETTINGS, name)
        postmaster.create(cluster, fsync=False)
        sockets = postmaster._answer(postmaster._launch(cluster, fsync=False), cluster)
    assert sockets is not None
    url = launcher._url(sockets)
    with roles._connect(sockets, roles.NAME, "postgres") as connection:
        connection.execute("CREATE DATABASE credigestor")
    engine = create_engine(url, connect_args={"options": connection_options("credigestor")})
    migrate(engine)
    engine.dispose()
    with connect(url) as connection:
        connection.execute(OBJECTS)
        for _ in range(2):
            try:
                connection.execute(
                    "INSERT INTO credigestor.customers (name, name_folded, tax_id)"
                    f" VALUES ('Ana', 'ana', '{TAX_ID}')"
                )
            except psycopg.errors.UniqueViolation:
                return
    raise AssertionError("a CPF twice")
