"""The note's page: charges let go, told beside the payments, and undone (R29, R12)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Act
from credigestor.db.settings import ShopSettings
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from tests.acting import act, moved_to
from tests.factories import add_user
from tests.portfolio import TODAY
from tests.services.paying import pay, sell
from tests.services.selling import count
from tests.ui.counter.receiving import button, labels, told, typed
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

NOTE = "counter/note.py"
INTEREST, FINE, WHY = "Juros a dispensar (R$)", "Multa a dispensar (R$)", "Motivo da dispensa"


@pytest.fixture
def note() -> int:
    """150,00 due ten days ago: 0,50 of interest and 3,00 of fine."""
    return sell(("150.00", TODAY - timedelta(days=10))).notes[0]


def page(role: str = "manager", note: int = 1) -> Visit:
    app = open_app(role=role, page=NOTE, id=note)
    assert not app.exception
    return app


def limit(admin: Actor, value: str) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(waiver_limit=D(value)))


def calculation(app: Visit) -> str:
    return "\n".join(app.table[0].value["Cálculo"]).replace("\xa0", " ")


def press(app: Visit, start: str) -> Visit:
    button(app, start).click().run()
    return app


def test_r29_a_manager_lets_go_of_what_is_owed_and_the_note_tells_it(note: int) -> None:
    app = page()
    fields = {w.label: w.value for w in app.text_input}
    assert (fields[INTEREST], fields[FINE]) == ("0,50", "3,00")
    assert "A nota 000001-01/01 fica devendo R$ 150,00: principal R$ 150,00." in told(app)
    typed(app, INTEREST, "0")
    assert "fica devendo R$ 150,50: principal R$ 150,00 + juros R$ 0,50." in told(app)
    press(app, "Confirmar dispensa de R")
    assert "Explique o motivo." in told(app)
    assert count(Act) == 0
    press(typed(app, WHY, "cliente antiga"), "Confirmar dispensa de R")
    assert "R$ 3,00 de encargos dispensados." in told(app)
    assert "Total R$ 150,50" in told(app)
    assert "Dispensa de encargos: multa 3,00. Motivo: cliente antiga." in calculation(app)
    [row] = app.dataframe[0].value.to_dict("records")
    assert (row["name"], row["fine"], row["reason"]) == (
        *("Dispensa de encargos", D("3.00"), "cliente antiga"),
    )
    assert {w.label: w.value for w in app.text_input}[FINE] == "0,00", "the next one begins anew"


def test_r12_a_waiver_is_undone_with_a_reason_and_stays_on_record(note: int) -> None:
    app = press(typed(page(), WHY, "cliente antiga"), "Confirmar dispensa de R")
    assert "Total R$ 150,00" in told(app)
    press(app, "Confirmar: desfazer")
    assert "Explique o motivo." in told(app)
    press(typed(app, "Motivo", "não combinado"), "Confirmar: desfazer")
    assert "Desfeito: dispensa de encargos de 23/11/2026, R$ 3,50." in told(app)
    assert "Total R$ 153,50" in told(app)
    assert app.dataframe[0].value["situation"].tolist() == ["Desfeito em 23/11/2026"]
    assert "Confirmar: desfazer" not in labels(app)


@pytest.mark.parametrize("value", ["abc", "-1", "3.00", "1,234"])
def test_what_is_no_amount_is_told_at_its_field(note: int, value: str) -> None:
    app = typed(page(), FINE, value)
    assert len(app.error) == 1
    assert "Confirmar dispensa" not in labels(app)


def test_more_than_is_owed_and_nothing_at_all_are_refused(note: int) -> None:
    app = typed(page(), FINE, "3,01")
    assert "deve em 23/11/2026 R$ 0,50 de juros e R$ 3,00 de multa" in told(app)
    typed(typed(app, FINE, ""), INTEREST, "0,00")
    assert "Diga quanto dos encargos é dispensado." in told(app)
    assert "Confirmar dispensa" not in labels(app)


def test_r29_a_seller_has_the_limit_of_the_settings_and_undoes_nothing(
    note: int, admin: Actor
) -> None:
    assert INTEREST not in [w.label for w in page("seller").text_input]
    limit(admin, "3.00")
    app = page("seller")
    assert "Você pode dispensar até R$ 3,00." in told(app)
    assert "precisa de um gerente: um vendedor dispensa até R$ 3,00" in told(app)
    typed(typed(app, WHY, "troco"), INTEREST, "0")
    press(app, "Confirmar dispensa de R")
    assert count(Act) == 1
    assert "Dispensa de encargos" in app.dataframe[0].value["name"].tolist()
    assert "Confirmar: desfazer" not in labels(app)


def test_a_second_click_lets_nothing_more_go(note: int) -> None:
    user = add_user("manager")
    app = typed(typed(open_app(user=user, page=NOTE, id=1), WHY, "bom cliente"), FINE, "1,00")
    click = button(app, "Confirmar dispensa").click()
    app.run()
    click.click()
    app.run()
    assert count(Act) == 1


def test_what_was_paid_meanwhile_is_told_and_nothing_is_let_go(note: int, manager: Actor) -> None:
    app = typed(page(), WHY, "bom cliente")
    pay(manager, TODAY, (note, "3.50"))
    press(app, "Confirmar dispensa")
    assert count(Act) == 0
    assert "Total R$ 150,00" in told(app)


def test_a_note_without_charges_offers_nothing() -> None:
    sell(("150.00", TODAY + timedelta(days=10)))
    assert INTEREST not in [w.label for w in page().text_input]


def test_acts_of_all_kinds_are_told_and_what_is_of_one_note_is_undone_there(
    note: int, manager: Actor
) -> None:
    later, other = sell(*[("100.00", TODAY + timedelta(days=5))] * 2).notes
    due = TODAY + timedelta(days=20)
    with transaction() as session:
        moved = Acted(ActKind.NEW_DATE, TODAY, moved=moved_to(due))
        act(session, manager, ActKind.NEW_DATE, TODAY, {later: moved})
        for kind, id_ in ((ActKind.RETURN, other), (ActKind.WRITE_OFF, note)):
            act(session, manager, kind, TODAY, {id_: Acted(kind, TODAY, principal=D(100))})
    app = page(note=later)
    assert app.dataframe[0].value["name"].tolist() == ["Prorrogação"]
    press(typed(app, "Motivo", "engano"), "Confirmar: desfazer")
    assert "Desfeito: prorrogação de 23/11/2026." in told(app)
    assert "Confirmar: desfazer" in labels(page(note=note))
    assert "Confirmar: desfazer" not in labels(page(note=other))
