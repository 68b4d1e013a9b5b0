"""Addresses, Host, Origin and the cookie's flags, without and behind a proxy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from credigestor.web import cookies, shell
from credigestor.web.visitor import client_address, host_allowed, really_local, same_origin


def headers(**values: str | Sequence[str]) -> Callable[[str], Sequence[str]]:
    held = {
        name.replace("_", "-"): [value] if isinstance(value, str) else value
        for name, value in values.items()
    }
    return lambda name: held.get(name, [])


LOCAL = {"host": "localhost:8501", "origin": "http://localhost:8501"}


def test_without_a_proxy_the_peer_is_the_address_whatever_a_header_says() -> None:
    assert client_address("203.0.113.1", headers(x_forwarded_for="10.0.0.1")) == "203.0.113.1"
    assert client_address(None, headers()) == "?"


@pytest.mark.parametrize("named", ["10.0.0.1", "10.0.0.1:80, 127.0.0.1", ["192.0.2.1", "10.0.0.1"]])
def test_without_a_proxy_a_header_that_took_the_peers_place_gives_no_address(
    named: str | list[str],
) -> None:
    assert client_address("10.0.0.1", headers(x_forwarded_for=named)) == "?"


def test_behind_the_proxy_the_last_address_it_names_counts(
    configured: Callable[..., None],
) -> None:
    configured(CREDIGESTOR_BEHIND_PROXY="1")
    forged = headers(x_forwarded_for=["198.51.100.9, 10.0.0.1", "203.0.113.7"])
    assert client_address("127.0.0.1", forged) == "203.0.113.7"
    assert client_address("127.0.0.1", headers()) == "127.0.0.1"


def test_behind_the_proxy_the_cookie_is_secure_and_bound_to_the_host(
    configured: Callable[..., None],
) -> None:
    configured(CREDIGESTOR_BEHIND_PROXY="1")
    token = cookies.new_token()
    assert cookies.set_cookie(token) == (
        f"__Host-credigestor_session={token}; Path=/; HttpOnly; SameSite=Strict; Secure"
    )
    plain = [(b"cookie", f"credigestor_session={token}".encode())]
    assert cookies.read(plain) is None
    assert cookies.read([(b"cookie", f"a=b; __Host-credigestor_session={token}".encode())]) == token
    assert any(name == b"strict-transport-security" for name, _ in shell.security_headers())


def test_shops_at_the_ports_of_one_host_leave_each_others_cookies_alone(
    configured: Callable[..., None],
) -> None:
    names = {cookies.cookie_name(), cookies.browser_cookie_name()}
    ours = cookies.set_cookie(cookies.new_token()).partition(";")[0].encode()
    for schema in ("loja_b", "loja_c"):
        configured(CREDIGESTOR_SCHEMA=schema)
        assert cookies.read([(b"cookie", ours)]) is None
        token = cookies.new_token()
        set_here = cookies.set_cookie(token).partition(";")[0].encode()
        assert cookies.read([(b"cookie", ours + b"; " + set_here)]) == token
        names |= {cookies.cookie_name(), cookies.browser_cookie_name()}
    assert len(names) == 6


@pytest.mark.parametrize("value", ["", "short", "x" * 200, "a b" * 10, 'x"' * 20, object()])
def test_a_cookie_that_cannot_be_ours_is_none(value: object) -> None:
    assert cookies.valid(value) is None


def test_a_cookie_sent_twice_is_none() -> None:
    one, two = cookies.new_token(), cookies.new_token()
    sent = f"credigestor_session={one}; credigestor_session={two}".encode()
    assert cookies.read([(b"cookie", sent)]) is None


def test_a_configured_name_is_ours_and_others_are_not(configured: Callable[..., None]) -> None:
    assert not host_allowed("loja.example.com")
    configured(CREDIGESTOR_HOSTS="outra.example, Loja.Example.com")
    assert host_allowed("loja.example.com:443")
    assert host_allowed("loja.example.com.")
    for host in (
        "x.loja.example.com",
        "loja.example.com@evil",
        "loja.example.com/x",
        "a:b:c",
        None,
    ):
        assert not host_allowed(host)


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://localhost:8501", "localhost:8501", True),
        ("https://loja.example", "loja.example", True),
        ("https://loja.example", "loja.example:443", True),
        ("http://[::1]:8501", "[::1]:8501", True),
        ("https://loja.example", "loja.example:80", False),
        ("http://localhost", "localhost:8501", False),
        ("http://localhost:8501.evil", "localhost:8501", False),
        ("null", "localhost", False),
        ("ftp://localhost", "localhost", False),
        ("http://", "", False),
        (None, "localhost", False),
        ("http://localhost", None, False),
    ],
)
def test_an_origin_is_the_same_only_with_host_and_port(
    origin: str | None, host: str | None, same: bool
) -> None:
    assert same_origin(origin, host) is same


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_browser_on_this_machine_is_local(peer: str) -> None:
    assert really_local(peer, headers(**LOCAL))


@pytest.mark.parametrize(
    ("peer", "sent"),
    [
        ("192.168.0.9", LOCAL),
        ("::ffff:192.168.0.9", LOCAL),
        ("?", LOCAL),
        (None, LOCAL),
        ("127.0.0.1", {}),
        ("127.0.0.1", {"host": "loja.example", "origin": "http://loja.example"}),
        ("127.0.0.1", {**LOCAL, "origin": "http://evil.example"}),
        ("127.0.0.1", {"host": "localhost:8501"}),
        ("127.0.0.1", {**LOCAL, "x_forwarded_for": "127.0.0.1"}),
        ("127.0.0.1", {**LOCAL, "forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {**LOCAL, "x_real_ip": "127.0.0.1"}),
    ],
)
def test_anything_else_is_not_local(peer: str | None, sent: dict[str, str]) -> None:
    assert not really_local(peer, headers(**sent))


def test_behind_a_proxy_nobody_is_local(configured: Callable[..., None]) -> None:
    configured(CREDIGESTOR_BEHIND_PROXY="1")
    assert not really_local("127.0.0.1", headers(**LOCAL))
