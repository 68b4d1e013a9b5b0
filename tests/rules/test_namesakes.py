"""People and things of one name, told apart where only names are shown."""

from __future__ import annotations

from credigestor.rules.namesakes import distinct


def test_namesakes_are_told_apart() -> None:
    names = distinct({"7": "Ana", "9": "Ana", "8": "Bia"})
    assert names == {"7": "Ana (7)", "9": "Ana (9)", "8": "Bia"}
