"""The check before an import: what is open by the files, beside what would be here."""

from __future__ import annotations

import pytest

from credigestor.db.engine import snapshot
from credigestor.imports import importer
from credigestor.imports.account import Account
from credigestor.imports.choices import STRICT, Choices
from tests.imports.files import source
from tests.imports.importing import everything
from tests.imports.old_shop import old_shop
from tests.imports.past import files, listed
from tests.portfolio import TODAY

pytestmark = pytest.mark.usefixtures("db")

ALL = Choices(waive_short=True, spill=True, as_paid=True, settled_on_due=True)


def checked(contents: dict[str, bytes], choices: Choices = STRICT) -> Account:
    """The account of files, by a check that writes nothing."""
    before = everything()
    with snapshot() as session:
        plan = importer.prepare(
            session, source(contents), today=TODAY, choices=choices, account=True
        )
    assert plan.problems == []
    assert everything() == before
    assert plan.account is not None
    return plan.account


def named(account: Account) -> dict[str, tuple[object, object]]:
    """Its figures by name: in the files, and here."""
    return {each.name: (each.in_files, each.here) for each in account.figures}


@pytest.mark.parametrize("seed", [11, 12])
def test_the_files_own_figures_are_the_old_program_s_and_taken_as_they_were_ours_too(
    seed: int,
) -> None:
    shop = old_shop(seed)
    account = checked(shop.contents(), ALL)
    still = sum(shop.books.open.values())
    late = sum(v for key, v in shop.books.open.items() if shop.books.due[key] < TODAY)
    figures = {name: (x * 100, y * 100) for name, (x, y) in named(account).items()}  # type: ignore[operator]
    assert figures["Em aberto"] == (still, still)
    assert figures["Vencido"][0] == late
    assert figures["Recebido"][1] == shop.books.received
    assert (account.differing, account.more_differing) == ([], 0)
    assert account.waived > 0


def test_each_note_that_differs_is_listed_with_its_reason() -> None:
    notes = listed("V1", ("10/02/2026", "100,00"), ("10/03/2026", "100,00"))
    paid = [
        {"venda": "V1", "parcela": "1", "data": "12/03/2026", "valor": "100,00"},
        {"venda": "V1", "parcela": "2", "data": "10/03/2026", "valor": "60,00"},
    ]
    sale = {"ref": "V1", "valor_total": "200,00"}
    account = checked(files(sales=[sale], notes=notes, payments=paid))
    figures = named(account)
    assert figures["Em aberto"] == (40, 43)
    assert figures["Vencido"] == (40, 43)
    assert figures["Recebido"] == (160, 160)
    [note] = account.differing
    assert (note.sale, note.number, note.in_files, note.here) == ("V1", 1, 0, 3)
    assert "antes do principal" in note.reason
    [who] = account.sample
    assert (who.name, who.difference) == ("Conceição Muñoz", 3)
