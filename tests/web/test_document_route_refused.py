"""GET /documento/…: who gets no document, of whom there is none, and what nonsense gets."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text, update

from credigestor.db.engine import transaction
from credigestor.db.models import Customer, LoginSession, Sale, User
from tests.moments import NOW
from tests.portfolio import Made
from tests.web.documents import addresses, print_notes
from tests.web.fetching import Answer, fetch

pytestmark = pytest.mark.usefixtures("db")

NOBODY = "A" * 43


def assert_refused(answer: Answer, status: int, *words: str) -> None:
    assert (answer.status, answer.whole) == (status, True)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    for word in words:
        assert word in answer.text


def test_strangers_ended_logins_and_switched_off_people_get_nothing(
    vera: User, cookie: str, sale: Made, receipt: str
) -> None:
    paths = list(addresses(vera, sale, receipt))
    for path in paths:
        for token in (None, NOBODY):
            assert_refused(fetch(path, token), 403, "Sua sessão terminou")
    with transaction() as session:
        session.execute(update(User).where(User.id == vera.id).values(active=False))
    assert_refused(fetch(paths[0], cookie), 403)
    with transaction() as session:
        session.execute(update(User).where(User.id == vera.id).values(active=True))
        session.execute(update(LoginSession).values(revoked_at=NOW))
    for path in paths:
        assert_refused(fetch(path, cookie), 403, "Sua sessão terminou")


def test_a_stranger_learns_nothing_of_what_there_is(receipt: str) -> None:
    known = fetch(receipt, None)
    for path in ("/documento/recibo/99", "/documento/nada/1", "/documento/recibo/x?y=1"):
        answer = fetch(path, None)
        assert (answer.status, answer.body) == (known.status, known.body)


def test_another_sites_name_for_our_address_gets_nothing(cookie: str, receipt: str) -> None:
    answer = fetch(receipt, cookie, host="loja.example.com")
    assert (answer.status, answer.text) == (400, "Endereço desconhecido.")


def test_nothing_but_reading_is_answered(cookie: str, receipt: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert fetch(receipt, cookie, method=method).status in (403, 405)


@pytest.mark.parametrize(
    "path",
    [
        "recibo/0",
        "recibo/99",
        "recibo/-1",
        "recibo/1.0",
        "recibo/01",
        "recibo/%201",
        "recibo/1%00",
        "recibo/١",
        "recibo/9999999999",
        "recibo/2147483648",
        "recibo/999999999999999999999999999999",
        "recibo/1;DROP",
        "recibo/..",
        "carne/abc",
        "carne/77",
        "notas/1",
        "notas/00000000-0000-0000-0000-000000000000",
        "notas/{00000000-0000-0000-0000-000000000000}",
        "notas/000000000000-0000-0000-0000-00000000",
        "extrato/77?from=2026-01-01&to=2026-11-23",
        "quitacao/77?notes=1&on=2026-12-10",
        "quitacao/1?notes=77&on=2026-12-10",
        "Recibo/1",
        "nada/1",
        "%2e%2e/1",
    ],
)
def test_an_address_of_nothing_is_not_found(cookie: str, receipt: str, path: str) -> None:
    assert_refused(fetch(f"/documento/{path}", cookie), 404)


@pytest.mark.parametrize(
    "path",
    [
        "recibo/1?format=A4",
        "recibo/1?format=",
        "recibo/1?format=one&format=two",
        "recibo/1?formats=one",
        "recibo/1?copies=0",
        "recibo/1?copies=6",
        "recibo/1?copies=1&copies=2",
        "recibo/1?copies=²",
        "recibo/1?download=2",
        "recibo/1?download=1&download=1",
        "recibo/1?%00=%00",
        "carne/1?on=2026-01-01",
        "notas/00000000-0000-0000-0000-000000000000?format=one",
        "extrato/1",
        "extrato/1?from=2026-01-01",
        "extrato/1?from=ontem&to=hoje",
        "extrato/1?from=20260101&to=20261123",
        "extrato/1?from=2026-W01-1&to=2026-11-23",
        "extrato/1?from=2026-02-30&to=2026-11-23",
        "extrato/1?from=0000-00-00&to=9999-99-99",
        "extrato/1?from=0001-01-01&to=2026-11-23",
        "extrato/1?from=2026-11-23&to=2026-01-01",
        "extrato/1?from=2026-01-01&to=9999-12-31",
        "quitacao/1",
        "quitacao/1?notes=&on=2026-12-10",
        "quitacao/1?notes=1,1&on=2026-12-10",
        "quitacao/1?notes=1,,2&on=2026-12-10",
        "quitacao/1?notes=2%00&on=2026-12-10",
        f"quitacao/1?notes={','.join(map(str, range(1, 502)))}&on=2026-12-10",
        "quitacao/1?notes=2&on=2026-11-22",
        "quitacao/1?notes=2&on=9999-12-31",
        "quitacao/1?notes=2&on=2026-12-10&amount=",
        "quitacao/1?notes=2&on=2026-12-10&amount=50",
        "quitacao/1?notes=2&on=2026-12-10&amount=0.00",
        "quitacao/1?notes=2&on=2026-12-10&amount=-1.00",
    ],
)
def test_parameters_that_make_no_sense_are_refused(cookie: str, receipt: str, path: str) -> None:
    assert_refused(fetch(f"/documento/{path}", cookie), 400)


def test_of_a_cancelled_sale_neither_notes_nor_booklet_are_given(
    vera: User, cookie: str, sale: Made
) -> None:
    notes = print_notes(vera, sale)
    with transaction() as session:
        why = {"cancelled_on": date(2026, 11, 23), "cancel_reason": "desistiu"}
        session.execute(update(Sale).values(**why))
        session.execute(text("UPDATE notes SET cancelled_on = '2026-11-23'"))
    for path in (notes, f"/documento/carne/{sale.id}"):
        assert_refused(fetch(path, cookie), 409, "cancelada")


def test_of_who_was_anonymised_no_document_is_given(
    vera: User, cookie: str, sale: Made, receipt: str
) -> None:
    paths = addresses(vera, sale, receipt)
    with transaction() as session:
        session.execute(update(Customer).values(anonymised_at=NOW, active=False))
    for path in paths:
        assert_refused(fetch(path, cookie), 409, "anonimizados")
