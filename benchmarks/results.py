"""What was measured: as JSON for programs, as a table for people."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure

HERE = Path(__file__).parent
_BEGIN, _END = "<!-- results: written by the run -->\n", "<!-- end of results -->\n"


def write(figures: Sequence[Figure], *, notes: str, apart: bool = False) -> None:
    """Put these into results.json and the README's table; what else was measured stays there.

    `notes` says how many the largest shop has; `apart` that a run of their own measures them.
    """
    told: dict[str, Any] = {"notes": notes, "day": str(datetime.now(UTC).date())}
    if apart:
        told["apart"] = True
    new = [_rounded(figure) | told for figure in figures]
    names = {row["name"] for row in new}
    _keep([*(row for row in _kept() if row["name"] not in names), *new])


def forget_all_but(figures: Sequence[Figure]) -> None:
    """Keep these alone, in their order, and those apart, after a run that measured all others."""
    kept = {row["name"]: row for row in _kept()}
    _keep(
        [
            *(kept[figure.name] for figure in figures),
            *(row for row in kept.values() if row.get("apart")),
        ]
    )


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """A Markdown table of figures: times in milliseconds, memory in megabytes."""
    lines = [
        "| figure | ours, ms or MB | floor, ms or MB | ratio | limit | holds | notes | day |",
        "|---|--:|--:|--:|--:|---|--:|---|",
    ]
    for row in rows:
        unit = 1 if row["name"].endswith("_mb") else 1000
        lines.append(
            f"| {row['name']} | {row['ours'] * unit:.2f} | {row['floor'] * unit:.2f} "
            f"| {row['ratio']:.2f} | {row['limit']:g} | {'yes' if row['holds'] else '**no**'} "
            f"| {row.get('notes', '')} | {row.get('day', '')} |"
        )
    return "\n".join(lines) + "\n"


def _kept() -> list[dict[str, Any]]:
    return list(json.loads((HERE / "results.json").read_text("utf-8")))


def _keep(rows: Sequence[Mapping[str, Any]]) -> None:
    (HERE / "results.json").write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    readme = HERE / "README.md"
    before, _, rest = readme.read_text("utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    readme.write_text(f"{before}{_BEGIN}\n{_machine()}\n\n{table(rows)}\n{_END}{after}", "utf-8")


def _rounded(figure: Figure) -> dict[str, Any]:
    return {
        key: round(value, 6) if isinstance(value, float) else value
        for key, value in figure.as_dict().items()
    }


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}:"
    )
