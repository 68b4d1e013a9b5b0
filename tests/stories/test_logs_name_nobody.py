"""A story of things going wrong: what ends in the logs names no customer, password or token."""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from credigestor.backups.restore import RestoreFailed
from credigestor.config import get_config
from credigestor.db.engine import get_engine, transaction
from credigestor.db.loading import copying
from credigestor.errors import BusinessError
from credigestor.rules.permissions import Actor, Role
from credigestor.services import customers
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from tests.backups.restoring import backed_up, restored, tampered
from tests.factories import PASSWORD, add_user
from tests.portfolio import TODAY
from tests.services.logging_in import enter, try_in
from tests.services.selling import new_sale, register
from tests.superuser import as_superuser

pytestmark = pytest.mark.usefixtures("db")

NAME, TAX_ID, PHONE, STREET = "Iracema Quitéria", "52998224725", "85987654321", "Rua da Aurora"
WRONG = "senha errada de Iracema"
TYPED = "um limite que ninguém escreveria"


def register_her(actor: Actor) -> int:
    data = parse(CustomerInput, {"name": NAME, "tax_id": TAX_ID, "phone": PHONE, "street": STREET})
    with transaction() as session:
        return customers.create(session, actor, data, operation_id=uuid.uuid4(), today=TODAY)


def run(statement: str, **values: object) -> None:
    with get_engine().begin() as connection:
        connection.execute(text(statement), values)


def copy(line: str) -> None:
    with get_engine().begin() as connection:
        copying.copy_in(connection, '"customers" (id, name)', "FORMAT csv", [line.encode()])


def copy_out_of(value: str) -> None:
    with get_engine().connect() as connection:
        list(copying.copy_out(connection, f"SELECT '{value}'::int", "FORMAT csv", copying.Rows()))


def test_a_day_on_which_much_goes_wrong_leaves_no_name_in_any_log(
    admin: Actor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add_user(Role.SELLER, login="bia", name=NAME)
    iracema = register_her(admin)
    register(admin, new_sale(iracema))
    token = enter("bia")
    assert try_in("bia", WRONG).refusal
    shifted = tampered(
        backed_up(tmp_path / "loja.zip"),
        tmp_path / "outra.zip",
        table="customers",
        content=lambda rows: rows.replace(b"\n1,", f'\n"{NAME}",'.encode(), 1),
    )
    insert = "INSERT INTO customers (name, name_folded, tax_id) VALUES"
    failing: list[Callable[[], object]] = [
        lambda: register_her(admin),
        lambda: run(f"{insert} (:name, 'x', :tax_id)", name=NAME, tax_id=TAX_ID),
        lambda: run("UPDATE customers SET credit_limit = -1"),
        lambda: run("UPDATE customers SET name = NULL"),
        lambda: run("DELETE FROM customers"),
        lambda: run("DELETE FROM audit_log"),
        lambda: run("SELECT CAST(:typed AS integer)", typed=TYPED),
        lambda: run("SELECT CAST(:typed AS jsonb)", typed=f'{{"{NAME}": '),
        lambda: run("UPDATE users SET password_hashes = :hash", hash=PASSWORD),
        lambda: run("INSERT INTO sessions (token_hash) VALUES (:token)", token=token),
        lambda: copy(f'"{NAME}",{TAX_ID}\n'),
        lambda: copy(f"7,{NAME},{TAX_ID},{PHONE}\n"),
        lambda: copy_out_of(TYPED),
        lambda: restored(shifted),
    ]
    told = []
    for act in failing:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it may be logged
            act()
        logging.getLogger("credigestor").error("Incident", exc_info=caught.value)
        if isinstance(caught.value, RestoreFailed):
            told.append(caught.value.message)
        elif not isinstance(caught.value, BusinessError):
            told.append("".join(traceback.format_exception_only(caught.value)))
    assert len(told) == len(failing) - 1
    with as_superuser(str(get_engine().url), "credigestor") as connection:
        connection.execute("SET search_path = credigestor")
        with pytest.raises(Exception, match=TAX_ID):  # its client is told more
            connection.execute(f"{insert} (%s, 'x', %s)", [NAME, TAX_ID])

    server = (get_config().data_dir / "server.log").read_text("utf-8")
    assert "duplicate key" in server  # the superuser's, in its first words
    for log in (caplog.text, "\n".join(told), server):
        for secret in (NAME, TAX_ID, PHONE, STREET, PASSWORD, WRONG, TYPED, token):
            assert secret not in log
        for mark in ("DETAIL:", "STATEMENT:", "CONTEXT:", "parameters:"):
            assert mark not in log
