"""The made-up shop of the benchmarks: sound, and the same at every load. No timings here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.business import TODAY, cpf
from benchmarks.loader import load
from benchmarks.multiply import multiply
from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.loading import incoming_schema
from credigestor.db.migrate import head_revision
from credigestor.db.models import ACT_NUMBERS
from credigestor.db.summaries.changes import CUBES
from credigestor.reports.check.report import check
from credigestor.reports.summary import summary
from tests import tables

pytestmark = pytest.mark.usefixtures("db")

SALES = 200
LEDGER = (
    "acts",
    "act_items",
    "users",
    "customers",
    "sales",
    "notes",
    "payments",
    "payment_items",
    "reversals",
    "acts",
    "act_items",
)


def test_a_loaded_shop_has_no_problem_and_every_kind_of_note() -> None:
    load(get_engine(), SALES)
    with snapshot() as session:
        assert check(session) == []
        kinds = session.execute(
            text(
                "SELECT count(*) FILTER (WHERE cancelled_on IS NOT NULL) AS cancelled,"
                " count(*) FILTER (WHERE principal_balance = 0) AS paid,"
                " count(*) FILTER (WHERE on_time_until < :today AND principal_balance > 0"
                "                  AND cancelled_on IS NULL) AS overdue,"
                " count(*) FILTER (WHERE due_date > :today) AS not_due,"
                " (SELECT count(*) FROM payment_items WHERE interest > 0 AND fine > 0) AS late,"
                " (SELECT count(*) FROM reversals) AS reversed,"
                " (SELECT count(DISTINCT kind) = 5 FROM acts) AS acts,"
                " (SELECT count(*) >= 20 FROM acts) AS a_tenth FROM notes"
            ),
            {"today": TODAY},
        ).one()
    assert all(kinds), kinds


def test_two_loads_with_the_same_seed_are_equal_and_another_seed_is_another_shop() -> None:
    first, again, other = (_loaded(seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_multiplied_shop_has_no_problem_and_each_figure_so_many_times() -> None:
    load(get_engine(), SALES)
    with incoming_schema.incoming(head_revision()) as larger:
        multiply(get_engine(), larger.engine, 3, schema=larger.name)
        with snapshot() as one, larger.snapshot() as three:
            assert check(three) == []
            assert _figures(three) == {name: 3 * each for name, each in _figures(one).items()}
            people = three.execute(text("SELECT id, tax_id FROM customers")).all()
            assert all(each.tax_id == cpf(each.id) for each in people)
        with larger.begin() as connection:
            number = connection.scalar(text(f"SELECT nextval('{ACT_NUMBERS}')"))
            last = connection.scalar(
                text("SELECT greatest((SELECT max(id) FROM payments), (SELECT max(id) FROM acts))")
            )
    assert number > last


def test_a_shop_in_which_somebody_worked_is_not_multiplied() -> None:
    load(get_engine(), SALES)
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO guarantors (sale_id, position, name, tax_id)"
                " VALUES (1, 1, 'Avalista', :cpf)"
            ),
            {"cpf": cpf(1)},
        )
    with (
        incoming_schema.incoming(head_revision()) as larger,
        pytest.raises(ValueError, match="guarantors"),
    ):
        multiply(get_engine(), larger.engine, 3, schema=larger.name)


def _figures(session: Session) -> dict[str, Any]:
    """What the ledger and the summaries come to, all of which grows with the shop."""
    ledger = asdict(summary(session, TODAY, today=TODAY))
    bands = ledger.pop("aging")
    portfolio = {
        f"{cube.table.name}.{measure}": session.scalar(
            text(f"SELECT sum({measure}) FROM {cube.table.name}")
        )
        for cube in CUBES
        for measure in cube.measures
    }
    return ledger | bands | portfolio


def _loaded(seed: int) -> list[str]:
    with transaction() as session:
        tables.empty(session)
    load(get_engine(), SALES, seed)
    with transaction() as session:
        return [
            session.scalars(
                text(
                    "SELECT md5(string_agg((to_jsonb(t) - 'created_at')::text, ';' ORDER BY id))"
                    f" FROM {table} t"
                )
            ).one()
            for table in LEDGER
        ]
