"""What somebody typed or sent for the settings, as it is kept: one reading for page and API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

from credigestor.db.settings import LocalHoliday, SalePlan, longest
from credigestor.errors import InvalidInput, InvalidInputs
from credigestor.rules import identity, reminder
from credigestor.rules.address import LENGTHS
from credigestor.rules.calendar import check_date_range
from credigestor.rules.charges import MAX_FINE_RATE
from credigestor.rules.days_after import check_days_after
from credigestor.rules.due_schedule import ScheduleKind, check_step
from credigestor.rules.installments import check_count
from credigestor.rules.pix_key import kind_of, parse_pix_key
from credigestor.services.inputs import text

#: Characters of a local holiday's name.
MAX_HOLIDAY = 60
#: Plans of sale that a shop may have, each with a key of its own, and the characters of a name.
MAX_PLANS, MAX_PLAN_NAME = 9, 30
#: Who the shop is; all but its name may stay empty.
IDENTITY: dict[str, Callable[[str], str]] = {
    "shop_name": partial(identity.parse_name, field="shop_name"),
    "legal_name": partial(identity.parse_name, field="legal_name"),
    "tax_id": partial(identity.parse_tax_id, field="tax_id"),
    "phone": identity.parse_phone,
    "email": identity.parse_email,
    "zip_code": partial(identity.parse_cep, field="zip_code"),
    "state": identity.parse_uf,
    "pix_key": lambda typed: parse_pix_key(kind_of(typed.strip()), typed),
}
_DOCUMENTS = ("document_footer", "document_clause")


class Holiday(Protocol):
    """A date that the shop enters itself, and its name."""

    @property
    def day(self) -> date: ...
    @property
    def name(self) -> str: ...


def cleaned(sent: Mapping[str, Any], *, labels: Mapping[str, str]) -> dict[str, Any]:
    """These settings as they are kept; what needs no reading comes back as it is.

    `labels` says what each is called. Raises InvalidInputs naming every wrong one.
    """
    values, errors = {}, {}
    for name, value in sent.items():
        try:
            values[name] = _read(name, value, labels)
        except InvalidInput as error:
            errors[error.field or name] = error.message
    if errors:
        raise InvalidInputs(errors)
    return values


def fine_rate(rate: Decimal) -> Decimal:
    """Give the rate back; InvalidInput above the law's 2 % (R6)."""
    if rate > MAX_FINE_RATE:
        raise InvalidInput(
            "A multa não pode passar de 2 % (Código de Defesa do Consumidor, art. 52, §1º).",
            field="fine_rate",
        )
    return rate


def reminder_text(typed: str) -> str:
    """A template of the text that reminds customers; the usual one where nothing is left.

    Raises InvalidInput for a text that is too long, or a field that there is not.
    """
    name = "whatsapp_text"
    kept = text(typed.replace("\r\n", "\n"), field=name, maximum=longest(name), label="Texto")
    reminder.check_template(kept, field=name)
    return kept or reminder.DEFAULT


def holidays(
    sent: Iterable[Holiday], *, day: str = "day", name: str = "name"
) -> tuple[LocalHoliday, ...]:
    """Local holidays in their order; InvalidInput (fields `day`, `name`) for a day given twice."""
    found: dict[date, LocalHoliday] = {}
    for each in sent:
        check_date_range(each.day, day)
        if each.day in found:
            raise InvalidInput("Este dia já está na lista.", field=day)
        told = text(each.name, field=name, maximum=MAX_HOLIDAY, label="Nome")
        found[each.day] = LocalHoliday(day=each.day, name=told)
    return tuple(found[each] for each in sorted(found))


def plan_field(place: int, name: str) -> str:
    """The field of the plan at a place, counted from 0, as errors name it.

    >>> plan_field(0, "step")
    'sale_plans/0/step'
    """
    return f"sale_plans/{place}/{name}"


def sale_plans(sent: Iterable[SalePlan]) -> tuple[SalePlan, ...]:
    """Plans of sale in their order; InvalidInput at the first that makes no sense (R33)."""
    found: list[SalePlan] = []
    for place, each in enumerate(sent):
        field = partial(plan_field, place)
        if place == MAX_PLANS:
            raise InvalidInput(f"São no máximo {MAX_PLANS} planos.", field=field("name"))
        name = text(each.name, field=field("name"), maximum=MAX_PLAN_NAME, label="Nome")
        if not name:
            raise InvalidInput("Dê um nome ao plano.", field=field("name"))
        if name.casefold() in (other.name.casefold() for other in found):
            raise InvalidInput("Já há um plano com este nome.", field=field("name"))
        check_step(each.kind, each.step, field=field("step"))
        if each.kind is ScheduleKind.LIST:
            check_days_after(each.days, field=field("days"))
        elif each.days:
            raise InvalidInput("Só uma lista tem dias depois da venda.", field=field("days"))
        if each.installments is not None:
            _check_count(each, field("installments"))
        found.append(each.model_copy(update={"name": name}))
    return tuple(found)


def _check_count(plan: SalePlan, field: str) -> None:
    if plan.kind is ScheduleKind.LIST:
        raise InvalidInput("Os prazos já dizem quantas parcelas são.", field=field)
    try:
        check_count(plan.installments or 0)
    except InvalidInput as error:
        raise InvalidInput(error.message, field=field) from error


def _read(name: str, value: Any, labels: Mapping[str, str]) -> Any:
    if name in IDENTITY:
        return "" if not value.strip() and name != "shop_name" else IDENTITY[name](value)
    if name in LENGTHS:
        return text(value, field=name, maximum=LENGTHS[name], label=labels[name])
    if name in _DOCUMENTS:  # in one paragraph: documents break its lines themselves
        line = " ".join(value.split())
        return text(line, field=name, maximum=longest(name), label=labels[name])
    if name == "whatsapp_text":
        return reminder_text(value)
    if name == "fine_rate":
        return fine_rate(value)
    if name == "sale_plans":
        return sale_plans(SalePlan.model_validate(each, from_attributes=True) for each in value)
    if name == "local_holidays":
        return holidays(value, day=name, name=name)
    return value
