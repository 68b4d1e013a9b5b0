"""GET /documento/…: who gets a document, under which name, and what nonsense gets."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Lock
from time import sleep

import anyio
import pytest
from sqlalchemy import text, update
from starlette.requests import Request

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Base, Customer, LoginSession, Sale, User
from credigestor.documents import catalogue
from credigestor.rules.permissions import Actor, Role
from credigestor.services import printing, settings
from credigestor.ui.kit import data
from credigestor.web import document_route
from tests.factories import actor_of, add_user
from tests.moments import NOW
from tests.portfolio import Made
from tests.services.paying import FEBRUARY, JANUARY, pay, reverse, sell
from tests.ui.support import login_as
from tests.web.fetching import Answer, fetch

pytestmark = pytest.mark.usefixtures("db")

NOBODY = "A" * 43
NEWEST = "SELECT count(*), max(xmin::text::bigint) FROM {}"


@pytest.fixture
def vera() -> User:
    """A seller."""
    return add_user(Role.SELLER, name="Vera Vendedora")


@pytest.fixture
def cookie(vera: User) -> str:
    """Her login."""
    return login_as(user=vera)


@pytest.fixture
def shop(admin: Actor) -> None:
    """What a promissory note needs to know of the shop."""
    known = {"legal_name": "Loja Modelo Ltda", "tax_id": "11222333000181", "city": "Fortaleza"}
    with transaction() as session:
        settings.change(session, admin, data.settings().model_copy(update=known))


@pytest.fixture
def sale(shop: None) -> Made:
    """Two notes of Ana Luz."""
    return sell(("300.00", JANUARY), ("100.00", FEBRUARY))


@pytest.fixture
def receipt(sale: Made, manager: Actor) -> str:
    """The address of the receipt of a payment in parts."""
    return f"/documento/recibo/{pay(manager, date(2026, 1, 25), (sale.notes[0], '100.00'))}"


def print_notes(user: User, sale: Made, *notes: int) -> str:
    """Record a printing; the address of its notes."""
    operation = uuid.uuid4()
    with transaction() as session:
        printing.print_notes(
            session,
            actor_of(user),
            sale_id=sale.id,
            note_ids=notes or None,
            operation_id=operation,
        )
    return f"/documento/notas/{operation}"


def addresses(vera: User, sale: Made, receipt: str) -> dict[str, str]:
    """One address of each kind, and the name of its file."""
    return {
        print_notes(vera, sale): "notas-000001.pdf",
        f"/documento/carne/{sale.id}": "carne-000001.pdf",
        receipt: "recibo-000001.pdf",
        "/documento/extrato/1?from=2026-01-01&to=2026-11-23": "extrato-cliente-1-2026-11-23.pdf",
        f"/documento/quitacao/1?notes={sale.notes[1]}&on=2026-12-10": (
            "quitacao-cliente-1-2026-12-10.pdf"
        ),
    }


def assert_refused(answer: Answer, status: int, *words: str) -> None:
    assert (answer.status, answer.whole) == (status, True)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    for word in words:
        assert word in answer.text


def test_each_document_is_shown_under_a_name_that_tells_of_no_person(
    vera: User, cookie: str, sale: Made, receipt: str
) -> None:
    found = addresses(vera, sale, receipt)
    assert {path.split("/")[2] for path in found} == set(catalogue.KINDS)
    for path, name in found.items():
        answer = fetch(path, cookie)
        assert (answer.status, answer.whole) == (200, True), (path, answer.body[:200])
        assert answer.body.startswith(b"%PDF-")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
        assert answer.headers["content-length"] == str(len(answer.body))
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "content-encoding" not in answer.headers
        assert fetch(path, cookie).body == answer.body, "the same data and day, the same bytes"


def test_a_document_may_be_kept_as_a_file(cookie: str, receipt: str) -> None:
    for query in ("?download=1", "?format=roll&download=1"):
        answer = fetch(receipt + query, cookie)
        assert answer.headers["content-disposition"] == 'attachment; filename="recibo-000001.pdf"'
        assert answer.body.startswith(b"%PDF-")
    assert fetch(f"{receipt}?format=roll", cookie).body != fetch(receipt, cookie).body


def test_its_headers_alone_may_be_asked_for(cookie: str, receipt: str) -> None:
    answer = fetch(receipt, cookie, method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-disposition"].startswith("inline")
    assert "content-length" not in answer.headers
    assert fetch(receipt, None, method="HEAD").status == 403
    assert fetch("/documento/recibo/99", cookie, method="HEAD").status == 404


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


def test_the_receipt_of_a_reversed_payment_is_still_given(
    cookie: str, receipt: str, manager: Actor
) -> None:
    before = fetch(receipt, cookie).body
    reverse(manager, 1)
    after = fetch(receipt, cookie)
    assert (after.status, after.body == before) == (200, False)


def test_of_who_was_anonymised_no_document_is_given(
    vera: User, cookie: str, sale: Made, receipt: str
) -> None:
    paths = addresses(vera, sale, receipt)
    with transaction() as session:
        session.execute(update(Customer).values(anonymised_at=NOW, active=False))
    for path in paths:
        assert_refused(fetch(path, cookie), 409, "anonimizados")


def test_asking_for_documents_writes_nothing(
    vera: User, cookie: str, sale: Made, receipt: str
) -> None:
    paths = addresses(vera, sale, receipt)

    def written() -> list[tuple[str, int, int | None]]:
        """How many rows each table has, and the transaction that last wrote to it."""
        with snapshot() as session:
            return [
                (name, *session.execute(text(NEWEST.format(name))).one())
                for name in Base.metadata.tables
            ]

    before = written()
    for path in paths:
        assert fetch(path, cookie).status == 200
        assert fetch(path, cookie, method="HEAD").status == 200
    assert written() == before


def test_two_are_made_at_a_time_and_others_wait(
    monkeypatch: pytest.MonkeyPatch, cookie: str, receipt: str
) -> None:
    counting, busy, most = Lock(), 0, 0

    def made(*_: object) -> tuple[str, bytes]:
        nonlocal busy, most
        with counting:
            busy += 1
            most = max(most, busy)
        sleep(0.05)
        with counting:
            busy -= 1
        return "recibo.pdf", b"%PDF-"

    monkeypatch.setattr(document_route, "_made", made)
    answers: list[int] = []

    async def ask() -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "query_string": b"",
            "headers": [],
            "path_params": {"kind": "recibo", "ref": "1"},
        }
        answers.append((await document_route.document(Request(scope))).status_code)

    async def ask_all() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(ask)

    with ThreadPoolExecutor(max_workers=1) as pool:  # a browser test may have left its loop here
        pool.submit(anyio.run, ask_all).result()
    assert (answers, most) == ([200] * 8, 2)
