"""Restores begun by the command line's own function, each killed at a step of its work.

Run as a program: `python -m tests.backups.restoring_slowly FILE`. For each number on a line of its
input it forks, restores, and kills the fork with -9 when that has said so many steps (0: never);
then it writes the steps and an empty line. One program for all, since Python's own start takes
longer than a small shop's restore.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event

from credigestor.cli import main
from credigestor.db.loading import copying

_copy_in = copying.copy_in


def restore(path: str, said: int) -> None:
    """Restore, and say each statement, commit and block to `said` before it goes to the server."""

    def say(what: str) -> None:
        os.write(said, (" ".join(what.split())[:80] + "\n").encode())

    def copy_in(connection: Any, table: str, options: str, blocks: Any) -> int:
        def told() -> Any:
            for block in blocks:
                say(f"COPY {table}")
                yield block

        return _copy_in(connection, table, options, told())

    event.listen(Engine, "before_cursor_execute", lambda c, cursor, text, *_: say(text))
    event.listen(Engine, "commit", lambda _: say("COMMIT"))
    copying.copy_in = copy_in
    main(["restore", path, "--yes"])


def steps(path: str, kill_after: int) -> list[str]:
    """The steps of a restore up to its death, or to its end."""
    heard, said = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(2, 1)  # our output is for the steps
        try:
            restore(path, said)
        finally:
            os._exit(1)
    os.close(said)
    lines = []
    with os.fdopen(heard) as pipe:
        for line in pipe:
            lines.append(line.rstrip("\n"))
            if len(lines) == kill_after:
                os.kill(child, signal.SIGKILL)
                break
    os.waitpid(child, 0)
    return lines


if __name__ == "__main__":
    for number in sys.stdin:
        print(*steps(sys.argv[1], int(number)), "", sep="\n", flush=True)
