"""A chart says what it shows, keeps its data at hand, and leads on from the view and back to it."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.ui.analytics.viewing import address, chosen, go, run, visit
from tests.ui.listed import leads


@pytest.mark.usefixtures("shop")
def test_a_chart_has_its_definition_its_sentence_and_its_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offered: list[Any] = []
    monkeypatch.setattr(
        st, "download_button", lambda label, data, name, *_, **__: offered.append((name, data))
    )
    app = visit()
    assert app.header[0].value == "Um gráfico"
    assert app.header[0].proto.help == "O que é"
    assert r"De cada R\$ 100, R\$ 8 \*estão\* em atraso." in [mark.value for mark in app.markdown]
    assert offered == [("um-grafico.csv", "\ufeffMês;Valor\r\nnov/26;1\r\n".encode())]


def many_leads() -> None:
    import pandas as pd

    from credigestor.ui.analytics.exhibit import Lead, exhibit, show
    from credigestor.ui.charts import theme

    ids = [str(number) for number in range(60)]
    chart = theme.chart(pd.DataFrame({"id": ids}), theme.bar_mark(), {}, height=300)
    one = exhibit(
        "Muitas marcas",
        chart,
        key="many",
        definition="O que é",
        sentence="São muitas.",
        table=pd.DataFrame({"Marca": ids}),
        file_name="muitas",
        alt="Muitas marcas",
        leads={id_: Lead(f"Marca {id_}", "counter/notes.py", {"q": id_}) for id_ in ids},
    )
    show(one)


def test_there_is_a_way_without_a_mouse_to_every_one_of_many_marks() -> None:
    app = AppTest.from_function(many_leads).run()
    assert leads(app) == {}
    box = app.selectbox(key="many:lead")
    assert len(box.options) == 60
    box.select_index(57).run()
    assert leads(app) == {"Marca 57": "notas?q=57"}


@pytest.mark.usefixtures("shop")
def test_the_links_behind_a_chart_lead_where_its_marks_lead() -> None:
    assert leads(visit()) == {"Um": "notas?band=1-30&status=open"}


@pytest.mark.usefixtures("shop")
def test_an_empty_chart_says_what_to_do() -> None:
    app = visit(city="Recife")
    assert [info.value for info in app.info] == ["Registre a primeira venda."]


@pytest.mark.usefixtures("shop")
def test_a_mark_leads_to_its_notes_and_back_to_the_view(monkeypatch: pytest.MonkeyPatch) -> None:
    app = visit(city="Olinda", band=["31-60"])
    clicked: dict[str, Any] = {"selection": {"pick": [{"id": "a"}]}}
    draw = st.vega_lite_chart

    def draw_clicked(*args: Any, key: str, **options: Any) -> dict[str, Any]:
        draw(*args, key=key, **options)
        return clicked

    with monkeypatch.context() as patched:
        patched.setattr(st, "vega_lite_chart", draw_clicked)
        run(app)
    led = {"city": ["Olinda"], "status": ["open"], "band": ["1-30"]}
    assert address(app) == led
    go(app, "")  # the browser's Back finds those under the page's own address
    assert address(app) == {"city": ["Olinda"], "band": ["31-60"]}
    assert chosen(app).bands == ("31-60",)
