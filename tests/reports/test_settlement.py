"""The settlement quote: what it says is what the receive page asks on that day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Sale
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotFound
from credigestor.reports.note import detail
from credigestor.reports.notes import open_notes
from credigestor.reports.settlement import Quote, quote
from credigestor.rules.permissions import Actor
from credigestor.rules.true_rate import monthly, of_month, yearly
from credigestor.services import sales
from tests.portfolio import TODAY, Made, add_customer, late, random_portfolio, settle_early
from tests.services.paying import pay, sell

pytestmark = pytest.mark.usefixtures("db")


def ask(
    customer: int, notes: Collection[int], on: date = TODAY, amount: str | None = None
) -> Quote:
    with snapshot() as session:
        return quote(
            session, customer, notes, on=on, today=TODAY, amount=Decimal(amount) if amount else None
        )


def sell_at(rate: str, *days: int, amount: str = "88.85", customer: int | None = None) -> Made:
    """A sale whose notes are due so many days from TODAY, with contract interest."""
    notes = [(amount, TODAY + timedelta(days=each)) for each in days]
    made = sell(*notes, customer=customer)
    with transaction() as session:
        sale = update(Sale).where(Sale.id == made.id)
        daily = of_month(Decimal(rate))
        session.execute(sale.values(contract_rate=Decimal(rate), daily_rate=daily))
    return made


def test_r14_three_notes_of_88_85_cost_261_31_and_save_5_24() -> None:
    made = sell_at("1", 30, 60, 90)
    found = ask(1, made.notes)
    assert (str(found.total), str(found.saved), str(found.owed)) == ("261.31", "5.24", "266.55")
    assert [str(note.paid) for note in found.notes] == ["87.97", "87.10", "86.24"]
    assert found.txid == "C1"


def test_r14_a_note_47_days_early_costs_87_48_and_names_its_pix() -> None:
    made = sell_at("1", 47)
    found = ask(1, made.notes)
    assert (str(found.total), found.txid) == ("87.48", "NP000001P01")
    assert "88,85 ÷ 1,000331732706^47 = 87,48" in found.notes[0].steps[-1]


def test_r14_the_price_of_a_later_day_is_of_that_day() -> None:
    made = sell_at("1", 77)
    assert str(ask(1, made.notes, TODAY + timedelta(days=30)).total) == "87.48"
    assert str(ask(1, made.notes, TODAY + timedelta(days=77)).total) == "88.85"


def test_r14_without_contract_interest_nothing_is_taken_off() -> None:
    found = ask(1, sell_at("0", 47).notes)
    assert (str(found.total), str(found.saved)) == ("88.85", "0.00")


def test_r14_what_was_paid_in_part_is_reduced_on_what_is_left(admin: Actor) -> None:
    made = sell_at("1", 47)
    pay(admin, TODAY, (made.notes[0], "40.00"))
    found = ask(1, made.notes)
    assert (str(found.owed), str(found.total)) == ("48.85", "48.09")
    assert "Pagamento de 40,00" in " ".join(found.notes[0].steps)


def test_r7_a_late_note_is_quoted_with_its_charges() -> None:
    made = sell(("200.00", late(15)))
    found = ask(1, made.notes)
    [note] = found.notes
    assert (str(found.total), note.days_late) == ("205.00", 15)
    assert any("200,00 × 1\xa0% × 15 ÷ 30 = 1,00" in step for step in note.steps)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_quote_asks_what_the_receive_page_asks_on_that_day(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed)
    sell_at("1.5", 0, 1, 25, 400, amount="123.45")
    saved = Decimal(0)
    for days in (0, 1, 20, 365):
        on = TODAY + timedelta(days=days)
        with snapshot() as session:
            for customer in session.scalars(select(Customer.id)):
                there = open_notes(session, customer, on=on, today=TODAY)
                if not there:
                    continue
                found = quote(session, customer, [note.id for note in there], on=on, today=TODAY)
                assert [(n.id, n.paid, n.days_late) for n in found.notes] == [
                    (n.id, n.settlement, n.days_late) for n in there
                ]
                saved += found.saved
    assert saved > 0


def test_r2b_a_quote_tells_each_sales_true_rate() -> None:
    first, second = sell_at("1", 30, 60), sell_at("0", 30, customer=1)
    found = ask(1, [*first.notes, *second.notes])
    rates = [(each.id, monthly(each.daily_rate), yearly(each.daily_rate)) for each in found.sales]
    one, none = Decimal("1.00"), Decimal("0.00")
    assert rates == [(first.id, one, Decimal("12.87")), (second.id, none, none)]


def test_r14c_50_00_on_a_note_47_days_early_settles_50_79_and_leaves_38_06() -> None:
    made = sell_at("1", 47)
    found = ask(1, made.notes, amount="50.00")
    [note] = found.notes
    told = (found.total, found.saved, found.after, note.paid, note.discount, note.after)
    assert [str(each) for each in told] == ["50.00", "0.79", "38.06", "50.00", "0.79", "38.06"]
    assert any("50,00 × 1,000331732706^47 = 50,79" in step for step in note.steps)
    assert note.steps[-1].startswith("Devido em 23/11/2026: 38,06.")
    assert found.txid == "NP000001P01"


def test_r14c_an_amount_settles_the_oldest_due_first_and_the_rest_stays_as_it_is() -> None:
    made = sell_at("1", 30, 60, 90)
    found = ask(1, made.notes, amount="100.00")
    assert [(str(n.paid), str(n.after)) for n in found.notes] == [
        ("87.97", "0.00"),
        ("12.03", "76.58"),  # 12,03 × 1,000331732706^60 = 12,27
        ("0.00", "88.85"),
    ]
    assert found.reached == found.notes[:2]
    assert found.owed == found.total + found.saved + found.after
    assert found.txid == "C1"
    assert ask(1, made.notes, amount="50.00").txid == "NP000001P01"
    assert ask(1, made.notes, amount="261.31") == ask(1, made.notes)


def test_r9_of_a_late_note_an_amount_pays_interest_and_fine_first() -> None:
    made = sell(("200.00", late(15)))
    [note] = ask(1, made.notes, amount="50.00").notes
    assert "Pagamento de 50,00: juros 1,00 + multa 4,00 + principal 45,00." in " ".join(note.steps)
    assert (str(note.discount), str(note.after)) == ("0.00", "155.00")


def test_an_amount_of_nothing_or_more_than_settles_the_notes_is_refused() -> None:
    made = sell_at("1", 47)
    for amount, told in (("0.00", "maior que zero"), ("87.49", "R\\$.87,48")):
        with pytest.raises(InvalidInput, match=told) as refused:
            ask(1, made.notes, amount=amount)
        assert refused.value.field == "amount"


@pytest.mark.parametrize("paid", ["0.01", "12.34", "87.97", "87.98", "150.00", "261.30"])
def test_r14c_a_quote_of_an_amount_is_what_paying_it_does(admin: Actor, paid: str) -> None:
    made = sell_at("1", 30, 60, 90)
    found = ask(1, made.notes, amount=paid)
    items = [(note.id, str(note.paid)) for note in found.reached]
    discounts = {note.id: note.discount for note in found.reached if note.discount}
    pay(admin, TODAY, *items, discounts=discounts)
    with snapshot() as session:
        left = {n.id: n.owed.total for n in open_notes(session, 1, on=TODAY, today=TODAY)}
        for note in found.notes:
            assert left.get(note.id, Decimal(0)) == note.after
            if note.paid and note.after:
                told = detail(session, note.id, as_of=TODAY, today=TODAY).lines
                assert tuple(line.text for line in told) == note.steps


def test_who_pays_what_the_quote_says_has_settled_the_note(admin: Actor) -> None:
    made = sell_at("1", 47)
    found = ask(1, made.notes)
    with transaction() as session:
        settle_early(session, admin, made.notes[0], TODAY, found.saved)
    with pytest.raises(Conflict, match="000001-01/01 já não está em aberto"):
        ask(1, made.notes)


def test_notes_that_owe_nothing_or_belong_to_somebody_else_are_refused(admin: Actor) -> None:
    mine, cancelled = sell_at("1", 30), sell_at("1", 30)
    with transaction() as session:
        sales.cancel(session, admin, sale_id=cancelled.id, why="desistiu", today=TODAY)
        other = add_customer(session, "Outra Pessoa")
        gone = add_customer(session, "X", anonymised_at=datetime(2026, 1, 1, tzinfo=UTC))
    refused: list[tuple[int, Collection[int], date, type[BusinessError]]] = [
        (2, cancelled.notes, TODAY, Conflict),
        (other, mine.notes, TODAY, NotFound),
        (1, [999], TODAY, NotFound),
        (99, mine.notes, TODAY, NotFound),
        (gone, mine.notes, TODAY, Conflict),
        (1, [], TODAY, InvalidInput),
        (1, mine.notes, TODAY - timedelta(days=1), InvalidInput),
        (1, mine.notes, date(2027, 11, 24), InvalidInput),
    ]
    for customer, notes, on, error in refused:
        with pytest.raises(error):
            ask(customer, notes, on)
    assert ask(1, mine.notes, date(2027, 11, 23)).total > 0
