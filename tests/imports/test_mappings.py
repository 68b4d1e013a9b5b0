"""How files were read is kept by name, and fits the next file with those columns."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import InvalidInput, NotAllowed
from credigestor.imports.choices import STRICT, Choices, Rates
from credigestor.imports.mappings import KeptMapping, apply, asked, keep
from credigestor.imports.mending import AS_OFFERED, Mending
from credigestor.imports.recognising import Kind, recognise_one
from credigestor.imports.table_lines import Sent
from credigestor.imports.tables import Table, tables_of
from credigestor.imports.unattended import choices_of, mending_of
from credigestor.rules.permissions import Actor
from credigestor.services import import_mappings

TEXT = "Freguês;Quando;Quanto;Como\nAna;05/02/26;1,460;fiado\n"


def table(text: str) -> Table:
    [found] = tables_of("lista.csv", text.encode())
    return found


def test_what_was_chosen_for_a_file_is_chosen_for_the_next_with_its_columns_in_any_order() -> None:
    first = table(TEXT)
    columns = {"cliente": 0, "pago_em": 1, "valor_pago": 2, "forma": 3}
    sent = Sent(first, recognise_one(first, Kind.PAYMENTS, columns), {"forma": {"fiado": "Pix"}})
    kept = KeptMapping.model_validate_json(keep([sent]).model_dump_json())
    again = apply(kept, table("Como;QUANTO;Caixa;Quando;Freguês\nfiado;2,500;1;05/02/26;Bia\n"))
    assert again.what.kind is Kind.PAYMENTS
    assert again.what.columns == {"cliente": 4, "pago_em": 3, "valor_pago": 1, "forma": 0}
    assert again.words == {"forma": {"fiado": "Pix"}}
    other = apply(kept, table("Nome;Telefone\nAna;1\n"))
    assert other.what.kind is Kind.CUSTOMERS


def test_what_was_chosen_for_all_rows_is_kept_too_but_for_putting_changes_right() -> None:
    choices = Choices(waive_short=True, apply_changes=True, rates=Rates(late_rate=Decimal("1.5")))
    sent = Sent(table(TEXT), recognise_one(table(TEXT)))
    kept = KeptMapping.model_validate_json(
        keep([sent], choices, Mending(area_code="85")).model_dump_json()
    )
    assert kept.choices == replace(choices, apply_changes=False)
    assert mending_of(kept) == Mending(area_code="85")
    assert choices_of(kept, STRICT) == kept.choices
    assert choices_of(kept, Choices(spill=True)) == Choices(spill=True)
    before = KeptMapping.model_validate({"tables": []})  # of a version that kept no more
    assert (choices_of(before, STRICT), mending_of(before)) == (STRICT, AS_OFFERED)


def test_what_nobody_knows_is_asked_about() -> None:
    found = table(
        "Nome;Vencimento;Parcela;Valor;Pago em;Forma;Situação\n"
        "Ana;05/02/26;1;1,460;05/02/26;permuta;PAGO\nBia;05/02/26;1;2,000;06/02/26;;zz\n"
    )
    sent = Sent(found, recognise_one(found))
    told = asked(sent)
    assert told.amounts == ("valor",)
    assert told.words == {"forma": ("permuta", ""), "situacao": ("zz",)}
    answered = Sent(
        found,
        sent.what,
        {"forma": {"permuta": "Dinheiro", "": "Pix"}, "situacao": {"zz": "aberta"}},
    )
    assert asked(answered).words == {}
    assert not asked(Sent(found, recognise_one(found, Kind.NOTHING)))


@pytest.mark.usefixtures("db")
def test_mappings_are_kept_replaced_and_forgotten_by_name(admin: Actor, manager: Actor) -> None:
    with transaction() as session:
        import_mappings.keep(session, admin, name=" Caderno  novo ", data={"tables": []})
        import_mappings.keep(session, admin, name="Caderno novo", data={"tables": [1]})
        import_mappings.keep(session, admin, name="Antigo", data={})
    with snapshot() as session:
        assert import_mappings.names(session) == ["Antigo", "Caderno novo"]
        assert import_mappings.find(session, "Caderno novo") == {"tables": [1]}
    with transaction() as session:
        import_mappings.forget(session, admin, name="Antigo")
        with pytest.raises(InvalidInput, match="“Antigo”"):
            import_mappings.find(session, "Antigo")
        for name in ("", "x" * 61):
            with pytest.raises(InvalidInput):
                import_mappings.keep(session, admin, name=name, data={})
        with pytest.raises(NotAllowed):
            import_mappings.keep(session, manager, name="x", data={})
