"""Webhooks: where events go, the events, and the tries; triggers that write them

Revision: 0011, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def _tables() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_until", _MOMENT, nullable=True),
        sa.Column("off_cause", sa.Text(), nullable=True),
        sa.Column("off_at", _MOMENT, nullable=True),
        sa.Column("overdue_told", sa.Date(), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("cardinality(events) > 0", name=op.f("ck_webhook_endpoints_events")),
        sa.CheckConstraint(
            "off_cause IN ('person', 'gone', 'failing')",
            name=op.f("ck_webhook_endpoints_off_cause"),
        ),
        sa.CheckConstraint(
            "(off_cause IS NULL) = (off_at IS NULL)", name=op.f("ck_webhook_endpoints_off")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column(
            "message_id",
            postgresql.UUID(as_uuid=True),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
        ),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("delivered_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_events_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
    )
    op.create_index(
        "ix_webhook_events_waiting",
        "webhook_events",
        ["endpoint_id", "customer_id", "id"],
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_index("ix_webhook_events_endpoint_id", "webhook_events", ["endpoint_id", "id"])
    op.create_index("ix_webhook_events_at", "webhook_events", ["at"])
    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["webhook_events.id"],
            name=op.f("fk_webhook_attempts_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
    )
    op.create_index(op.f("ix_webhook_attempts_event_id"), "webhook_attempts", ["event_id"])


_NUMBER = "lpad({0}::text, greatest({1}, length({0}::text)), '0')"
_SALE, _PAYMENT = _NUMBER.format("s.id", 6), _NUMBER.format("p.id", 6)
_NOTE = (
    f"{_SALE} || '-' || {_NUMBER.format('n.number', 2)} || '/' || "
    f"{_NUMBER.format('s.installments', 2)}"
)

# Ids, numbers, days and amounts, and no text that a person typed. As a string, since what is
# written out in SQL would hang on the tables, and a restore could not drop them.
_DATA = f"""
CREATE FUNCTION webhook_data(event text, row_id integer) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF event IN ('sale.created', 'sale.cancelled') THEN
        RETURN (
            SELECT jsonb_build_object('sale_id', s.id, 'number', {_SALE},
                'customer_id', s.customer_id, 'sold_on', s.sold_on, 'total', s.total::text)
                || CASE WHEN event = 'sale.cancelled'
                    THEN jsonb_build_object('cancelled_on', s.cancelled_on)
                    ELSE jsonb_build_object('seller_id', s.seller_id,
                        'down_payment', s.down_payment::text, 'notes', coalesce((
                            SELECT jsonb_agg(jsonb_build_object('note_id', n.id, 'number', {_NOTE},
                                'due_date', n.due_date, 'amount', n.amount::text)
                                ORDER BY n.number)
                            FROM notes n WHERE n.sale_id = s.id), '[]')) END
            FROM sales s WHERE s.id = row_id);
    ELSIF event IN ('payment.received', 'payment.reversed') THEN
        RETURN (
            SELECT jsonb_build_object('payment_id', p.id, 'number', {_PAYMENT},
                'customer_id', p.customer_id, 'paid_on', p.paid_on, 'method', p.method,
                'amount', p.amount::text, 'notes', (
                    SELECT jsonb_agg(jsonb_build_object('note_id', n.id, 'number', {_NOTE},
                        'sale_id', s.id, 'amount', i.amount::text) || CASE
                        WHEN event = 'payment.reversed' THEN '{{}}'
                        ELSE jsonb_build_object('principal', i.principal::text,
                            'interest', i.interest::text, 'fine', i.fine::text,
                            'discount', i.discount::text) END ORDER BY n.id)
                    FROM payment_items i JOIN notes n ON n.id = i.note_id
                    JOIN sales s ON s.id = n.sale_id WHERE i.payment_id = p.id))
                || CASE WHEN event = 'payment.reversed'
                    THEN jsonb_build_object('reversed_on', r.reversed_on) ELSE '{{}}' END
            FROM payments p LEFT JOIN reversals r ON r.payment_id = p.id
            WHERE CASE WHEN event = 'payment.reversed' THEN r.id ELSE p.id END = row_id);
    ELSE  -- of a note, which something else in the same transaction may have changed again
        RETURN (
            SELECT jsonb_build_object('note_id', n.id, 'number', {_NOTE}, 'sale_id', s.id,
                'customer_id', n.customer_id, 'due_date', n.due_date, 'amount', n.amount::text)
                || CASE WHEN event = 'note.settled'
                    THEN jsonb_build_object('settled_on', n.settled_on)
                    ELSE jsonb_build_object('overdue_since', n.on_time_until + 1,
                        'principal', n.principal_balance::text) END
            FROM notes n JOIN sales s ON s.id = n.sale_id
            WHERE n.id = row_id AND n.cancelled_on IS NULL
                AND (n.settled_on IS NOT NULL) = (event = 'note.settled'));
    END IF;
END $$
"""

# A note that a reversal opens again is overdue from that moment if its day to be told has passed;
# the row is locked so that this day cannot just be passing, in another transaction.
_TELL = """
CREATE FUNCTION tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM webhook_endpoints WHERE off_cause IS NULL AND TG_ARGV[0] = ANY(events)
    ) THEN
        RETURN NULL;
    END IF;
    IF TG_ARGV[0] = 'note.overdue' THEN
        PERFORM FROM webhook_endpoints WHERE off_cause IS NULL AND TG_ARGV[0] = ANY(events)
        FOR SHARE;
    END IF;
    INSERT INTO webhook_events (endpoint_id, type, customer_id, data)
    SELECT p.id, TG_ARGV[0], (told.data ->> 'customer_id')::integer, told.data
    FROM webhook_endpoints p
    CROSS JOIN LATERAL (SELECT webhook_data(TG_ARGV[0], NEW.id) AS data) told
    WHERE p.off_cause IS NULL AND TG_ARGV[0] = ANY(p.events) AND told.data IS NOT NULL
        AND (TG_ARGV[0] <> 'note.overdue'
            OR (told.data ->> 'overdue_since')::date <= p.overdue_told)
    ORDER BY p.id;
    RETURN NULL;
END $$
"""

_TRIGGERS = (
    ("sales", "created", "INSERT", "sale.created", None),
    (
        *("sales", "cancelled", "UPDATE OF cancelled_on", "sale.cancelled"),
        "OLD.cancelled_on IS NULL AND NEW.cancelled_on IS NOT NULL",
    ),
    ("payments", "received", "INSERT", "payment.received", None),
    ("reversals", "reversed", "INSERT", "payment.reversed", None),
    (
        *("notes", "settled", "UPDATE OF settled_on", "note.settled"),
        "OLD.settled_on IS NULL AND NEW.settled_on IS NOT NULL",
    ),
    (
        *("notes", "opened", "UPDATE OF settled_on", "note.overdue"),
        "OLD.settled_on IS NOT NULL AND NEW.settled_on IS NULL",
    ),
)


def upgrade() -> None:
    _tables()
    op.execute(_DATA)
    op.execute(_TELL)
    # At the commit: then a sale has its notes, and a payment its items. What is imported sets the
    # variable, and no row of it waits for the commit.
    for table, name, when, event, where in _TRIGGERS:
        told = "current_setting('credigestor.untold', true) IS DISTINCT FROM 'on'"
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_{name}_webhooks AFTER {when} ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            f"WHEN ({f'{told} AND {where}' if where else told}) "
            f"EXECUTE FUNCTION tell_webhooks('{event}')"
        )
