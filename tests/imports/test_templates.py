"""The files to fill in are read as what they say, as CSV and as spreadsheet, and imported."""

from __future__ import annotations

from datetime import date

import pytest

from credigestor.db.engine import transaction
from credigestor.imports import importer
from credigestor.imports.mappings import apply, asked
from credigestor.imports.recognising import Kind
from credigestor.imports.tables import tables_of
from credigestor.imports.templates import TEMPLATES, Template
from credigestor.imports.translating import translation
from tests.imports.importing import CLI
from tests.portfolio import TODAY

KINDS = {
    "parcelas": [Kind.NOTES],
    "vendas-com-parcelas": [Kind.SALES],
    "saldos": [Kind.BALANCES],
    "clientes": [Kind.CUSTOMERS],
    "clientes-vendas-pagamentos": [Kind.SALES, Kind.CUSTOMERS, Kind.PAYMENTS],
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_column_of_a_template_is_known_and_nothing_is_asked(template: Template) -> None:
    found = tables_of("a.xlsx", template.as_xlsx())
    assert len(template.as_csv().splitlines()) == 3
    [as_csv] = tables_of("a.csv", template.as_csv())
    sent = [apply(None, each) for each in (*found, as_csv)]
    kinds = KINDS[template.name]
    assert [each.what.kind for each in sent] == [*kinds, kinds[0]]
    for each in sent:
        assert len(each.what.columns) == len(each.table.header)
        assert not asked(each)


@pytest.mark.usefixtures("db")
def test_a_filled_in_template_is_imported() -> None:
    template = next(each for each in TEMPLATES if each.name == "clientes-vendas-pagamentos")
    sent = [apply(None, table) for table in tables_of("a.xlsx", template.as_xlsx())]
    with transaction() as session:
        source = translation(sent, on=date(2026, 11, 23))
        plan = importer.run(session, CLI, source, today=TODAY)
    assert plan.problems == []
    assert plan.new.as_dict() == {"customers": 2, "sales": 2, "notes": 4, "payments": 2}
