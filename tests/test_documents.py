"""What README promises exists, and what exists is in README."""

from __future__ import annotations

import re
from pathlib import Path

import click

from credigestor.config import Config

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_environment_variable_is_in_readme() -> None:
    names = {str(field.validation_alias) for field in Config.model_fields.values()}
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", README, flags=re.MULTILINE))
    assert documented == names


def test_every_command_is_in_readme() -> None:
    from credigestor.__main__ import main

    assert isinstance(main, click.Group)
    missing = [name for name in main.commands if not re.search(rf"`{name}\b", README)]
    assert missing == []


def test_every_link_in_the_documents_leads_somewhere() -> None:
    broken = []
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
            if not target.startswith("http") and not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert broken == []


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
