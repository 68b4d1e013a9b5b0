"""Keys for programs by the command line."""

from __future__ import annotations

import pytest

from credigestor.db.engine import snapshot
from credigestor.db.models import ApiKey
from credigestor.rules.permissions import Role
from tests.api.asking import get
from tests.api.keying import row
from tests.cli.commands import run
from tests.factories import add_user
from tests.moments import NOW
from tests.services.selling import count

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")

FOR_VERA = ("--user", "Vera", "--name", "Caixa", "--scope", "counter")


@pytest.fixture(autouse=True)
def vera(db: str) -> None:
    add_user(Role.SELLER, login="vera", name="Vera Vaz")


def test_a_key_is_made_and_is_all_of_stdout() -> None:
    made = run("keys", "create", *FOR_VERA, "--scope", "sell", "--until", "01/12/2026")
    assert made.exit_code == 0
    key = made.stdout.removesuffix("\n")
    assert get("/auth/me", key)["permissions"] == ["counter", "sell"]
    assert "Chave 1 criada" in made.stderr
    assert key not in made.stderr
    assert row().created_by_name == "linha de comando"
    assert row().expires_at.date().isoformat() == "2026-12-02"


def test_unless_it_is_said_it_lasts_a_year() -> None:
    run("keys", "create", *FOR_VERA)
    assert row().expires_at.date().isoformat() == "2027-11-24"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--user", "ninguem", "--name", "x", "--scope", "sell"), "usuário ninguem"),
        (("--user", "vera", "--name", "x", "--scope", "backup"), "perfil do usuário não permite"),
        (("--user", "vera", "--name", " ", "--scope", "sell"), "Preencha"),
        ((*FOR_VERA, "--until", "2026-01-01"), "Escolha um dia"),
        ((*FOR_VERA, "--until", "ontem"), "Data inválida"),
    ],
)
def test_what_is_wrong_is_told_and_makes_nothing(args: tuple[str, ...], message: str) -> None:
    refused = run("keys", "create", *args)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert message in refused.stderr
    assert count(ApiKey) == 0


def test_keys_are_listed_with_their_last_use_and_without_their_hash() -> None:
    assert run("keys", "list").stdout == "Nenhuma chave.\n"
    key = run("keys", "create", *FOR_VERA).stdout.strip()
    assert "nunca usada" in run("keys", "list").stdout
    get("/auth/me", key)
    shown = run("keys", "list").stdout
    for told in ("Caixa", "Vera Vaz", "counter", "24/11/2027", "usada em 23/11/2026", "127.0.0.1"):
        assert told in shown
    assert row().key_hash not in shown


def test_a_key_is_revoked_by_its_number() -> None:
    run("keys", "create", *FOR_VERA)
    assert run("keys", "revoke", "1").stdout == "Chave 1 revogada.\n"
    with snapshot() as session:
        assert session.get_one(ApiKey, 1).revoked_at == NOW
    assert "revogada em 23/11/2026" in run("keys", "list").stdout
    again = run("keys", "revoke", "1")
    assert (again.exit_code, "já foi revogada" in again.stderr) == (1, True)
