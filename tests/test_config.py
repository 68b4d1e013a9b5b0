"""What a process is told by its environment, and what of it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from credigestor.config import Config


def configured(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Config:
    """The configuration under these variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Config()


def asked_of_libpq(url: str) -> dict[str, Any]:
    """What the driver is told, by libpq's words."""
    _, options = PGDialect_psycopg().create_connect_args(make_url(url))
    return dict(options)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "postgresql://loja:s%40h@um:5433,dois/credi",
            {"user": "loja", "password": "s@h", "host": "um,dois", "port": "5433,5432"},
        ),
        (
            "postgresql://um,[2001:db8::1]:5433/credi?sslmode=require",
            {"host": "um,2001:db8::1", "port": "5432,5433", "sslmode": "require"},
        ),
        (
            "postgresql://loja@/credi?host=/run/um,/run/dois&port=5432,5433",
            {"user": "loja", "host": "/run/um,/run/dois", "port": "5432,5433"},
        ),
    ],
)
def test_of_several_servers_the_one_that_can_be_written_to_is_used(
    monkeypatch: pytest.MonkeyPatch, url: str, told: dict[str, str]
) -> None:
    found = configured(monkeypatch, DATABASE_URL=url).database_url
    assert found is not None
    assert asked_of_libpq(found) == told | {
        "dbname": "credi",
        "target_session_attrs": "read-write",
    }


def test_who_says_which_of_several_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://um,dois/credi?target_session_attrs=any"
    found = configured(monkeypatch, DATABASE_URL=url).database_url
    assert asked_of_libpq(found or "")["target_session_attrs"] == "any"


def test_one_server_is_asked_for_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://loja:a%2Cb@um:5433/credi?sslmode=require"
    found = configured(monkeypatch, DATABASE_URL=url).database_url
    assert found == url.replace("postgresql", "postgresql+psycopg")


def test_of_several_replicas_one_is_used_that_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {
        "DATABASE_URL": "postgresql://um/credi",
        "DATABASE_READ_URL": "postgresql://r1,r2/credi",
    }
    found = configured(monkeypatch, **both).database_read_url
    told = asked_of_libpq(found or "")
    assert (told["host"], told["target_session_attrs"]) == ("r1,r2", "standby")


def test_a_replica_without_what_it_follows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="DATABASE_READ_URL, o endereço de uma réplica"):
        configured(monkeypatch, DATABASE_URL="", DATABASE_READ_URL="postgresql://r1/credi")


@pytest.mark.parametrize("url", ["postgresql://um, dois/credi", "postgresql://um,/credi"])
def test_servers_that_cannot_be_read_are_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(ValidationError, match="cada servidor se escreve como"):
        configured(monkeypatch, DATABASE_URL=url)


def test_a_pooler_by_transaction_needs_a_way_past_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="DATABASE_DIRECT_URL"):
        configured(monkeypatch, DATABASE_POOLER="transaction")
    both = {
        "DATABASE_URL": "postgresql://pooler/loja",
        "DATABASE_DIRECT_URL": "postgresql://um/loja",
    }
    assert configured(monkeypatch, **both).database_pooler == "transaction"
