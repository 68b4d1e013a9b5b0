"""What came of watched files: who may put it away, what stays seen, and what of people goes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import NotAllowed
from credigestor.reports import import_runs as report
from credigestor.reports.import_runs import ToSee
from credigestor.rules.permissions import Actor
from credigestor.services import import_runs
from tests.services.anonymising import TRACES, anonymise, database, make_customer

END = datetime.max.replace(tzinfo=UTC)


def note(digest: str = "a", why: str = "A venda 9 não existe.", *, refused: bool = True) -> None:
    with transaction() as session:
        import_runs.note(
            session,
            file="vendas.csv",
            digest=digest * 64,
            refused=refused,
            counts={"problems": 1} if refused else {"sales": 2, "differences": 1},
            detail=[("Problemas", "vendas.csv, linha 2", "", "", why)],
        )


def see(actor: Actor, until: datetime = END) -> None:
    with transaction() as session:
        import_runs.mark_seen(session, actor, until=until)


def to_see() -> ToSee:
    with snapshot() as session:
        return report.to_see(session)


def test_what_was_seen_is_told_again_only_where_it_is_another(admin: Actor) -> None:
    note()
    note("b", refused=False)
    assert to_see() == ToSee(differing=1, refused=1)
    see(admin)
    assert not to_see()
    note()
    assert not to_see()
    note(why="A venda 8 não existe.")
    assert to_see() == ToSee(differing=0, refused=1)
    note(refused=False)
    assert to_see() == ToSee(differing=1, refused=0)


def test_what_came_after_the_page_was_drawn_is_not_put_away(admin: Actor) -> None:
    note()
    with snapshot() as session:
        [shown] = report.newest(session)
    note("b")
    see(admin, shown.at)
    assert to_see() == ToSee(differing=0, refused=1)


def test_only_who_may_import_puts_it_away(manager: Actor) -> None:
    note()
    with pytest.raises(NotAllowed):
        see(manager)
    assert to_see()


def test_a_long_report_is_kept_in_part(admin: Actor) -> None:
    with transaction() as session:
        import_runs.note(
            session,
            file="x" * 500,
            digest="c" * 64,
            refused=True,
            counts={"problems": 5_000},
            detail=[("Problemas", "", "", "", str(k)) for k in range(5_000)],
        )
    with snapshot() as session:
        [run] = report.newest(session)
        rows = report.detail(session, run.id)
    assert rows is not None
    assert (len(rows), len(run.file), run.problems) == (import_runs.MOST_DETAIL, 200, 5_000)


def test_nothing_of_an_anonymised_customer_is_left_in_what_was_told(admin: Actor) -> None:
    customer_id = make_customer(admin)
    note(why=" ".join(map(str, TRACES)))
    anonymise(admin, customer_id)
    assert [trace for trace in TRACES if trace.lower() in database().lower()] == []
    with snapshot() as session:
        [run] = report.newest(session)
        assert (run.problems, report.detail(session, run.id)) == (1, None)
