"""Old debts for a new one, by address (R15)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from credigestor.db.engine import snapshot
from credigestor.db.models import Act, Renegotiation, Sale
from credigestor.reports import deals
from credigestor.rules.permissions import Actor
from tests.api.asking import ask, get, post
from tests.api.test_acts import made
from tests.portfolio import TODAY, Made, late
from tests.services.paying import note_row
from tests.services.renegotiating import deal, make, three_late, undo
from tests.services.selling import count

pytestmark = pytest.mark.usefixtures("db")


def body(old: Made, **changes: Any) -> dict[str, Any]:
    return {
        "customer_id": note_row(old.notes[0]).customer_id,
        "kind": "novation",
        "notes": old.notes,
        "waivers": [{"note_id": note, "fine": "3.00"} for note in old.notes],
        "waiver_reason": "cliente antiga",
        "down_payment": "60.00",
        "method": "pix",
        "installments": 4,
        "first_due_date": "2026-12-23",
        "reason": "perdeu o emprego",
        **changes,
    }


def test_r15_previewed_made_once_read_on_paper_and_undone(manager_token: str) -> None:
    old = three_late()
    shown = ask("POST", "/renegotiations/preview", token=manager_token, body=body(old))
    assert shown.status == 200, shown.body
    told = shown.json
    assert (told["entered"], told["old_interest"], told["to_pay"]) == ("396.75", "0.00", "396.75")
    assert [note["amount"] for note in told["notes"]] == ["99.19"] * 3 + ["99.18"]
    first = told["old_notes"][0]
    assert (first["interest"], first["fine"], first["waived"]) == ("3.75", "3.00", "3.00")
    assert (first["paid"], first["entered"], count(Act)) == ("57.00", "96.75", 0)
    key = str(uuid.uuid4())
    [deal, again] = [
        made(post("/renegotiations", manager_token, body(old), key=key)) for _ in range(2)
    ]
    assert (deal, count(Renegotiation)) == (again, 1)
    assert (deal["number"], deal["payment_id"]) == ("000002", 2)
    found = get(f"/renegotiations/{deal['id']}", manager_token)
    assert found["old_notes"] == told["old_notes"], "as it was previewed"
    assert (found["waived"], found["paid"], found["entered"]) == ("9.00", "60.00", "396.75")
    assert (found["broken"], found["undone"]) == (False, None)
    paper = ask("GET", f"/renegotiations/{deal['id']}/document", token=manager_token)
    assert (paper.status, paper.body[:5]) == (200, b"%PDF-")
    of_sale = get(f"/sales/{deal['sale_id']}", manager_token)
    new, was = (
        get(f"/notes/{each}", manager_token) for each in (of_sale["notes"][0]["id"], old.notes[0])
    )
    assert of_sale["renegotiation_id"] == new["renegotiation_id"] == deal["id"]
    closing = next(act for act in was["acts"] if act["kind"] == "renegotiation")
    assert (was["renegotiation_id"], closing["renegotiation_id"]) == (None, deal["id"])
    listed = {row["id"]: row["renegotiation_id"] for row in get("/sales", manager_token)["items"]}
    assert listed == {old.id: None, deal["sale_id"]: deal["id"]}
    made(post(f"/renegotiations/{deal['id']}/reversal", manager_token, {"reason": "engano"}))
    assert get(f"/renegotiations/{deal['id']}", manager_token)["undone"]["reason"] == "engano"
    assert note_row(old.notes[0]).closed is None


def test_r15_what_is_wrong_is_named_where_it_was_sent(
    manager_token: str, seller_token: str
) -> None:
    old = three_late()
    for wrong, pointer in (
        ({"down_payment": "465.75"}, "#/down_payment"),
        ({"waivers": [{"note_id": old.notes[0], "fine": "3.01"}]}, "#/waivers"),
        ({"method": None}, "#/method"),
        ({"notes": []}, "#/notes"),
    ):
        answer = post("/renegotiations", manager_token, body(old, **wrong))
        assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer), answer.json
    assert post("/renegotiations", seller_token, body(old)).code == "not_allowed"
    assert (count(Sale), count(Act)) == (1, 0)


def test_r15_deals_are_listed_kept_broken_and_undone_as_of_a_day(
    manager: Actor, manager_token: str
) -> None:
    terms = {"agreed_on": late(40), "backdate_reason": "lançamento de teste"}
    broken, kept, gone = (three_late() for _ in range(3))
    lost = make(manager, deal(broken.notes[:1], first_due_date=late(17), **terms))
    fine, undone = make(manager, deal(kept.notes)), make(manager, deal(gone.notes))
    undo(manager, undone)

    def listed(query: str = "") -> list[int]:
        return [each["id"] for each in get(f"/renegotiations?{query}", manager_token)["items"]]

    assert listed() == listed("limit=200") == [undone.id, fine.id, lost.id]
    assert listed("broken=true") == [lost.id]
    assert listed("broken=false&undone=false") == [fine.id]
    assert listed("undone=true") == [undone.id]
    assert listed(f"as_of={late(1)}") == [lost.id]
    assert listed(f"as_of={late(2)}&broken=true") == []
    customer = note_row(kept.notes[0]).customer_id
    assert listed(f"customer_id={customer}") == [fine.id]
    page = get("/renegotiations?limit=1", manager_token)
    assert page["items"][0]["undone_on"] == str(TODAY)
    assert listed(f"cursor={page['next_cursor']}") == [fine.id, lost.id]
    [row] = get("/renegotiations?broken=true", manager_token)["items"]
    assert (row["broken"], row["days_late"], row["late_since"]) == (True, 17, str(late(17)))
    with snapshot() as session:
        [on_the_page] = deals.broken_deals(session, as_of=TODAY, today=TODAY)
    assert row["overdue"] == f"{on_the_page['overdue']:.2f}"
    found = get(f"/renegotiations/{lost.id}", manager_token)
    assert (found["broken"], found["entered"]) == (True, row["entered"])
    before = get(f"/renegotiations/{lost.id}?as_of={late(2)}", manager_token)
    assert (before["broken"], before["as_of"]) == (False, str(late(2)))
