"""The house: who may import whom, where Streamlit and SQL may be, how long a file may grow."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from credigestor.rules.aging import BANDS

ROOT = Path(__file__).resolve().parents[1]
LEDGER = {"db", "rules", "errors", "metrics"}
FILES = {"exports", "imports", "backups", "documents"}
DOMAIN = LEDGER | FILES | {"services", "reports"}
UI = {"ui.kit", "ui.charts", "ui.app", "ui.analytics", "ui.counter", "ui.admin"}
#: What each room may import from the package. A room may always import itself.
MAY_IMPORT = {
    "rules": {"errors"},
    "errors": set(),
    "config": set(),
    "metrics": set(),
    "logs": {"config"},
    "clock": set(),
    "atomic_file": set(),
    "shop_day": {"clock", "db"},
    "postgres": set(),
    "db": {"postgres", "rules", "errors", "config", "metrics"},
    "services": LEDGER,
    "reports": LEDGER,
    "documents": LEDGER | {"reports"},
    "exports": LEDGER | {"reports", "documents", "atomic_file"},
    "imports": LEDGER | {"services", "reports"},
    "backups": LEDGER | {"services", "reports", "atomic_file"},
    "webhooks": LEDGER | {"services"},
    "demo": LEDGER | {"imports", "services", "reports"},
    "web": DOMAIN | {"webhooks", "config", "clock", "shop_day", "logs"},
    "api": DOMAIN | {"web", "__version__", "config", "clock", "shop_day", "logs"},
    "ui.kit": DOMAIN | {"web", "config", "clock", "shop_day"},
    "ui.charts": DOMAIN | {"ui.kit"},
    "ui.app": DOMAIN | {"ui.kit", "web", "demo", "config", "clock"},
    "ui.analytics": DOMAIN | {"ui.kit", "ui.charts"},
    "ui.counter": DOMAIN | {"ui.kit", "config"},
    "ui.admin": DOMAIN | {"ui.kit", "demo", "config", "clock", "atomic_file"},
    "pages": DOMAIN | UI,
    "app": {"web", "api", *UI},
    "cli": DOMAIN | {"__version__", "postgres", "demo", "config", "clock", "atomic_file", "logs"},
    "__main__": {"cli"},
}
STREAMLIT_ROOMS = UI | {"pages", "app"}
#: Reading the machine's clock; `monotonic` only measures.
READS_THE_CLOCK = re.compile(
    r"\b(datetime\.(now|today|utcnow)|date\.today|time\.(time|time_ns|localtime|gmtime))\b"
    r"|from time import .*\btime\b"
)
#: The tests whose subject is the clock, the benchmarks that a real server's clock must suit.
AT_THE_CLOCK = {
    "tests/backups/test_wrong_clocks.py": "a clock that ran ahead and was put right",
    "tests/browser/launcher.py": "sets the clock of a server under test",
    "tests/days/__main__.py": "sets the clock of the whole suite",
    "benchmarks/files.py": "asks a real server for files, by addresses that live a minute",
    "benchmarks/results.py": "says when it was measured",
    "benchmarks/server.py": "logs people in to a real server, whose sessions end after hours",
}
#: A longer file is two rooms; but migrations stay as they ran.
MOST_LINES = 320
MAY_BE_LONG = re.compile(r"credigestor/db/migrations/.+\.py")


def _files() -> list[Path]:
    return [
        ROOT / "app.py",
        *sorted((ROOT / "pages").rglob("*.py")),
        *sorted((ROOT / "credigestor").rglob("*.py")),
    ]


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return _room_of(".".join(parts)) if parts[0] == "credigestor" else parts[0]


def _room_of(module: str) -> str:
    """The room of a module of the package; `ui` has rooms of its own."""
    parts = module.split(".")[1:]
    if not parts:
        return "__init__"
    return ".".join(parts[:2]) if parts[0] == "ui" else parts[0]


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            found |= (
                {f"{module}.{alias.name}" for alias in node.names}
                if module in {"credigestor", "credigestor.ui"}
                else {module}
            )
    return found


@pytest.mark.parametrize("path", _files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_each_file_imports_only_what_its_room_may(path: Path) -> None:
    room = _room(path)
    if room == "__init__":
        assert not {name for name in _imports(path) if name.startswith("credigestor")}
        return
    for name in _imports(path):
        top = name.split(".")[0]
        if top == "credigestor":
            assert _room_of(name) in MAY_IMPORT[room] | {room}, f"{path} imports {name}"
        if top in {"streamlit", "streamlit_authenticator"}:
            protobuf = room == "web" and name.startswith("streamlit.proto.")
            assert room in STREAMLIT_ROOMS or protobuf, f"{path} imports {name}"
        assert top not in {"tests", "benchmarks"}, f"{path} imports {name}"
        assert top != "altair", f"{path}: a chart is written down (credigestor/ui/charts/theme.py)"
        if room == "rules":
            assert top not in {"sqlalchemy", "psycopg", "pandas", "pydantic", "alembic"}, name
        if room == "pages":
            assert top not in {"sqlalchemy", "psycopg"}, f"{path}: SQL belongs in reports"


def test_only_one_service_and_the_reports_know_the_summaries() -> None:
    """Reports run in read-only snapshots, so `refresh` alone writes summaries."""
    guilty = [
        str(path.relative_to(ROOT))
        for path in _files()
        if any(name.startswith("credigestor.db.summaries") for name in _imports(path))
        and _room(path) != "reports"
        and "/".join(path.parts[-2:]) not in {"services/summaries.py", "db/migrate.py"}
        and "summaries" not in path.parent.name
    ]
    assert guilty == []


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "credigestor" / "reports" / "portfolio").glob("*.py")),
    ids=lambda p: p.stem,
)
def test_a_report_of_the_portfolio_reads_summaries_and_never_the_ledger(path: Path) -> None:
    """Or its cost would grow with the notes; customers alone may be read, for their names."""
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(FROM|JOIN) (sales|notes|payments|payment_items)\b", source)
    assert "credigestor.db.balances" not in _imports(path)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "credigestor.db.models":
            assert {alias.name for alias in node.names} <= {"Customer"}


def test_no_page_lies_directly_in_pages_where_it_would_open_without_login() -> None:
    assert list((ROOT / "pages").glob("*.py")) == []


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    ours = [*_files(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in ours
        if not MAY_BE_LONG.fullmatch(path.relative_to(ROOT).as_posix())
    }
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_only_the_clock_module_reads_the_clock() -> None:
    """And who may import it, the edges alone, says MAY_IMPORT: the others are handed the day."""
    readers = {_room(path) for path in _files() if READS_THE_CLOCK.search(path.read_text("utf-8"))}
    assert readers == {"clock"}


def test_no_test_reads_the_clock_unless_it_is_its_subject() -> None:
    ours = re.compile(
        rf"{READS_THE_CLOCK.pattern}|\bclock\.(now|today)\b|credigestor\.clock import"
    )
    readers = {
        str(path.relative_to(ROOT))
        for room in ("tests", "benchmarks")
        for path in (ROOT / room).rglob("*.py")
        if ours.search(path.read_text("utf-8")) and path != Path(__file__)
    }
    assert readers == set(AT_THE_CLOCK)


def test_every_advisory_lock_is_taken_in_one_place_where_it_carries_the_shop() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in _files()
        if "advisory_" in path.read_text(encoding="utf-8") and path.name != "locks.py"
    ]
    assert guilty == []


def test_only_the_ledger_locks_notes_so_that_all_do_it_in_one_order() -> None:
    """Two that lock the same notes in other orders would wait for each other."""
    guilty = [
        str(path.relative_to(ROOT))
        for path in _files()
        if "/".join(path.parts[-2:]) != "services/ledger.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "with_for_update"
        and "Note" in {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    ]
    assert guilty == []


def test_no_code_names_the_schema_public() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in _files()
        if re.search(r"\bpublic\.", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_only_config_reads_the_environment() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in _files()
        if _room(path) != "config"
        and re.search(r"os\.environ|getenv", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_aging_bands_are_named_in_their_rule_alone() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in _files()
        if path != ROOT / "credigestor" / "rules" / "aging.py"
        and any(
            isinstance(node, ast.Constant) and node.value in BANDS[1:]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]
    assert guilty == []
