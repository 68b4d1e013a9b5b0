"""Links kept from before 0.5.0: each old parameter leads to the address with today's name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from credigestor.ui.kit.navigation import PAGES, ROOT
from credigestor.web.old_addresses import NAMES, PATHS, renewed
from tests.web.fetching import fetch

pytestmark = pytest.mark.usefixtures("db")

CASES = [(path, old, new) for path, names in NAMES.items() for old, new in names.items()]


@pytest.mark.parametrize(("path", "old", "new"), CASES)
def test_an_old_parameter_leads_to_todays(path: str, old: str, new: str) -> None:
    path = path + "7" if path.endswith("/") else path
    answer = fetch(f"{path}?{old}=7&x=%C3%A9", None)
    assert answer.status == 307
    assert answer.headers["location"] == f"{path}?{new}=7&x=%C3%A9"


@pytest.mark.parametrize(
    ("label", "code"),
    [("Ativos", "active"), ("Inativos", "inactive"), ("Todos", "all"), ("x", "x")],
)
def test_a_label_that_stood_in_the_address_is_its_code_now(label: str, code: str) -> None:
    assert renewed("/clientes", f"situacao={label}") == f"/clientes?status={code}"


@pytest.mark.parametrize(
    ("query", "kept"), [("", ""), ("?city=S%C3%A3o+Luis", "?city=S%C3%A3o+Luis")]
)
def test_a_page_that_was_renamed_is_led_to_with_its_filters(query: str, kept: str) -> None:
    answer = fetch(f"/caixa{query}", None)
    assert (answer.status, answer.headers["location"]) == (307, f"/previsao{kept}")


@pytest.mark.parametrize(
    "address",
    ["/nova-venda?customer=7", "/nova-venda", "/clientes?cliente=7", "/minha-conta?de=7", "/?em=1"],
)
def test_other_addresses_are_left_alone(address: str) -> None:
    path, _, query = address.partition("?")
    assert renewed(path, query) is None


def test_what_a_stranger_writes_stays_on_this_host_and_in_one_line() -> None:
    answer = fetch("/nova-venda?cliente=%0d%0aSet-Cookie:x&next=//evil.example", None)
    assert answer.headers["location"].startswith("/nova-venda?customer=%0D%0A")
    assert "\n" not in answer.headers["location"]
    assert "set-cookie" not in answer.headers


def test_old_names_are_of_pages_and_documents_that_there_are() -> None:
    pages = {f"/{page.url_path}" for page in PAGES}
    assert all(path in pages or path.startswith("/documento/") for path in NAMES)
    assert set(PATHS.values()) <= pages | {"/"}
    assert (pages - {f"/{PAGES[0].url_path}"}).isdisjoint(PATHS), "the first page's is /"


@pytest.mark.parametrize("folder", ["pages", "credigestor/ui"])
def test_no_page_makes_an_address_with_an_old_name(folder: str) -> None:
    old = {name for _, name, _ in CASES}
    guilty = [
        f"{path.relative_to(ROOT)}:{node.value.lineno}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(_parsed(path))
        if isinstance(node, ast.keyword) and node.arg in old
    ]
    assert guilty == []


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
