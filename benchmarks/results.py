"""What was measured: as JSON for programs, as a table for people."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figure import Figure

HERE = Path(__file__).parent
_BEGIN, _END = "<!-- results: written by the run -->\n", "<!-- end of results -->\n"


def write(figures: Sequence[Figure]) -> str:
    """Write results.json, and the table into the README; gives the table, times in ms."""
    rows = [
        {
            key: round(value, 6) if isinstance(value, float) else value
            for key, value in figure.as_dict().items()
        }
        for figure in figures
    ]
    (HERE / "results.json").write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    shown = table(figures)
    readme = HERE / "README.md"
    before, _, rest = readme.read_text("utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    day = datetime.now(UTC).date()
    readme.write_text(f"{before}{_BEGIN}\n{day}, {_machine()}\n\n{shown}\n{_END}{after}", "utf-8")
    return shown


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table of the figures: times in milliseconds, memory in megabytes."""
    lines = [
        "| figure | ours, ms or MB | floor, ms or MB | ratio | limit | holds |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for f in figures:
        unit = 1 if f.name.endswith("_mb") else 1000
        lines.append(
            f"| {f.name} | {f.ours * unit:.2f} | {f.floor * unit:.2f} | {f.ratio:.2f} "
            f"| {f.limit:g} | {'yes' if f.holds else '**no**'} |"
        )
    return "\n".join(lines) + "\n"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}:"
    )
