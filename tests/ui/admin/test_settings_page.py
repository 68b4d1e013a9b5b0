"""The settings page: each tab saves its own part as a version; wrong values are told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.settings import SalePlan, ShopSettings, current_settings
from credigestor.rules.due_schedule import ScheduleKind
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")


def open_settings(tab: str = "Loja") -> Visit:
    app = open_app(role="admin", page="admin/settings.py").look_at(tab)
    assert not app.exception
    return app


def field(app: Visit, label: str) -> Any:
    kinds = (app.text_input, app.selectbox, app.toggle, app.number_input, app.date_input)
    return next(widget for kind in kinds for widget in kind if widget.label == label)


def save(app: Visit, label: str, **values: object) -> Visit:
    for name, value in values.items():
        field(app, LABELS[name]).set_value(value)
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


LABELS = {
    "name": "Nome da loja",
    "tax_id": "CNPJ ou CPF",
    "phone": "Telefone",
    "email": "E-mail",
    "zip_code": "CEP",
    "city": "Cidade",
    "state": "UF",
    "kind": "Tipo de chave",
    "key": "Chave Pix",
    "late": "Juros de mora (% ao mês)",
    "fine": "Multa por atraso (%)",
    "contract": "Juros do contrato (% ao mês)",
    "grace": "Carência (dias)",
    "waiver": "Dispensa de encargos por vendedor (R$)",
    "put_off": "Prorrogação por vendedor (dias)",
    "back": "Pagamento retroativo (dias)",
    "zone": "Fuso horário",
    "carnival": "Carnaval sem expediente",
    "day": "Dia",
    "holiday": "Nome do feriado",
    "plan": "Nome do plano",
    "due": "Vencimentos",
    "step": "Dias, dia útil ou prazos",
    "count": "Parcelas (opcional)",
}


def told(app: Visit) -> dict[str, list[str]]:
    """What each tab says was done; nothing is said outside of them."""
    found = {tab.label: [one.value for one in tab.success] for tab in app.tabs}
    assert sum(map(len, found.values())) == len(app.success)
    return {label: said for label, said in found.items() if said}


def test_what_was_saved_is_told_once_and_in_its_own_tab() -> None:
    app = open_settings("Pix").look_at("Loja")
    assert told(save(app, "Salvar Pix")) == {"Pix": ["Configurações salvas."]}
    assert told(save(app, "Salvar loja", name="Loja da Ana")) == {"Loja": ["Configurações salvas."]}
    assert told(app.run()) == {}


def errors(app: Visit) -> list[str]:
    return [element.value.replace("\\", "") for element in app.error]


def current() -> ShopSettings:
    with snapshot() as session:
        return current_settings(session)


def test_the_shop_is_saved_in_one_form_and_shown_formatted() -> None:
    app = save(
        open_settings(),
        "Salvar loja",
        name="Loja 🌻 Modelo",
        tax_id="11.222.333/0001-81",
        phone="85 3222-1234",
        zip_code="60175-000",
        city="Fortaleza",
        state="CE",
    )
    assert "Configurações salvas." in app.texts.replace("\\", "")
    shop = current()
    assert (shop.shop_name, shop.tax_id, shop.phone) == (
        "Loja 🌻 Modelo",
        "11222333000181",
        "+558532221234",
    )
    assert (shop.zip_code, shop.city, shop.state) == ("60175000", "Fortaleza", "CE")
    assert field(app, "CNPJ ou CPF").value == "11.222.333/0001-81"
    history = app.look_at("Histórico").dataframe[0].value
    assert "Nome da loja" in list(history["field"])
    assert set(history["who"]) == {"Pessoa admin"}


def test_all_that_is_wrong_in_the_shop_is_told_at_once_and_nothing_is_written() -> None:
    app = save(
        open_settings(),
        "Salvar loja",
        name="x" * 10_000,
        tax_id="111.111.111-11",
        phone="1",
        email="loja",
        zip_code="1",
        city="Crato",
    )
    assert len(errors(app)) == 5
    assert current() == ShopSettings()
    assert field(app, "Cidade").value == "Crato"


def test_saving_without_a_change_says_so(admin: Actor) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Loja"))
    app = save(open_settings(), "Salvar loja")
    assert "Nada mudou." in app.texts.replace("\\", "")


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("tax_id", "11.222.333/0001-81", "11222333000181"),
        ("email", "Loja@Exemplo.com.br", "loja@exemplo.com.br"),
        ("phone", "(85) 98872-4443", "+5585988724443"),
        (
            "random",
            "123E4567-E89B-42D3-A456-426614174000",
            "123e4567-e89b-42d3-a456-426614174000",
        ),
        ("none", "qualquer coisa", ""),
    ],
)
def test_a_pix_key_is_stored_as_the_pix_uses_it(kind: str, typed: str, stored: str) -> None:
    save(open_settings("Pix"), "Salvar Pix", kind=kind, key=typed)
    assert current().pix_key == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("tax_id", "111.111.111-11"),
        ("email", "loja@"),
        ("phone", "(85) 3222-1234"),
        ("random", "123e4567"),
        ("random", ""),
    ],
)
def test_a_wrong_pix_key_is_told(kind: str, typed: str) -> None:
    app = save(open_settings("Pix"), "Salvar Pix", kind=kind, key=typed)
    assert len(errors(app)) == 1
    assert current().pix_key == ""


def test_rates_are_saved_and_existing_notes_are_said_to_stay() -> None:
    """R5."""
    app = open_settings("Encargos")
    assert "vendas e notas que já existem não mudam" in app.texts
    save(
        app, "Salvar encargos", late="0,5", fine="1,5 %", contract="1", grace=3, back=30, put_off=7
    )
    saved = current()
    assert (saved.late_rate, saved.fine_rate) == (Decimal("0.5"), Decimal("1.5"))
    assert (saved.contract_rate, saved.grace_days, saved.backdating_days) == (1, 3, 30)
    assert saved.new_date_limit_days == 7
    assert field(app, LABELS["fine"]).value == "1,5"


def test_a_fine_above_two_percent_is_refused() -> None:
    """R6."""
    app = save(open_settings("Encargos"), "Salvar encargos", fine="2,01")
    assert [text for text in errors(app) if "A multa não pode passar de 2 %" in text]
    assert current().fine_rate == 2


@pytest.mark.parametrize("typed", ["abc", "-1", "1.5", "", "1e30", "100,0001", "<script>"])
def test_a_rate_that_makes_no_sense_is_refused(typed: str) -> None:
    app = save(open_settings("Encargos"), "Salvar encargos", late=typed)
    assert len(errors(app)) == 1
    assert current().late_rate == 1


@pytest.mark.parametrize("name", ["late", "contract"])
def test_a_rate_above_one_percent_warns_as_one_types_and_is_allowed(name: str) -> None:
    """R2, R7."""
    app = open_settings("Encargos")
    assert not app.warning
    field(app, LABELS[name]).set_value("1,01")
    app.run()
    assert len(app.warning) == 1
    save(app, "Salvar encargos")
    assert max(current().late_rate, current().contract_rate) == Decimal("1.01")


def test_the_calendar_is_saved() -> None:
    save(open_settings("Calendário"), "Salvar calendário", zone="America/Fortaleza", carnival=True)
    assert (current().time_zone, current().carnival) == ("America/Fortaleza", True)


def test_a_local_holiday_is_added_once_and_removed() -> None:
    app = save(
        open_settings("Calendário"),
        "Acrescentar feriado",
        day=date(2027, 8, 15),
        holiday="Padroeira <b>",
    )
    assert [h.day for h in current().local_holidays] == [date(2027, 8, 15)]
    assert "15/08/2027 Padroeira \\<b\\>" in app.texts
    save(app, "Acrescentar feriado", day=date(2027, 8, 15))
    assert errors(app) == ["Este dia já está na lista."]
    save(app, "Remover")
    assert current().local_holidays == ()


def plans() -> list[tuple[str, str]]:
    return [(plan.name, plan.told) for plan in current().sale_plans]


def test_r33_a_shop_names_the_plans_that_it_uses() -> None:
    usual = [
        ("Quinzenal", "a cada 15 dias"),
        ("5º dia útil", "no 5º dia útil de cada mês"),
        ("30/60/90", "30/60/90 dias após a venda"),
    ]
    app = open_settings("Planos").look_at("Histórico")
    assert plans() == usual
    weekly = {"plan": "Semanal 8x", "due": ScheduleKind.DAYS, "step": "7", "count": "8"}
    save(app, "Acrescentar plano", **weekly)
    two = {"plan": "10/40", "due": ScheduleKind.LIST, "step": "10 40"}
    save(app, "Acrescentar plano", **two)
    save(app, "Acrescentar plano", plan="Dez vezes", due=ScheduleKind.MONTHLY, count="10")
    added = [
        ("Semanal 8x", "8 parcelas a cada 7 dias"),
        ("10/40", "10/40 dias após a venda"),
        ("Dez vezes", "10 parcelas mensais"),
    ]
    assert plans() == usual + added
    save(app, "Remover 30/60/90")
    assert plans() == usual[:2] + added
    assert "Dez vezes (10 parcelas mensais)" in app.dataframe[-1].value["new"].iloc[1]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"plan": ""}, "Dê um nome ao plano."),
        ({"plan": "QUINZENAL"}, "Já há um plano com este nome."),
        ({"plan": "x" * 31}, "Nome: no máximo 30 caracteres (foram digitados 31)."),
        ({"due": ScheduleKind.DAYS, "step": ""}, "O intervalo em dias deve ser de 1 a 180."),
        ({"due": ScheduleKind.DAYS, "step": "181"}, "O intervalo em dias deve ser de 1 a 180."),
        ({"due": ScheduleKind.DAYS, "step": "7 ou 8"}, "Digite um número inteiro."),
        ({"due": ScheduleKind.BUSINESS_DAY, "step": "21"}, "O dia útil deve ser de 1 a 20."),
        ({"due": ScheduleKind.MONTHLY, "step": "3"}, "Deixe vazio: os vencimentos são mensais."),
        ({"due": ScheduleKind.LIST, "step": "30/30"}, "Os dias devem crescer, cada um maior que o "
         "anterior, até 3660."),
        ({"due": ScheduleKind.LIST, "step": "logo"}, "Digite os dias depois da venda, como "
         "30/60/90."),
        ({"due": ScheduleKind.LIST, "step": "30", "count": "2"}, "Os prazos já dizem quantas "
         "parcelas são."),
        ({"count": "121"}, "O número de parcelas deve ser de 1 a 120."),
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused_at_its_field(
    typed: dict[str, Any], message: str
) -> None:
    before = plans()
    app = save(open_settings("Planos"), "Acrescentar plano", **{"plan": "Novo", **typed})
    assert errors(app) == [message]
    assert plans() == before


def test_there_is_a_key_for_each_of_nine_plans(admin: Actor) -> None:
    nine = [SalePlan(name=f"P{k}", kind=ScheduleKind.MONTHLY) for k in range(9)]
    with transaction() as session:
        settings.change(session, admin, ShopSettings(sale_plans=tuple(nine)))
    app = open_settings("Planos")
    assert "São no máximo 9." in app.texts
    assert not [button for button in app.button if button.label == "Acrescentar plano"]


def test_a_holiday_without_a_day_is_refused() -> None:
    app = save(open_settings("Calendário"), "Acrescentar feriado", holiday="Padroeira")
    assert errors(app) == ["Informe o dia do feriado."]


@pytest.mark.parametrize("role", ["seller", "manager"])
def test_only_an_administrator_sees_the_settings(role: str) -> None:
    app = open_app(role=role, page="admin/settings.py")
    assert "Sem permissão" in app.texts
    assert not app.main.text_input
