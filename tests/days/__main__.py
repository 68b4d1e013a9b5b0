"""Run the tests, but the browser's, on other days: `make test-days`.

python -m tests.days "2026-12-31T23:50 2027-01-31T01:00" -n 2 tests/pages

The days are UTC; what follows goes to pytest. libfaketime moves the clock by the same span in
all processes, PostgreSQL's included. Exit code 1 if the tests failed on one of the days.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

HERE = Path(__file__).parent
LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")
PROBE = "import time; print(time.time())"


def main(days: str, *arguments: str) -> int:
    """Run each day in turn and say how it went; 0 if it went well on all of them."""
    library = next((path for name in LIBRARIES for path in Path("/").glob(name[1:])), None)
    if library is None:
        print("These tests need faketime: apt install faketime.", file=sys.stderr)
        return 1
    passed = {}
    for day in days.split():
        moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
        print(f"\n=== {moment:%A %Y-%m-%d %H:%M} UTC", flush=True)
        passed[day] = _run(_clock(library, moment), moment, arguments)
        _sweep()
    print()
    for day, well in passed.items():
        print(f"{day:<17} {'passed' if well else 'FAILED'}")
    return 0 if passed and all(passed.values()) else 1


def _clock(library: Path, moment: datetime) -> dict[str, str]:
    ahead = moment - datetime.now(UTC)
    return {
        **os.environ,
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{round(ahead.total_seconds()):+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH")))),
    }


def _run(clock: dict[str, str], moment: datetime, arguments: tuple[str, ...]) -> bool:
    said = subprocess.check_output([sys.executable, "-c", PROBE], env=clock, text=True)
    shown = datetime.fromtimestamp(float(said), UTC)
    assert abs(shown - moment) < timedelta(minutes=1), f"the clock shows {shown}"
    command = [sys.executable, "-m", "pytest", "--ignore=tests/browser", *arguments]
    return subprocess.run(command, env=clock, check=False).returncode == 0


def _sweep() -> None:
    """Remove what libfaketime leaves in shared memory of processes that were killed."""
    for pattern in ("faketime_shm_*", "sem.faketime_sem_*"):
        for path in Path("/dev/shm").glob(pattern):
            pid = path.name.rpartition("_")[2]
            if pid.isdigit() and not psutil.pid_exists(int(pid)):
                with suppress(OSError):
                    path.unlink()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
