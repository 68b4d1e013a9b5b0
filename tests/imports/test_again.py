"""The same files again, changed a little: told, never doubled, put right by choice."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot
from credigestor.db.models import AuditEntry, Customer, Note, Payment, PaymentItem, Reversal, Sale
from credigestor.imports.choices import Choices
from credigestor.imports.importer import Counts
from credigestor.imports.problems import CUSTOMERS, PAYMENTS, SALES
from tests.imports.importing import everything
from tests.imports.past import Row, files, listed, take

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
