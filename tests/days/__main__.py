"""Run the tests on other days: `make test-days`.

python -m tests.days "2026-12-31T23:50 2027-01-31T01:00" -m pytest -n 2 tests/ui

The days are UTC; what follows goes to Python. The wall clock is moved by the same span in all
processes, PostgreSQL's included, by a small library of ours that the C compiler makes first.
Debian's faketime does not do: it changes waits as well, so that Python's threads hand over to
each other ten times slower, and `time.sleep` fails where its monotonic clock is left true.
Exit code 1 if the tests failed on one of the days.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
PROBE = "import time; print(time.time())"


def main(days: str, *arguments: str) -> int:
    """Run each day in turn and say how it went; 0 if it went well on all of them."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        print("These tests need a C compiler: apt install gcc libc6-dev.", file=sys.stderr)
        return 1
    passed = {}
    with tempfile.TemporaryDirectory(prefix="credigestor-days-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may run as another user, who must reach it too
        library = Path(folder, "ahead.so")
        make = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(HERE / "ahead.c")]
        subprocess.run(make, check=True)
        for day in days.split():
            moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
            print(f"\n=== {moment:%A %Y-%m-%d %H:%M} UTC", flush=True)
            passed[day] = _run(_clock(library, moment), moment, arguments)
    print()
    for day, well in passed.items():
        print(f"{day:<17} {'passed' if well else 'FAILED'}")
    return 0 if passed and all(passed.values()) else 1


def _clock(library: Path, moment: datetime) -> dict[str, str]:
    ahead = moment - datetime.now(UTC)
    return {
        **os.environ,
        "LD_PRELOAD": str(library),
        "SECONDS_AHEAD": str(round(ahead.total_seconds())),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH")))),
    }


def _run(clock: dict[str, str], moment: datetime, arguments: tuple[str, ...]) -> bool:
    said = subprocess.check_output([sys.executable, "-c", PROBE], env=clock, text=True)
    shown = datetime.fromtimestamp(float(said), UTC)
    assert abs(shown - moment) < timedelta(minutes=1), f"the clock shows {shown}"
    return subprocess.run([sys.executable, *arguments], env=clock, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
