"""What README promises exists, and what exists is in README."""

from __future__ import annotations

import re
from pathlib import Path

import click

from credigestor import __version__
from credigestor.config import Config

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "credigestor"
RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_environment_variable_is_in_readme() -> None:
    names = {str(field.validation_alias) for field in Config.model_fields.values()}
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", README, flags=re.MULTILINE))
    assert documented == names


def test_every_command_is_in_readme() -> None:
    from credigestor.cli import main

    assert isinstance(main, click.Group)
    missing = [name for name in main.commands if not re.search(rf"`{name}\b", README)]
    assert missing == []


def test_every_resource_of_the_api_is_in_readme() -> None:
    from credigestor.api.application import described

    rows = re.findall(r"^\| (`/[^|]*) \|", README, flags=re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`/(\w+)", row)}
    there = {path.split("/")[3].partition(".")[0] for path in described()["paths"]}
    assert told == there


def test_every_link_in_the_documents_leads_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in _documents()
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
        if not target.startswith("http") and not (document.parent / target).exists()
    ]
    assert broken == []


def test_every_file_and_module_that_the_documents_name_is_there() -> None:
    gone = []
    for document in _documents():
        text = document.read_text(encoding="utf-8")
        bases = (ROOT, PACKAGE, document.parent)
        files = re.findall(r"`([\w.-]+/[\w./-]*(?:\.py|/))`", text)
        gone += [name for name in files if not any((base / name).exists() for base in bases)]
        modules = re.findall(r"`([a-z]+)\.([a-z_]+)[\w.]*`", text)
        gone += [
            f"{room}.{module}"
            for room, module in modules
            if (PACKAGE / room).is_dir() and not _is_module(PACKAGE / room / module)
        ]
    assert gone == []


def test_every_direct_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text(encoding="utf-8")
    names = re.findall(
        r"^([A-Za-z0-9-]+)", (ROOT / "requirements.in").read_text(), flags=re.MULTILINE
    ) + re.findall(
        r"^([A-Za-z0-9][A-Za-z0-9-]*)",
        (ROOT / "requirements-dev.in").read_text(),
        flags=re.MULTILINE,
    )
    missing = [name for name in names if name.lower() not in reasons.lower()]
    assert missing == []


def test_every_rule_stands_once_in_the_table_of_where_they_live() -> None:
    stated = re.findall(r"^\*\*(R\d+[a-z]?) ", RULES, flags=re.MULTILINE)
    assert len(stated) > 20
    assert sorted(rule for rules, _ in _homes() for rule in rules) == sorted(stated)


def test_each_file_in_the_table_of_rules_names_the_rules_that_live_there() -> None:
    wrong = [
        f"{rule} in {file}"
        for rules, files in _homes()
        for file in files
        for rule in rules
        if rule not in _named_in(ROOT / file)
    ]
    assert wrong == []


def test_a_rule_that_is_not_built_yet_has_no_code() -> None:
    missing = {rule for rules, files in _homes() if not files for rule in rules}
    code = [*(ROOT / "credigestor").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    assert [(path.name, rule) for path in code for rule in missing & _named_in(path)] == []


def test_the_changelog_begins_with_this_version_and_every_version_is_dated() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (.*)$", changelog, flags=re.MULTILINE)
    assert versions[0].split()[0] == __version__
    undated = [v for v in versions if not re.fullmatch(r"\d+\.\d+\.\d+ — \d{4}-\d\d-\d\d", v)]
    assert undated == []


def _documents() -> list[Path]:
    return [
        *sorted(ROOT.glob("*.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
        ROOT / "benchmarks" / "README.md",
    ]


def _is_module(path: Path) -> bool:
    return path.is_dir() or path.with_suffix(".py").is_file()


def _homes() -> list[tuple[list[str], list[str]]]:
    """The rows of the table of rules: the rules of a row, and the files that they live in."""
    rows = re.findall(r"^\| (R\d[^|]*) \| (.*) \|$", RULES, flags=re.MULTILINE)
    return [
        (rules.split(", "), re.findall(r"`(credigestor/[^`]+)`", where)) for rules, where in rows
    ]


def _named_in(path: Path) -> set[str]:
    """The rules that a file names; R6–R9 names four of them."""
    named = set()
    for first, last in re.findall(
        r"\bR(\d+[a-z]?)(?:–R(\d+))?\b", path.read_text(encoding="utf-8")
    ):
        named |= {f"R{n}" for n in range(int(first), int(last) + 1)} if last else {f"R{first}"}
    return named
