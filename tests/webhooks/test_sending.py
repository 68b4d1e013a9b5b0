"""One POST: where it may go, how long it may take, and what is said of its end."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from credigestor.errors import InvalidInput
from credigestor.rules.webhooks import is_public, parse_url
from credigestor.webhooks.sending import Address, Outcome, post
from tests.webhooks.receiving import SHORT, Receiver, hanging, receiver

INTERNAL = "O nome leva a um endereço interno, e por isso nada foi enviado."
NOT_PUBLIC = (
    *("127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "0.0.0.0", "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1"),
    *("192.0.2.1", "198.18.0.1", "203.0.113.7", "::1", "::", "fe80::1", "fe80::1%lo", "fc00::1"),
    *("fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1", "nenhum"),
)


def send(url: str, **options: Any) -> Outcome:
    return post(url, b"{}", {"X-Test": "1"}, **{"private": True, "limit": SHORT, **options})


def leads_to(*addresses: str, port: int = 1) -> Any:
    """A resolver in the place of the network's."""

    def resolve(_: str, __: int) -> list[Address]:
        return [
            (
                socket.AF_INET6 if ":" in each else socket.AF_INET,
                socket.SOCK_STREAM,
                0,
                "",
                (each, port, 0, 0) if ":" in each else (each, port),
            )
            for each in addresses
        ]

    return resolve


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_the_internets_is_refused_before_it_is_connected_to(
    address: str,
) -> None:
    assert not is_public(address)
    outcome = send("https://hook.example.com/", private=False, resolve=leads_to(address))
    assert outcome.error == INTERNAL


def test_one_internal_address_among_public_ones_is_enough() -> None:
    resolve = leads_to("8.8.8.8", "127.0.0.1")
    assert send("https://hook.example.com/", private=False, resolve=resolve).error == INTERNAL


def test_addresses_of_the_internet_are_public() -> None:
    assert all(map(is_public, ("8.8.8.8", "200.160.2.3", "2606:4700::1111", "2804:10::1")))


def test_what_a_name_led_to_is_connected_to_and_it_is_asked_once(there: Receiver) -> None:
    """Whoever answers another address the second time (DNS rebinding) is never asked."""
    port = int(there.url.split(":")[2].split("/")[0])
    asked = []

    def resolve(host: str, _: int) -> list[Address]:
        asked.append(host)
        found: list[Address] = leads_to("127.0.0.1" if len(asked) == 1 else "8.8.8.8", port=port)(
            host, 0
        )
        return found

    outcome = send(f"http://hook.example.com:{port}/a?b=c", resolve=resolve)
    assert (outcome.status, outcome.error, asked) == (204, None, ["hook.example.com"])
    [got] = there.got
    assert (got.headers["host"], got.headers["x-test"]) == (f"hook.example.com:{port}", "1")


def test_the_next_address_is_tried_where_the_first_does_not_answer(there: Receiver) -> None:
    port = int(there.url.split(":")[2].split("/")[0])
    resolve = leads_to("::1", "127.0.0.1", port=port)
    assert send(f"http://hook.example.com:{port}/", resolve=resolve).delivered


def test_a_proxy_of_the_environment_is_not_asked(
    there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send(there.url).delivered


def test_a_redirect_is_not_followed(there: Receiver) -> None:
    there.answer = lambda _: 307
    outcome = send(there.url)
    assert outcome.error == "O destino respondeu 307: redirecionamentos não são seguidos."
    assert len(there.got) == 1


def test_http_needs_to_be_configured(there: Receiver) -> None:
    assert send(there.url, private=False).error == "Só https:// é permitido."
    assert there.got == []


@pytest.mark.parametrize("status", [200, 204, 299])
def test_any_status_of_success_is_a_delivery(status: int, there: Receiver) -> None:
    there.answer = lambda _: status
    assert send(there.url).delivered


def test_one_that_hangs_is_left_after_the_limit(there: Receiver) -> None:
    with hanging(there):
        outcome = send(there.url)
    assert outcome.error == f"O destino não respondeu em {SHORT} segundos."
    assert SHORT * 1000 <= outcome.milliseconds < 5 * SHORT * 1000


@contextmanager
def line(talk: bytes, *, every: float = 0, first: bytes = b"") -> Iterator[str]:
    """A server that says this over and over, whatever it is asked; gives its address."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server.accept()[0] as peer:
            try:
                peer.settimeout(5)
                peer.recv(65536)
                peer.settimeout(every or None)
                peer.sendall(first)
                while True:
                    peer.sendall(talk)
                    try:
                        if every and not peer.recv(1):
                            return
                    except TimeoutError:
                        continue
            except OSError:
                return

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        server.close()
        thread.join(5)
        assert not thread.is_alive()


def test_one_that_trickles_is_cut_after_the_limit_in_all() -> None:
    with line(b"X: 1\r\n", every=0.05, first=b"HTTP/1.1 200 OK\r\n") as url:
        outcome = send(url)
    assert outcome.error == f"O destino não respondeu em {SHORT} segundos."
    assert outcome.milliseconds < 5 * SHORT * 1000


def test_a_body_without_end_is_not_read() -> None:
    """It is a delivery: the status was there."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + 1_000_000 * b"x"
    with line(answer) as url:
        outcome = send(url, limit=5)
    assert (outcome.status, outcome.error) == (200, None)
    assert outcome.milliseconds < 4000


def test_what_is_no_http_is_no_delivery() -> None:
    with line(b"\x00\x01 nada\r\n\r\n") as url:
        assert send(url).error == "A conexão com o destino caiu antes da resposta."


def test_https_asks_for_a_certificate_of_that_name(there: Receiver) -> None:
    """To a server that speaks no TLS at all, nothing of the event is said."""
    assert send(there.url.replace("http:", "https:")).error is not None
    assert there.got == []


def test_the_certificate_is_that_of_the_name_and_not_of_the_address(tmp_path: Path) -> None:
    names = ssl.create_default_context(cafile=_certified(tmp_path, "hook.example.com"))
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(tmp_path / "pem")
    options = {"private": True, "context": names, "limit": 5}
    for name, error in (
        ("hook.example.com", None),
        ("other.example.com", "O certificado do destino não vale."),
    ):
        with receiver(server_side) as there:
            port = int(there.url.split(":")[2].split("/")[0])
            to = leads_to("127.0.0.1", port=port)
            assert send(f"https://{name}/x", resolve=to, **options).error == error
            assert len(there.got) == (0 if error else 1)


def _certified(folder: Path, name: str) -> Path:
    """A key and a certificate of its own for a name, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), serial_number=1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "pem"
    path.write_bytes(written + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/").error == "O destino recusou a conexão."
    nowhere = send("https://nenhum.invalid/", resolve=_unknown)
    assert nowhere.error == "O nome do destino não foi encontrado."


def _unknown(_: str, __: int) -> list[Address]:
    raise socket.gaierror


@pytest.mark.parametrize(
    "typed",
    [
        *("", "exemplo.com", "ftp://exemplo.com/", "http://exemplo.com/", "https:///x"),
        *("https://ana:senha@exemplo.com/", "https://exemplo.com/#x", "https://exemplo.com/á"),
        *("https://exemplo.com/a b", "https://exemplo.com/\r\nX: 1", "https://exemplo.com:0/"),
        *("https://exemplo.com:99999/", "https://exemplo.com:x/", "https://[::1", "https://a..b/"),
        *("https://localhost/", "https://LOCALHOST./", "https://x.localhost/", "https://10.0.0.1/"),
        *("https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://" + "a" * 500 + ".com/"),
        *("https://" + "a" * 250 + "-/", "https://" + "a." * 130 + "com/"),
    ],
)
def test_an_address_that_leads_nowhere_good_is_refused_at_the_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_url(typed, private=False)
    assert caught.value.field == "url"


def test_ones_own_network_is_let_through_where_that_is_configured() -> None:
    for url in ("http://10.0.0.1:8080/x", "http://localhost/", "https://[::1]/"):
        assert parse_url(f" {url} ", private=True) == url
    assert parse_url("https://Exemplo.com.br/T0/x?y=1", private=False)
