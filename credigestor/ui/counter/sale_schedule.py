"""When a new sale's notes fall due (R33): by a plan of the shop's, monthly, by days, or a list.

The list is an editable table of texts, dates and money as people write them: typed, added to,
or pasted from a spreadsheet; each row is read strictly and refused by its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from credigestor.db.settings import SalePlan, ShopSettings
from credigestor.errors import InvalidInput
from credigestor.rules.calendar import HolidayRules, default_first_due, months_on
from credigestor.rules.days_after import format_days_after, listed_after, parse_days_after
from credigestor.rules.due_schedule import (
    SCHEDULE_NAMES,
    STEPS,
    Schedule,
    ScheduleKind,
    check_step,
    nth_business_day,
    row_field,
)
from credigestor.rules.installments import MAX_INSTALLMENTS, parse_count
from credigestor.ui.counter.listed_rows import read_rows, told
from credigestor.ui.kit import forms, keyboard, messages
from credigestor.ui.kit.live_form import LiveForm

#: A list that is typed as days after the sale.
AFTER = "after"
_LIST = str(ScheduleKind.LIST)
WAYS = {str(kind): name for kind, name in SCHEDULE_NAMES.items() if kind != _LIST}
WAYS |= {AFTER: "Prazos", _LIST: SCHEDULE_NAMES[ScheduleKind.LIST]}
_STEP_LABELS = {
    ScheduleKind.DAYS: "De quantos em quantos dias",
    ScheduleKind.BUSINESS_DAY: "Qual dia útil do mês",
}
#: Rows of the table that wait to be typed into.
_EMPTY_ROWS = 3
_COLUMNS = ("due_date", "amount")
#: Rows whose messages find their place: more than a sale may have are refused at the first.
_MOST_ROWS = MAX_INSTALLMENTS + 1


@dataclass(frozen=True)
class Asked:
    """What was typed: the schedule, and the notes' number and first due date where it needs them.

    `schedule` is None while it cannot be read or is not there yet.
    """

    schedule: Schedule | None = None
    count: int | None = None
    first_due: date | None = None

    @property
    def is_whole(self) -> bool:
        """Whether notes can be planned from it."""
        return self.schedule is not None and (self.schedule.is_list or self.count is not None)


def typed(
    draft: LiveForm,
    settings: ShopSettings,
    sold_on: date,
    *,
    financed: Decimal | None,
    no_notes: bool,
) -> Asked:
    """Draw what tells the due dates; `financed` is R$, None while it is not known.

    How many and from when come first: whoever sells month by month goes past nothing else.
    """
    counted_place = st.container()
    way = st.segmented_control(
        "Vencimentos",
        list(WAYS),
        default=str(ScheduleKind.MONTHLY),
        required=True,
        format_func=WAYS.__getitem__,
        key=_key(draft, "way"),
        persist_state="session",
    )
    if not no_notes:
        _plans(draft, settings)
    if way != ScheduleKind.LIST:
        _leave_table(draft)
    if way == AFTER:
        return Asked(_after(draft, sold_on, no_notes=no_notes))
    kind = ScheduleKind(way or ScheduleKind.MONTHLY)
    if kind is ScheduleKind.LIST:
        return Asked(_listed(draft, financed, no_notes=no_notes))
    step = _step(draft, kind, no_notes=no_notes) if kind in STEPS else None
    with counted_place:
        count, first_due = _counted(
            draft, _suggested(kind, step, sold_on, settings.holiday_rules), no_notes=no_notes
        )
    if kind in STEPS and step is None:
        return Asked()
    return Asked(Schedule(kind, step), count, first_due)


def _plans(draft: LiveForm, settings: ShopSettings) -> None:
    if not settings.sale_plans:
        return
    with st.container(horizontal=True, gap="small"):
        for place, plan in enumerate(settings.sale_plans, 1):
            st.button(
                messages.plain(plan.name),
                key=draft.key(f"plan:{place}"),
                shortcut=f"Alt+{place}",
                help=messages.plain(plan.told),
                on_click=_take,
                args=(draft, plan),
            )


def _take(draft: LiveForm, plan: SalePlan) -> None:
    """Fill in what a plan says, into inputs that are new.

    Whatever else is on its way from the browser, as what was typed a moment before, brings the
    values of the inputs that were there: it must not undo the plan.
    """
    kept = st.session_state
    forms.renew(draft.key("due"))
    if plan.kind is ScheduleKind.LIST:
        kept[_key(draft, "way")] = AFTER
        kept[_key(draft, "after")] = format_days_after(plan.days)
    else:
        kept[_key(draft, "way")] = str(plan.kind)
    if plan.step is not None:
        kept[_key(draft, str(plan.kind))] = str(plan.step)
    if plan.installments is not None:
        forms.renew(draft.key("installments"))
        kept[forms.key(draft.key("installments"))] = str(plan.installments)
    first_due = forms.key(draft.key("first_due_date"))
    if kept.get(first_due) == kept.get(f"{first_due}:default"):
        forms.renew(draft.key("first_due_date"))


def _key(draft: LiveForm, name: str) -> str:
    """Key of an input that a plan fills in."""
    return f"{forms.key(draft.key('due'))}:{name}"


def _counted(draft: LiveForm, suggested: date, *, no_notes: bool) -> tuple[int | None, date | None]:
    """How many notes, and when the first one falls due."""
    left, right = st.columns(2)
    with left:
        count = draft.typed(
            "installments",
            "Parcelas",
            parse_count,
            needed="" if no_notes else "parcelas",
            placeholder=f"1 a {MAX_INSTALLMENTS}",
            key=forms.key(draft.key("installments")),
        )
    with right:
        return count, _first_due_field(draft, suggested)


def _step(draft: LiveForm, kind: ScheduleKind, *, no_notes: bool) -> int | None:
    return draft.typed(
        "schedule_step",
        _STEP_LABELS[kind],
        partial(_parse_step, kind),
        needed="" if no_notes else _STEP_LABELS[kind].lower(),
        placeholder="{} a {}".format(*STEPS[kind]),
        key=_key(draft, str(kind)),
    )


def _parse_step(kind: ScheduleKind, text: str) -> int:
    digits = text.strip()
    step = int(digits[:9]) if digits.isascii() and digits.isdigit() else None
    check_step(kind, step)
    return step or 0


def _suggested(kind: ScheduleKind, step: int | None, sold_on: date, holidays: HolidayRules) -> date:
    """A month after the sale, the step's days after it, or that business day of the next month."""
    if kind is ScheduleKind.DAYS and step:
        return sold_on + timedelta(days=step)
    if kind is ScheduleKind.BUSINESS_DAY and step:
        try:
            return nth_business_day(months_on(sold_on, 1), step, holidays)
        except InvalidInput:
            return default_first_due(sold_on)  # the plan says what is wrong
    return default_first_due(sold_on)


def _first_due_field(draft: LiveForm, suggested: date) -> date | None:
    """The first due date: what is suggested, also when that changes, until one is set."""
    key = forms.key(draft.key("first_due_date"))
    before = f"{key}:default"
    kept = st.session_state
    survived = before not in kept and forms.sent(key)  # the browser outlived the server
    if not survived and kept.get(key) in (None, kept.get(before)):
        kept[key] = suggested
    kept[before] = suggested
    chosen = forms.date_field("Primeiro vencimento", None, key=key, persist_state="session")
    draft.fields.slot("first_due_date")
    return chosen


def _after(draft: LiveForm, sold_on: date, *, no_notes: bool) -> Schedule | None:
    days = draft.typed(
        "days_after",
        "Dias depois da venda",
        parse_days_after,
        needed="" if no_notes else "dias depois da venda",
        placeholder="30/60/90",
        key=_key(draft, "after"),
    )
    _row_slots(draft, len(days or ()))
    draft.fields.slot("schedule")
    return listed_after(days, sold_on) if days else None


def _listed(draft: LiveForm, financed: Decimal | None, *, no_notes: bool) -> Schedule | None:
    """The editable table; what it says of the amounts stands below it."""
    st.caption(
        "Uma linha por parcela, digitada ou colada de uma planilha. O valor vazio é calculado. "
        "Enter na linha vazia do fim abre outra; Shift+Espaço e Delete tiram a linha."
    )
    rows = _table(draft)
    _row_slots(draft, len(rows))
    draft.fields.slot("schedule")
    if not rows:
        if not no_notes:
            draft.missing.append("vencimentos da lista")
        return None
    listed = draft.check(partial(read_rows, rows))
    if listed is None:
        return None
    st.caption(messages.plain(told(listed, financed)))
    return Schedule(ScheduleKind.LIST, listed=listed)


def _table(draft: LiveForm) -> list[tuple[str, str]]:
    """Draw the table and give its rows as typed, without the empty ones at its end.

    What it began with must not change while it lives, or the browser's edits would count twice;
    after it was left they are gone, and it begins with what it had: as another table, since a run
    that is ended by the next one does not tell which of the two the browser shows.
    """
    name, kept = draft.key("list"), st.session_state
    if f"{name}:left" in kept:
        forms.renew(name)
        del kept[f"{name}:left"]
    key = forms.key(name)
    begins, had = f"{key}:begins", f"{name}:rows"
    if key not in kept or begins not in kept:
        rows = kept.get(had, [])
        kept[begins] = [*rows, *[("", "")] * max(_EMPTY_ROWS - len(rows), 1)]
    with st.container(key=keyboard.TABLE):
        edited = st.data_editor(
            pd.DataFrame(kept[begins], columns=list(_COLUMNS), dtype="str"),
            column_config={
                "due_date": st.column_config.TextColumn(
                    "Vencimento", help="Dia, mês e ano, como 23/11/2026"
                ),
                "amount": st.column_config.TextColumn(
                    "Valor (R$)", help="Como 1.234,56; vazio, é calculado"
                ),
            },
            num_rows="dynamic",
            hide_index=True,
            placeholder="",
            width="stretch",
            key=key,
        )
    rows = [
        (_text(due), _text(amount))
        for due, amount in edited[list(_COLUMNS)].itertuples(index=False)
    ]
    while rows and rows[-1] == ("", ""):
        rows.pop()
    kept[had] = rows
    return rows


def _leave_table(draft: LiveForm) -> None:
    name, kept = draft.key("list"), st.session_state
    if f"{name}:rows" in kept:
        kept[f"{name}:left"] = True


def _text(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _row_slots(draft: LiveForm, count: int) -> None:
    """The places of the rows' messages, below the table."""
    for row in range(1, min(count, _MOST_ROWS) + 1):
        for name in _COLUMNS:
            draft.fields.slot(row_field(row, name))
