"""The numbers that another system gave, on the pages."""

from __future__ import annotations

import pytest

from credigestor.rules.permissions import Actor
from tests.moved import Moved
from tests.ui.listed import lists
from tests.ui.support import open_app

pytestmark = pytest.mark.usefixtures("db")


def test_pages_show_it_only_where_there_is_one(seller: Actor) -> None:
    moved = Moved(seller)

    def page(name: str, row_id: int) -> str:
        app = open_app(role="seller", page=f"counter/{name}.py", id=row_id)
        assert not app.exception
        return app.texts.replace("\\", "")

    assert "Nº anterior: 0077" in page("customer", moved.ana)
    assert "Nº anterior: PED-12" in page("sale", moved.sale)
    of_note = page("note", moved.note)
    assert "Nº anterior: 004711/2" in of_note
    assert "Venda: Nº anterior: PED-12" in of_note
    for name, row_id in (("customer", moved.bia), ("sale", moved.other)):
        assert "anterior" not in page(name, row_id)
    for name, row_id in (("sale", moved.sale), ("payment", moved.paid)):
        app = open_app(role="seller", page=f"counter/{name}.py", id=row_id)
        of_notes = next(each.value for each in lists(app) if "ref" in each.value)
        assert [ref for ref in of_notes["ref"] if ref] == ["004711/2"]
