"""New sale by days, by business days and by a list: chosen, previewed, refused at its row (R33)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note
from credigestor.db.settings import SalePlan, ShopSettings
from credigestor.errors import InvalidInputs
from credigestor.rules.due_schedule import ScheduleKind
from credigestor.rules.permissions import Actor
from credigestor.services import settings as settings_service
from credigestor.ui.counter.listed_rows import read_rows
from credigestor.ui.counter.sale_schedule import AFTER
from tests.portfolio import TODAY, add_customer
from tests.ui.counter.new_sales import by_label, confirm, field, fill, sales, visit, words
from tests.ui.support import Visit

pytestmark = pytest.mark.usefixtures("db")

Typed = Callable[..., None]


@pytest.fixture
def customer() -> int:
    with transaction() as session:
        return add_customer(session, "Ana Luz")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Lets rows be typed into the editable table, which AppTest cannot."""
    rows: list[tuple[str | None, str | None]] = []

    def editor(frame: pd.DataFrame, **_: Any) -> pd.DataFrame:
        return pd.DataFrame(rows or frame.to_numpy().tolist(), columns=list(frame.columns))

    def typed(*given: tuple[str | None, str | None]) -> None:
        rows[:] = given

    monkeypatch.setattr(st, "data_editor", editor)
    return typed


def choose(app: Visit, way: str) -> Visit:
    by_label(app.segmented_control, "Vencimentos").set_value(way)
    app.run()
    assert not app.exception
    return app


def step(app: Visit, label: str, text: str) -> Visit:
    field(app, label).set_value(text)
    app.run()
    return app


def preview(app: Visit) -> list[tuple[str, Decimal]]:
    frame = app.dataframe[0].value
    return list(zip((due[:10] for due in frame["due"]), frame["amount"], strict=True))


def errors(app: Visit) -> list[str]:
    return [error.value.replace("\\", "").replace("\xa0", " ") for error in app.error]


def notes() -> list[tuple[date, Decimal]]:
    with snapshot() as session:
        found = session.execute(select(Note.due_date, Note.amount).order_by(Note.number))
        return [(due, amount) for due, amount in found]


def press(app: Visit, label: str) -> Visit:
    by_label(app.button, label).click()
    app.run()
    assert not app.exception
    return app


def test_r33_every_15_days_is_suggested_from_15_days_on_and_previewed(customer: int) -> None:
    app = fill(visit(customer), total="600", count="4")
    app = choose(app, ScheduleKind.DAYS)
    assert "Falta informar: de quantos em quantos dias." in words(app)
    app = step(app, "De quantos em quantos dias", "15")
    assert field(app, "Primeiro vencimento").value == date(2026, 12, 8)  # sold on 23/11
    app = fill(app, first_due=date(2026, 12, 10))
    assert preview(app) == [
        (day, Decimal("150.00")) for day in ("10/12/2026", "25/12/2026", "09/01/2027", "24/01/2027")
    ]
    confirm(app).click().run()
    [sale] = sales()
    assert (sale.schedule, sale.schedule_step, sale.installments) == ("days", 15, 4)


def test_r33_a_business_day_is_suggested_in_the_next_month(customer: int) -> None:
    app = choose(fill(visit(customer), total="600", count="3"), ScheduleKind.BUSINESS_DAY)
    app = step(app, "Qual dia útil do mês", "5")
    assert [due for due, _ in preview(app)] == ["07/12/2026", "08/01/2027", "05/02/2027"]
    app = fill(app, first_due=date(2026, 12, 29))
    assert [due for due, _ in preview(app)] == ["08/01/2027", "05/02/2027", "05/03/2027"]
    step(app, "Qual dia útil do mês", "21")
    assert errors(app) == ["O dia útil deve ser de 1 a 20."]
    assert confirm(app).disabled


def test_r33_a_plan_of_the_shops_is_picked_by_one_press(customer: int) -> None:
    app = press(fill(visit(customer), total="900", count="2"), "5º dia útil")
    assert [due for due, _ in preview(app)] == ["07/12/2026", "08/01/2027"]
    app = press(app, "Quinzenal")
    assert [due for due, _ in preview(app)] == ["08/12/2026", "23/12/2026"]
    app = press(app, "30/60/90")
    expected = [("23/12/2026", 300), ("22/01/2027", 300), ("21/02/2027", 300)]
    assert preview(app) == [(day, Decimal(amount)) for day, amount in expected]
    confirm(app).click().run()
    [sale] = sales()
    assert (sale.schedule, sale.installments, sale.first_due_date) == (
        *("list", 3),
        date(2026, 12, 23),
    )


def test_a_plan_may_say_how_many_and_has_a_key_of_its_own(customer: int, admin: Actor) -> None:
    plan = SalePlan(name="8 x *semanal*", kind=ScheduleKind.DAYS, step=7, installments=8)
    with transaction() as session:
        settings_service.change(session, admin, ShopSettings(sale_plans=(plan,)))
    app = fill(visit(customer), total="800")
    [button] = [each for each in app.button if "semanal" in each.label]
    assert button.proto.shortcut == "alt+1"
    button.click()
    app.run()
    assert len(preview(app)) == 8


def test_r33_days_after_the_sale_are_typed_in_one_field(customer: int) -> None:
    app = choose(fill(visit(customer), total="100"), AFTER)
    assert "Falta informar: dias depois da venda." in words(app)
    app = step(app, "Dias depois da venda", "10 40")
    assert [due for due, _ in preview(app)] == ["03/12/2026", "02/01/2027"]
    step(app, "Dias depois da venda", "40/10")
    assert errors(app) == ["Os dias devem crescer, cada um maior que o anterior, até 3660."]


def test_r33_a_list_is_typed_and_what_is_left_is_computed(customer: int, table: Typed) -> None:
    app = fill(visit(customer), total="1000", rate="1")
    table()
    app = choose(app, ScheduleKind.LIST)
    assert "Falta informar: vencimentos da lista." in words(app)
    table(("20/12/2026", "400,00"), ("10/01/2027", None), ("10/02/2027", " "), ("", None))
    app.run()
    told = "3 parcelas: digitados R$ 400,00 de R$ 1.000,00, faltam R$ 600,00; as 2 sem valor são"
    assert told in words(app)
    [first, second, third] = preview(app)
    assert first == ("20/12/2026", Decimal("400.00"))
    assert (second[1], third[1]) == (Decimal("308.20"), Decimal("308.21"))
    confirm(app).click().run()
    [sale] = sales()
    assert (sale.schedule, sale.contract_rate) == ("list", 1)
    assert notes()[0] == (date(2026, 12, 20), 400)


def test_r33_agreed_amounts_tell_the_rate_that_they_make(customer: int, table: Typed) -> None:
    app = fill(visit(customer), total="1000", rate="9")
    table(("23/12/2026", "525"), ("23/01/2027", "525"))
    app = choose(app, ScheduleKind.LIST)
    told = words(app)
    assert "2 parcelas que somam R$ 1.050,00 de R$ 1.000,00" in told
    assert "Juros do contrato: 3,2787 % ao mês, pelos valores digitados na lista." in told
    assert by_label(app.metric, "Taxa efetiva ao mês").value.replace("\xa0", " ") == "3,28 %"
    assert by_label(app.metric, "Juros").value.replace("\xa0", " ") == "R$ 50,00"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [("20/12/2026", "100,00"), ("20/01/2027", "")],
            "2 parcelas: digitados R$ 100,00 de R$ 900,00, faltam R$ 800,00; a sem valor é",
        ),
        (
            [("20/12/2026", "100,00"), ("20/01/2027", "799,99")],
            "2 parcelas que somam R$ 899,99 de R$ 900,00, faltam R$ 0,01.",
        ),
        (
            [("20/12/2026", "100,00"), ("20/01/2027", "800,00")],
            "2 parcelas que somam R$ 900,00 de R$ 900,00; o que passa do financiado são juros.",
        ),
        ([("20/12/2026", "")], "1 parcela, valores calculados. Veja-os na prévia."),
    ],
)
def test_r33_below_the_list_stands_what_is_left_of_what_is_financed(
    customer: int, table: Typed, rows: list[tuple[str, str]], told: str
) -> None:
    table(*rows)
    app = choose(fill(visit(customer), total="1000", down="100"), ScheduleKind.LIST)
    assert told in words(app)


@pytest.mark.parametrize(
    ("rows", "messages"),
    [
        (
            [("22/11/2026", "")],
            ["Linha 1: o vencimento não pode ser antes da venda."],
        ),
        (
            [("10/12/2026", ""), ("11/12/2026", ""), ("10/12/2026", "")],
            ["Linha 3: a linha 1 já vence neste dia."],
        ),
        (
            [("10/12/2026", "500,00"), ("11/12/2026", "499,99")],
            ["As parcelas somam R$ 999,99: faltam R$ 0,01 para o valor financiado."],
        ),
        (
            [("10/12/2026", "1.234,567")],
            [
                "Linha 1: valor inválido: “1.234,567”. Digite como 1.234,56: ponto só para separar "
                "milhares, vírgula e até dois dígitos para os centavos."
            ],
        ),
        (
            [("31/12/9999", "")],
            [
                "Linha 1: a data 31/12/9999 está fora do período aceito: o ano deve ficar entre "
                "1990 e 2200."
            ],
        ),
        (
            [("", "10,00"), ("31/02/2027", "")],
            [
                "Linha 1: informe a data, por exemplo 23/11/2026.",
                "Linha 2: a data “31/02/2027” não existe. Confira o dia e o mês.",
            ],
        ),
        (
            [(f"{1 + k % 28:02}/{1 + k // 28:02}/2027", "") for k in range(121)],
            ["Linha 121: uma venda tem no máximo 120 parcelas."],
        ),
    ],
)
def test_r33_bad_rows_are_refused_at_their_row_and_nothing_is_written(
    customer: int, table: Typed, rows: list[tuple[str, str]], messages: list[str]
) -> None:
    table(*rows)
    app = choose(fill(visit(customer), total="1000"), ScheduleKind.LIST)
    assert errors(app) == messages
    assert confirm(app).disabled
    assert "Corrija o que está em vermelho para confirmar." in words(app)
    assert sales() == []


def test_an_empty_row_between_others_is_asked_for_its_date() -> None:
    with pytest.raises(InvalidInputs) as refused:
        read_rows([("10/12/2026", ""), ("", ""), ("10/01/2027", "0")])
    assert list(refused.value.errors) == ["schedule_row2_due_date", "schedule_row3_amount"]


def test_a_sale_paid_down_asks_for_no_due_dates(customer: int, table: Typed) -> None:
    table()
    for way in (ScheduleKind.LIST, AFTER, ScheduleKind.DAYS, ScheduleKind.BUSINESS_DAY):
        app = choose(fill(visit(customer), total="100", down="100"), way)
        assert "nenhuma nota será feita" in words(app)
        assert not confirm(app).disabled


def test_what_was_typed_in_the_list_is_there_after_another_way_was_looked_at(
    customer: int, table: Typed
) -> None:
    app = fill(visit(customer), total="1000")
    table(("10/12/2026", "400"), ("10/01/2027", ""))
    app = choose(app, ScheduleKind.LIST)
    app = choose(app, ScheduleKind.MONTHLY)
    table()  # the browser knows nothing of it any more
    app = choose(app, ScheduleKind.LIST)
    assert preview(app) == [("10/12/2026", Decimal(400)), ("10/01/2027", Decimal(600))]


def test_a_suggested_first_due_date_follows_the_way_until_one_is_set(customer: int) -> None:
    app = fill(visit(customer), total="100", count="1")
    assert field(app, "Primeiro vencimento").value == date(2026, 12, 23)
    app = press(app, "Quinzenal")
    assert field(app, "Primeiro vencimento").value == date(2026, 12, 8)
    app = press(fill(app, first_due=date(2026, 12, 20)), "5º dia útil")
    assert field(app, "Primeiro vencimento").value == date(2026, 12, 20)
    assert date(2026, 11, 23) == TODAY
