"""COPY out and in: whole or not at all, block by block, and never more than asked for."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import PendingRollbackError

from credigestor.db.engine import snapshot, transaction
from credigestor.db.loading.copying import BLOCK, Rows, copy_in, copy_out, statement_text
from credigestor.db.models import Customer
from tests.postgres.servers import wait_for

pytestmark = pytest.mark.usefixtures("db")

MANY = "SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n"


def test_rows_come_in_blocks_and_are_counted_with_the_header() -> None:
    rows = Rows()
    with snapshot() as session:
        blocks = list(copy_out(session.connection(), MANY, "FORMAT csv, HEADER", rows))
    assert len(blocks) > 5
    assert all(BLOCK <= len(block) < BLOCK + 200 for block in blocks[:-1])
    lines = b"".join(blocks).decode().splitlines()
    assert rows.count == len(lines) == 20_001
    assert lines[0] == "n,repeat"
    assert lines[-1].startswith("20000,xxx")


def test_an_empty_result_is_no_block() -> None:
    with snapshot() as session:
        assert (
            list(copy_out(session.connection(), "SELECT 1 WHERE false", "FORMAT csv", Rows())) == []
        )
        assert session.scalar(text("SELECT 1")) == 1


def test_parameters_are_written_into_the_statement_and_stay_texts() -> None:
    nasty = "100% d'Ávila \\ %s :x \"; DROP TABLE customers; --"
    statement = select(literal(nasty), func.left("abc", 2)).where(literal(1).in_([1, 2]))
    with snapshot() as session:
        connection = session.connection()
        written = statement_text(statement, connection.connection.driver_connection)
        assert "%(" not in written
        blocks = copy_out(connection, statement, "FORMAT csv, DELIMITER '|'", Rows())
        quoted = nasty.replace('"', '""')
        assert b"".join(blocks).decode() == f'"{quoted}"|ab\n'


def test_a_statement_that_fails_at_once_or_half_way_raises_what_the_server_said() -> None:
    for statement in ("SELECT 1/0", "SELECT 1/(n - 9000) FROM generate_series(1, 10000) n"):
        with snapshot() as session, pytest.raises(psycopg.errors.DivisionByZero):
            list(copy_out(session.connection(), statement, "FORMAT csv", Rows()))


def test_one_who_stops_reading_ends_the_copy_on_the_server() -> None:
    with snapshot() as session:
        connection = session.connection()
        backend = connection.scalar(select(func.pg_backend_pid()))
        blocks = copy_out(connection, MANY, "FORMAT csv", Rows())
        next(blocks)
        blocks.close()
        assert connection.invalidated
        with pytest.raises(PendingRollbackError):
            session.scalar(select(1))

    def is_gone() -> bool:
        with snapshot() as session:  # a new one each time: the server shows a transaction one state
            return not session.scalar(
                text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": backend}
            )

    wait_for(is_gone)


def test_what_was_copied_out_is_copied_in_byte_by_byte() -> None:
    with transaction() as session:
        for name, remarks in [('Ana; "boa"\n,', ""), ("\\.", None), ("D'Ávila 😀", "\t\\N")]:
            session.add(
                Customer(name=name, name_folded="x", tax_id=f"{len(name):011d}", remarks=remarks)
            )
    columns = "name, name_folded, tax_id, remarks"
    query = f"SELECT {columns} FROM customers ORDER BY tax_id"
    with snapshot() as session:
        before = list(copy_out(session.connection(), query, "FORMAT csv", Rows()))
    with transaction() as session:
        session.execute(text("DELETE FROM customers"))
        table = f'"customers" ({columns})'
        assert copy_in(session.connection(), table, "FORMAT csv", before) == 3
    with snapshot() as session:
        assert list(copy_out(session.connection(), query, "FORMAT csv", Rows())) == before
