"""Scripts of other sites: none reads the API but those of the origins that are configured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from credigestor.api.gate import MOST
from credigestor.config import Config
from credigestor.db.models import User
from credigestor.rules.permissions import Permission
from tests.api.asking import Answer, ask
from tests.api.keying import key_of

SHOP = "https://loja.example.com"


@pytest.fixture
def shop_configured(configured: Callable[..., None]) -> None:
    configured(CREDIGESTOR_API_ORIGINS=f"{SHOP}, http://localhost:3000")


def preflight(origin: str = SHOP, *, method: str = "POST", asked: str = "", **more: Any) -> Answer:
    headers = {"origin": origin, "access-control-request-method": method}
    if asked:
        headers["access-control-request-headers"] = asked
    return ask("OPTIONS", "/payments", headers=headers, **more)


def allowed(answer: Answer) -> str | None:
    return answer.headers.get("access-control-allow-origin")


def test_unless_it_is_configured_no_site_may(vera: User) -> None:
    assert preflight().status == 405
    answer = ask("GET", "/auth/me", headers={"origin": SHOP})
    assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.usefixtures("shop_configured")
def test_a_preflight_is_answered_to_a_stranger_with_all_that_a_program_sends() -> None:
    asked = "authorization, content-type, idempotency-key, if-match"
    answer = preflight(asked=asked)
    assert (answer.status, allowed(answer)) == (200, SHOP)
    names = answer.headers["access-control-allow-headers"].lower()
    assert all(name in names for name in asked.split(", "))
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert allowed(preflight("http://localhost:3000", method="GET")) == "http://localhost:3000"


@pytest.mark.usefixtures("shop_configured")
@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://outra.example.com"},
        {"origin": f"{SHOP}.evil.example"},
        {"origin": "http://loja.example.com"},
        {"origin": f"{SHOP}:8443"},
        {"origin": "null"},
        {"method": "TRACE"},
        {"asked": "x-strange"},
    ],
)
def test_another_origin_method_or_header_is_refused(wrong: dict[str, str]) -> None:
    answer = preflight(**wrong)
    assert (answer.status, answer.code, allowed(answer)) == (400, "origin_refused", None)


@pytest.mark.usefixtures("shop_configured")
def test_a_preflight_under_another_host_is_refused_as_any_call() -> None:
    answer = preflight(host="rebound.example")
    assert (answer.code, allowed(answer)) == ("unknown_host", None)


@pytest.mark.usefixtures("shop_configured")
def test_its_script_reads_answers_and_refusals_and_nobody_elses_does(vera: User) -> None:
    key = key_of(vera, Permission.COUNTER)
    raw = bytes(MOST + 1)
    for answer in (
        ask("GET", "/auth/me", token=key, headers={"origin": SHOP}),
        ask("GET", "/auth/me", headers={"origin": SHOP}),
        ask("GET", "/nada", headers={"origin": SHOP}),
        ask("POST", "/payments", raw=raw, headers={"origin": SHOP}),
    ):
        assert allowed(answer) == SHOP
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        wanted = {"Idempotent-Replayed", "Link", "ETag", "Retry-After", "Location", "RateLimit"}
        assert wanted <= set(exposed)
        assert answer.headers["vary"] == "Origin"
    other = ask("GET", "/auth/me", token=key, headers={"origin": "https://outra.example.com"})
    assert (other.status, allowed(other)) == (200, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", set()),
        (" , ", set()),
        (SHOP, {SHOP}),
        (f"{SHOP},http://localhost:3000", {SHOP, "http://localhost:3000"}),
        ("HTTPS://Loja.Example.com:443", {SHOP}),
        ("http://[::1]:80,http://127.0.0.1:8080", {"http://[::1]", "http://127.0.0.1:8080"}),
    ],
)
def test_origins_are_kept_as_browsers_write_them(
    written: str, read: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDIGESTOR_API_ORIGINS", written)
    assert Config().origins == read


@pytest.mark.parametrize(
    "written",
    [
        *("*", "null", "loja.example.com", "https://", f"{SHOP}/", f"{SHOP}/api", f"{SHOP}?"),
        *("https://*.example.com", "https://ana@loja.example.com", "ftp://loja.example.com"),
        *(
            "https://loja.example.com:99999",
            "https://lója.example.com",
            "https://[x",
            "https://a b",
        ),
        *(f"{SHOP} {SHOP}", f"{SHOP}#x"),
    ],
)
def test_what_is_no_origin_stops_the_server_and_is_not_repeated(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDIGESTOR_API_ORIGINS", f"{SHOP},{written}")
    with pytest.raises(ValidationError, match="sem caminho") as refused:
        Config()
    assert "input_value" not in str(refused.value)


def test_a_process_of_the_apis_own_does_not_start_with_a_wrong_origin(
    configured: Callable[..., None],
) -> None:
    import anyio

    from credigestor.api.application import _lifespan
    from credigestor.api.application import api as application

    configured(CREDIGESTOR_API_ORIGINS="*")

    async def start() -> None:
        async with _lifespan(application):
            pass

    with pytest.raises(ValidationError):
        anyio.run(start)
