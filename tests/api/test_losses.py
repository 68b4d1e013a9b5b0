"""Debts given up and recovered by address (R34)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Act
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from tests.acting import act
from tests.api.asking import ask, get, post
from tests.api.test_acts import done_once, made
from tests.api.test_previews import preview
from tests.portfolio import TODAY, Made, late
from tests.services.paying import note_row, pay, sell
from tests.services.putting_off import put_off
from tests.services.selling import count

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def sale() -> Made:
    """150,00 late by 300 days: 15,00 of interest and 3,00 of fine."""
    return sell(("150.00", TODAY - timedelta(days=300)))


def test_r34_found_previewed_given_up_once_recovered_and_undone(
    sale: Made, manager_token: str, seller_token: str
) -> None:
    [note] = sale.notes
    path = "/losses/candidates?over_days=299&up_to=150.00"
    [found] = get(path, manager_token)["items"]
    assert (found["note_id"], found["principal"], found["charges"]) == (note, "150.00", "18.00")
    assert get(path.replace("299", "300"), manager_token)["items"] == []
    assert get(path.replace("150.00", "149.99"), manager_token)["items"] == []
    shown = preview("/losses/preview", manager_token, {"note_ids": [note]})
    assert (shown["principal"], shown["charges"]) == ("150.00", "18.00")
    body = {"note_ids": [note], "reason": "sumiu da cidade", "expected_loss": "150.00"}
    done_once("/losses", manager_token, body, reason="outro")
    customer = note_row(note).customer_id
    [lost] = get(f"/customers/{customer}/losses", seller_token)["items"]
    assert [lost[name] for name in ("lost", "principal", "interest", "fine")] == [
        *("150.00", "150.00", "15.00", "3.00"),
    ]
    paid = {
        "customer_id": customer,
        "method": "pix",
        "items": [{"note_id": note, "amount": "168.00"}],
    }
    made(post("/payments", seller_token, paid))
    assert get(f"/customers/{customer}/losses", seller_token)["items"] == []
    *_, month = get("/portfolio/losses", manager_token)["items"]
    assert [month[name] for name in ("written_off", "recovered", "charges", "net")] == [
        *("150.00", "168.00", "18.00", "0.00"),
    ]
    made(post(f"/acts/{lost['act_id']}/reversal", manager_token, {"reason": "apareceu"}))
    assert get(f"/notes/{note}", manager_token)["status"] == "paid"


def test_what_is_wrong_is_named_and_a_seller_gives_nothing_up(
    sale: Made, manager_token: str, seller_token: str
) -> None:
    body = {"note_ids": sale.notes, "reason": "sumiu da cidade"}
    assert post("/losses", seller_token, body).status == 403
    for changes, pointer in (
        ({"reason": ""}, "#/reason"),
        ({"note_ids": sale.notes * 2}, "#/note_ids"),
        ({"written_off_on": str(TODAY + timedelta(days=1))}, "#/written_off_on"),
    ):
        answer = post("/losses", manager_token, body | changes)
        assert answer.status == 422, answer.body
        assert answer.json["errors"][0]["pointer"] == pointer
    assert post("/losses", manager_token, body | {"expected_loss": "1.00"}).status == 409
    assert ask("GET", "/losses/candidates?up_to=x", token=manager_token).status == 422
    assert count(Act) == 0


def test_r34_what_might_be_given_up_and_what_was_are_told_as_of_a_day(
    sale: Made, manager: Actor, manager_token: str
) -> None:
    """What was paid, recovered or put off since stands as it stood."""
    [note] = sale.notes
    paid, moved = sell(("90.00", late(299))).notes[0], sell(("80.00", late(30))).notes[0]
    put_off(manager, late(30), note_id=moved, due_date=TODAY + timedelta(days=30))
    customer = note_row(note).customer_id
    with transaction() as session:
        act(session, manager, ActKind.WRITE_OFF, late(3), {note: Acted(ActKind.WRITE_OFF, late(3))})
    pay(manager, late(1), (paid, owed(paid, late(1), manager_token)))
    [lost] = get(f"/customers/{customer}/losses", manager_token)["items"]
    whole = sum(Decimal(lost[name]) for name in ("principal", "interest", "fine"))
    pay(manager, TODAY, (note, f"{whole:.2f}"))

    def candidates(day: date, over: int) -> list[int]:
        found = get(f"/losses/candidates?over_days={over}&as_of={day}", manager_token)
        assert found["as_of"] == str(day)
        return [each["note_id"] for each in found["items"]]

    assert candidates(TODAY, 0) == []
    assert candidates(late(2), 200) == [paid]
    assert candidates(late(4), 200) == [note, paid]
    assert candidates(late(10), 5) == [note, paid], "the third is due later by then"
    path = f"/customers/{customer}/losses"
    assert get(path, manager_token)["items"] == []
    before = get(f"{path}?as_of={late(2)}", manager_token)
    assert [each["note_id"] for each in before["items"]] == [note], "recovered whole since"
    assert before["as_of"] == str(late(2))
    assert get(f"{path}?as_of={late(4)}", manager_token)["items"] == []


def owed(note: int, day: date, token: str) -> str:
    return str(get(f"/notes/{note}?as_of={day}", token)["owed"]["total"])
