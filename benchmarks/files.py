"""Data out and back: exports, backup and restore of a whole shop beside PostgreSQL's own tools.

The floors are psql, pg_dump and pg_restore of the server's own version. Ours go the way that a
person's do: an export through the running app, a backup and a restore by the command line, its
start included. Both take turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import psutil
from sqlalchemy import URL, Date, literal, select
from sqlalchemy.orm import Session

from benchmarks import server
from benchmarks.business import MANAGER, TODAY
from benchmarks.figure import Figure
from benchmarks.server import Page, Peak, Request, Server
from benchmarks.shops import ROOT, connect, empty, snapshot
from credigestor import clock
from credigestor.api import lines
from credigestor.backups import archive, backup
from credigestor.config import get_config
from credigestor.db.balances import note_balances
from credigestor.db.loading.copying import statement_text
from credigestor.db.models import Customer
from credigestor.exports.catalogue import Order, Style
from credigestor.postgres import binaries
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import api_keys, downloads

CSV, BACKUP, RESTORE, PAGE = 1.3, 1.3, 2.0, 2.0
#: Megabytes that a process may hold more than before.
MEMORY = 64.0
#: Rounds of what takes seconds; one more comes first and warms up.
ROUNDS = 3
AT_ONCE = 4
#: Runs of a page that are timed when nothing else goes on, after some that warm up.
VISITS, WARM_UP = 60, 10


def measure(url: URL) -> list[Figure]:
    """Time it all on a shop's database, to which a login and downloads are added."""
    with server.running(url) as app:
        figures = _exports(app)
    with TemporaryDirectory() as folder:
        figures += _backups(url, Path(folder))
    return figures


def _exports(app: Server) -> list[Figure]:
    figures = []
    for style in Style:
        ours, floor = _in_turns(partial(_download, app, style), partial(_bare_copy, app.url))
        figures.append(Figure(f"csv_of_all_notes_{style.value}_vs_bare_copy", ours, floor, CSV))
    page = app.first_page()
    idle = [page.draw() for _ in range(WARM_UP + VISITS)][WARM_UP:]
    for count in (1, AT_ONCE):
        rise, meanwhile = _at_once(app, page, count)
        figures += [
            Figure(f"server_memory_during_{count}_downloads_mb", rise, MEMORY, 1),
            Figure(f"page_p95_during_{count}_downloads_vs_idle", p95(meanwhile), p95(idle), PAGE),
        ]
    page.close()
    return [*figures, _lines(app)]


def _lines(app: Server) -> Figure:
    """The rise of memory while the API sends every note as a line."""
    headers = {"Authorization": f"Bearer {_key(app.url)}", "Accept": lines.MEDIA_TYPE}
    request = Request(app.port, "/api/v1/notes", headers)
    with Peak(app.process) as peak:
        request.seconds()
    return Figure("server_memory_during_all_notes_as_lines_mb", peak.rise, MEMORY, 1)


def _key(url: URL) -> str:
    """A manager's key, good for today."""
    now = clock.now()
    with _session(url) as session:
        _, key = api_keys.make(
            session,
            Actor(None, "Benchmark", Role.ADMIN),
            user_id=MANAGER,
            name=f"Benchmark {now:%Y-%m-%d %H:%M:%S}",
            scopes=[Permission.COUNTER],
            until=now.date(),
            now=now,
            today=now.date(),
        )
        session.commit()
    return key


def _at_once(app: Server, page: Page, count: int) -> tuple[float, list[float]]:
    """The rise of memory while so many download, and how long the page's runs take meanwhile.

    It goes on until as many runs are timed as there were without downloads.
    """
    meanwhile: list[float] = []
    # The downloads end in processes of their own, as browsers are.
    with ProcessPoolExecutor(count) as pool, Peak(app.process) as peak:
        while len(meanwhile) < VISITS:
            running = [pool.submit(_ask(app, Style.EXCEL).seconds) for _ in range(count)]
            while not any(one.done() for one in running):
                meanwhile.append(page.draw())
            for one in running:
                one.result()
    return peak.rise, meanwhile


def _download(app: Server, style: Style) -> float:
    """Seconds from asking for the file to its last byte."""
    return _ask(app, style).seconds()


def _ask(app: Server, style: Style) -> Request:
    """The way to the file of all notes, as they are today."""
    order = Order(kind="notes", style=style)
    with _session(app.url) as session:
        token = downloads.ask(
            session,
            Actor(MANAGER, "Gerente", Role.MANAGER),
            Permission.EXPORT,
            login=app.session_id,
            what={"order": order.model_dump(mode="json")},
            file_name="notas.csv",
            rows_expected=None,
            now=clock.now(),
        )
        session.commit()
    return app.ask(f"/baixar/{token}")


def _bare_copy(url: URL) -> float:
    """Seconds of psql for the same columns, as they are or come out of the sums."""
    balance = note_balances(TODAY, today=TODAY).subquery("balance").c
    names = (
        *("sale_id", "number", "installments", "customer_id", "sold_on", "due_date", "amount"),
        *("status", "days_late", "principal", "interest", "fine", "owed"),
    )
    others = (Customer.name, Customer.tax_id, literal(TODAY, Date))
    statement = (
        select(*(balance[name] for name in names), *others)
        .join(Customer, Customer.id == balance.customer_id)
        .order_by(balance.sale_id, balance.number)
    )
    with _session(url) as session:
        text = statement_text(statement, session.connection().connection.driver_connection)
    return tool("psql", url, "-c", f"COPY ({text}) TO STDOUT")


def _backups(url: URL, folder: Path) -> list[Figure]:
    made, dump = folder / "made", folder / "dump"

    def back_up() -> float:
        for old in made.glob("*.zip"):
            old.unlink()
        return command(url, "backup", "--to", made)

    ours, floor = _in_turns(back_up, lambda: tool("pg_dump", url, "-Fc", "-f", dump))
    figures = [
        Figure("backup_vs_pg_dump", ours, floor, BACKUP),
        Figure("memory_of_a_backup_mb", _memory_of_a_backup(url, folder / "one.zip"), MEMORY, 1),
    ]
    [first] = made.glob("*.zip")
    with empty(url, "restored") as target, empty(url, "pg_restored") as other:
        floor = tool("pg_restore", other, dump)
        command(target, "migrate")
        ours = command(target, "restore", first, "--yes")
        figures.append(Figure("restore_vs_pg_restore", ours, floor, RESTORE))
        command(target, "check")
        command(target, "backup", "--to", folder / "again")
        [second] = (folder / "again").glob("*.zip")
        assert _hashes(first) == _hashes(second), "a second backup differs from the first"
    return figures


def _memory_of_a_backup(url: URL, path: Path) -> float:
    engine = connect(url)
    with snapshot(engine) as session, Peak(psutil.Process()) as peak:
        backup.write(session, path, generated_at=clock.now())
    engine.dispose()
    return peak.rise


def _hashes(path: Path) -> dict[str, str]:
    with archive.opened(path) as found:
        return {table.name: table.sha256 for table in found.manifest.tables}


def command(url: URL, *arguments: str | Path) -> float:
    """Seconds of one of the app's own commands on a shop's database; it must succeed."""
    environment = {
        **os.environ,
        "DATABASE_URL": url.render_as_string(hide_password=False),
    }
    command = [sys.executable, "-m", "credigestor", *map(str, arguments)]
    start = perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def tool(name: str, url: URL, *arguments: str | Path) -> float:
    """Seconds of one of PostgreSQL's own programs; it must succeed."""
    program = binaries.find(None).folder / name
    target = ["-h", str(url.query["host"]), "-p", str(url.query["port"]), "-U", str(url.username)]
    options = f"-csearch_path={get_config().schema_name}"
    start = perf_counter()
    subprocess.run(
        [program, *target, "-d", str(url.database), *map(str, arguments)],
        env={**os.environ, "PGOPTIONS": options},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return perf_counter() - start


def _in_turns(ours: Callable[[], float], floor: Callable[[], float]) -> tuple[float, float]:
    taken = [(ours(), floor()) for _ in range(ROUNDS + 1)][1:]
    return median(our for our, _ in taken), median(its for _, its in taken)


def p95(seconds: list[float]) -> float:
    """What 95 of 100 stay below."""
    return quantiles(seconds, n=20)[-1]


@contextmanager
def _session(url: URL) -> Iterator[Session]:
    engine = connect(url)
    with Session(engine) as session:
        yield session
    engine.dispose()
