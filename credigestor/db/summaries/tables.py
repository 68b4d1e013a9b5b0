"""The tables of the summaries; all money is R$ and principal unless it says otherwise.

A day in these tables means the state at its end. An infinite date means "not yet".
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from credigestor.db.models import Base, Money, Rate

_META = Base.metadata
Sum = Numeric(16, 2)


def _required(name: str, type_: object, **more: object) -> Column[object]:
    return Column(name, type_, nullable=False, **more)  # type: ignore[arg-type]


#: One row for every change of a sale not yet folded in; a sale may be there more than once.
stale_sales = Table(
    "stale_sales",
    _META,
    _required("sale_id", Integer),
    _required("marked_at", DateTime(timezone=True), server_default=func.now()),
    Index("ix_stale_sales_sale_id", "sale_id"),
)

#: The one row tells up to which day the tables that grow with the calendar are filled.
summary_state = Table(
    "summary_state",
    _META,
    _required("id", Integer, primary_key=True, server_default=text("1")),
    _required("closed_until", Date),
    CheckConstraint("id = 1", name="one_row"),
)

segments = Table(
    "segments",
    _META,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _required("kind", Text),
    _required("key", Text),
    UniqueConstraint("kind", "key"),
    CheckConstraint("kind IN ('all', 'seller', 'city', 'value')", name="kind"),
)

#: A sale as last folded in. `default_on`: when its first note is 30 days past due; `defaulted`:
#: whether that note was still unpaid then (R18). One in the place of older sales has `cohort_on`,
#: when the first of those was sold: it is no new business, and not judged (R15).
sale_facts = Table(
    "sale_facts",
    _META,
    _required("sale_id", Integer, primary_key=True, autoincrement=False),
    _required("customer_id", Integer),
    _required("segments", ARRAY(Integer)),
    _required("sold_on", Date),
    _required("cancelled_on", Date),
    _required("total", Money),
    _required("financed", Money),
    _required("installments", Integer),
    Column("default_on", Date),
    _required("defaulted", Boolean),
    Column("cohort_on", Date),
)

#: A state of a note as last folded in, from the day of its sale or of an act until the next.
#: `fine` is what is owed of it once the note is late; `paid_*` is the payment that led here, or
#: `act_*` what another act took off it, of the kind named, or a payment recovered (R34). Where
#: another due date was agreed, `original_due_date` is the one the note was made with (R32). Of a
#: sale in the place of older ones, `cohort_on` is as there; `inherited_days` how late the oldest of
#: the notes was that it replaced, which counts until `tried_on`, when so many of its notes were
#: paid that its risk is its own; `old_interest` and `old_fine` what of the payment were charges of
#: the old debt (R15).
note_facts = Table(
    "note_facts",
    _META,
    _required("note_id", Integer, primary_key=True, autoincrement=False),
    _required("act_id", Integer, primary_key=True, autoincrement=False),
    _required("sale_id", Integer),
    _required("customer_id", Integer),
    _required("segments", ARRAY(Integer)),
    _required("sold_on", Date),
    _required("due_date", Date),
    _required("on_time_until", Date),
    _required("free_until", Date),
    _required("late_rate", Rate),
    _required("valid_from", Date),
    _required("valid_to", Date),
    _required("principal", Money),
    _required("interest", Money),
    _required("fine", Money),
    _required("interest_from", Date),
    _required("paid_principal", Money),
    _required("paid_interest", Money),
    _required("paid_fine", Money),
    _required("discount", Money),
    Column("act_kind", Text),
    _required("act_principal", Money, server_default=text("0")),
    _required("act_interest", Money, server_default=text("0")),
    _required("act_fine", Money, server_default=text("0")),
    Column("original_due_date", Date),
    Column("cohort_on", Date),
    Column("inherited_days", Integer),
    _required("old_interest", Money, server_default=text("0")),
    _required("old_fine", Money, server_default=text("0")),
    Column("tried_on", Date),
    Index("ix_note_facts_sale_id", "sale_id"),
    Index("ix_note_facts_customer_id", "customer_id"),
    Index("ix_note_facts_renegotiated", "note_id", postgresql_where=text("cohort_on IS NOT NULL")),
    Index("ix_note_facts_open", "valid_to", postgresql_where=text("principal > 0")),
)


def _cube(
    name: str, keys: dict[str, object], measures: dict[str, object], *, grain: bool = False
) -> Table:
    """A table of changes: `grain` ones have a row for the day and one for its month ("d", "m")."""
    first = [_required("segment_id", Integer, primary_key=True, autoincrement=False)]
    if grain:
        first.append(_required("grain", Text, primary_key=True))
    return Table(
        name,
        _META,
        *first,
        *(_required(k, t, primary_key=True, autoincrement=False) for k, t in keys.items()),
        *(_required(k, t, server_default=text("0")) for k, t in measures.items()),
    )


#: Change of what stands in an aging band (its place in `rules.aging.BANDS`), and what was paid,
#: or given up (R34), while there. `due_days` sums the due dates as days since 2000-01-01 (R16).
#: `inherited` of it stands there by an old debt's lateness alone; `heirs` notes of those are not
#: late, and their due dates not summed (R15).
aging_changes = _cube(
    "aging_changes",
    {"day": Date, "band": SmallInteger},
    {
        "principal": Sum,
        "notes": Integer,
        "due_days": BigInteger,
        "paid": Sum,
        "inherited": Sum,
        "heirs": Integer,
        "lost": Sum,
    },
    grain=True,
)

#: Change of what is open of the notes due in a month, and what was paid of it in time or late, or
#: given up (R34).
#: `inherited` is not late, and counts as an old debt was (R15).
due_changes = _cube(
    "due_changes",
    {"day": Date, "due_month": Date},
    {
        "principal": Sum,
        "overdue": Sum,
        "notes": Integer,
        "on_time": Sum,
        "late": Sum,
        "inherited": Sum,
        "lost": Sum,
    },
    grain=True,
)

#: Change of what belongs to the sales of one month: financed, the whole open balance of those
#: with a note more than 30 or 90 days late by the dates that it was made with (R19), and by those
#: in force (R17, R32), and first notes at 30 days (R18).
cohort_changes = _cube(
    "cohort_changes",
    {"day": Date, "cohort": Date},
    {
        "sales": Integer,
        "financed": Sum,
        "over_30": Sum,
        "over_90": Sum,
        "contracts_over_30": Sum,
        "contracts_over_90": Sum,
        "reached": Integer,
        "unpaid": Integer,
    },
    grain=True,
)

#: What was sold and received on a day; sales count until the day they are cancelled on (R22), and
#: those in the place of older ones never.
flows = _cube(
    "flows",
    {"day": Date, "cancelled_on": Date},
    {
        "sales": Integer,
        "sold": Sum,
        "financed": Sum,
        "installments": Integer,
        "principal": Sum,
        "interest": Sum,
        "fine": Sum,
        "discount": Sum,
    },
)

#: What other acts than payments took off notes on a day, by kind, what was recovered, and what was
#: paid by credit; `renegotiated_in` is what notes in the place of older ones came to (R15).
act_flows = _cube(
    "act_flows",
    {"day": Date, "kind": Text},
    {"principal": Sum, "interest": Sum, "fine": Sum},
)

#: Late interest and fine that overdue notes owe at the end of a day (not a change).
charges = _cube("charges", {"day": Date}, {"interest": Sum, "fine": Sum})

#: Open principal at the end of a month (its first day is the key) of notes that are overdue then,
#: by the band of a month before: -1 for those sold since (R20). And what acts closed in the month
#: that is neither overdue nor paid, by the act's place in ENDED (R15, R30, R34).
RENEGOTIATED, RETURNED, LOST = -1, -2, -3
ENDED = {"renegotiation": RENEGOTIATED, "return": RETURNED, "write_off": LOST}
rolls = _cube(
    "rolls",
    {"month": Date, "from_band": SmallInteger, "to_band": SmallInteger},
    {"principal": Sum},
)

#: What became overdue in a month, and what of it was paid within so many days (R16).
RECOVERY_DAYS = (5, 15, 30, 60, 90)
recoveries = _cube(
    "recoveries", {"month": Date}, {"became": Sum, **{f"by_{d}": Sum for d in RECOVERY_DAYS}}
)

#: What a customer owes from one day until another, while it is more than nothing. The index by
#: amount finds the largest of any day: it is read from the top until enough rows hold that day.
customer_spans = Table(
    "customer_spans",
    _META,
    _required("customer_id", Integer, primary_key=True, autoincrement=False),
    _required("valid_from", Date, primary_key=True),
    _required("valid_to", Date),
    _required("receivable", Sum),
    _required("overdue", Sum),
    Index(
        "ix_customer_spans_receivable",
        text("receivable DESC"),
        "customer_id",
        "valid_from",
        "valid_to",
    ),
    Index(
        "ix_customer_spans_overdue",
        text("overdue DESC"),
        "customer_id",
        "valid_from",
        "valid_to",
        postgresql_where=text("overdue > 0"),
    ),
)

#: Change of the number of customers who owe anything, and of those with an overdue note.
debtor_changes = Table(
    "debtor_changes",
    _META,
    _required("day", Date, primary_key=True),
    _required("debtors", Integer, server_default=text("0")),
    _required("late", Integer, server_default=text("0")),
)

#: All that `services.summaries.rebuild` empties.
SUMMARIES = (
    stale_sales,
    sale_facts,
    note_facts,
    aging_changes,
    due_changes,
    cohort_changes,
    flows,
    act_flows,
    charges,
    rolls,
    recoveries,
    customer_spans,
    debtor_changes,
)
