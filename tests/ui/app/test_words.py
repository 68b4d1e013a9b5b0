"""What people read calls each thing by one word."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from credigestor.ui.kit.navigation import ROOT

#: A person logs in by their "usuário"; this is how sentences named it otherwise.
LOGIN = re.compile(
    r"^logins?$|\b(o|os|um|seu|próprio|com|e|nem|não há|senha|senhas|nome),? logins?\b"
    r"|\blogins? (e|ou) ",
    re.IGNORECASE,
)
#: The authenticator's own name for its button.
LIBRARYS = {"Login": "credigestor/ui/app/login.py"}


@pytest.mark.parametrize("folder", ["pages", "credigestor"])
def test_a_login_is_called_usuario_in_whatever_people_read(folder: str) -> None:
    guilty = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, text in _texts(path)
        if text not in {"login", "LOGIN"} and LOGIN.search(text)
        if LIBRARYS.get(text) != str(path.relative_to(ROOT))
    ]
    assert guilty == []


def test_the_guide_and_the_documentation_of_the_api_call_it_so_too() -> None:
    for name in ("docs/guia.md", "credigestor/api/manual/page.html"):
        assert not LOGIN.search((ROOT / name).read_text("utf-8")), name


def _texts(path: Path) -> list[tuple[int, str]]:
    """The texts of a module that are not its docstrings, with their lines."""
    tree = ast.parse(path.read_text("utf-8"))
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


@pytest.mark.parametrize("folder", ["pages", "credigestor/ui"])
def test_a_section_is_one_level_below_the_title_and_no_heading_is_a_link(folder: str) -> None:
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "subheader"
        or (
            (node.func.attr in {"title", "header"} and _of_streamlit(node.func))
            and "anchor" not in {keyword.arg for keyword in node.keywords}
        )
    ]
    assert guilty == []


def _of_streamlit(function: ast.Attribute) -> bool:
    return isinstance(function.value, ast.Name) and function.value.id == "st"
