"""What a file is asked for with: the filters of the page that has its button."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from credigestor.api.fields import Body, Day, Id, IdOrNone, Words, examples, one_of
from credigestor.api.handed import Way
from credigestor.api.notes import Band
from credigestor.api.sales import ValueRange
from credigestor.exports import audit_words
from credigestor.exports.catalogue import TABLES, Style
from credigestor.reports.audit import AuditFilters
from credigestor.reports.closings import ChangeFilters
from credigestor.reports.customers import CustomerFilters
from credigestor.reports.delinquency import DelinquencyFilters
from credigestor.reports.note_filters import OPEN, NoteFilters
from credigestor.reports.payments import PaymentFilters
from credigestor.reports.sale_money import MoneyFilters
from credigestor.reports.sales import SaleFilters
from credigestor.reports.scope import Scope
from credigestor.reports.search import MAX_QUERY
from credigestor.rules.aging import BANDS, Status
from credigestor.rules.methods import Method

_Q = Annotated[Words, Field(max_length=MAX_QUERY, examples=["luz"])]
_Status = Annotated[str, *one_of([*map(str, Status), OPEN])]


class ListFile(Body):
    """How a list is written; it is asked for with the filters of its page."""

    style: Style = Field(Style.PLAIN, description="`excel` abre com dois cliques no Excel.")


class CustomersFile(ListFile):
    """The list of customers, with what each owes today."""

    model_config = examples({"q": "luz", "active": True, "style": "plain"})

    q: _Q = ""
    active: StrictBool | None = None
    overdue: StrictBool = False

    def filters(self) -> CustomerFilters:
        """What the report takes."""
        return CustomerFilters(self.q, self.active, self.overdue)


class SalesFile(ListFile):
    """The list of sales, at a date."""

    model_config = examples(
        {"sold_from": "2026-10-01", "sold_to": "2026-10-31", "cancelled": False}
    )

    as_of: Day | None = None
    q: _Q = ""
    seller: IdOrNone | None = None
    city: Words | None = None
    value: ValueRange | None = None
    sold_from: Day | None = None
    sold_to: Day | None = None
    cancelled: StrictBool | None = None

    def filters(self) -> SaleFilters:
        """What the report takes."""
        return SaleFilters(
            self.q,
            self.seller,
            self.city,
            self.value,
            self.sold_from,
            self.sold_to,
            self.cancelled,
        )


class NotesFile(ListFile):
    """The list of notes, with what each owes at a date."""

    model_config = examples(
        {"status": "overdue", "band": BANDS[2:4], "city": "Fortaleza", "as_of": "2026-10-31"}
    )

    as_of: Day | None = None
    q: _Q = ""
    status: _Status | None = None
    band: Annotated[tuple[Band, ...], Field(max_length=len(BANDS))] = ()
    customer_id: Id | None = None
    seller: IdOrNone | None = None
    city: Words | None = None
    value: ValueRange | None = None
    due_from: Day | None = None
    due_to: Day | None = None
    sold_from: Day | None = None
    sold_to: Day | None = None
    first: Literal["1", "30"] | None = None
    contract_over: Annotated[int | None, Field(ge=0, le=3650, strict=True)] = None
    late_from: Day | None = None
    late_to: Day | None = None

    def filters(self) -> NoteFilters:
        """What the report takes."""
        return NoteFilters(
            self.status,
            self.band,
            self.customer_id,
            self.seller,
            self.city,
            self.value,
            self.due_from,
            self.due_to,
            self.sold_from,
            self.sold_to,
            int(self.first) if self.first else None,
            self.contract_over,
            self.late_from,
            self.late_to,
            self.q,
        )


class PaymentsFile(ListFile):
    """The list of payments, with what each went to."""

    model_config = examples(
        {"paid_from": "2026-10-01", "paid_to": "2026-10-31", "method": "pix", "style": "excel"}
    )

    q: _Q = ""
    paid_from: Day | None = None
    paid_to: Day | None = None
    method: Method | None = None
    customer_id: Id | None = None
    received_by: Id | None = None
    reversed: StrictBool | None = None

    def filters(self) -> PaymentFilters:
        """What the report takes."""
        return PaymentFilters(
            self.paid_from,
            self.paid_to,
            self.method,
            self.customer_id,
            self.received_by,
            self.reversed,
            self.q,
        )


class SaleMoneyFile(ListFile):
    """The list of down payments, received and handed back."""

    model_config = examples({"moved_from": "2026-10-01", "moved_to": "2026-10-31"})

    q: _Q = ""
    moved_from: Day | None = None
    moved_to: Day | None = None
    method: Way | None = None
    kind: Literal["down", "refund"] | None = None
    customer_id: Id | None = None
    done_by: Id | None = None

    def filters(self) -> MoneyFilters:
        """What the report takes."""
        return MoneyFilters(
            self.moved_from,
            self.moved_to,
            self.method,
            self.kind,
            self.customer_id,
            self.done_by,
            self.q,
        )


class ClosingChangesFile(ListFile):
    """What was recorded or undone in closed days since they were closed."""

    model_config = examples({"dated_from": "2026-10-01", "dated_to": "2026-10-31"})

    dated_from: Day | None = None
    dated_to: Day | None = None

    def filters(self) -> ChangeFilters:
        """What the report takes."""
        return ChangeFilters(self.dated_from, self.dated_to)


class DelinquencyFile(ListFile):
    """Who is late at a date, and how to reach them."""

    model_config = examples({"as_of": "2026-10-31", "band": BANDS[-1:]})

    as_of: Day | None = None
    seller: IdOrNone | None = None
    city: Words | None = None
    value: ValueRange | None = None
    band: Annotated[tuple[Band, ...], Field(max_length=len(BANDS))] = ()
    due_from: Day | None = None
    due_to: Day | None = None

    def filters(self) -> DelinquencyFilters:
        """What the report takes."""
        scope = Scope(self.seller, self.city, self.value)
        return DelinquencyFilters(scope, self.band, self.due_from, self.due_to)


class AuditFile(ListFile):
    """The audit log, each entry with what was there before and after."""

    model_config = examples({"day_from": "2026-10-01", "action": "reverse", "entity": "payment"})

    day_from: Day | None = None
    day_to: Day | None = None
    person: IdOrNone | None = None
    action: Annotated[str, *one_of(list(audit_words.ACTIONS))] | None = None
    entity: Annotated[str, *one_of(list(audit_words.ENTITIES))] | None = None
    number: Id | None = None

    def filters(self) -> AuditFilters:
        """What the report takes."""
        return AuditFilters(
            self.day_from, self.day_to, self.person, self.action, self.entity, self.number
        )


class WholeFile(ListFile):
    """A whole table, or all of them in a ZIP; notes and who is late as of a date."""

    model_config = examples({"kind": "notes", "as_of": "2026-10-31"})

    kind: Annotated[str, *one_of([*TABLES, "everything"])]
    as_of: Day | None = None
