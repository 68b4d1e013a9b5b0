"""Shops on one server, a role and a schema each, whose people would rather fail than wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from credigestor.config import get_config
from credigestor.db.engine import connection_options, get_engine, snapshot, transaction
from credigestor.db.migrate import migrate
from credigestor.reports import overview
from credigestor.reports.check.report import check
from credigestor.reports.delinquency import DelinquencyFilters, delinquency
from credigestor.rules.permissions import Actor, Role
from credigestor.services import payments, summaries
from credigestor.services.payments import NewPayment
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, random_portfolio
from tests.services.paying import new_payment, sell
from tests.superuser import as_superuser

#: Milliseconds for which a neighbour waits for a lock before it fails. Whatever an act holds it
#: holds until all neighbours are done.
_PATIENCE = 200
_DUE = date(2026, 1, 10)


@dataclass
class Shop:
    """A shop: its role, which is its schema's name too; its manager, and how they are paid."""

    name: str
    url: str
    engine: Engine
    manager: Actor
    form: NewPayment
    paid: int = 0

    def pay(self) -> None:
        """Receive R$ 1,00 for its note, and read what two pages of its show."""
        with Session(self.engine) as session, session.begin():
            form = self.form.model_copy(update={"operation_id": uuid4()})
            payments.receive(session, self.manager, form, today=TODAY)
        self.paid += 1
        with Session(self.engine) as session, session.begin():
            assert summaries.try_refresh(session, today=TODAY, patience=0)
            overview.details(session, TODAY, today=TODAY)
            found = delinquency(session, TODAY, DelinquencyFilters(), today=TODAY)
            assert len(found) >= 1


@contextmanager
def inside(name: str, url: str) -> Iterator[None]:
    """For the block this process is one of that shop's, with its role."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("CREDIGESTOR_SCHEMA", name)
        get_config.cache_clear()
        get_engine.cache_clear()
        try:
            yield
        finally:
            get_engine().dispose()
    get_config.cache_clear()
    get_engine.cache_clear()


def open_shop(server: str, name: str, *, sold: int) -> Shop:
    """A new shop as docs/servidor.md says, with so many sales, and a large note to be paid."""
    database = make_url(server).database
    with as_superuser(server) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        connection.execute(f'GRANT CREATE ON DATABASE "{database}" TO {name}')
    url = make_url(server).set(drivername="postgresql", username=name).render_as_string()
    with inside(name, url):
        migrate(get_engine())
        manager = actor_of(add_user(Role.MANAGER))
        with transaction() as session:
            random_portfolio(session, manager, 7, sold=sold)
            summaries.refresh(session, today=TODAY)
        form = new_payment(_DUE, (sell(("9000.00", _DUE)).notes[0], "1.00"))
        engine = create_engine(
            get_engine().url,
            connect_args={
                "options": f"{connection_options(name)} -clock_timeout={_PATIENCE}",
                "application_name": f"people of {name}",
            },
            pool_size=1,
            max_overflow=1,
        )
    return Shop(name, url, engine, manager, form)


def close_shop(server: str, shop: Shop) -> None:
    """Take its schema and its role away again."""
    shop.engine.dispose()
    with as_superuser(server, make_url(server).database or "") as connection:
        connection.execute(f"DROP OWNED BY {shop.name} CASCADE")
        connection.execute(f"DROP ROLE {shop.name}")


@dataclass
class Rounds:
    """How often all neighbours have paid and read amid what a shop did."""

    made: int = 0


@contextmanager
def neighbours_work(busy: Shop, neighbours: list[Shop]) -> Iterator[Rounds]:
    """Before each commit of the busy shop's, with all it holds, every neighbour pays and reads."""
    rounds, one_at_a_time = Rounds(), Lock()

    def work(connection: Connection) -> None:
        if connection.engine.url.username != busy.name:
            return
        with one_at_a_time:
            for neighbour in neighbours:
                neighbour.pay()
            rounds.made += 1

    event.listen(Engine, "commit", work)
    try:
        yield rounds
    finally:
        event.remove(Engine, "commit", work)


def problems_of(shop: Shop) -> list[object]:
    """What `check` finds in it."""
    with inside(shop.name, shop.url), snapshot() as session:
        return list(check(session))
