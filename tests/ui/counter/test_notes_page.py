"""The list of notes, kept in its address, and one note with its calculation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1.element_tree import DateInput, Selectbox

from credigestor.db.engine import transaction
from credigestor.reports import notes
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY, add_customer
from tests.services.paying import JANUARY, pay, sell
from tests.ui.carded import totals_of
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

LIST, NOTE = "counter/notes.py", "counter/note.py"
JANUARY_25 = date(2026, 1, 25)


def shown(app: Visit) -> list[str]:
    assert not app.exception
    return [] if not lists(app) else list(lists(app)[0].value["number"])


def box(app: Visit, label: str) -> Selectbox[Any]:
    return next(widget for widget in app.selectbox if widget.label == label)


def day(app: Visit, label: str) -> DateInput:
    return next(widget for widget in app.date_input if widget.label == label)


def badges(app: Visit) -> list[str]:
    return [b.label.replace("\\", "") for b in app.button if (b.key or "").startswith("drop:")]


def click(app: Visit, label: str) -> None:
    next(b for b in app.button if b.label.replace("\\", "") == label).click().run()


def calculation(app: Visit) -> str:
    return "\n".join(app.table[0].value["Cálculo"]).replace("\xa0", " ")


def test_an_empty_shop_says_where_notes_come_from() -> None:
    app = open_app(role="seller", page=LIST)
    assert "As notas nascem com a venda" in text_of(app)


def test_the_list_begins_with_what_is_open_and_sums_all_of_it(manager: Actor) -> None:
    paid, _ = sell(("100.00", JANUARY), ("300.00", JANUARY)).notes
    pay(manager, date(2026, 1, 12), (paid, "100.00"))
    app = open_app(role="seller", page=LIST)
    assert shown(app) == ["000001-02/02"]
    assert lists(app)[0].value["status"][0] == "Atrasada"
    assert "Principal R$ 300,00" in text_of(app)
    box(app, "Situação").set_value("paid").run()
    assert shown(app) == ["000001-01/02"]
    assert app.query_params["status"] == "paid"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"status": "overdue"}, ["000001-01/03"]),
        ({"status": "pending"}, ["000001-02/03", "000001-03/03"]),
        ({"status": "paid"}, []),
        ({"band": "current"}, ["000001-02/03", "000001-03/03"]),
        ({"due_from": "2050-01-01"}, ["000001-02/03", "000001-03/03"]),
        ({"due_from": "2050-01-01", "due_to": "2050-12-31"}, ["000001-02/03"]),
        ({"customer": "2"}, []),
        ({"customer": "1", "seller": "none", "q": "ana"}, "all"),
        ({"q": "000001-03/03"}, ["000001-03/03"]),
        ({"sold_from": "2025-12-01", "sold_to": "2025-12-31", "city": "none"}, "all"),
        ({"sold_from": "2025-12-02"}, []),
        ({"value": "0-100"}, "all"),
        ({"value": ">1000"}, []),
        ({"first": "1"}, ["000001-01/03"]),
        ({"first": "30", "status": "all"}, ["000001-01/03"]),
        ({"contract_over": "90"}, "all"),
        ({"contract_over": "90", "as_of": "2026-04-10"}, []),
        ({"contract_over": "90", "as_of": "2026-04-11"}, "all"),
        ({"late_from": "2026-01-13", "late_to": "2026-01-13"}, ["000001-01/03"]),
        ({"late_from": "2026-02-01", "late_to": "2026-02-28", "status": "all"}, []),
        ({"as_of": "2025-11-30"}, []),
    ],
)
def test_a_link_from_elsewhere_opens_the_list_filtered(
    query: dict[str, str], numbers: list[str] | str
) -> None:
    sell(("10.00", JANUARY), ("10.00", date(2050, 5, 2)), ("10.00", date(2051, 5, 2)))
    with transaction() as session:
        add_customer(session, "Bia")
    app = open_app(role="seller", page=LIST, query=query)
    everything = ["000001-01/03", "000001-02/03", "000001-03/03"]
    assert shown(app) == (everything if numbers == "all" else numbers)


@pytest.mark.parametrize(
    "query",
    [
        {"status": "nonsense", "band": "-1", "seller": "0; DROP TABLE notes"},
        {"due_from": "2026-13-45", "due_to": "0001-01-01", "customer": "abc"},
        {"due_from": "9999-12-31", "customer": "99999999999999999999"},
        {"seller": "999", "status": "", "customer": "999"},
        {"city": "Atlântida", "value": "muito", "sold_from": "ontem", "as_of": "amanhã"},
        {"first": "-1", "contract_over": "45", "late_from": "x", "late_to": "9999-12-31"},
    ],
)
def test_nonsense_in_the_address_is_ignored(query: dict[str, str]) -> None:
    sell(("10.00", JANUARY))
    app = open_app(role="seller", page=LIST, query=query)
    assert shown(app) == ["000001-01/01"]


@pytest.mark.parametrize("year", [1800, 9998])
def test_a_filter_of_an_impossible_year_is_told_and_not_applied(year: int) -> None:
    sell(("10.00", JANUARY))
    app = open_app(role="seller", page=LIST)
    day(app, "Vencimento de").set_value(date(year, 12, 31)).run()
    assert "O ano deve ficar entre 1900 e 2200." in text_of(app)
    assert shown(app) == ["000001-01/01"]


def test_bands_may_repeat_in_the_address() -> None:
    sell(("10.00", JANUARY), ("10.00", TODAY - timedelta(days=5)), ("10.00", date(2050, 5, 2)))
    app = open_app(role="seller", page=LIST)
    app.query_params["band"] = ["1-30", "current", "nonsense"]
    app.run()
    assert shown(app) == ["000001-02/03", "000001-03/03"]
    assert app.multiselect[0].value == ["current", "1-30"]
    app.multiselect[0].set_value(["1-30"]).run()
    assert shown(app) == ["000001-02/03"]
    assert app.query_params["band"] == "1-30"


def test_a_past_date_shows_the_notes_as_they_were_then(manager: Actor) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "307.50"))
    app = open_app(role="seller", page=LIST)
    assert shown(app) == []
    day(app, "Data-base").set_value(date(2026, 1, 24)).run()
    assert shown(app) == ["000001-01/01"]
    assert app.query_params["as_of"] == "2026-01-24"
    assert "Juros de mora R$ 1,40" in text_of(app)
    assert lists(app)[0].labels["owed"] == "Deve em 24/01/2026"
    day(app, "Data-base").set_value(TODAY).run()
    assert "as_of" not in app.query_params


def test_a_day_to_come_shows_what_will_be_owed() -> None:
    sell(("100.00", TODAY))
    app = open_app(role="seller", page=LIST, as_of=TODAY + timedelta(days=15))
    assert "Data-base no futuro" in text_of(app)
    assert "Multa R$ 2,00" in text_of(app)


def test_what_a_chart_asked_for_is_told_and_can_be_taken_away() -> None:
    sell(("10.00", JANUARY), ("10.00", date(2050, 5, 2)))
    query = {
        "sold_from": "2025-12-01",
        "sold_to": "2025-12-31",
        "contract_over": "30",
        "first": "1",
        "late_to": "2026-02-01",
        "value": "0-100",
    }
    app = open_app(role="seller", page=LIST, query=query)
    assert shown(app) == ["000001-01/02"]
    assert badges(app) == [
        "Valor da venda: Até R$ 100",
        "Vendas de 01/12/2025 a 31/12/2025",
        "Só as primeiras parcelas",
        "Vendas com nota há mais de 30 dias em atraso",
        "Entraram em atraso até 01/02/2026",
    ]
    click(app, "Só as primeiras parcelas")
    click(app, "Entraram em atraso até 01/02/2026")
    assert shown(app) == ["000001-01/02", "000001-02/02"]
    assert "first" not in app.query_params
    assert "late_to" not in app.query_params
    click(app, "Limpar filtros")
    assert not app.query_params
    assert badges(app) == []
    assert day(app, "Venda de").value is None


def test_limpar_takes_away_what_was_typed_too() -> None:
    sell(("10.00", JANUARY))
    app = open_app(role="seller", page=LIST)
    assert "Limpar filtros" not in [button.label for button in app.button]
    app.text_input[0].set_value("bia")
    box(app, "Situação").set_value("paid")
    app.multiselect[0].set_value(["1-30"])
    day(app, "Data-base").set_value(JANUARY).run()
    assert shown(app) == []
    click(app, "Limpar filtros")
    assert shown(app) == ["000001-01/01"]
    assert (app.text_input[0].value, day(app, "Data-base").value) == ("", TODAY)


def test_very_many_notes_are_summed_for_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MANY", 100)
    sell(*[("10.00", JANUARY)] * 101)
    app = open_app(role="seller", page=LIST, status="all")
    assert len(shown(app)) == 25
    assert "101 notas." in text_of(app)
    assert not totals_of(app)
    click(app, "Somar todas")
    assert "Notas 101" in text_of(app)
    assert "Principal R$ 1.010,00" in text_of(app)


def test_very_many_open_notes_are_summed_by_the_summaries_and_all_are_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sell(*[("10.00", JANUARY)] * 101)
    few = text_of(open_app(role="seller", page=LIST))
    monkeypatch.setattr(notes, "MANY", 100)
    app = open_app(role="seller", page=LIST)
    for told in ("Notas 101", "Principal R$ 1.010,00", "Juros de mora", "Multa"):
        assert told in text_of(app)
    assert len(totals_of(app)) == 4
    for label, value in totals_of(app).items():
        assert f"{label} {value}" in few
    app.query_params["page"] = "5"
    assert shown(app.run()) == ["000001-101/101"]


def test_the_notes_of_one_customer_lead_back_to_all() -> None:
    sell(("10.00", JANUARY))
    sell(("10.00", JANUARY))
    app = open_app(role="seller", page=LIST, customer=1)
    assert "Só as notas de Ana Luz" in text_of(app).replace("*", "")
    next(b for b in app.button if b.label == "Ver todos os clientes").click().run()
    assert len(shown(app)) == 2
    assert "customer" not in app.query_params


def test_a_long_list_is_paged() -> None:
    sell(*[("10.00", JANUARY + timedelta(days=k)) for k in range(60)])
    app = open_app(role="seller", page=LIST)
    assert len(shown(app)) == 25
    assert "Notas 60" in text_of(app)


def test_r9_a_note_shows_what_it_owes_at_a_date_step_by_step(manager: Actor) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "100.00"))
    app = open_app(role="seller", page=NOTE, id=note, as_of="2026-02-24")
    told = text_of(app)
    assert "Nota 000001-01/01" in told
    assert "Atrasada" in told
    assert "Total R$ 209,58" in told
    assert "300,00 × 1 % × 15 ÷ 30 = 1,50" in calculation(app)
    assert "300,00 × 2 % = 6,00" in calculation(app)
    assert "principal 207,50 + juros 2,08 = 209,58" in calculation(app)
    assert list(app.table[0].value["Devido (R$)"])[-1] == "209,58"


def test_another_date_gives_another_amount() -> None:
    [note] = sell().notes
    app = open_app(role="seller", page=NOTE, id=note, as_of="2026-01-25")
    assert "Total R$ 307,50" in text_of(app)
    app.date_input[0].set_value(date(2026, 1, 26)).run()
    assert "Total R$ 307,60" in text_of(app)


def test_a_date_before_the_sale_is_told_and_today_is_shown_instead() -> None:
    [note] = sell().notes
    app = open_app(role="seller", page=NOTE, id=note, as_of="2025-11-30")
    assert "A venda é de 01/12/2025: escolha uma data a partir dela." in text_of(app)
    assert app.table


def test_a_paid_note_offers_no_receiving_and_an_open_one_does(manager: Actor) -> None:
    paid, due = sell(("100.00", JANUARY), ("300.00", JANUARY)).notes
    pay(manager, JANUARY, (paid, "100.00"))
    labels = [
        [button.label for button in open_app(role="seller", page=NOTE, id=note).button]
        for note in (paid, due)
    ]
    assert "Receber" not in labels[0]
    assert "Receber" in labels[1]


@pytest.mark.parametrize("address", [{}, {"id": "999"}, {"id": "abc"}, {"id": "-1"}])
def test_an_address_of_no_note_says_so(address: dict[str, str]) -> None:
    told = text_of(open_app(role="seller", page=NOTE, query=address))
    assert "Nota não encontrada" in told or "não diz qual nota" in told
