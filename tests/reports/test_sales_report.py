"""The list of sales, its totals, and one sale in detail, against real rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from credigestor.errors import NotFound
from credigestor.reports import sale as sale_report
from credigestor.reports import sales
from credigestor.reports.sales import SaleFilters
from credigestor.reports.summary import summary
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from credigestor.services import sales as sales_service
from tests.factories import add_user
from tests.portfolio import TODAY, Made, add_customer, add_sale, pay
from tests.services.renegotiating import deal, make, three_late, undo
from tests.services.selling import new_sale, register

pytestmark = pytest.mark.usefixtures("db")

CANCELLED = date(2026, 1, 20)


@pytest.fixture
def shop(manager: Actor, seller: Actor) -> dict[str, int]:
    """Four sales: Ana's from a seller, José's with a down payment, one without notes, one gone."""
    with transaction() as session:
        ana = add_customer(session, "Ana Conceição")
        jose = add_customer(session, "José 50%_off")
        first = add_sale(
            session, ana, date(2026, 1, 5), [("300.00", date(2026, 1, 10))], seller_id=seller.id
        )
    second = register(
        manager,
        new_sale(jose, total="130.00", down_payment="30.00", description="Sofá de canto"),
    )
    paid = register(manager, new_sale(jose, total="50.00", down_payment="50.00"))
    gone = register(manager, new_sale(jose, total="999.00"))
    with transaction() as session:
        sales_service.cancel(session, manager, sale_id=gone, why="Desistência", today=CANCELLED)
        sales_service.edit(session, manager, sale_id=paid, description="", seller_id=None)
    return {"first": first.id, "second": second, "paid": paid, "gone": gone}


def found(filters: SaleFilters, as_of: date = TODAY) -> list[int]:
    with snapshot() as session:
        frame = sales.page(session, filters, as_of=as_of, today=TODAY)
        assert sales.totals(session, filters, as_of=as_of).count == len(frame)
    return list(frame["id"])


def test_the_newest_sale_comes_first_with_what_it_owes_today(shop: dict[str, int]) -> None:
    with snapshot() as session:
        frame = sales.page(session, SaleFilters(), as_of=date(2026, 1, 25), today=TODAY)
    assert list(frame["id"]) == [shop["first"], shop["gone"], shop["paid"], shop["second"]]
    assert list(frame["owed"]) == [Decimal("307.50"), 0, 0, 100]
    assert list(frame["cancelled"]) == [False, True, False, False]
    assert frame.loc[0, "customer"] == "Ana Conceição"
    assert frame.loc[0, "seller"] == "Vera Vendedora"
    assert list(frame["seller"].isna()) == [False, False, True, False]


def test_cancelled_sales_are_counted_apart_and_not_summed(shop: dict[str, int]) -> None:
    with snapshot() as session:
        totals = sales.totals(session, SaleFilters(), as_of=TODAY)
    assert totals == sales.SaleTotals(4, 1, Decimal("480.00"), Decimal("80.00"), Decimal("400.00"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("conceicao ANA", ["first"]),
        ("SOFA", ["second"]),
        ("sofá canto", ["second"]),
        ("50%_", ["gone", "paid", "second"]),
        ("%", ["gone", "paid", "second"]),
        ("000002", ["second"]),
        ("2", ["second"]),
        ("000001-01/01", ["first"]),
        ("ninguém", []),
        ("9" * 10_000, []),
        ("\x00", ["first", "gone", "paid", "second"]),
        ("  ", ["first", "gone", "paid", "second"]),
        ("'; DROP TABLE sales --", []),
    ],
)
def test_a_text_finds_customer_number_or_description(
    shop: dict[str, int], text: str, names: list[str]
) -> None:
    assert found(SaleFilters(text=text)) == [shop[name] for name in names]


def test_the_other_filters(shop: dict[str, int], seller: Actor) -> None:
    assert found(SaleFilters(seller=seller.id)) == [shop["first"]]
    assert found(SaleFilters(seller="none")) == [shop["paid"]]
    assert found(SaleFilters(sold_from=date(2026, 1, 5))) == [shop["first"]]
    assert shop["first"] not in found(SaleFilters(sold_to=date(2026, 1, 4)))
    assert found(SaleFilters(cancelled=True)) == [shop["gone"]]
    assert shop["gone"] not in found(SaleFilters(cancelled=False))
    assert found(SaleFilters(text="jose", cancelled=False, sold_to=date(2025, 12, 31))) == [
        shop["paid"],
        shop["second"],
    ]


def test_by_city_and_by_value(shop: dict[str, int]) -> None:
    with transaction() as session:
        session.get_one(Customer, 1).city = "Fortaleza"
    assert found(SaleFilters(city="Fortaleza")) == [shop["first"]]
    assert found(SaleFilters(city="none")) == [shop["gone"], shop["paid"], shop["second"]]
    assert found(SaleFilters(value="100-250")) == [shop["second"]]
    assert found(SaleFilters(value="0-100", city="Fortaleza")) == []


def test_a_past_date_knows_no_later_sale_or_cancellation(shop: dict[str, int]) -> None:
    before = CANCELLED - timedelta(days=1)
    assert shop["gone"] in found(SaleFilters(cancelled=False), before)
    assert found(SaleFilters(cancelled=True), before) == []
    with snapshot() as session:
        totals = sales.totals(session, SaleFilters(), as_of=before)
    assert (totals.count, totals.cancelled, totals.total) == (4, 0, Decimal("1479.00"))
    assert shop["first"] not in found(SaleFilters(), date(2026, 1, 4))


def test_pages_do_not_overlap(shop: dict[str, int]) -> None:
    with snapshot() as session:
        pages = [
            sales.page(session, SaleFilters(), as_of=TODAY, today=TODAY, offset=k, limit=2)
            for k in (0, 2, 4)
        ]
    assert [list(frame["id"]) for frame in pages] == [
        [shop["first"], shop["gone"]],
        [shop["paid"], shop["second"]],
        [],
    ]


@pytest.fixture
def paid_sale(manager: Actor) -> tuple[Made, list[int]]:
    """Three notes: R9's first example on one, a payment of two more, and one reversed."""
    with transaction() as session:
        customer = add_customer(session)
        sale = add_sale(
            session,
            customer,
            date(2026, 1, 5),
            [("300.00", date(2026, 1, 10)), ("50.00", date(2026, 2, 10)), ("50.00", TODAY)],
        )
    with transaction() as session:
        wrong = pay(session, manager, sale.notes[0], "10.00", date(2026, 1, 12))
        right = pay(session, manager, sale.notes[0], "100.00", date(2026, 1, 25))
        payments.reverse(session, manager, payment_id=wrong, why="engano", today=TODAY)
    return sale, [wrong, right]


def test_a_sale_in_detail_states_each_note_as_of_a_date(
    paid_sale: tuple[Made, list[int]],
) -> None:
    sale, _ = paid_sale
    with snapshot() as session:
        now = sale_report.detail(session, sale.id, as_of=date(2026, 2, 24), today=TODAY)
        before = sale_report.detail(session, sale.id, as_of=date(2026, 1, 20), today=TODAY)
    assert now.number == "000001"
    assert list(now.notes["note_id"]) == sale.notes
    assert list(now.notes["status"]) == ["overdue", "overdue", "pending"]
    assert now.notes.loc[0, "owed"] == Decimal("209.58")
    assert list(before.notes["principal"]) == [300, 50, 50]
    assert list(before.payments["payment_id"]) == [1]


def test_a_sale_in_detail_lists_its_payments_reversed_ones_too(
    paid_sale: tuple[Made, list[int]],
) -> None:
    sale, ids = paid_sale
    with snapshot() as session:
        found = sale_report.detail(session, sale.id, as_of=TODAY, today=TODAY)
    frame = found.payments
    assert list(frame["payment_id"]) == ids
    assert list(frame["reversed"]) == [True, False]
    assert list(frame["numbers"]) == ["1", "1"]
    assert (frame.loc[1, "interest"], frame.loc[1, "fine"]) == (Decimal("1.50"), Decimal("6.00"))
    assert frame.loc[1, "principal"] == Decimal("92.50")
    assert found.has_live_payment


def test_a_sale_without_payments_or_with_reversed_ones_only_has_no_live_payment(
    manager: Actor, paid_sale: tuple[Made, list[int]]
) -> None:
    sale, ids = paid_sale
    with transaction() as session:
        payments.reverse(session, manager, payment_id=ids[1], why="engano", today=TODAY)
        other = add_sale(session, 1, TODAY, [("10.00", TODAY)])
    with snapshot() as session:
        for sale_id in (sale.id, other.id):
            detail = sale_report.detail(session, sale_id, as_of=TODAY, today=TODAY)
            assert not detail.has_live_payment


def test_r5_the_terms_are_those_of_the_day_it_was_made(manager: Actor) -> None:
    with transaction() as session:
        sale = add_sale(
            session,
            add_customer(session),
            TODAY,
            [("10.00", TODAY)],
            late_rate="0.033",
            fine_rate="1.5",
            grace_days=7,
        )
    with snapshot() as session:
        found = sale_report.detail(session, sale.id, as_of=TODAY, today=TODAY)
    assert (found.late_rate, found.fine_rate) == (Decimal("0.033"), Decimal("1.5"))
    assert (found.grace_days, found.seller) == (7, None)


def test_a_cancelled_sale_says_who_when_and_why(shop: dict[str, int]) -> None:
    with snapshot() as session:
        found = sale_report.detail(session, shop["gone"], as_of=TODAY, today=TODAY)
    assert found.cancelled_on == CANCELLED
    assert (found.cancelled_by, found.cancel_reason) == ("Guta Gerente", "Desistência")
    assert set(found.notes["status"]) == {"cancelled"}


def test_there_is_no_sale_without_a_row() -> None:
    with snapshot() as session, pytest.raises(NotFound):
        sale_report.detail(session, 2**31 - 1, as_of=TODAY, today=TODAY)


def test_who_left_comes_last_among_the_sellers(seller: Actor) -> None:
    gone = add_user(name="Aldo", active=False)
    new = add_user(name="Bento")
    with snapshot() as session:
        assert sales.sellers(session) == [
            (new.id, "Bento"),
            (seller.id, "Vera Vendedora"),
            (gone.id, "Aldo (inativo)"),
        ]


def test_r15_a_sale_in_the_place_of_old_notes_is_listed_and_is_no_goods_sold(
    manager: Actor,
) -> None:
    made = make(manager, deal(three_late().notes))
    with snapshot() as session:
        both = sales.totals(session, SaleFilters(), as_of=TODAY)
        figures = summary(session, TODAY, today=TODAY)
    told = (both.count, both.total, both.financed, both.renegotiations, both.renegotiated)
    assert told == (2, Decimal(450), Decimal(450), 1, Decimal("465.75"))
    assert (figures.sales, figures.financed) == (1, Decimal(450))
    assert (figures.renegotiations, figures.renegotiated) == (1, Decimal("465.75"))
    undo(manager, made)
    with snapshot() as session:
        void = sales.totals(session, SaleFilters(), as_of=TODAY)
    assert (void.cancelled, void.total, void.renegotiations) == (1, Decimal(450), 0)
