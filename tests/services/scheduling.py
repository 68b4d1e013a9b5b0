"""Sales of every kind of schedule (R33), made by the service."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from credigestor.rules.due_schedule import MONTHLY, ListedNote, Schedule, ScheduleKind
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.portfolio import TODAY, add_customer
from tests.services.selling import new_sale

FORTNIGHTLY = Schedule(ScheduleKind.DAYS, 15)
PAYDAY = Schedule(ScheduleKind.BUSINESS_DAY, 5)
SOLD = TODAY - timedelta(days=200)


def listed(*rows: tuple[date, str | None]) -> Schedule:
    """A free list of dates, with amounts where they were agreed on."""
    return Schedule(
        ScheduleKind.LIST,
        listed=tuple(ListedNote(day, Decimal(typed) if typed else None) for day, typed in rows),
    )


def add_schedules(session: Session, actor: Actor) -> dict[str, int]:
    """A sale of each kind with and without interest, of one customer; their ids by a word."""
    customer = add_customer(session)
    days = [SOLD + timedelta(days=each) for each in (30, 31, 100)]
    kinds = {
        "monthly": MONTHLY,
        "fortnightly": FORTNIGHTLY,
        "payday": PAYDAY,
        "computed": listed(*((day, None) for day in days)),
        "partly": listed((days[0], "400.00"), (days[1], None), (days[2], None)),
    }
    asked = {
        f"{name}_{rate}": new_sale(
            customer,
            sold_on=SOLD,
            installments=4,
            first_due_date=SOLD + timedelta(days=15),
            schedule=schedule,
            contract_rate=Decimal(rate),
        )
        for name, schedule in kinds.items()
        for rate in (0, 2)
    }
    agreed = listed((days[0], "700.00"), (days[2], "350.00"))
    asked["agreed"] = new_sale(customer, sold_on=SOLD, schedule=agreed)
    return {name: sales.register(session, actor, sale, today=SOLD) for name, sale in asked.items()}
