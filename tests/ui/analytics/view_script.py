"""Three pages for tests of the view: two that have one, and one that has none."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from credigestor.ui.analytics import view
from credigestor.ui.analytics.exhibit import Lead, exhibit, show
from credigestor.ui.charts import theme
from credigestor.ui.kit.navigation import PAGES


def full() -> None:
    chosen = view.choose(bands=True)
    st.session_state["chosen"] = chosen
    frame = pd.DataFrame({"id": ["a"], "x": ["Um"], "y": [1.0]})
    one = exhibit(
        "Um gráfico",
        theme.chart(
            frame, theme.bar_mark(), {"x": theme.field("x"), "y": theme.number("y")}, height=300
        ),
        key="bars",
        definition="O que é",
        sentence="De cada R$ 100, R$ 8 *estão* em atraso.",
        table=pd.DataFrame({"Mês": ["nov/26"], "Valor": [1]}),
        file_name="um-grafico",
        leads={
            "a": Lead("Um", "counter/notes.py", chosen.filters(status="open", band=["1-30"])),
        },
        alt="Um gráfico",
        empty="Registre a primeira venda." if chosen.scope.city == "Recife" else None,
    )
    show(one)


def plain() -> None:
    st.session_state["chosen"] = view.choose(compare=False)


def none() -> None:
    st.write("Nada a escolher")


pages = [
    st.Page(full, title="Tudo", url_path="tudo", default=True),
    st.Page(plain, title="Pouco", url_path="pouco"),
    st.Page(none, title="Nada", url_path="nada"),
]
notes = [
    st.Page(spec.path, url_path=spec.url_path) for spec in PAGES if spec.file == "counter/notes.py"
]
st.navigation(pages + notes).run()
