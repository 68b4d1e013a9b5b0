"""The report of late customers: filters in the address, totals, WhatsApp, CSV as shown."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from tests.factories import add_user
from tests.portfolio import TODAY, add_customer, add_sale, late
from tests.services.renegotiating import deal, make, three_late
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app, text_of
from tests.web.fetching import click_and_fetch

pytestmark = pytest.mark.usefixtures("db")

PAGE = "analytics/delinquency.py"


@pytest.fixture
def seller_id(db: str) -> int:
    """Ana, with a phone, late by 40 and 100 days; Bia, without one, by 40, sold by this user."""
    vera = add_user(name="Vera").id
    with transaction() as session:
        ana = add_customer(session, "=Ana", city="Fortaleza", phone="+5585988724443")
        bia = add_customer(session, "Bia", city="Recife")
        add_sale(session, ana, late(130), [("90.00", late(100)), ("80.00", late(40))])
        add_sale(session, bia, late(90), [("500.00", late(40))], seller_id=vera)
    return vera


def shown(app: Visit) -> list[str]:
    assert not app.exception
    return list(lists(app)[0].value["name"]) if lists(app) else []


@pytest.mark.usefixtures("seller_id")
def test_late_customers_are_listed_with_totals_and_whatsapp() -> None:
    app = open_app(role="manager", page=PAGE)
    assert shown(app) == ["Bia", "=Ana"]
    bia, ana = lists(app)[0].value.to_dict("records")
    address = urlsplit(ana["whatsapp"])
    assert (address.netloc, address.path) == ("wa.me", "/5585988724443")
    [sent] = parse_qs(address.query)["text"]
    assert "15/08/2026 é hoje de R$ 177,47" in sent  # hers, of both notes
    assert ana["phone"] == "(85) 98872-4443"
    assert (ana["notes"], ana["days_late"]) == ("2", "100")
    assert bia["whatsapp"] == ""
    assert "customer_id" not in bia
    text = text_of(app)
    assert "2 clientes, 3 notas atrasadas" in text
    assert "Principal R$ 670,00" in text
    assert "Multa R$ 13,40" in text
    assert "Total R$ 694,14" in text  # interest 3,00 + 1,07 + 6,67


@pytest.mark.usefixtures("seller_id")
def test_as_of_another_day_whatsapp_opens_without_a_text() -> None:
    app = open_app(role="manager", page=PAGE, as_of="2026-11-22")
    _, ana = lists(app)[0].value.to_dict("records")
    assert ana["whatsapp"] == "https://wa.me/5585988724443"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"band": "31-60"}, ["Bia", "=Ana"]),
        ({"band": "91-180"}, ["=Ana"]),
        ({"city": "Recife"}, ["Bia"]),
        ({"seller": "none"}, ["=Ana"]),
        ({"seller": "1"}, ["Bia"]),
        ({"value": "100-250"}, ["=Ana"]),
        ({"seller": "1", "value": "100-250"}, []),
        ({"due_to": str(late(90))}, ["=Ana"]),
        ({"due_from": str(late(10))}, []),
        ({"as_of": str(late(60))}, ["=Ana"]),
        ({"as_of": str(late(110))}, []),
    ],
)
def test_a_link_opens_the_report_filtered(
    seller_id: int, query: dict[str, str], names: list[str]
) -> None:
    assert seller_id == 1
    assert shown(open_app(role="manager", page=PAGE, query=query)) == names


@pytest.mark.usefixtures("seller_id")
@pytest.mark.parametrize(
    "query",
    [
        {"band": "31-61", "city": "Atlantis", "seller": "abc"},
        {"as_of": "2026-13-45", "due_from": "banana", "due_to": "0001-01-01"},
        {"seller": "99999999999999999999", "band": "current"},
    ],
)
def test_nonsense_in_the_address_is_ignored(query: dict[str, str]) -> None:
    assert shown(open_app(role="manager", page=PAGE, query=query)) == ["Bia", "=Ana"]


@pytest.mark.usefixtures("seller_id")
def test_a_filter_chosen_goes_to_the_address() -> None:
    app = open_app(role="manager", page=PAGE)
    app.selectbox(key="view:city").set_value("Recife").run()
    assert app.query_params["city"] in ("Recife", ["Recife"])
    assert shown(app) == ["Bia"]


@pytest.mark.usefixtures("seller_id")
def test_due_dates_are_in_the_copied_link_and_go_with_the_reset() -> None:
    app = open_app(role="manager", page=PAGE, query={"band": "31-60"})
    app.date_input(key="address:due_to").set_value(late(90)).run()
    assert shown(app) == []
    assert app.query_params["due_to"] in (str(late(90)), [str(late(90))])
    [link] = app.code
    query = parse_qs(urlsplit(link.value).query)
    assert query == {"as_of": [str(TODAY)], "band": ["31-60"], "due_to": [str(late(90))]}
    app.button(key="view:reset").click().run()
    assert shown(app) == ["Bia", "=Ana"]
    assert "due_to" not in app.query_params


def test_more_customers_than_a_page_holds_are_on_the_next_one() -> None:
    with transaction() as session:
        for k in range(51):
            customer = add_customer(session, f"Cliente {k:02}")
            add_sale(session, customer, late(90), [(f"{100 + k}.00", late(40))])
    app = open_app(role="manager", page=PAGE)
    names = [f"Cliente {k:02}" for k in reversed(range(51))]
    assert shown(app) == names[:25]
    assert "51 clientes, 51 notas atrasadas" in text_of(app)
    assert "Principal R$ 6.375,00" in text_of(app)  # of both pages
    app.query_params["page"] = "3"
    assert shown(app.run()) == names[50:]
    assert "51–51 de 51" in lists(app)[0].text


@pytest.mark.usefixtures("seller_id")
def test_the_csv_holds_what_is_shown() -> None:
    app = open_app(role="manager", page=PAGE, query={"city": "Fortaleza"})
    assert shown(app) == ["=Ana"]
    answer = click_and_fetch(app, "list_delinquency")
    assert "lista-inadimplencia-2026-11-23.csv" in answer.headers["content-disposition"]
    header, row = answer.body.decode("utf-8-sig").splitlines()
    assert header.split(";")[:4] == ["Cliente", "Principal", "Total", "Dias de atraso"]
    cells = dict(zip(header.split(";"), row.split(";"), strict=True))
    assert cells["Cliente"] == "'=Ana"
    assert (cells["Principal"], cells["Juros"], cells["Multa"]) == ("170,00", "4,07", "3,40")
    assert cells["Total"] == "177,47"
    assert cells["Vencida desde"] == "15/08/2026"
    assert len(cells) == len(lists(app)[0].value.columns)


def test_nobody_late_is_good_news() -> None:
    app = open_app(role="manager", page=PAGE)
    assert "Ninguém tem nota atrasada em 23/11/2026." in text_of(app)
    assert not lists(app)


@pytest.mark.usefixtures("seller_id")
def test_filters_that_leave_nobody_say_so() -> None:
    app = open_app(role="manager", page=PAGE, query={"due_from": str(TODAY)})
    assert "Ninguém com esses filtros" in text_of(app)


@pytest.mark.usefixtures("seller_id")
def test_a_seller_sees_nothing_of_it() -> None:
    app = open_app(role="seller", page=PAGE)
    assert "Sem permissão" in text_of(app)
    assert "Ana" not in text_of(app)
    assert not lists(app)


@pytest.mark.parametrize("page", [PAGE, "analytics/dashboard.py", "analytics/portfolio.py"])
def test_r15_a_line_tells_what_stands_in_the_bands_by_an_old_debts_lateness(
    manager: Actor, page: str
) -> None:
    make(manager, deal(three_late().notes))
    told = text_of(open_app(role="manager", page=page))
    assert (
        "Nas faixas e taxas de atraso, R$ 465,75 são de dívidas renegociadas: contam com os dias "
        "de atraso da nota antiga mais atrasada até que três notas novas sejam pagas. Inclui 4 "
        "notas, que estão em dia."
    ) in told


def test_without_renegotiated_debts_nothing_is_said_of_them(seller_id: int) -> None:
    assert "renegociad" not in text_of(open_app(role="manager", page=PAGE))
