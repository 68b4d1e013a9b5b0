"""The sample shop at four dates: the API, the command line and the pages tell the same cents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from credigestor.imports import importer
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Role
from credigestor.services import summaries
from tests import tables
from tests.api.asking import ask, get, token_of
from tests.cli.commands import run
from tests.factories import add_user
from tests.imports.files import SAMPLE, needs_sample
from tests.imports.importing import CLI
from tests.portfolio import TODAY
from tests.ui.carded import cards_of
from tests.ui.support import open_app

DATES = (date(2025, 2, 28), date(2025, 9, 8), date(2026, 6, 30), TODAY)


def sample(session: Session) -> None:
    """As tests/reports has it, so that a run imports it once."""
    importer.run(session, CLI, importer.read_folder(SAMPLE), today=TODAY)
    summaries.refresh(session, today=TODAY)


def whole(path: str, token: str) -> Iterator[Any]:
    """A list as lines."""
    answer = ask("GET", path, token=token, headers={"accept": "application/x-ndjson"})
    assert answer.status == 200, answer.body
    return map(json.loads, answer.body.splitlines())


def total(rows: Any, *names: str) -> list[str]:
    sums = [Decimal(0)] * len(names)
    for row in rows:
        sums = [each + Decimal(row[name]) for each, name in zip(sums, names, strict=True)]
    return [f"{each:.2f}" for each in sums]


def on_the_page(day: date) -> dict[str, str]:
    """The cards of the dashboard."""
    page = open_app(role="manager", page="analytics/dashboard.py", as_of=str(day))
    assert not page.exception
    return {card.label: card.value for card in cards_of(page)}


@needs_sample
def test_the_api_tells_what_the_command_line_and_the_pages_tell(db: str) -> None:
    tables.once("sample", sample)
    token = token_of(add_user(Role.MANAGER))
    for day in DATES:
        told = get(f"/summary?as_of={day}", token)
        by_command = json.loads(run("summary", "--as-of", str(day), "--json").stdout)
        assert told == {**by_command, "as_of": str(day)}

        shown = get(f"/dashboard?as_of={day}", token)
        cards = on_the_page(day)
        for card, amount in (
            ("A receber", told["receivable_principal"]),
            ("Em atraso", told["overdue_principal"]),
            ("Vendido", shown["movement"]["sold"]),
            ("Recebido: principal", shown["movement"]["principal"]),
        ):
            assert cards[card] == format_brl(Decimal(amount)).replace("\xa0", " "), (day, card)
        assert shown["portfolio"]["receivable"] == told["receivable_principal"]

        late = whole(f"/notes?status=overdue&as_of={day}", token)
        assert total(late, "principal", "interest", "fine") == [
            told["overdue_principal"],
            told["overdue_interest"],
            told["overdue_fine"],
        ]
        paid = whole(f"/payments?reversed=false&paid_to={day}", token)
        assert total(paid, "principal", "interest", "fine") == [
            told["received_principal"],
            told["received_interest"],
            told["received_fine"],
        ]
        sold = list(whole(f"/sales?cancelled=false&as_of={day}", token))
        assert len(sold) == told["sales"]
        who = get(f"/reports/delinquency?limit=1&as_of={day}", token)["totals"]
        assert (who["principal"], who["notes"]) == (
            told["overdue_principal"],
            told["overdue_notes"],
        )
