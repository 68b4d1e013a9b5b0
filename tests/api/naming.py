"""What files name of a room of the package, read and not run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def names_in(file: ast.Module, room: str) -> dict[str, str]:
    """What a file imports of a room, modules and functions, by the names it has for them."""
    found = {}
    for node in ast.walk(file):
        if isinstance(node, ast.ImportFrom) and node.module:
            place = node.module.removeprefix("credigestor.").split(".")
            if place[0] == room:
                for each in node.names:
                    found[each.asname or each.name] = ".".join([*place[1:], each.name])
    return found


def named(part: ast.AST, names: Mapping[str, str]) -> Iterator[str]:
    """What of it is named below a node: "sales.register"."""
    for node in ast.walk(part):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = names.get(node.value.id)
            if module is not None:
                yield f"{module}.{node.attr}"
        elif isinstance(node, ast.Name) and "." in names.get(node.id, ""):
            yield names[node.id]


def named_in(room: str, *folders: str) -> set[str]:
    """What the files of these folders name of a room of the package."""
    return {
        each
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for each in named(tree(path), names_in(tree(path), room))
    }
