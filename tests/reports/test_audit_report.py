"""The audit log as people read it: worded before and after, filtered, and as a file."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry
from credigestor.db.settings import LocalHoliday, SalePlan, ShopSettings
from credigestor.exports import audit_words
from credigestor.exports.catalogue import Order, Style
from credigestor.reports import audit
from credigestor.reports.audit import NOBODY, AuditFilters, Entry
from credigestor.rules.due_schedule import ScheduleKind
from credigestor.rules.permissions import Actor
from credigestor.services import customers, privacy, settings
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from tests.exports.exporting import rows_of
from tests.portfolio import TODAY, add_customer
from tests.services.paying import pay, reverse, sell

pytestmark = pytest.mark.usefixtures("db")

ZONE = "America/Sao_Paulo"


def read(filters: AuditFilters | None = None, **page: Any) -> list[Entry]:
    filters = filters or AuditFilters()
    with snapshot() as session:
        found = audit.entries(
            session, filters, time_zone=ZONE, **({"offset": 0, "limit": 100} | page)
        )
        if not page:
            assert audit.count(session, filters, time_zone=ZONE) == len(found)
    return found


def changes_of(entry: Entry) -> list[str]:
    with snapshot() as session:
        return audit_words.told(session, [entry.id])[entry.id]


def about(entry: Entry) -> str:
    return audit_words.about(entry.entity, entry.entity_id, entry.name)


def told(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    """What the log says of one entry with these."""
    with transaction() as session:
        session.add(
            AuditEntry(actor_name="Ana", action="edit", entity="shop", before=before, after=after)
        )
    return changes_of(read()[0])


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({"name": "Ana"}, {"name": "Ana Luz"}, "Nome: Ana → Ana Luz"),
        (
            {"credit_limit": None},
            {"credit_limit": "1234.5"},
            "Limite de crédito: — → R$\xa01.234,50",
        ),
        ({"birth_date": "1980-02-01"}, {"birth_date": None}, "Nascimento: 01/02/1980 → —"),
        ({"active": True}, {"active": False}, "Ativo: sim → não"),
        ({"role": "seller"}, {"role": "admin"}, "Perfil: Vendedor → Administrador"),
        ({"late_rate": "1"}, {"late_rate": "1.5000"}, "Juros de mora (% ao mês): 1 → 1,5"),
        (None, {"tax_id": "52998224725"}, "CPF ou CNPJ: 529.982.247-25"),
        (None, {"tax_id": "11222333000181"}, "CPF ou CNPJ: 11.222.333/0001-81"),
        (None, {"phone": "+5585988724443"}, "Telefone: (85) 98872-4443"),
        (None, {"phone": "+351912345678"}, "Telefone: +351912345678"),
        (None, {"zip_code": "60175055"}, "CEP: 60175-055"),
        (None, {"method": "pix"}, "Forma: Pix"),
        (None, {"payments": 13540}, "Pagamentos: 13.540"),
        (None, {"erased": ["name", "phone"]}, "Dados apagados: Nome, Telefone"),
        (None, {"remarks": "dia 5\nPix: R$ 10"}, "Observações: dia 5 Pix: R$ 10"),
        (None, {"seller_id": 77}, "Vendedor: nº 77"),
        (None, {"filters": {"status": "open"}}, "Só o que os filtros deixam: sim"),
        # what was erased, or is none of its kind, stands as it is
        ({"birth_date": "[apagado]"}, None, "Nascimento: [apagado]"),
        (None, {"credit_limit": "[apagado]"}, "Limite de crédito: [apagado]"),
        (None, {"items": "[apagado]"}, "Notas: [apagado]"),
    ],
)
def test_a_field_is_told_as_people_write_it(
    before: dict[str, Any] | None, after: dict[str, Any] | None, line: str
) -> None:
    assert told(before, after) == [line]


def test_what_is_the_same_before_and_after_or_empty_on_one_side_alone_is_left_out() -> None:
    same = {"name": "Ana", "active": True}
    assert told({**same, "role": "seller"}, {**same, "role": "manager"}) == [
        "Perfil: Vendedor → Gerente"
    ]
    assert told(None, {"name": "Ana", "remarks": None, "description": "", "filters": {}}) == [
        "Nome: Ana"
    ]
    assert told(None, None) == []
    assert told(None, {"name_folded": "ana", "unheard_of": 1}) == []


def test_a_payment_names_its_notes_and_its_customer_and_a_reversal_what_it_undid(
    manager: Actor,
) -> None:
    sale = sell(("300.00", date(2026, 1, 10)), ("80.00", date(2026, 2, 10)))
    payment = pay(manager, TODAY, (sale.notes[0], "100.00"), (sale.notes[1], "7.50"), method="pix")
    reverse(manager, payment, why="Pix devolvido")
    undone, made = read(AuditFilters(entity="payment"))
    assert about(made) == about(undone) == "Pagamento 000001"
    assert changes_of(made) == [
        "Cliente: Ana Luz",
        "Data do pagamento: 23/11/2026",
        "Valor: R$\xa0107,50",
        "Forma: Pix",
        "Notas: 000001-01/02 (R$\xa0100,00), 000001-02/02 (R$\xa07,50)",
    ]
    assert changes_of(undone) == [
        "Cliente: Ana Luz",
        "Data do pagamento: 23/11/2026",
        "Valor: R$\xa0107,50",
        "Forma: Pix",
        "Motivo: Pix devolvido",
        "Feito em: 23/11/2026",
    ]


def test_settings_tell_their_holidays_by_date(admin: Actor) -> None:
    holiday = LocalHoliday(day=date(2026, 12, 8), name="Padroeira")
    with transaction() as session:
        settings.change(session, admin, ShopSettings(local_holidays=(holiday,), backup_hour=None))
    [entry] = read()
    assert about(entry) == "Configurações"
    assert changes_of(entry) == [
        "Feriados locais: — → 08/12/2026 Padroeira",
        "Hora do backup diário: 3 → —",
    ]


def test_settings_tell_their_plans_of_sale(admin: Actor) -> None:
    weekly = SalePlan(name="Semanal", kind=ScheduleKind.DAYS, step=7, installments=8)
    two = SalePlan(name="10/40", kind=ScheduleKind.LIST, days=(10, 40))
    with transaction() as session:
        settings.change(session, admin, ShopSettings(sale_plans=(weekly, two)))
    [entry] = read()
    assert changes_of(entry) == [
        "Planos de venda: Quinzenal (A cada n dias 15), 5º dia útil (Dia útil 5), "
        "30/60/90 (Lista [30, 60, 90]) → Semanal (A cada n dias 7 8 parcelas), "
        "10/40 (Lista [10, 40])"
    ]


def test_of_an_anonymised_customer_the_log_tells_no_more_than_that(admin: Actor) -> None:
    given = parse(
        CustomerInput,
        {"name": "Zuleica Sá", "tax_id": "529.982.247-25", "phone": "(85) 98872-4443"},
    )
    with transaction() as session:
        made = customers.create(session, admin, given, operation_id=uuid.uuid4(), today=TODAY)
        privacy.anonymise(
            session,
            admin,
            customer_id=made,
            now=datetime(2026, 11, 23, tzinfo=UTC),
            today=TODAY,
        )
    entries = read()
    assert [entry.action for entry in entries] == ["anonymise", "create"]
    text = str(entries) + str([changes_of(entry) for entry in entries])
    assert "Dados apagados: Nome, CPF ou CNPJ, Telefone" in text
    assert "Zuleica" not in text
    assert "98872" not in text


@pytest.fixture
def log(db: str) -> None:
    """Four entries; the second one is of 23:30 at São Paulo, which is the next day in UTC."""
    with transaction() as session:
        add_customer(session, "=Ana")
        for at, actor_name, action, entity, number in (
            (datetime(2026, 11, 1, 12, tzinfo=UTC), "Ana", "create", "customer", 1),
            (datetime(2026, 11, 3, 2, 30, tzinfo=UTC), "Ana", "create", "sale", 7),
            (datetime(2026, 11, 3, 12, tzinfo=UTC), "Bia", "cancel", "sale", 7),
            (datetime(2026, 11, 4, 12, tzinfo=UTC), "linha de comando", "import", "shop", None),
        ):
            session.add(
                AuditEntry(
                    at=at, actor_name=actor_name, action=action, entity=entity, entity_id=number
                )
            )


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (AuditFilters(), [4, 3, 2, 1]),
        (AuditFilters(day_from=date(2026, 11, 3)), [4, 3]),
        (AuditFilters(day_to=date(2026, 11, 2)), [2, 1]),
        (AuditFilters(day_from=date(2026, 11, 2), day_to=date(2026, 11, 2)), [2]),
        (AuditFilters(action="create"), [2, 1]),
        (AuditFilters(entity="sale"), [3, 2]),
        (AuditFilters(number=7), [3, 2]),
        (AuditFilters(entity="customer", number=7), []),
        (AuditFilters(person=NOBODY), [4, 3, 2, 1]),
        (AuditFilters(person=99), []),
    ],
)
def test_the_filters_limit_the_log_by_the_days_of_the_shop(
    filters: AuditFilters, ids: list[int]
) -> None:
    assert [entry.id for entry in read(filters)] == ids


@pytest.mark.usefixtures("log")
def test_a_page_follows_the_one_before_it() -> None:
    assert [entry.id for entry in read(offset=1, limit=2)] == [3, 2]


@pytest.mark.usefixtures("log")
def test_the_file_has_the_rows_of_the_page_worded_alike_and_no_formula() -> None:
    rows = rows_of(
        Order.model_validate({"kind": "audit", "filters": AuditFilters(action="create")})
    )
    assert [(row["Quando"], row["Sobre"], row["Número"], row["Nome"]) for row in rows] == [
        ("02/11/2026 23:30", "Venda", "7", ""),
        ("01/11/2026 09:00", "Cliente", "1", "'=Ana"),
    ]
    assert {(row["Quem"], row["O quê"]) for row in rows} == {("Ana", "Registro")}
    plain = Order.model_validate({"kind": "audit", "style": Style.PLAIN, "filters": AuditFilters()})
    assert rows_of(plain)[-1]["Quem"] == "Ana"


def test_the_file_tells_the_changes_in_one_cell(admin: Actor) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(late_rate=Decimal("1.5"), grace_days=3))
    [row] = rows_of(Order.model_validate({"kind": "audit", "filters": AuditFilters()}))
    assert row["Antes → depois"] == "Juros de mora (% ao mês): 1 → 1,5; Carência (dias): 0 → 3"
