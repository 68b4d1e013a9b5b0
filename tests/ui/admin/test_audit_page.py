"""The audit page: who wrote what, filtered in the address, for administrators."""

from __future__ import annotations

from datetime import date

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import AuditEntry
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.portfolio import TODAY
from tests.services.paying import pay, reverse, sell
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "admin/audit.py"


def told(app: Visit) -> str:
    return text_of(app).replace("*", "")


@pytest.fixture
def written(manager: Actor) -> None:
    sale = sell(("300.00", date(2026, 1, 10)))
    reverse(manager, pay(manager, TODAY, (sale.notes[0], "100.00")), why="Pix devolvido")
    with transaction() as session:
        sales.cancel(session, manager, sale_id=sale.id, why="desistência", today=TODAY)


@pytest.mark.parametrize("role", ["seller", "manager"])
def test_only_an_administrator_reads_it(role: str) -> None:
    assert "Sem permissão" in told(open_app(role=role, page=PAGE))


def test_an_empty_log_says_so() -> None:
    assert "Nada foi gravado ainda" in told(open_app(role="admin", page=PAGE))


@pytest.mark.usefixtures("written")
def test_each_write_is_told_with_its_person_and_its_values(manager: Actor) -> None:
    page = told(open_app(role="admin", page=PAGE))
    for words in (
        "3 registros",
        "Cancelamento",
        f"· {manager.name}",
        "Total: R$ 300,00 · Motivo: desistência",
        "Valor: R$ 100,00 · Forma: Dinheiro · Motivo: Pix devolvido",
        "Notas: 000001-01/01 (R$ 100,00)",
    ):
        assert words in page
    assert "{" not in page


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"entity": "payment"}, "2 registros"),
        ({"action": "cancel"}, "1 registro,"),
        ({"number": "000001", "entity": "sale"}, "1 registro,"),
        ({"number": "1-1"}, "3 registros"),
        ({"person": "none"}, "Nenhum registro com esses filtros"),
        ({"from": "2000-01-01", "to": "2000-12-31"}, "Nenhum registro com esses filtros"),
        ({"person": "77", "action": "?", "from": "nunca", "to": "99999"}, "3 registros"),
        ({"number": "abc"}, "Digite só o número"),
    ],
)
def test_the_address_holds_the_filters_and_nonsense_is_ignored(
    query: dict[str, str], count: str
) -> None:
    assert count in told(open_app(role="admin", page=PAGE, query=query))


def test_a_long_log_is_paged_and_what_people_typed_stays_text() -> None:
    with transaction() as session:
        for number in range(31):
            entry = AuditEntry(
                actor_name="*Ana* [x](http://x)",
                action="edit",
                entity="customer",
                entity_id=number + 1,
                before={"name": "a$b$"},
                after={"name": f"**n{number}**"},
            )
            session.add(entry)
    app = open_app(role="admin", page=PAGE)
    assert "Cliente 31" not in app.texts
    assert app.texts.count("Nome") == 30
    assert "\\*\\*n30\\*\\*" in app.texts
    assert "\\[x\\]" in app.texts
    assert "n0" not in app.texts.replace("n30", "").replace("n10", "").replace("n20", "")
