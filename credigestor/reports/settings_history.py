"""The versions of the settings: when, who, and what changed, in the words of the settings page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.models import Logo, SettingsVersion
from credigestor.db.settings import ShopSettings
from credigestor.rules.calendar import format_date
from credigestor.rules.document_choices import RECEIPT_FORMAT_NAMES, SALE_DOCUMENT_NAMES
from credigestor.rules.identity import format_cep, format_phone, format_tax_id
from credigestor.rules.money import format_number

#: What each setting is called, on its form and in the history.
LABELS = {
    "shop_name": "Nome da loja",
    "legal_name": "Razão social",
    "tax_id": "CNPJ ou CPF",
    "phone": "Telefone",
    "email": "E-mail",
    "zip_code": "CEP",
    "street": "Logradouro",
    "street_number": "Número",
    "complement": "Complemento",
    "district": "Bairro",
    "city": "Cidade",
    "state": "UF",
    "pix_key": "Chave Pix",
    "time_zone": "Fuso horário",
    "late_rate": "Juros de mora (% ao mês)",
    "fine_rate": "Multa por atraso (%)",
    "grace_days": "Carência (dias)",
    "contract_rate": "Juros do contrato (% ao mês)",
    "sale_plans": "Planos de venda",
    "backdating_days": "Pagamento retroativo (dias)",
    "new_date_limit_days": "Prorrogação por vendedor (dias)",
    "waiver_limit": "Dispensa de encargos por vendedor (R$)",
    "deal_broken_days": "Acordo quebrado depois de (dias de atraso)",
    "state_holidays": "Feriados do estado",
    "carnival": "Carnaval sem expediente",
    "corpus_christi": "Corpus Christi sem expediente",
    "local_holidays": "Feriados locais",
    "backup_hour": "Hora do backup diário",
    "backups_daily": "Backups guardados: dias",
    "backups_weekly": "Backups guardados: semanas",
    "backups_monthly": "Backups guardados: meses",
    "retention_years": "Guarda de dados pessoais (anos)",
    "document_footer": "Rodapé dos documentos",
    "document_clause": "Cláusula da loja",
    "whatsapp_text": "Texto do WhatsApp",
    "logo": "Logotipo",
    "sale_document": "Documento oferecido depois da venda",
    "receipt_format": "Formato do recibo",
    "receipt_copies": "Cópias do recibo",
    "receipt_prints_itself": "Imprimir o recibo automaticamente",
    "first_steps_hidden": "Primeiros passos escondidos",
}
#: Those that are kept as digits, or as a word of the code.
_SHOWN: dict[str, Callable[[Any], str]] = {
    "tax_id": format_tax_id,
    "phone": format_phone,
    "zip_code": format_cep,
    "sale_plans": lambda plans: "; ".join(f"{plan.name} ({plan.told})" for plan in plans),
    "waiver_limit": format_number,
    "sale_document": SALE_DOCUMENT_NAMES.__getitem__,
    "receipt_format": RECEIPT_FORMAT_NAMES.__getitem__,
}
COLUMNS = ("version", "at", "who", "field", "old", "new")


def settings_history(session: Session, *, time_zone: str, limit: int = 200) -> pd.DataFrame:
    """One row per changed setting of the newest `limit` versions, the newest first.

    Columns: version, at (in the shop's time zone), who, field, old and new, all worded. The
    first version is compared with the defaults. A logo is told by its number: "imagem 2".
    """
    images = {name: f"imagem {id_}" for name, id_ in session.execute(select(Logo.sha256, Logo.id))}
    rows = session.execute(
        select(
            SettingsVersion.id,
            SettingsVersion.changed_at,
            SettingsVersion.changed_by_name,
            SettingsVersion.data,
            func.lag(SettingsVersion.data).over(order_by=SettingsVersion.id),
        )
        .order_by(SettingsVersion.id.desc())
        .limit(limit)
    )
    zone = ZoneInfo(time_zone)
    changes = [
        (version, at.astimezone(zone), who, *change)
        for version, at, who, after, before in rows
        for change in _changes(before or {}, after, images)
    ]
    return pd.DataFrame(changes, columns=list(COLUMNS))


def _changes(
    before: dict[str, Any], after: dict[str, Any], images: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    old, new = _read(before), _read(after)
    shown: dict[str, Callable[[Any], str]] = {
        **_SHOWN,
        "logo": lambda name: images.get(name, "imagem"),
    }
    for name, label in LABELS.items():
        values = getattr(old, name), getattr(new, name)
        if values[0] != values[1]:
            show = shown.get(name, worded)
            was, became = (show(value) if value else worded(value) for value in values)
            yield label, was, became


def _read(data: dict[str, Any]) -> ShopSettings:
    """A version; what no longer makes sense in it, as an old backup may bring it, is left out."""
    try:
        return ShopSettings.model_validate(data)
    except ValidationError as error:
        wrong = {each["loc"][0] for each in error.errors()}
        return ShopSettings.model_validate({k: v for k, v in data.items() if k not in wrong})


def worded(value: Any) -> str:
    """A setting's value as people write it: Sim or Não, 1,5, dates with their names; — if empty."""
    if isinstance(value, bool):
        return "Sim" if value else "Não"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", ",")
    if isinstance(value, tuple):
        return "; ".join(f"{format_date(item.day)} {item.name}".strip() for item in value) or "—"
    return "—" if value is None else str(value) or "—"
