"""A table reaches the browser as the one that is there, while its rows are the same."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest


def list_of_two() -> None:
    from decimal import Decimal

    import pandas as pd

    from credigestor.ui.kit import tables

    frame = pd.DataFrame({"name": ["Ana", "Bia"], "owed": [Decimal("1234.50"), None]})
    tables.table(frame, {"name": "Cliente", "owed": "Deve"}, key="people", money=["owed"])


def list_of_many(rows: int) -> None:
    import pandas as pd

    from credigestor.ui.kit import tables

    tables.table(pd.DataFrame({"line": range(rows)}), {"line": "Linha"}, key="lines")


def sent(app: AppTest) -> Any:
    [table] = app.get("arrow_data_frame") or app.get("dataframe")
    return table.proto


def test_a_table_of_the_same_rows_is_the_same_message_at_each_run() -> None:
    app = AppTest.from_function(list_of_two).run()
    first = sent(app).SerializeToString()
    assert first == sent(app.run()).SerializeToString()


def test_money_is_shown_in_reais_and_stays_a_number() -> None:
    table = sent(AppTest.from_function(list_of_two).run())
    assert "R$\xa01.234,50".encode() in table.SerializeToString()


def test_a_table_is_as_high_as_its_rows_and_a_very_long_one_has_pages() -> None:
    for rows in (12, 120):
        app = AppTest.from_function(list_of_many, args=(rows,)).run()
        [table] = app.dataframe
        assert (len(table.value), len(app.caption)) == (rows, 0)
    app = AppTest.from_function(list_of_many, args=(130,)).run()
    assert len(app.dataframe[0].value) == 120
    assert app.caption[0].value.startswith("1–120 de 130.")
    app.session_state["lines:page"] = 2
    app.run()
    assert list(app.dataframe[0].value["line"]) == list(range(120, 130))
    assert app.caption[0].value.startswith("121–130 de 130.")
