"""The readable page at /api/docs: who may read it, and that it holds every operation."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from sqlalchemy import text

import credigestor.api
from credigestor.api.application import described
from credigestor.api.manual import page
from credigestor.api.manual.codes import CODES
from credigestor.api.manual.portuguese import tidy
from credigestor.api.manual.view import View
from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.services import api_logins
from tests.api.asking import Answer, ask, log_in, token_of
from tests.api.test_document import nested, operations
from tests.moments import NOW
from tests.services.logging_in import enter

PAGE, DOCUMENT = "/api/docs", "/openapi.json"
ENGLISH = re.compile(r"\b(the|of|and|is|are|with|what|which|that|was|an|how)\b", re.IGNORECASE)


class Elements(HTMLParser):
    """A page's tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        return [each[attribute] or "" for _, each in self.found if attribute in each]


def html(answer: Answer) -> str:
    assert answer.headers["content-type"].startswith("text/html")
    return answer.body.decode()


@pytest.fixture(scope="module")
def drawn() -> str:
    return page.manual(described(), base="http://localhost:8501", address="/api/v1/openapi.json")


def ticket_of(user: User) -> tuple[str, int]:
    """A ticket as a page of the app makes it, and the login that it is of."""
    log_in(user)
    with transaction() as session:
        login = session.execute(text("SELECT max(id) FROM sessions")).scalar_one()
        return api_logins.reading_ticket(session, login_session=login, now=NOW), login


def test_a_stranger_is_told_in_portuguese_how_to_get_in() -> None:
    answer = ask("GET", PAGE)
    assert answer.status == 401
    assert "www-authenticate" in answer.headers
    assert "Minha conta" in html(answer)
    assert ask("GET", DOCUMENT).code == "invalid_token"


def test_who_is_logged_in_reads_it(seller_token: str) -> None:
    answer = ask("GET", PAGE, token=seller_token)
    assert answer.status == 200
    assert "LOJA=http://localhost</code>" in html(answer)
    assert answer.headers["cache-control"] == "no-store"


def test_a_ticket_opens_page_and_document_and_nothing_else(vera: User) -> None:
    ticket, _ = ticket_of(vera)
    assert f"{DOCUMENT}?ticket={ticket}" in html(ask("GET", f"{PAGE}?ticket={ticket}"))
    assert ask("GET", f"{DOCUMENT}?ticket={ticket}").json == described()
    assert ask("GET", "/auth/me", token=ticket).status == 401
    assert ask("GET", f"/auth/me?ticket={ticket}").status == 401
    assert ask("POST", "/auth/refresh", body={"refresh_token": ticket}).status == 401


def test_a_ticket_ends_with_its_login_and_no_other_token_is_one(vera: User) -> None:
    tokens = log_in(vera)
    for wrong in (tokens["access_token"], tokens["refresh_token"], "x"):
        assert ask("GET", f"{PAGE}?ticket={wrong}").status == 401
        assert ask("GET", f"{DOCUMENT}?ticket={wrong}").code == "invalid_token"
    ticket, login = ticket_of(vera)
    with transaction() as session:
        api_logins.end(session, login_session=login, now=NOW)
    assert ask("GET", f"{PAGE}?ticket={ticket}").status == 401


def test_the_pages_cookie_does_not_open_it(vera: User) -> None:
    sent = {"cookie": f"credigestor_session={enter(vera.login, now=NOW)}"}
    assert ask("GET", PAGE, headers=sent).status == 401


def test_a_setting_opens_both_to_everybody(configured: Any) -> None:
    configured(CREDIGESTOR_API_DOCS="public")
    assert ask("GET", PAGE).status == 200
    assert ask("GET", DOCUMENT).json == described()
    assert ask("GET", "/auth/me").status == 401


def test_an_unknown_parameter_is_refused_there_too(seller_token: str) -> None:
    for path in (PAGE, DOCUMENT):
        assert ask("GET", f"{path}?tickt=x", token=seller_token).code == "invalid_input"


def test_only_its_own_style_is_let_in(seller_token: str) -> None:
    answer = ask("GET", PAGE, token=seller_token)
    [style] = re.findall("<style>(.*?)</style>", html(answer), re.DOTALL)
    made = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    told = answer.headers["content-security-policy"]
    assert told.startswith(f"default-src 'none'; style-src 'sha256-{made}';")
    tags = {tag for tag, _ in Elements(html(answer)).found}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "form"})
    other = ask("GET", "/auth/me", token=seller_token)
    assert other.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_every_operation_stands_there_with_who_may_and_an_example(drawn: str) -> None:
    for method, path, operation in operations():
        assert f'id="{operation["operationId"]}"' in drawn
        assert operation["summary"] in drawn
        if method == "POST":
            address = re.sub(r"{\w+}", "1", path)
            assert f'-X POST "$LOJA/api/v1{address}"' in drawn
    cancellation = drawn.partition('id="sales_cancel"')[2].partition("</section>")[0]
    assert "Gerente, Administrador." in cancellation
    assert "Vendedor" not in cancellation
    assert "$(uuidgen)" in cancellation


def test_its_links_lead_somewhere_and_its_headings_are_in_order(drawn: str) -> None:
    elements = Elements(drawn)
    ids = elements.values("id")
    assert max(Counter(ids).values()) == 1
    assert {href[1:] for href in elements.values("href") if href[0] == "#"} <= {*ids}
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_what_the_document_says_cannot_become_markup() -> None:
    document = {**described(), "components": {"schemas": {}}}
    bad = "<script>alert(1)</script>`<b>`"
    operation: dict[str, Any] = {"operationId": "x", "tags": [bad], "summary": bad, "responses": {}}
    operation["parameters"] = [{"name": bad, "in": "query", "description": bad, "schema": {}}]
    document["paths"] = {f"/{bad}": {"get": operation}}
    shown = page.manual(document, base="x", address="x")
    assert "<script" not in shown
    assert "<b>" not in shown


def test_nothing_in_the_document_is_english() -> None:
    for part in nested(described()):
        if not isinstance(part, dict):
            continue
        for word in ("description", "summary"):
            told = part.get(word)
            if isinstance(told, str):
                assert not ENGLISH.search(re.sub("`[^`]*`", "", told)), told
        if "type" in part:
            assert not isinstance(part.get("title"), str), part


def test_what_a_field_says_of_itself_stays() -> None:
    schema: dict[str, Any] = {
        "properties": {"q": {"description": "Outra.", "title": "Q"}, "as_of": {}}
    }
    document = {"components": {"schemas": {"X": {**schema, "description": "English."}}}}
    tidy({**document, "paths": {}})
    made = document["components"]["schemas"]["X"]
    assert made["properties"]["q"] == {"description": "Outra."}
    assert "description" not in made
    assert made["properties"]["as_of"]["description"]


def test_every_example_is_what_its_schema_asks_for() -> None:
    document = described()
    view = View(document)
    for _, _, operation in operations():
        contents = [operation.get("requestBody", {}).get("content", {})]
        contents += [each.get("content", {}) for each in operation["responses"].values()]
        for content in contents:
            schema = content.get("application/json", {}).get("schema")
            if schema:
                rooted = {**schema, "components": document["components"]}
                Draft202012Validator(rooted).validate(view.example(schema))


def test_every_code_of_a_refusal_is_told() -> None:
    source = "".join(
        each.read_text() for each in Path(credigestor.api.__file__).parent.glob("*.py")
    )
    used = {*re.findall(r'(?:Problem|answer|_refused)\(\s*\d{3},\s*"(\w+)"', source)}
    used |= {*re.findall(r'\d{3}, "([a-z_]+)"\)', source), *re.findall(r'code = "(\w+)"', source)}
    assert {"invalid_token", "busy", "outcome_unknown", "body_too_large"} <= used
    assert used <= {each.code for each in CODES}


def test_a_token_reads_it_as_long_as_it_is_good(vera: User) -> None:
    token = token_of(vera)
    ask("POST", "/auth/logout", token=token)
    assert ask("GET", PAGE, token=token).status == 401
