"""Many programs at one moment: one key is one sale, and one note is paid once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy import delete

from credigestor.db.engine import transaction
from credigestor.db.models import LoginAttempt, Note, Payment, Sale
from credigestor.rules.permissions import Role
from tests.api.asking import Request, at_once, get, post, token_of
from tests.api.test_acts import ROUNDS, new_sale, payment_of
from tests.api.test_lists_and_figures import ids, portfolio, walked
from tests.factories import add_user
from tests.services.paying import JANUARY, note_row, sell
from tests.services.selling import count, new_customer

__all__ = ["portfolio"]

MANY = 50
PAYERS = 3


def test_fifty_with_one_key_make_one_sale_and_get_one_answer(seller_token: str) -> None:
    customer = new_customer()
    for sold in range(1, ROUNDS + 1):
        body = new_sale(customer, description=f"Compra {sold}")
        request = Request("POST", "/sales", seller_token, body, str(uuid.uuid4()))
        answers = at_once([request] * MANY)
        assert {each.status for each in answers} == {201}
        assert len({each.body for each in answers}) == 1
        assert sum("idempotent-replayed" not in each.headers for each in answers) == 1
        assert (count(Sale), count(Note)) == (sold, 3 * sold)


def test_one_of_fifty_people_pays_a_note() -> None:
    """Each by a login of their own."""
    note = sell(("300.00", JANUARY)).notes[0]
    tokens = []
    for number in range(MANY):
        tokens.append(token_of(add_user(Role.SELLER, name=f"Vendedor {number}")))
        with transaction() as session:  # all of them come from one address
            session.execute(delete(LoginAttempt))
    whole = get(f"/notes/{note}", tokens[0])["owed"]["total"]
    body = payment_of(note, whole)
    answers = at_once(
        [Request("POST", "/payments", token, body, str(uuid.uuid4())) for token in tokens]
    )
    assert sorted({each.status for each in answers}) == [201, 409]
    assert [each.status for each in answers].count(201) == 1
    assert (count(Payment), note_row(note).principal_balance) == (1, 0)


def test_payments_are_walked_while_threads_pay(portfolio: None, manager_token: str) -> None:
    there = ids("/payments", manager_token, 200)
    notes = [sell(("300.00", JANUARY)).notes[0] for _ in range(PAYERS)]
    over = Event()

    def pay(note: int) -> int:
        paid = 0
        while not over.is_set():
            dated = {"paid_on": "2026-10-01", "backdate_reason": "recibo achado"}
            body = payment_of(note, "0.05", **(dated if paid % 2 else {}))
            assert post("/payments", manager_token, body).status == 201
            paid += 1
        return paid

    seen: list[int] = []
    with ThreadPoolExecutor(PAYERS) as pool:
        paying = [pool.submit(pay, note) for note in notes]
        try:
            for page in walked("/payments", manager_token, 20):
                seen += [item["id"] for item in page["items"]]
        finally:
            over.set()
    assert all(each.result() > 1 for each in paying)
    assert len(seen) == len(set(seen))
    assert set(there) <= set(seen)
