"""The shop's settings: the version in force, and a new one made of what is sent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import (
    Answer,
    Body,
    Day,
    Money,
    MoneyIn,
    Rate,
    RateIn,
    examples,
    integer,
    one_of,
)
from credigestor.api.operations import Operations
from credigestor.api.versions import Change, Seen
from credigestor.db.engine import snapshot
from credigestor.db.models import SettingsVersion
from credigestor.db.settings import (
    TIME_ZONES,
    bounds,
    current_settings,
)
from credigestor.reports.settings_history import LABELS
from credigestor.rules.document_choices import ReceiptFormat, SaleDocument
from credigestor.rules.due_schedule import ScheduleKind
from credigestor.rules.installments import MAX_INSTALLMENTS
from credigestor.rules.permissions import Permission
from credigestor.services import settings as services
from credigestor.services.settings_inputs import MAX_HOLIDAY, MAX_PLAN_NAME, MAX_PLANS, cleaned

router = Operations("/settings", "Configurações")

_DAYS = "Dias depois da venda em que cada parcela vence (`list`)."
_Typed = Annotated[str, Field(default_factory=str, max_length=200)]


def _between(name: str) -> Any:
    """A whole number within the setting's bounds."""
    least, most = bounds(name)
    return Field(default_factory=int, ge=least, le=most)


def _rate_of(name: str) -> Any:
    return Field(default_factory=Decimal, description=LABELS[name])


class Holiday(Body):
    """A date on which the shop does not open."""

    day: Day
    name: Annotated[str, Field(max_length=MAX_HOLIDAY)] = ""


class NewSalePlan(Body):
    """A schedule that the shop uses often; one of kind `list` has its `days` after the sale."""

    name: Annotated[str, Field(max_length=MAX_PLAN_NAME)]
    kind: ScheduleKind
    step: Annotated[int, BeforeValidator(integer)] | None = None
    days: Annotated[
        tuple[Annotated[int, BeforeValidator(integer)], ...],
        Field(max_length=MAX_INSTALLMENTS, description=_DAYS),
    ] = ()
    installments: Annotated[int, BeforeValidator(integer)] | None = None


class SettingsChange(Body):
    """What is to change of the settings: only what is sent changes; empty texts are none.

    Existing sales and notes keep what they were made with. The logo is chosen on the page.
    """

    model_config = examples(
        {"late_rate": "1.0", "fine_rate": "2.0", "grace_days": 3, "backup_hour": 3}
    )

    shop_name: _Typed
    legal_name: _Typed
    tax_id: _Typed
    phone: _Typed
    email: _Typed
    zip_code: _Typed
    street: _Typed
    street_number: _Typed
    complement: _Typed
    district: _Typed
    city: _Typed
    state: _Typed
    pix_key: _Typed
    time_zone: Annotated[str, *one_of(TIME_ZONES), Field(default_factory=str)]
    late_rate: Annotated[RateIn, _rate_of("late_rate")]
    fine_rate: Annotated[RateIn, _rate_of("fine_rate")]
    grace_days: Annotated[int, _between("grace_days"), BeforeValidator(integer)]
    contract_rate: Annotated[RateIn, _rate_of("contract_rate")]
    backdating_days: Annotated[int, _between("backdating_days"), BeforeValidator(integer)]
    waiver_limit: Annotated[MoneyIn, Field(default_factory=Decimal)]
    new_date_limit_days: Annotated[int, _between("new_date_limit_days"), BeforeValidator(integer)]
    deal_broken_days: Annotated[int, _between("deal_broken_days"), BeforeValidator(integer)]
    state_holidays: Annotated[StrictBool, Field(default_factory=bool)]
    carnival: Annotated[StrictBool, Field(default_factory=bool)]
    corpus_christi: Annotated[StrictBool, Field(default_factory=bool)]
    local_holidays: Annotated[list[Holiday], Field(default_factory=list, max_length=1000)]
    sale_plans: Annotated[list[NewSalePlan], Field(default_factory=list, max_length=MAX_PLANS)]
    backup_hour: Annotated[int, Field(ge=0, le=23), BeforeValidator(integer)] | None = None
    backups_daily: Annotated[int, _between("backups_daily"), BeforeValidator(integer)]
    backups_weekly: Annotated[int, _between("backups_weekly"), BeforeValidator(integer)]
    backups_monthly: Annotated[int, _between("backups_monthly"), BeforeValidator(integer)]
    document_footer: Annotated[str, Field(default_factory=str, max_length=1000)]
    document_clause: Annotated[str, Field(default_factory=str, max_length=1000)]
    whatsapp_text: Annotated[str, Field(default_factory=str, max_length=2000)]
    sale_document: Annotated[SaleDocument, Field(default_factory=lambda: SaleDocument.NOTES)]
    receipt_format: Annotated[ReceiptFormat, Field(default_factory=lambda: ReceiptFormat.ONE)]
    receipt_copies: Annotated[int, _between("receipt_copies"), BeforeValidator(integer)]
    receipt_prints_itself: Annotated[StrictBool, Field(default_factory=bool)]
    first_steps_hidden: Annotated[StrictBool, Field(default_factory=bool)]
    retention_years: Annotated[int, _between("retention_years"), BeforeValidator(integer)]


class HolidayShown(Answer):
    """A local holiday."""

    day: date
    name: str


class SalePlanShown(Answer):
    """A schedule that the shop uses often."""

    name: str
    kind: ScheduleKind
    step: int | None
    days: Annotated[list[int], Field(description=_DAYS)]
    installments: int | None


class Settings(Answer):
    """The settings in force; rates in percent (a month, but for the fine).

    `version` and what stands beside it are null while the defaults are in force; `backup_hour` of
    null makes none by itself; `logo` is the SHA-256 of its image.
    """

    version: int | None
    changed_at: datetime | None
    changed_by: str | None
    shop_name: str
    legal_name: str
    tax_id: str
    phone: str
    email: str
    zip_code: str
    street: str
    street_number: str
    complement: str
    district: str
    city: str
    state: str
    pix_key: str
    time_zone: str
    late_rate: Rate
    fine_rate: Rate
    grace_days: int
    contract_rate: Rate
    backdating_days: int
    waiver_limit: Money
    new_date_limit_days: int
    deal_broken_days: int
    state_holidays: bool
    carnival: bool
    corpus_christi: bool
    local_holidays: list[HolidayShown]
    sale_plans: list[SalePlanShown]
    backup_hour: int | None
    backups_daily: int
    backups_weekly: int
    backups_monthly: int
    document_footer: str
    document_clause: str
    whatsapp_text: str
    logo: str
    sale_document: SaleDocument
    receipt_format: ReceiptFormat
    receipt_copies: int
    receipt_prints_itself: bool
    first_steps_hidden: bool
    retention_years: int


@router.reads("", Permission.SETTINGS, "As configurações em vigor", versioned=Settings)
def read(seen: Seen) -> Response:
    """The version in force."""
    with snapshot() as session:
        return seen(_shown(session))


@router.changes("", Permission.SETTINGS, "Mudar as configurações", answers=Settings)
def change(call: Caller, change: Change, data: SettingsChange) -> Response:
    """Put a new version in force."""

    def act(session: Session) -> None:
        sent = {name: getattr(data, name) for name in data.model_fields_set}
        changes = cleaned(sent, labels=LABELS)
        whole = current_settings(session).model_copy(update=changes)
        services.change(session, call.actor, whole)

    return change(data, act, lock=services.lock, shown=_shown)


def _shown(session: Session) -> Settings:
    newest = session.execute(
        select(
            SettingsVersion.id.label("version"),
            SettingsVersion.changed_at,
            SettingsVersion.changed_by_name.label("changed_by"),
        )
        .order_by(SettingsVersion.id.desc())
        .limit(1)
    ).one_or_none()
    told: dict[str, Any] = dict.fromkeys(("version", "changed_at", "changed_by"))
    if newest is not None:
        told = newest._asdict()
    return Settings.model_validate({**vars(current_settings(session)), **told})
