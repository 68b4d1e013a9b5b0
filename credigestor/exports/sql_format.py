"""What stands in a cell, as SQL: PostgreSQL writes the file, Python only hands it on.

The forms are those of the pages (`rules.identity`, `rules.numbering`, `csv_format.guard`); tests
compare the two through PostgreSQL. Dates need nothing: DateStyle and TimeZone, set by `prepare`,
write them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from credigestor.db.models import Customer
from credigestor.db.settings import current_settings
from credigestor.exports.csv_format import CONTROLS, FORMULA_SIGNS, UNSEEN, guard
from credigestor.rules.countries import countries
from credigestor.rules.identity import ANONYMISED, ANONYMISED_PREFIX, UNREAD, format_phone
from credigestor.rules.methods import METHOD_NAMES, NAMES

Expression = ColumnElement[Any] | Any


class Style(StrEnum):
    """For whom a CSV file is written; a formula is disarmed for both."""

    EXCEL = "excel"  # Brazilian Excel: UTF-8 with BOM, `;`, decimal comma, dd/mm/yyyy, sim/não
    PLAIN = "plain"  # programs: UTF-8, `,`, decimal point, ISO dates, true/false


#: What the server writes dates with, the separator, the decimal sign, the words for a boolean,
#: and what the file begins with.
DATE_STYLES = {Style.EXCEL: "SQL, DMY", Style.PLAIN: "ISO, YMD"}
SEPARATORS = {Style.EXCEL: ";", Style.PLAIN: ","}
POINTS = {Style.EXCEL: ",", Style.PLAIN: "."}
YES_NO = {Style.EXCEL: ("sim", "não"), Style.PLAIN: ("true", "false")}
BEGINNINGS = {Style.EXCEL: "\ufeff", Style.PLAIN: ""}


@dataclass(frozen=True)
class CellWriter:
    """How one file is written: its style, the date it tells of and the shop's day."""

    session: Session
    style: Style
    as_of: date
    today: date

    def prepare(self) -> None:
        """Make this transaction's server write dates and times in this cells."""
        zone = current_settings(self.session).time_zone
        for name, value in (("DateStyle", DATE_STYLES[self.style]), ("TimeZone", zone)):
            self.session.execute(select(func.set_config(name, value, True)))

    def text(self, value: Expression) -> ColumnElement[str]:
        """A text that somebody typed, as `csv_format.guard` would leave it."""
        first = func.left(func.ltrim(value, UNSEEN), 1)
        return case(
            # Most begin with a letter: that is seen at once, a look behind blanks takes its time.
            (func.ascii(value).between(ord("A"), ord("z")), value),
            (first.in_([*CONTROLS, *FORMULA_SIGNS]), func.concat("'", value)),
            else_=value,
        )

    def number(self, value: Expression) -> ColumnElement[Any]:
        """A number with its decimals; of a whole number the type alone would do."""
        if self.style is Style.PLAIN:
            return cast(value, Text)
        return func.replace(cast(value, Text), ".", POINTS[self.style])

    def rate(self, value: Expression) -> ColumnElement[Any]:
        """A percentage without zeros at its end."""
        return self.number(func.trim_scale(value))

    def owed(self, value: Expression) -> ColumnElement[str]:
        """R$ that are never missing, and mostly zero: a zero counted in SQL has no cents."""
        return func.coalesce(self.number(func.nullif(value, 0)), self.zero)

    @property
    def zero(self) -> str:
        """R$ of nothing."""
        return f"0{POINTS[self.style]}00"

    def yes_no(self, value: Expression) -> ColumnElement[str]:
        """A boolean in words."""
        yes, no = YES_NO[self.style]
        return case((value.is_(None), None), (value, yes), else_=no)

    def moment(self, value: Expression) -> ColumnElement[str]:
        """A time stamp in the shop's zone: to the minute for people, to the second for programs."""
        if self.style is Style.EXCEL:
            return func.to_char(value, "DD/MM/YYYY HH24:MI")
        return cast(func.date_trunc("second", value), Text)

    def word(self, value: Expression, words: Mapping[Any, str]) -> ColumnElement[str]:
        """What people call a value that is one of a few."""
        return case({str(key): word for key, word in words.items()}, value=value)

    def way(self, value: Expression) -> ColumnElement[str]:
        """How money was handed over: "Pix", or "Dinheiro 40,00 + Pix 47,48" (R36)."""
        told: ColumnElement[Any] = func.replace(value, ".", POINTS[self.style])
        for method, name in METHOD_NAMES.items():
            told = func.replace(told, f"{method} ", f"{name} ")
        return case(NAMES, value=value, else_=told)

    def phone(self, value: Expression) -> ColumnElement[str]:
        """As `rules.identity.format_phone`; how other countries write theirs, no SQL knows."""
        brazilian = func.concat(
            "(",
            func.substr(value, 4, 2),
            ") ",
            func.substr(value, 6, func.char_length(value) - 9),
            "-",
            func.right(value, 4),
        )
        foreign = cast(literal(json.dumps(self._foreign_phones), Text), JSONB)
        return case(
            (value.startswith("+55"), brazilian),
            else_=func.coalesce(foreign.op("->>", return_type=Text())(value), self.text(value)),
        )

    def phone_of(self, customer: Any) -> ColumnElement[str]:
        """As `rules.identity.phone_shown`."""
        marked = self.text(customer.phone_text) + UNREAD
        return func.coalesce(self.phone(customer.phone), marked)

    @cached_property
    def _foreign_phones(self) -> dict[str, str]:
        first, second = Customer.phone, Customer.second_phone
        phones = union(*(select(each).where(~each.startswith("+55")) for each in (first, second)))
        return {
            phone: guard(format_phone(phone)) for phone in self.session.scalars(phones) if phone
        }


def country(code: Expression) -> ColumnElement[str]:
    """As `rules.countries.country_name`."""
    names = cast(literal(json.dumps(countries()), Text), JSONB)
    return func.coalesce(names.op("->>", return_type=Text())(code), code)


def tax_id(number: Expression) -> ColumnElement[str]:
    """As `rules.identity.format_tax_id`."""

    def part(first: int, count: int) -> ColumnElement[str]:
        return func.substr(number, first, count)

    of_person = func.char_length(number) == 11
    return case(
        (and_(of_person, number.startswith(ANONYMISED_PREFIX)), ANONYMISED),
        (of_person, func.concat(part(1, 3), ".", part(4, 3), ".", part(7, 3), "-", part(10, 2))),
        else_=func.concat(
            part(1, 2), ".", part(3, 3), ".", part(6, 3), "/", part(9, 4), "-", part(13, 2)
        ),
    )


def cep(number: Expression) -> ColumnElement[str]:
    """As `rules.identity.format_cep`."""
    return func.substr(number, 1, 5).concat("-").concat(func.substr(number, 6))


def sale_number(sale_id: Expression) -> ColumnElement[str]:
    """As `rules.numbering.sale_number`, and `receipt_number`."""
    return _padded(sale_id, 6)


def note_number(sale_id: Expression, number: Expression, count: Expression) -> ColumnElement[str]:
    """As `rules.numbering.note_number`."""
    return sale_number(sale_id).concat(_padded(number, 2, "-")).concat(_padded(count, 2, "/"))


def of_customer(cells: CellWriter, customer_id: Expression) -> FromClause:
    """Code, name and CPF or CNPJ of the customer of a row, to be joined to it.

    A subquery that is not taken apart, so that the server words each customer once, and keeps
    what it worded, however many notes there are.
    """
    return (
        select(
            Customer.id,
            cells.text(Customer.name).label("name"),
            tax_id(Customer.tax_id).label("tax_id"),
        )
        .where(Customer.id == customer_id)
        .offset(0)
        .lateral("customer")
    )


def _padded(value: Expression, width: int, before: str = "") -> ColumnElement[str]:
    """Zeros by comparing: lpad takes three times as long."""
    zeros = ((value < 10**digits, before + "0" * (width - digits)) for digits in range(1, width))
    return case(*zeros, else_=before).concat(cast(value, Text))
