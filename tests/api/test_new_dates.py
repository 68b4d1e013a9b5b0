"""Due dates put off by address: previewed, agreed once, on paper, undone (R32)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Act
from credigestor.db.settings import ShopSettings
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from tests.api.asking import ask, get, post
from tests.api.test_acts import done_once, made
from tests.api.test_previews import preview
from tests.portfolio import TODAY, Made
from tests.services.paying import note_row, sell
from tests.services.selling import count

pytestmark = pytest.mark.usefixtures("db")

DUE = TODAY + timedelta(days=10)
LATER = DUE + timedelta(days=10)


@pytest.fixture
def sale() -> Made:
    """50,00 late, and 300,00 due in ten days."""
    return sell(("50.00", TODAY - timedelta(days=20)), ("300.00", DUE))


def test_r32_one_note_is_previewed_put_off_once_on_paper_and_undone(
    sale: Made, manager_token: str
) -> None:
    note = sale.notes[1]
    body = {"note_id": note, "due_date": str(LATER), "rate": "1"}
    shown = preview("/postponements/preview", manager_token, body)
    assert shown["agreed_interest"] == "1.00"
    assert [(each["due_before"], each["due_date"]) for each in shown["notes"]] == [
        (str(DUE), str(LATER))
    ]
    asked = body | {"reason": "recebe no dia 20"}
    done_once("/postponements", manager_token, asked, due_date=str(LATER + timedelta(days=1)))
    [act] = get(f"/notes/{note}", manager_token)["acts"]
    assert (act["taken"]["interest"], act["due_date"]) == ("-1.00", str(LATER))
    told = get(f"/notes/{note}", manager_token)
    assert (told["due_date"], told["original_due_date"]) == (str(LATER), str(DUE))
    paper = ask("GET", f"/postponements/{act['act_id']}/agreement", token=manager_token)
    assert (paper.status, paper.body[:5]) == (200, b"%PDF-")
    made(post(f"/acts/{act['act_id']}/reversal", manager_token, {"reason": "engano"}))
    assert note_row(note).due_date == DUE


def test_r32_the_notes_that_are_left_of_a_sale_move_and_the_late_ones_are_named(
    sale: Made, manager_token: str
) -> None:
    shown = preview("/postponements/preview", manager_token, {"sale_id": sale.id, "days": 10})
    assert shown["late"] == [sale.notes[0]]
    asked = {"sale_id": sale.id, "days": 10, "reason": "a safra atrasou"}
    assert made(post("/postponements", manager_token, asked))["note_ids"] == [sale.notes[1]]
    assert note_row(sale.notes[1]).due_date == LATER


def test_a_seller_puts_off_within_the_limit_and_what_is_wrong_is_named(
    sale: Made, seller_token: str, admin: Actor
) -> None:
    note = sale.notes[1]
    body = {"note_id": note, "due_date": str(LATER), "reason": "recebe depois"}
    assert "só um gerente" in post("/postponements", seller_token, body).json["errors"][0]["detail"]
    with transaction() as session:
        settings.change(session, admin, ShopSettings(new_date_limit_days=9))
    for changes, pointer in (
        ({}, "#/due_date"),
        ({"due_date": str(DUE)}, "#/due_date"),
        ({"due_date": None}, "#/due_date"),
        ({"rate": "101"}, "#/rate"),
        ({"reason": ""}, "#/reason"),
        ({"sale_id": 1}, "#/note_id"),
        ({"note_id": None, "sale_id": 1}, "#/days"),
    ):
        answer = post("/postponements", seller_token, body | changes)
        assert answer.status == 422, (changes, answer.body)
        assert answer.json["errors"][0]["pointer"] == pointer, changes
    assert count(Act) == 0
    assert made(
        post("/postponements", seller_token, body | {"due_date": str(LATER - timedelta(days=1))})
    )
