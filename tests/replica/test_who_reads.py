"""Who reads the replica: the API's figures, files, commands; no counter page and no service."""

from __future__ import annotations

import ast
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from credigestor.db import replica
from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor, Role
from credigestor.ui.kit.navigation import PAGES
from tests.api.asking import ask, get, token_of
from tests.api.test_exports import asked
from tests.api.test_portfolio import CHARTS
from tests.cli.commands import run
from tests.factories import add_user
from tests.portfolio import TODAY, add_customer, random_portfolio, refresh
from tests.services.paying import JANUARY, pay, reverse, sell
from tests.standby import Standby
from tests.test_house import ROOT, _files
from tests.ui.support import login_as, open_app

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")

#: All that reads the replica: analytics by `ui.kit.data`, and what is listed in decision 0052.
READERS = {
    "credigestor/api/figures.py",
    "credigestor/api/lines.py",
    "credigestor/api/views.py",
    "credigestor/cli/__init__.py",
    "credigestor/ui/analytics/age.py",
    "credigestor/ui/kit/data.py",
    "credigestor/web/download_route.py",
}


LINES = {"accept": "application/x-ndjson"}


@pytest.fixture
def shop(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 7)
    refresh()


@pytest.fixture
def manager_token() -> str:
    return token_of(add_user(Role.MANAGER, name="Guta Gerente"))


@pytest.fixture
def connections() -> Iterator[tuple[str, list[object]]]:
    """An address that takes down who connects to it, and answers nobody."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    visitor, where = door.accept()
                    came.append(where)
                    visitor.close()

        Thread(target=serve, daemon=True).start()
        yield f"postgresql://loja@127.0.0.1:{door.getsockname()[1]}/loja", came
        door.shutdown(socket.SHUT_RDWR)


@pytest.mark.usefixtures("shop")
def test_neither_the_counter_nor_settings_nor_services_ever_connect_to_it(
    connections: tuple[str, list[object]],
    reading: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    admin: Actor,
) -> None:
    monkeypatch.setattr(replica, "PAUSE", 0.0)
    url, came = connections
    reading(url)
    tokens = {"counter": login_as("seller"), "admin": login_as("admin")}  # home is of its role
    for file in [each.file for each in PAGES if not each.file.startswith("analytics/")]:
        assert not open_app(page=file, token=tokens[file.split("/")[0]], id=1).exception
        assert came == [], file
    sale = sell()
    reverse(admin, pay(admin, JANUARY, (sale.notes[0], "10.00")))
    bearer = token_of(add_user(Role.ADMIN, name="Bia"))
    for path in ("/auth/me", "/customers", "/notes", "/payments", "/customers/1/owed", "/settings"):
        get(path, bearer)
    get("/customers/1/statement", bearer)
    assert ask("GET", "/sales/1/booklet", token=bearer).status == 200
    assert came == []
    assert not open_app(page="analytics/dashboard.py", token=tokens["admin"]).exception
    assert came


def test_only_these_read_it_and_the_counter_keeps_to_the_primary() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in _files()
        if "replica" in {
            alias.name.rpartition(".")[2]
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in [*node.names, ast.alias(getattr(node, "module", None) or "")]
        }
    }  # fmt: skip
    assert found == READERS
    readers = [
        (path, node)
        for path in _files()
        if "analytics" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("data.cached", "data.portfolio")
    ]
    assert readers
    for path, call in readers:
        assert [each.arg for each in call.keywords] == ["primary"], path


@pytest.mark.usefixtures("shop", "patient")
def test_the_apis_figures_are_the_primarys(
    standby: Standby, reading: Callable[[str], None], manager_token: str, taken: list[bool]
) -> None:
    paths = ["/dashboard", "/summary", "/reports/delinquency", "/contacts/calls", *CHARTS]
    of_primary = {path: get(path, manager_token) for path in paths}
    reading(standby.url)
    taken.clear()
    for path in paths:
        assert get(path, manager_token) == of_primary[path], path
    assert taken == [True] * len(paths)


@pytest.mark.usefixtures("followed", "shop", "patient")
def test_a_file_or_list_asked_for_after_a_write_has_it(
    manager_token: str, taken: list[bool]
) -> None:
    for number in range(5):
        with transaction() as session:
            add_customer(session, f"Zilda {number}")
        file = ask("GET", asked(manager_token, kind="customers")["address"])
        assert f"Zilda {number}" in file.body.decode("utf-8-sig")
        lines = ask("GET", "/customers", token=manager_token, headers=LINES)
        assert f"Zilda {number}" in lines.body.decode()
    assert taken == [True] * 10


@pytest.mark.usefixtures("followed", "shop", "patient")
def test_commands_export_and_check_by_it(taken: list[bool], tmp_path: Path) -> None:
    done = run("check")
    assert (done.exit_code, done.stdout) == (0, "Tudo confere.\n"), done.output
    assert len(taken) > 20
    exported = run("export", str(tmp_path / "csv"), "--as-of", str(TODAY))
    assert exported.exit_code == 0
    assert all(taken)
