"""The list of payments, the receipt on screen, and the reversal for who may."""

from __future__ import annotations

from datetime import date

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Reversal
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from credigestor.ui.kit import data
from tests.services.paying import FEBRUARY, JANUARY, pay, reverse, sell, splits
from tests.services.selling import count
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

LIST, RECEIPT = "counter/payments.py", "counter/payment.py"
JANUARY_25 = date(2026, 1, 25)


def told(app: Visit) -> str:
    assert not app.exception
    return app.texts.replace("\\", "").replace("*", "").replace("\xa0", " ")


def shown(app: Visit) -> list[str]:
    assert not app.exception
    return [] if not lists(app) else list(lists(app)[0].value["number"])


@pytest.fixture
def made(manager: Actor) -> list[int]:
    """R9's first payment, in cash, and one by Pix for two notes, which was reversed."""
    first, second = sell(("300.00", JANUARY), ("100.00", FEBRUARY)).notes
    one = pay(manager, JANUARY_25, (first, "100.00"))
    other = pay(manager, date(2026, 2, 24), (first, "9.58"), (second, "2.47"), method="pix")
    reverse(manager, other, why="Pix devolvido")
    return [one, other]


def test_an_empty_shop_says_how_to_begin() -> None:
    assert "Nenhum pagamento ainda" in told(open_app(role="seller", page=LIST))


def test_the_list_is_newest_first_and_its_sums_leave_out_the_reversed(made: list[int]) -> None:
    app = open_app(role="seller", page=LIST)
    assert shown(app) == ["000002", "000001"]
    assert list(lists(app)[0].value["situation"]) == ["Estornado", ""]
    for figure in ("Pagamentos 2", "Recebido R$ 100,00", "Principal R$ 92,50", "Multa R$ 6,00"):
        assert figure in told(app)


def test_what_others_receive_is_in_the_sums_of_all_at_the_next_look(
    made: list[int], manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "SECONDS_BETWEEN_LOOKS", 0.0)
    app = open_app(role="seller", page=LIST)
    assert "Recebido R$ 100,00" in told(app)
    pay(manager, JANUARY_25, (sell(("50.00", FEBRUARY)).notes[0], "10.00"))
    for figure in ("Pagamentos 3", "Recebido R$ 110,00", "Principal R$ 102,50"):
        assert figure in told(app.run())


def test_a_filter_behind_the_button_has_a_badge_that_takes_it_away(made: list[int]) -> None:
    query = {"paid_from": "2026-01-01", "reversed": "no", "q": "ana"}
    app = open_app(role="seller", page=LIST, query=query)
    badges = [b for b in app.button if (b.key or "").startswith("drop:")]
    assert [b.label.replace("\\", "") for b in badges] == ["Pagos desde 01/01/2026", "Válidos"]
    badges[1].click().run()
    assert shown(app) == ["000002", "000001"]
    assert dict(app.query_params) == {"paid_from": "2026-01-01", "q": "ana"}
    next(b for b in app.button if b.label == "Limpar filtros").click().run()
    assert not app.query_params
    assert app.text_input[0].value == ""


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"method": "pix"}, ["000002"]),
        ({"reversed": "no"}, ["000001"]),
        ({"reversed": "yes"}, ["000002"]),
        ({"paid_from": "2026-02-01"}, ["000002"]),
        ({"paid_to": "2026-02-01"}, ["000001"]),
        ({"customer": "1", "q": "ana"}, ["000002", "000001"]),
        ({"q": "1-2"}, ["000002"]),
        ({"q": "ninguém"}, []),
        ({"method": "gold", "reversed": "?", "received_by": "x", "customer": "-1"}, "all"),
        ({"paid_from": "31/12/9999", "paid_to": "0000-00-00"}, "all"),
    ],
)
def test_the_address_holds_the_filters_and_nonsense_is_ignored(
    made: list[int], query: dict[str, str], numbers: list[str] | str
) -> None:
    app = open_app(role="seller", page=LIST, query=query)
    assert shown(app) == (["000002", "000001"] if numbers == "all" else numbers)


def test_r24_the_receipt_says_who_paid_what_for_which_notes_and_what_is_left(
    made: list[int], admin: Actor
) -> None:
    with transaction() as session:
        shop = data.settings().model_copy(
            update={"legal_name": "Loja Modelo Ltda", "tax_id": "11222333000181"}
        )
        settings.change(session, admin, shop)
    app = open_app(role="seller", page=RECEIPT, id=made[0])
    for part in (
        "Recibo 000001",
        "Valor recebido R$ 100,00",
        "Principal R$ 92,50 + juros de mora R$ 1,50 + multa R$ 6,00",
        "Ana Luz · 100.000.000-19",
        "Loja Modelo Ltda · 11.222.333/0001-81",
        "25/01/2026",
        "Dinheiro",
        "Guta Gerente",
        "Saldo do cliente ao fim de 25/01/2026: R$ 307,50",
    ):
        assert part in told(app)
    row = lists(app)[0].value.iloc[0]
    assert (row["number"], str(row["after"])) == ("000001-01/02", "R$ 207,50")


def test_r12_the_receipt_of_a_reversed_payment_says_so(made: list[int]) -> None:
    app = open_app(role="manager", page=RECEIPT, id=made[1])
    assert "ESTORNADO em 23/11/2026 por Guta Gerente: Pix devolvido" in told(app)
    assert "after" not in lists(app)[0].value
    assert not [b for b in app.button if "estorno" in b.label]


def test_a_seller_sees_no_reversal(made: list[int]) -> None:
    app = open_app(role="seller", page=RECEIPT, id=made[0])
    assert not app.exception
    assert not [b for b in app.button if "estorno" in b.label]


def test_r12_a_manager_reverses_with_a_reason(made: list[int]) -> None:
    app = open_app(role="manager", page=RECEIPT, id=made[0])
    next(b for b in app.button if "estorno" in b.label).click().run()
    assert "Explique o motivo" in told(app)
    assert count(Reversal) == 1
    next(w for w in app.text_input if w.label == "Motivo do estorno").set_value("troco <b>*errado*")
    next(b for b in app.button if "estorno" in b.label).click().run()
    assert "Pagamento 000001 estornado." in told(app)
    assert "troco <b>errado" in told(app)
    assert count(Reversal) == 2
    assert splits(1) == []


def test_a_payment_reversed_by_somebody_else_meanwhile_is_told(
    made: list[int], manager: Actor
) -> None:
    app = open_app(role="manager", page=RECEIPT, id=made[0])
    reverse(manager, made[0], why="outro caixa")
    app.run()
    assert "ESTORNADO" in told(app)
    assert not [b for b in app.button if "estorno" in b.label]


@pytest.mark.parametrize("address", [{}, {"id": "999"}, {"id": "abc"}, {"id": "-1"}])
def test_an_address_of_no_payment_says_so(address: dict[str, str]) -> None:
    shown_text = told(open_app(role="seller", page=RECEIPT, query=address))
    assert "não encontrado" in shown_text or "não diz qual pagamento" in shown_text
