"""Names are searched without their apostrophes, and by their words

Revision: 0012, after 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    # As `rules.identity.fold` has it now: D'Ávila was d'avila, and is davila.
    op.execute(
        """
        UPDATE customers
        SET name_folded = btrim(regexp_replace(replace(name_folded, '''', ''), ' +', ' ', 'g'))
        WHERE name_folded LIKE '%''%'
        """
    )
    op.create_index(
        "ix_customers_words",
        "customers",
        [sa.text("string_to_array(translate(name_folded, '-.', '  '), ' ')")],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
