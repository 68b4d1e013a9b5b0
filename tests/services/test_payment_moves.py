"""A payment that landed on a namesake: reversed and received for the right customer, in one act."""

from __future__ import annotations

import uuid
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Payment, Reversal
from credigestor.documents import customer_statement as statements
from credigestor.documents import receipt as paper
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed
from credigestor.reports.check.report import check
from credigestor.reports.customer_file import customer_file
from credigestor.reports.customer_statement import statement
from credigestor.reports.numbered import everything
from credigestor.reports.payments import PaymentFilters, list_payments
from credigestor.reports.receipt import receipt
from credigestor.rules.charges import Split
from credigestor.rules.permissions import Actor
from credigestor.services import payers, payment_moves
from credigestor.services.inputs import parse
from credigestor.services.payment_moves import MAX_WHY, PaymentToMove
from tests.documents.looking import words
from tests.moments import NOW
from tests.portfolio import TODAY, add_customer
from tests.services.closing import close
from tests.services.paying import JANUARY, JANUARY_25, new_payment, note_row, receive, sell
from tests.services.selling import count

pytestmark = pytest.mark.usefixtures("db")

PARTS = (("cash", D("60.00")), ("pix", D("40.00")))


@pytest.fixture
def shop(seller: Actor) -> dict[str, int]:
    """R9's 100,00 on 25/01 for the wrong note; the right customer's is the same note."""
    with transaction() as session:
        wrong, right = add_customer(session, "José"), add_customer(session, "José")
    mine, theirs = sell(customer=wrong).notes[0], sell(customer=right).notes[0]
    paid = receive(
        seller,
        new_payment(
            *(JANUARY_25, (mine, "100.00")), method=None, methods=PARTS, payer={"name": "Gil"}
        ),
        today=JANUARY_25,
    )
    return {"wrong": wrong, "right": right, "mine": mine, "theirs": theirs, "paid": paid}


def asked(shop: dict[str, int], **changes: Any) -> PaymentToMove:
    values = {
        "operation_id": uuid.uuid4(),
        "payment_id": shop["paid"],
        "customer_id": shop["right"],
        "items": ((shop["theirs"], D("100.00")),),
        "reason": "homônimo",
    }
    return parse(PaymentToMove, values | changes)


def move(actor: Actor, data: PaymentToMove) -> int:
    with transaction() as session:
        return payment_moves.move(session, actor, data, today=TODAY)


def test_the_money_pays_the_right_note_on_its_day_and_the_wrong_one_owes_again(
    manager: Actor, shop: dict[str, int]
) -> None:
    """R9, R12: 1,50 + 6,00 + 92,50 of the one note, and 300,00 of the other."""
    data = asked(shop)
    with snapshot() as session:
        [(note, step)] = payment_moves.preview(session, manager, data, today=TODAY)
    assert (note.id, step.split) == (shop["theirs"], Split(D("1.50"), D("6.00"), D("92.50")))
    made = move(manager, data)
    assert move(manager, data) == made, "the same operation does it once"
    assert note_row(shop["mine"]).principal_balance == D("300.00")
    assert note_row(shop["theirs"]).principal_balance == D("207.50")
    with snapshot() as session:
        old, new = session.get_one(Payment, shop["paid"]), session.get_one(Payment, made)
        assert (new.paid_on, new.way, new.customer_id) == (old.paid_on, old.way, shop["right"])
        payer = payers.of_payment(session, made)
        assert payer is not None
        assert payer.name == "Gil"
        [undone] = session.scalars(select(Reversal)).all()
        assert undone.payment_id == old.id
        assert undone.reason == f"homônimo Passou ao cadastro nº {shop['right']}."
        assert check(session, summaries=False) == []
    assert count(Payment) == 2


def test_the_receipts_number_is_kept_and_both_sides_tell_it(
    manager: Actor, shop: dict[str, int]
) -> None:
    made = move(manager, asked(shop))
    number = f"{shop['paid']:06}"
    with snapshot() as session:
        old, new = receipt(session, shop["paid"]), receipt(session, made)
        assert (old.number, old.went_to, old.came_from) == (number, shop["right"], None)
        assert (new.number, new.went_to, new.came_from) == (number, None, shop["wrong"])
        found = everything(session, number, today=TODAY).numbered
        assert [(each.id, each.number) for each in found if each.kind == "receipt"] == [
            (made, number),
            (shop["paid"], number),
        ]
        by_id = everything(session, f"{made:06}", today=TODAY).numbered
        assert "receipt" not in {each.kind for each in by_id}
        listed = list_payments(session, PaymentFilters(), offset=0, limit=9)
        assert set(listed["number"]) == {number}
        papers = [words(paper.pdf(each, made_at=NOW, logo=None)) for each in (old, new)]
        since = {"since": JANUARY, "until": TODAY, "today": TODAY}
        told = [
            words(statements.pdf(statement(session, shop[who], **since), made_at=NOW, logo=None))
            for who in ("wrong", "right")
        ]
        copies = [
            customer_file(session, shop[who], today=TODAY, made_at=NOW)
            for who in ("wrong", "right")
        ]
    assert "TRANSFERIDO em 23/11/2026" in papers[0]
    assert "ESTORNADO" not in papers[0]
    assert f"Recebido primeiro no cadastro nº {shop['wrong']}" in papers[1]
    went = f"Pagamento {number} (Dinheiro 60,00 + Pix 40,00) de 100,00"
    assert went in told[0]
    assert "passou a outro cadastro em 23/11/2026, sem efeito aqui: homônimo Passou ao" in told[0]
    assert f"Pagamento {number} (Dinheiro 60,00 + Pix 40,00)" in told[1]
    assert f"veio do cadastro nº {shop['wrong']}: homônimo" in told[1]
    for copied, ends in zip(copies, ((None, shop["right"]), (shop["wrong"], None)), strict=True):
        [section] = [each for each in copied.sections if each.title == "Pagamentos"]
        [row] = section.rows
        assert (row[0], row[-2], row[-1]) == (number, *ends)


def test_moved_again_it_keeps_the_number_of_the_first(manager: Actor, shop: dict[str, int]) -> None:
    second = move(manager, asked(shop))
    with transaction() as session:
        third = add_customer(session, "José")
    [note] = sell(customer=third).notes
    again = asked(shop, payment_id=second, customer_id=third, items=((note, D("100.00")),))
    made = move(manager, again)
    with snapshot() as session:
        assert receipt(session, made).number == f"{shop['paid']:06}"
        assert check(session, summaries=False) == []


@pytest.mark.parametrize("column", ["moved_from", "receipt"])
def test_check_names_a_receipt_that_is_anothers(
    manager: Actor, shop: dict[str, int], column: str
) -> None:
    receive(manager, new_payment(JANUARY_25, (shop["mine"], "1.00")))
    made = move(manager, asked(shop))
    with transaction() as session:
        session.execute(text("ALTER TABLE payments DISABLE TRIGGER USER"))
        session.execute(
            text(f"UPDATE payments SET {column} = 2, receipt = least(receipt, 2) WHERE id = :id")
            if column == "moved_from"
            else text("UPDATE payments SET receipt = 0 WHERE id = :id"),
            {"id": made},
        )
        session.execute(text("ALTER TABLE payments ENABLE TRIGGER USER"))
    with snapshot() as session:
        assert [each.entity for each in check(session, summaries=False)] == ["payments"]


REFUSED: list[tuple[dict[str, Any], str | None, str]] = [
    ({"items": ((2, D("99.00")),)}, "items", "R$ 99,00 e o pagamento é de R$ 100,00"),
    ({"items": ((1, D("100.00")),)}, "items", "de outro cliente"),
    ({"customer_id": 1}, "customer_id", "já é deste cliente"),
    ({"customer_id": 99}, "customer_id", "não encontrado"),
    ({"payment_id": 99}, None, "não encontrado"),
    ({"reason": " "}, "reason", "Explique o motivo"),
    ({"reason": "x" * (MAX_WHY + 1)}, "reason", f"no máximo {MAX_WHY} caracteres"),
    (
        {"previewed": {2: Split(D(0), D(0), D("100.00"))}},
        *("amount", "mudou desde a prévia"),
    ),
]


@pytest.mark.parametrize(("changes", "field", "message"), REFUSED)
def test_what_does_not_fit_is_refused_and_nothing_is_half_done(
    manager: Actor, shop: dict[str, int], changes: dict[str, Any], field: str | None, message: str
) -> None:
    assert (shop["wrong"], shop["right"], shop["theirs"]) == (1, 2, 2)
    with pytest.raises(BusinessError) as error:
        move(manager, asked(shop, **changes))
    assert error.value.field == field
    assert message in error.value.message.replace("\xa0", " ")
    assert (count(Payment), count(Reversal)) == (1, 0)
    assert note_row(shop["mine"]).principal_balance == D("207.50")


def test_the_longest_reason_leaves_room_for_where_the_money_went(
    manager: Actor, shop: dict[str, int]
) -> None:
    move(manager, asked(shop, reason="x" * MAX_WHY))
    with snapshot() as session:
        undone = session.get_one(Reversal, shop["paid"])
        assert undone.reason == f"{'x' * MAX_WHY} Passou ao cadastro nº {shop['right']}."


def test_more_than_the_right_customer_owes_is_refused_whole(
    manager: Actor, shop: dict[str, int]
) -> None:
    [small] = sell(("50.00", JANUARY), customer=shop["right"]).notes
    with pytest.raises(InvalidInput, match="51,25"):
        move(manager, asked(shop, items=((small, D("100.00")),)))
    assert count(Reversal) == 0


def test_a_payment_that_left_credit_or_was_reversed_is_refused(
    manager: Actor, seller: Actor, shop: dict[str, int]
) -> None:
    kept = receive(seller, new_payment(TODAY, (shop["mine"], "10.00"), kept=D("5.00")))
    refused = asked(shop, payment_id=kept, items=((shop["theirs"], D("10.00")),))
    with pytest.raises(Conflict, match="ficou crédito"):
        move(manager, refused)
    move(manager, asked(shop))
    with pytest.raises(Conflict, match="já foi estornado"):
        move(manager, asked(shop, items=((shop["theirs"], D("100.00")),)))
    assert count(Reversal) == 1


def test_a_payment_of_which_nobody_knows_how_it_came_is_refused(
    manager: Actor, shop: dict[str, int]
) -> None:
    with transaction() as session:  # as an import writes one
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(
            text("UPDATE payments SET method = 'unknown', cash = NULL, pix = NULL WHERE id = :id"),
            {"id": shop["paid"]},
        )
    with pytest.raises(Conflict, match="Não se sabe como"):
        move(manager, asked(shop))
    assert count(Reversal) == 0


def test_r37_it_is_a_managers_also_in_closed_days(
    manager: Actor, seller: Actor, shop: dict[str, int]
) -> None:
    with pytest.raises(NotAllowed):
        move(seller, asked(shop))
    close(manager, JANUARY_25)
    made = move(manager, asked(shop))
    with snapshot() as session:
        assert session.get_one(Payment, made).backdate_reason == "homônimo"
