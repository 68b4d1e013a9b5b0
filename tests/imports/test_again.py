"""The same files again, changed a little: told, never doubled, put right by choice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Customer, Note, Payment, PaymentItem, Reversal, Sale
from credigestor.imports.choices import Choices
from credigestor.imports.importer import Counts
from credigestor.imports.problems import CUSTOMERS, PAYMENTS, SALES
from credigestor.services import payments
from tests.imports.importing import CLI, everything
from tests.imports.past import Row, files, listed, take
from tests.portfolio import TODAY

pytestmark = pytest.mark.usefixtures("db")

NOTES_OF_IT = listed("00123", ("10/02/2026", "100,00"), ("10/03/2026", "100,00"))
SALE = {"ref": "00123", "valor_total": "200,00"}
PAID = {"venda": "00123", "parcela": "1", "data": "10/02/2026", "valor": "50,00"}
APPLY = Choices(apply_changes=True)


def contents(*payments: Row, **sale: str) -> dict[str, bytes]:
    """The files of the shop with these payments."""
    return files(sales=[SALE | sale], notes=NOTES_OF_IT, payments=payments)


def test_the_same_files_change_nothing_with_all_their_columns() -> None:
    paid = {**PAID, "data": "10/04/2026", "valor": "60,00", "juros": "5,00"}
    take(contents(paid))
    before = everything()
    plan = take(contents(paid), APPLY)
    assert (plan.new, plan.remarks, bool(plan.changes)) == (Counts(), (), False)
    assert everything() == before


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"valor": "45,00"}, "pagamento de 50,00 em 10/02/2026 passou a 45,00"),
        ({"data": "20/02/2026"}, "pagamento de 50,00 em 10/02/2026 passou a 20/02/2026"),
        ({"forma": "Pix"}, "pagamento de 50,00 em 10/02/2026 passou a Pix"),
    ],
)
def test_a_changed_payment_is_told_not_doubled_and_put_right_by_choice(
    changed: dict[str, str], told: str
) -> None:
    other = {**PAID, "parcela": "2", "valor": "1,00", "data": "09/02/2026"}
    take(contents(other, PAID))
    before = everything()
    plan = take(contents(other, PAID | changed))
    assert (plan.problems, plan.new) == ([], Counts())
    [remark] = plan.remarks
    assert (remark.file, remark.line) == (PAYMENTS, 3)
    assert remark.detail == f"venda 00123, parcela 1: {told}"
    assert everything() == before
    assert take(contents(other, PAID | changed), APPLY).new == Counts(payments=1)
    with snapshot() as session:
        assert session.scalars(select(Reversal.reason)).all() == [
            "Importação: a linha mudou no arquivo"
        ]
        live = select(PaymentItem.amount).where(PaymentItem.reversed.is_(False))
        amounts = sorted(session.scalars(live))
        first = session.scalars(select(Note.principal_balance).where(Note.number == 1)).one()
    assert (amounts, first) == (([1, 45], 55) if "valor" in changed else ([1, 50], first))
    assert take(contents(other, PAID | changed), APPLY).new == Counts()


LATE = {**PAID, "data": "10/04/2026", "valor": "60,00", "juros": "5,00", "multa": "2,00"}


@pytest.mark.parametrize(
    ("row", "changed", "told", "back"),
    [
        (PAID, {"valor": "45,00"}, "45,00 em 10/02/2026 passou a 50,00", "50,00 em 10/02/2026"),
        (
            PAID,
            {"data": "20/02/2026"},
            "50,00 em 20/02/2026 passou a 10/02/2026",
            "50,00 em 10/02/2026",
        ),
        (PAID, {"forma": "Pix"}, "50,00 em 10/02/2026 passou a Dinheiro", "50,00 em 10/02/2026"),
        (
            {**LATE, "valor": "20,00"},
            {"juros": "7,00"},
            "passou a juros 5,00 em vez de 7,00",
            "20,00 em 10/04/2026",
        ),
    ],
)
def test_what_changed_and_changed_back_is_told_each_time_and_put_right_by_choice(
    row: Row, changed: dict[str, str], told: str, back: str
) -> None:
    other = {**PAID, "parcela": "2", "valor": "1,00", "data": "09/02/2026"}
    first, second = contents(other, row, row), contents(other, row, {**row, **changed})
    take(first)
    was = live()
    for time in range(2):
        assert take(second, APPLY).new == Counts(payments=1)
        now, there = live(), everything()
        assert now != was
        plan = take(first)
        assert (plan.problems, plan.new, plan.known.payments) == ([], Counts(), 2)
        [remark] = plan.remarks
        assert told in remark.detail
        assert everything() == there
        assert take(first, APPLY).new == Counts(payments=1)
        assert live() == was
        plan = take(first, APPLY)
        assert (plan.new, plan.remarks, plan.known.payments) == (Counts(), (), 3)
        [remark] = take(second).remarks
        assert f"pagamento de {back}" in remark.detail, time


def test_a_payment_that_a_person_reversed_does_not_come_back() -> None:
    take(contents(PAID))
    with transaction() as session:
        [paid] = session.scalars(select(Payment.id))
        payments.reverse(session, CLI, payment_id=paid, why="Cheque devolvido", today=TODAY)
    plan = take(contents(PAID), APPLY)
    assert (plan.new, plan.remarks, plan.known.payments) == (Counts(), (), 1)
    assert live() == []


def live() -> list[tuple[object, ...]]:
    """Number, day, way and split of each payment that counts."""
    i = PaymentItem
    found = (
        select(Note.number, Payment.paid_on, Payment.way, i.amount, i.interest, i.fine)
        .join_from(Payment, i, i.payment_id == Payment.id)
        .join(Note, Note.id == i.note_id)
        .where(i.reversed.is_(False))
    )
    with snapshot() as session:
        return sorted(tuple(row) for row in session.execute(found))


@pytest.mark.parametrize(
    ("changed", "told", "split"),
    [
        ({"juros": "7,00"}, "juros 7,00 em vez de 5,00", (7, 2, 0)),
        ({"multa": "0,00"}, "multa 0,00 em vez de 2,00", (5, 0, 0)),
        ({"desconto": "3,00"}, "desconto 3,00 em vez de 0,00", (5, 2, 3)),
    ],
)
def test_a_changed_split_is_told_and_put_right_by_choice(
    changed: dict[str, str], told: str, split: tuple[int, ...]
) -> None:
    other = {**LATE, "parcela": "2"}
    take(contents(LATE, other))
    before = everything()
    plan = take(contents(LATE | changed, other))
    assert (plan.problems, plan.new, plan.known.payments) == ([], Counts(), 1)
    [remark] = plan.remarks
    assert (remark.file, remark.line) == (PAYMENTS, 2)
    was = "pagamento de 60,00 em 10/04/2026"
    assert remark.detail == f"venda 00123, parcela 1: {was} passou a {told}"
    assert everything() == before
    assert take(contents(LATE | changed, other), APPLY).new == Counts(payments=1)
    assert live_splits() == sorted([split, (5, 2, 0)])
    after = everything()
    plan = take(contents(LATE | changed, other), APPLY)
    assert (plan.new, plan.remarks, plan.known.payments) == (Counts(), (), 2)
    assert everything() == after


def test_a_split_that_the_files_say_only_later_is_told_where_the_rules_had_another() -> None:
    by_rules = {**LATE, "juros": "", "multa": ""}
    take(contents(by_rules))
    [(interest, fine, _)] = live_splits()
    said = {"juros": f"{interest:.2f}".replace(".", ","), "multa": f"{fine:.2f}".replace(".", ",")}
    plan = take(contents(by_rules | said))
    assert (plan.remarks, plan.known.payments) == ((), 1)
    plan = take(contents(LATE))
    [remark] = plan.remarks
    assert "multa" in remark.detail or "juros" in remark.detail
    take(contents(LATE), APPLY)
    assert live_splits() == [(5, 2, 0)]
    assert take(contents(LATE), APPLY).remarks == ()


def test_an_empty_split_says_nothing_and_the_order_of_rows_alike_is_none_of_it() -> None:
    other = {**LATE, "valor": "20,00", "juros": "1,00", "multa": "0,00"}
    alike = {**other, "juros": "2,00"}
    take(contents(other, alike))
    before = everything()
    bare = {**other, "juros": "", "multa": ""}
    for again in (contents(alike, other), contents(bare, alike), contents(bare, bare)):
        plan = take(again, APPLY)
        assert (plan.problems, plan.new, plan.remarks) == ([], Counts(), ())
        assert everything() == before


def test_rows_alike_that_say_their_splits_only_later_are_no_new_ones() -> None:
    bare = {**LATE, "valor": "20,00", "juros": "", "multa": ""}
    take(contents(bare, bare))
    before = everything()
    plan = take(contents({**bare, "juros": "1,00"}, {**bare, "juros": "2,00"}))
    assert (plan.problems, plan.new, len(plan.remarks)) == ([], Counts(), 2)
    assert everything() == before


def live_splits() -> list[tuple[Decimal, ...]]:
    """Interest, fine and discount of each payment that counts."""
    parts = (PaymentItem.interest, PaymentItem.fine, PaymentItem.discount)
    with snapshot() as session:
        found = session.execute(select(*parts).where(PaymentItem.reversed.is_(False)))
        return sorted(tuple[Decimal, ...](row) for row in found)


def test_payments_of_days_that_the_files_do_not_cover_are_let_be() -> None:
    take(contents(PAID))
    later = {**PAID, "data": "09/03/2026", "valor": "20,00"}
    plan = take(contents(later))
    assert (plan.new.payments, plan.remarks) == (1, ())


def test_a_reference_that_lost_its_zeros_is_asked_about_and_no_second_sale() -> None:
    take(contents(PAID))
    before = everything()
    bare = files(
        sales=[{**SALE, "ref": "123"}],
        notes=[{**row, "venda": "123"} for row in NOTES_OF_IT],
        payments=[{**PAID, "venda": "123"}],
    )
    [problem] = take(bare).problems
    assert (problem.file, problem.line, problem.column) == (SALES, 2, "ref")
    assert "123 parece ser 00123" in problem.reason
    assert everything() == before
    plan = take(bare, Choices(same_without_zeros=True))
    assert (plan.problems, plan.new, plan.known.payments) == ([], Counts(), 1)
    assert everything() == before
    take(bare, Choices(same_without_zeros=False))
    with snapshot() as session:
        assert session.scalars(select(Sale.ref).order_by(Sale.id)).all() == ["00123", "123"]


def test_a_changed_customer_is_told_and_put_right_by_choice() -> None:
    ana = {"ref": "C2", "nome": "Ana", "cpf": "11144477735", "cidade": "Sobral", "uf": "CE"}
    take(files(customers=[ana]))
    moved = files(customers=[{**ana, "cidade": "Fortaleza", "uf": ""}])
    plan = take(moved)
    [remark] = plan.remarks
    assert (remark.file, remark.detail) == (
        CUSTOMERS,
        "cliente C2: cidade Sobral passou a Fortaleza",
    )
    take(moved, APPLY)
    with snapshot() as session:
        there = session.scalars(select(Customer).where(Customer.ref == "C2")).one()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "edit")).one()
    assert (there.city, there.state) == ("Fortaleza", "CE")
    assert entry.after == {"city": "Fortaleza"}


def test_a_changed_sale_or_note_is_told_and_its_money_left_as_it_is() -> None:
    take(contents(PAID))
    before = everything()
    notes = [NOTES_OF_IT[0], {**NOTES_OF_IT[1], "valor": "120,00"}]
    changed = files(sales=[{**SALE, "valor_total": "220,00"}], notes=notes, payments=[PAID])
    plan = take(changed, APPLY)
    assert [remark.detail for remark in plan.remarks] == [
        "venda 00123: valor total 200,00 passou a 220,00",
        "venda 00123, parcela 2: valor 100,00 passou a 120,00",
    ]
    assert everything() == before


def test_a_note_that_is_paid_by_now_without_saying_when_is_settled_by_the_next_files() -> None:
    take(contents(PAID))
    rows = [NOTES_OF_IT[0], {**NOTES_OF_IT[1], "situacao": "paga"}]
    nightly = files(sales=[SALE], notes=rows, payments=[PAID])
    plan = take(nightly, Choices(settled_on_due=True))
    assert (plan.problems, plan.new.payments) == ([], 1)
    with snapshot() as session:
        second = session.scalars(select(Note.settled_on).where(Note.number == 2)).one()
        assert session.scalars(select(Payment.amount).order_by(Payment.id)).all() == [50, 100]
    assert f"{second:%d/%m/%Y}" == "10/03/2026"
