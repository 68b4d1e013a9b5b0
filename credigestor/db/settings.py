"""The shop's settings: their shape, and the version in force."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from credigestor.db.models import SettingsVersion
from credigestor.errors import InvalidInput
from credigestor.rules.calendar import HolidayRules
from credigestor.rules.charges import MAX_FINE_RATE
from credigestor.rules.days_after import format_days_after
from credigestor.rules.document_choices import ReceiptFormat, SaleDocument
from credigestor.rules.due_schedule import ScheduleKind, told
from credigestor.rules.installments import MAX_RATE as MAX_RATE
from credigestor.rules.installments import RATE_PLACES as RATE_PLACES
from credigestor.rules.money import MAX_MONEY
from credigestor.rules.reminder import DEFAULT as DEFAULT_TEXT
from credigestor.rules.reminder import MAX_TEMPLATE

DEFAULT_TIME_ZONE = "America/Sao_Paulo"
#: Brazil's time zones, as a shop may choose them.
TIME_ZONES = (
    "America/Sao_Paulo",
    "America/Bahia",
    "America/Fortaleza",
    "America/Recife",
    "America/Maceio",
    "America/Belem",
    "America/Araguaina",
    "America/Santarem",
    "America/Campo_Grande",
    "America/Cuiaba",
    "America/Manaus",
    "America/Porto_Velho",
    "America/Boa_Vista",
    "America/Rio_Branco",
    "America/Noronha",
)

_VERSIONS = SettingsVersion.__table__.c
#: SELECT of the time zone in force; no row, or null, for the default one.
TIME_ZONE = select(_VERSIONS.data["time_zone"].astext).order_by(_VERSIONS.id.desc()).limit(1)


class LocalHoliday(BaseModel):
    """A date that the shop entered itself, and its name."""

    model_config = ConfigDict(frozen=True)
    day: date
    name: str = ""


class SalePlan(BaseModel):
    """A schedule that the shop uses often, by its name (R33): what it says is filled in by one key.

    A plan of kind `list` has its dates by `days` after the sale; `installments` may stay open.
    """

    model_config = ConfigDict(frozen=True)
    name: str
    kind: ScheduleKind
    step: int | None = None
    days: tuple[int, ...] = ()
    installments: int | None = None

    @property
    def told(self) -> str:
        """What it says, in words."""
        if self.kind is ScheduleKind.LIST:
            return f"{format_days_after(self.days)} dias após a venda"
        count = f"{self.installments} parcelas " if self.installments else ""
        return f"{count}{told(self.kind, self.step)}"


#: What a shop starts with; it may take them away.
USUAL_PLANS = (
    SalePlan(name="Quinzenal", kind=ScheduleKind.DAYS, step=15),
    SalePlan(name="5º dia útil", kind=ScheduleKind.BUSINESS_DAY, step=5),
    SalePlan(name="30/60/90", kind=ScheduleKind.LIST, days=(30, 60, 90)),
)


class ShopSettings(BaseModel):
    """One version of the settings; rates in percent (late and contract: a month), days as int.

    The fine may not pass 2 % (R6); a late rate above 1 % is allowed and warned of (R7). Rates
    have at most four decimals, as sales keep them (R5).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    shop_name: str = ""
    legal_name: str = ""
    tax_id: str = ""
    phone: str = ""
    email: str = ""
    zip_code: str = ""
    street: str = ""
    street_number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    #: State of the shop's address (two letters); its holidays count when `state_holidays` is set.
    state: str = ""
    pix_key: str = ""
    time_zone: str = DEFAULT_TIME_ZONE
    late_rate: Annotated[Decimal, Field(ge=0, le=MAX_RATE, decimal_places=RATE_PLACES)] = Decimal(1)
    fine_rate: Annotated[Decimal, Field(ge=0, le=MAX_FINE_RATE, decimal_places=RATE_PLACES)] = (
        Decimal(2)
    )
    grace_days: Annotated[int, Field(ge=0, le=60)] = 0
    contract_rate: Annotated[Decimal, Field(ge=0, le=MAX_RATE, decimal_places=RATE_PLACES)] = (
        Decimal(0)
    )
    #: Offered on a new sale, in this order.
    sale_plans: tuple[SalePlan, ...] = USUAL_PLANS
    #: Days back that a seller may date a payment; further needs a manager and a reason (R11).
    backdating_days: Annotated[int, Field(ge=0, le=3650)] = 7
    #: What of late charges a seller may let go beside a payment, R$; more needs a manager (R29).
    waiver_limit: Annotated[Decimal, Field(ge=0, le=MAX_MONEY, decimal_places=2)] = Decimal(0)
    #: How many days after it was first due a seller may put a note off; a manager more (R32).
    new_date_limit_days: Annotated[int, Field(ge=0, le=365)] = 0
    #: A renegotiation is broken when a note of it is more days late than these (R15).
    deal_broken_days: Annotated[int, Field(ge=0, le=365)] = 15
    state_holidays: bool = False
    carnival: bool = False
    corpus_christi: bool = False
    local_holidays: tuple[LocalHoliday, ...] = ()
    #: Hour of the daily backup, shop's time; None makes none by itself.
    backup_hour: Annotated[int, Field(ge=0, le=23)] | None = 3
    #: How many backups are kept: the last of each of so many days, weeks and months.
    backups_daily: Annotated[int, Field(ge=1, le=366)] = 7
    backups_weekly: Annotated[int, Field(ge=0, le=520)] = 5
    backups_monthly: Annotated[int, Field(ge=0, le=240)] = 12
    #: Printed at the foot of every document.
    document_footer: Annotated[str, Field(max_length=200)] = ""
    #: A clause of the shop's own, printed with the conditions of booklet, contract and proposal.
    document_clause: Annotated[str, Field(max_length=600)] = ""
    #: By which a customer is reminded of what is owed; its fields are `rules.reminder.FIELDS`.
    whatsapp_text: Annotated[str, Field(max_length=MAX_TEMPLATE)] = DEFAULT_TEXT
    #: SHA-256 of the image in `logos` that heads the documents; empty for none.
    logo: str = ""
    #: What is offered first after a sale, and after a payment.
    sale_document: SaleDocument = SaleDocument.NOTES
    receipt_format: ReceiptFormat = ReceiptFormat.ONE
    #: How many receipts a printing gives, and whether one comes by itself after a payment.
    receipt_copies: Annotated[int, Field(ge=1, le=5)] = 1
    receipt_prints_itself: bool = False
    #: Whether the list that leads a new shop was put away before all of it was done.
    first_steps_hidden: bool = False
    #: Years after a customer's last business in which their data must be kept (R28).
    retention_years: Annotated[int, Field(ge=5, le=30)] = 5

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in TIME_ZONES:
            raise InvalidInput("Fuso horário desconhecido.", field="time_zone")
        return value

    @property
    def holiday_rules(self) -> HolidayRules:
        """What counts as a holiday for this shop (R4)."""
        return HolidayRules(
            state=self.state or None if self.state_holidays else None,
            carnival=self.carnival,
            corpus_christi=self.corpus_christi,
            local=frozenset(holiday.day for holiday in self.local_holidays),
        )


def bounds(name: str) -> tuple[int, int]:
    """The least and the greatest that a setting, a whole number, may be."""
    return _limit(name, "ge"), _limit(name, "le")


def longest(name: str) -> int:
    """How many characters a text among the settings may have."""
    return _limit(name, "max_length")


def _limit(name: str, kind: str) -> int:
    said = ShopSettings.model_fields[name].metadata
    found: int = next(getattr(each, kind) for each in said if hasattr(each, kind))
    return found


def newest_settings() -> Select[*tuple[dict[str, Any]]]:
    """SELECT of the newest version's data; no row while none was saved."""
    return select(SettingsVersion.data).order_by(SettingsVersion.id.desc()).limit(1)


def current_settings(session: Session) -> ShopSettings:
    """The settings in force; the defaults while none was saved."""
    return ShopSettings.model_validate(session.scalar(newest_settings()) or {})


def settings_at(session: Session, moment: datetime) -> ShopSettings:
    """The settings that were in force at a moment; the defaults while none was saved."""
    then = newest_settings().where(SettingsVersion.changed_at <= moment)
    return ShopSettings.model_validate(session.scalar(then) or {})
