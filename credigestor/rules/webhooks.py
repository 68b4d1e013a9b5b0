"""Webhooks: the events there are, the addresses they may go to, and when they are tried again.

Source: Standard Webhooks 1.0 (standardwebhooks.com), for the signature, the schedule and 410.

>>> after_failure(1), after_failure(9), after_failure(10)
(datetime.timedelta(seconds=5), datetime.timedelta(days=1), None)
>>> [is_public(each) for each in ("8.8.8.8", "127.0.0.1", "100.64.0.1", "::ffff:10.0.0.1")]
[True, False, False, False]
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from credigestor.errors import InvalidInput


class Event(StrEnum):
    """What may be told."""

    SALE_CREATED = "sale.created"
    SALE_CANCELLED = "sale.cancelled"
    PAYMENT_RECEIVED = "payment.received"
    PAYMENT_REVERSED = "payment.reversed"
    NOTE_SETTLED = "note.settled"
    NOTE_OVERDUE = "note.overdue"


EVENT_NAMES = {
    Event.SALE_CREATED: "Venda registrada",
    Event.SALE_CANCELLED: "Venda cancelada",
    Event.PAYMENT_RECEIVED: "Pagamento recebido",
    Event.PAYMENT_REVERSED: "Pagamento estornado",
    Event.NOTE_SETTLED: "Nota quitada",
    Event.NOTE_OVERDUE: "Nota atrasada",
}


class Off(StrEnum):
    """Why an endpoint is off."""

    PERSON = "person"
    GONE = "gone"
    FAILING = "failing"


OFF_NAMES = {
    Off.PERSON: "desligado por uma pessoa",
    Off.GONE: "desligado porque o destino respondeu 410: não quer mais receber",
    Off.FAILING: "desligado porque uma entrega falhou por três dias",
}

#: From one failed attempt to the next; after the last of them the endpoint is off.
SCHEDULE = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
#: Seconds that one attempt may take in all.
LIMIT = 10.0
#: What was delivered, and what waits for an endpoint that is off, is kept so long.
KEPT = timedelta(days=30)
#: After a change of the secret the old one signs beside it for so long.
BOTH_SECRETS = timedelta(hours=24)
#: Bytes of a secret, and characters of an address.
SECRET_BYTES = 24
MAX_URL = 500
#: The status that says: never again.
GONE = 410

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?", re.ASCII)
_PLAIN = re.compile(r"[!-~]+", re.ASCII)


def after_failure(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None when that was the last one."""
    return SCHEDULE[attempts - 1] if attempts <= len(SCHEDULE) else None


def header_of(message_id: UUID) -> str:
    """The webhook-id of an event, by which a receiver knows one that comes again."""
    return f"evt_{message_id.hex}"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: no private, local or shared one.

    What carries an IPv4 address inside (mapped, 6to4, Teredo, NAT64) is none.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if found.is_multicast or found.is_reserved or not found.is_global:
        return False
    if isinstance(found, IPv4Address):
        return True
    return found in _GLOBAL_UNICAST and found.sixtofour is None and found.teredo is None


def parse_url(typed: str, *, private: bool) -> str:
    """The address of an endpoint; `private` lets http and addresses of one's own network through.

    A name is judged again where it leads to, at each delivery. Raises InvalidInput (`url`).
    """
    url = typed.strip()
    if not url:
        raise _wrong("Informe o endereço, como https://exemplo.com.br/avisos.")
    if len(url) > MAX_URL:
        raise _wrong(f"O endereço pode ter até {MAX_URL} caracteres.")
    if not _PLAIN.fullmatch(url):
        raise _wrong("O endereço não pode ter espaços nem acentos.")
    parts, host = _parts(url)
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise _wrong("O endereço deve começar com https://.")
    if "@" in parts.netloc or parts.fragment:
        raise _wrong("O endereço não pode ter usuário, senha ou #.")
    if not private and (_is_local_name(host) or (_is_ip(host) and not is_public(host))):
        raise _wrong("O endereço é desta máquina ou de uma rede interna; use um da internet.")
    return url


def told(url: str) -> str:
    """An address as logs and the audit may hold it: its path is often a secret.

    >>> told("https://hooks.exemplo.com.br/T01/segredo?x=1")
    'https://hooks.exemplo.com.br/… (7b66)'
    """
    parts = urlsplit(url)
    digest = hashlib.sha256(url.encode()).hexdigest()[:4]
    return f"{parts.scheme}://{parts.netloc}/… ({digest})"


def _parts(url: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong("Endereço inválido.") from None
    if port == 0 or len(host) > 253 or not (_HOST.fullmatch(host) or _is_ip(host)):
        raise _wrong("Endereço inválido: confira o nome depois de https://.")
    return parts, host


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_local_name(host: str) -> bool:
    return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")


def _wrong(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, field="url")
