"""Webhooks: a note is settled once it was paid, and a sale names the renegotiation it came of

A note that was returned whole, renegotiated or written off owes nothing and is not settled; one that
was written off is once all of it was recovered. Events written before stay as they were.

Revision: 0033, after 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_SETTLED = (
    "{0}.settled_on IS NOT NULL AND ({0}.closed IS NULL"
    " OR ({0}.closed = 'written_off' AND {0}.written_off = 0))"
)
_TOLD = "current_setting('credigestor.untold', true) IS DISTINCT FROM 'on'"

#: What `webhook_data` says, and what instead.
_REWORDED = {
    "'sold_on', s.sold_on, 'total', s.total::text)": "'sold_on', s.sold_on, 'total', s.total::text,"
    " 'renegotiation_id', (SELECT r.id FROM renegotiations r WHERE r.sale_id = s.id))",
    "jsonb_build_object('settled_on', n.settled_on)": "jsonb_build_object('settled_on',"
    " CASE WHEN n.closed IS NULL THEN n.settled_on ELSE n.last_paid_on END,"
    " 'recovered', n.closed IS NOT NULL)",
    "(n.settled_on IS NOT NULL) = (event = 'note.settled')": "CASE WHEN event = 'note.settled'"
    f" THEN {_SETTLED.format('n')} ELSE n.settled_on IS NULL END",
}


def upgrade() -> None:
    source = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef('webhook_data(text, integer)'::regprocedure)")
    )
    for said, instead in _REWORDED.items():
        assert source.count(said) == 1, said
        source = source.replace(said, instead)
    op.execute(sa.text(source.replace(":", r"\:")))
    op.execute("DROP TRIGGER notes_settled_webhooks ON notes")
    op.execute(
        "CREATE CONSTRAINT TRIGGER notes_settled_webhooks"
        " AFTER UPDATE OF settled_on, closed, written_off ON notes"
        f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({_TOLD}"
        f" AND NOT ({_SETTLED.format('OLD')}) AND {_SETTLED.format('NEW')})"
        " EXECUTE FUNCTION tell_webhooks('note.settled')"
    )
