"""Files by address: asked for with the page's filters, fetched once, by nobody else's right."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.db.models import ApiOperation, AuditEntry, Download, User
from credigestor.exports.catalogue import TABLES, Order, Style
from credigestor.reports.audit import AuditFilters
from credigestor.reports.customers import CustomerFilters
from credigestor.reports.delinquency import DelinquencyFilters
from credigestor.reports.note_filters import NoteFilters
from credigestor.reports.payments import PaymentFilters
from credigestor.reports.sales import SaleFilters
from credigestor.reports.scope import Scope
from credigestor.rules.permissions import Permission, Role
from credigestor.services import users
from credigestor.services.auth import digest
from credigestor.web import sending
from tests.api.asking import Answer, ask, post, token_of
from tests.api.keying import key_of, revoke
from tests.api.test_lists_and_figures import DATES, portfolio
from tests.exports.exporting import streamed
from tests.factories import actor_of, add_user
from tests.moments import NOW
from tests.ui.support import login_as
from tests.web.fetching import fetch
from tests.web.test_download_route import ask as ask_on_the_page

__all__ = ["portfolio"]

DAY = DATES[2]


@pytest.fixture
def guta() -> User:
    """A manager."""
    return add_user(Role.MANAGER, name="Guta")


def asked(token: str, path: str = "", **body: Any) -> dict[str, Any]:
    """What a program is told of the file that it asked for."""
    answer = post(f"/exports{path}", token, body)
    assert answer.status == 201, answer.body
    told: dict[str, Any] = answer.json
    return told


def fetched(token: str, path: str = "", **body: Any) -> Answer:
    return ask("GET", asked(token, path, **body)["address"])


def test_a_list_is_what_its_page_gives_with_the_same_filters(
    portfolio: None, manager_token: str
) -> None:
    lists: list[tuple[str, dict[str, Any], Any]] = [
        ("customers", {"q": "cliente 1", "active": True}, CustomerFilters("cliente 1", True)),
        ("sales", {"value": "250-500"}, SaleFilters(value="250-500")),
        ("sales", {"sold_from": "2026-05-01"}, SaleFilters(sold_from=date(2026, 5, 1))),
        ("notes", {"status": "overdue", "band": ["31-60"]}, NoteFilters("overdue", ("31-60",))),
        ("notes", {"first": "30", "city": "Fortaleza"}, NoteFilters(first=30, city="Fortaleza")),
        ("payments", {"method": "pix"}, PaymentFilters(method="pix")),
        ("delinquency", {"city": "Recife"}, DelinquencyFilters(Scope(city="Recife"))),
    ]  # fmt: skip
    for name, filters, meant in lists:
        dated = {} if name in ("customers", "payments") else {"as_of": str(DAY)}
        as_of = DAY if dated else None
        order = Order(kind=f"list_{name}", style=Style.PLAIN, as_of=as_of, filters=meant)
        content, rows = streamed(order)
        answer = fetched(manager_token, f"/{name}", **filters, **dated)
        assert (answer.status, answer.body) == (200, content)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert rows, name
        assert rows < streamed(Order(kind=f"list_{name}"))[1] or name == "customers"


def test_whole_tables_come_one_by_one_or_all_in_a_zip(portfolio: None, manager_token: str) -> None:
    for kind in TABLES:
        order = Order(kind=kind, style=Style.EXCEL, as_of=DAY)
        answer = fetched(manager_token, kind=kind, style="excel", as_of=str(DAY))
        assert answer.body == streamed(order)[0]
        assert str(DAY) in answer.headers["content-disposition"]
    whole = fetched(manager_token, kind="everything")
    assert whole.body.startswith(b"PK")
    assert whole.headers["content-type"] == "application/zip"


def test_the_audit_log_is_for_administrators_and_tells_of_its_own_export(guta: User) -> None:
    admin = add_user(Role.ADMIN)
    token = token_of(admin)
    assert fetched(token_of(guta), kind="notes").status == 200
    content = fetched(token, "/audit", action="export", person=guta.id).body.decode()
    assert "Guta,Exportação,Arquivo" in content
    order = Order(kind="audit", style=Style.PLAIN, filters=AuditFilters(person=guta.id))
    assert content == streamed(order)[0].decode()
    assert post("/exports/audit", token_of(guta), {}).code == "not_allowed"


def test_an_address_is_used_up_by_the_first_get(manager_token: str) -> None:
    told = asked(manager_token, kind="customers")
    assert told["file_name"] == "clientes-2026-11-23.csv"
    assert datetime.fromisoformat(told["expires_at"]) == NOW + timedelta(minutes=1)
    assert ask("HEAD", told["address"]).status == 405  # and spends nothing
    assert ask("GET", told["address"]).status == 200
    again = ask("GET", told["address"])
    assert (again.status, again.code) == (410, "gone")
    with transaction() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "export"))
        assert entry.after
        assert entry.after["file"] == told["file_name"]


def test_after_a_minute_and_for_a_guess_there_is_nothing(
    manager_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asked(manager_token, kind="customers")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(seconds=61))
    for address in (
        told["address"],
        "/exports/files/x",
        "/exports/files/%00%ff",
        "/exports/files/",
    ):
        assert ask("GET", address).status in (404, 410), address


def test_who_may_not_any_more_gets_nothing(guta: User) -> None:
    boss = actor_of(add_user(Role.ADMIN))
    acts: list[Any] = [
        lambda s: users.edit(s, boss, user_id=guta.id, name="Guta", role=Role.SELLER, now=NOW),
        lambda s: users.deactivate(s, boss, user_id=guta.id, now=NOW),
    ]
    for act in acts:
        address = asked(token_of(guta), kind="customers")["address"]
        with transaction() as session:
            act(session)
        refused = ask("GET", address)
        assert (refused.status, refused.code) == (403, "not_allowed")
        with transaction() as session:
            users.activate(session, boss, user_id=guta.id)
            users.edit(session, boss, user_id=guta.id, name="Guta", role=Role.MANAGER, now=NOW)


def test_a_key_takes_away_what_its_scopes_let_it_and_nothing_once_it_is_revoked(guta: User) -> None:
    key = key_of(guta, Permission.EXPORT, name="Contador")
    address = asked(key, kind="customers")["address"]
    assert ask("GET", address).status == 200
    with transaction() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "export"))
        assert "pela chave 1 (Contador)" in entry.actor_name
    address = asked(key, kind="customers")["address"]
    revoke()
    assert ask("GET", address).code == "not_allowed"
    other = key_of(guta, Permission.COUNTER, name="Caixa")
    assert post("/exports", other, {"kind": "customers"}).code == "scope_missing"


def test_after_logout_there_is_nothing(guta: User) -> None:
    token = token_of(guta)
    address = asked(token, kind="customers")["address"]
    ask("POST", "/auth/logout", token=token)
    assert ask("GET", address).code == "not_allowed"


def test_what_a_page_gave_needs_its_cookie_and_the_other_way_round(guta: User) -> None:
    cookie = login_as(user=guta)
    of_page = ask_on_the_page(guta, cookie).rsplit("/", 1)[1]
    assert ask("GET", f"/exports/files/{of_page}").code == "gone"
    assert fetch(f"/baixar/{of_page}", cookie).status == 200
    of_api = asked(token_of(guta), kind="customers")["address"].rsplit("/", 1)[1]
    assert fetch(f"/baixar/{of_api}", cookie).status == 403


def test_the_same_again_is_the_same_address_and_it_is_kept_nowhere(manager_token: str) -> None:
    key = str(uuid.uuid4())
    first, again = (post("/exports", manager_token, {"kind": "notes"}, key=key) for _ in range(2))
    assert first.body == again.body
    assert again.headers["idempotent-replayed"] == "true"
    other = post("/exports/notes", manager_token, {}, key=key)
    assert other.code == "idempotency_conflict"
    token = first.json["address"].rsplit("/", 1)[1]
    with transaction() as session:
        [row] = session.scalars(select(Download))
        [kept] = session.scalars(select(ApiOperation))
        assert row.token_hash == digest(token)
        assert "address" not in (kept.answer or {})
    assert asked(manager_token, kind="notes")["address"] != first.json["address"]


def test_a_crowd_of_downloads_is_told_to_wait_and_loses_nothing(
    manager_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = asked(manager_token, kind="customers")["address"]
    with monkeypatch.context() as patched:
        patched.setattr(sending, "crowded", lambda: True)
        busy = ask("GET", address)
    assert (busy.status, busy.code, busy.headers["retry-after"]) == (503, "busy", "2")
    assert ask("GET", address).status == 200


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("", {"kind": "users"}, "#/kind"),
    ("", {}, "#/kind"),
    ("/notes", {"status": "late"}, "#/status"),
    ("/notes", {"band": ["1-31"]}, "#/band/0"),
    ("/notes", {"seller": "7"}, "#/seller"),
    ("/notes", {"customer_id": "7"}, "#/customer_id"),
    ("/notes", {"contract_over": 99999}, "#/contract_over"),
    ("/notes", {"as_of": "0001-01-01"}, "#/as_of"),
    ("/sales", {"city": "a\x00b"}, "#/city"),
    ("/sales", {"cancelled": "no"}, "#/cancelled"),
    ("/customers", {"q": "\x00"}, "#/q"),
    ("/customers", {"q": "x" * 500}, "#/q"),
    ("/customers", {"as_of": "2026-01-01"}, "#/as_of"),
    ("/audit", {"action": "steal"}, "#/action"),
    ("/payments", {"style": "word"}, "#/style"),
]


def test_wrong_filters_are_refused_at_their_place() -> None:
    token = token_of(add_user(Role.ADMIN))
    for path, body, pointer in WRONG:
        answer = post(f"/exports{path}", token, body)
        assert answer.status == 422, answer.body
        assert [each["pointer"] for each in answer.json["errors"]] == [pointer]
    with transaction() as session:
        assert session.scalar(select(Download.id)) is None


def test_a_seller_takes_nothing_away(seller_token: str) -> None:
    assert post("/exports", seller_token, {"kind": "notes"}).code == "not_allowed"
