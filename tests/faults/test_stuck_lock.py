"""33 people click on notes that a forgotten psql holds: each is told within 5 s, others go on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import monotonic, sleep

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.browser.conftest import Server
from tests.faults.people import Person
from tests.portfolio import TODAY, add_customer, add_sale

CLICKS = 33
LOOKS = 5
NOTE = "Esta nota está sendo usada em outra tela."
FULL = "O CrediGestor está atendendo gente demais neste momento."


@pytest.fixture
def shop(cluster: str) -> Iterator[Server]:
    running = Server(cluster, "stuck_lock_tests")
    yield running
    running.stop()


def connections(server: Server) -> int:
    """Of the server's application, but for those at rest in the pool."""
    return int(
        server.scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'credigestor' AND state <> 'idle'"
        )
    )


def test_a_stuck_lock_stops_its_clicks_and_not_the_shop(shop: Server) -> None:
    with Session(shop.engine) as session, session.begin():
        customer = add_customer(session, "Bia Presa")
        add_sale(session, customer, TODAY, [("2000.00", TODAY)])
        other = add_customer(session, "Caio Livre")
        add_sale(session, other, TODAY, [("200.00", TODAY)] * 2)
    tokens = [shop.log_in(shop.add_user(f"vendedor{n}")) for n in range(CLICKS + 1)]
    people = [Person(shop, token) for token in tokens]
    *sellers, bystander = people
    for person in sellers:
        person.open("receber", f"customer={customer}").type("Valor recebido", "10,00")
    bystander.open("cliente", f"id={other}")
    idle = median(bystander.open("cliente", f"id={other}").took for _ in range(LOOKS))

    with shop.engine.connect() as psql, ThreadPoolExecutor(CLICKS) as hands:
        locking = text("SELECT FROM notes WHERE customer_id = :id FOR UPDATE")
        psql.execute(locking, {"id": customer})
        clicks = [hands.submit(person.click, "Confirmar") for person in sellers]
        began = monotonic()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while shop.scalar(waiting) < CLICKS // 2 and monotonic() - began < 3:
            sleep(0.02)
        look = monotonic()
        answer = shop.request("GET", "/saude")
        health = monotonic() - look
        looks = [bystander.open("cliente", f"id={other}").took for _ in range(LOOKS)]
        for click in clicks:
            click.result()
        took = sorted(person.took for person in sellers)
        told = [person.told for person in sellers]
        psql.rollback()
    sys.stdout.write(  # pytest -s
        f"\nclicks: median {median(took):.2f} s, slowest {took[-1]:.2f} s;"
        f" bystander: idle {idle:.3f} s, meanwhile {median(looks):.3f} s; /saude {health:.3f} s;"
        f" refused by the lock {sum(NOTE in each for each in told)},"
        f" by the turn {sum(FULL in each for each in told)}\n"
    )
    assert answer.status == 200
    assert all(NOTE in each or FULL in each for each in told), told
    assert "código" not in "".join(told)
    assert took[-1] < 5
    assert median(looks) < 2 * idle
    assert connections(shop) == 0
    assert all(person.typed("Valor recebido") == "10,00" for person in sellers)

    # Once the lock is gone the same click records, and the operation is the same one.
    with ThreadPoolExecutor(CLICKS) as hands:
        list(hands.map(lambda person: person.click("Confirmar"), sellers))
    assert shop.scalar("SELECT count(*) FROM payments") == CLICKS
    assert "Incident" not in shop.log.read_text()
    for person in people:
        person.leave()
