"""The shop's schema as the server's own catalogue tells it, and as this revision makes it.

`catalogue.json` is what the migrations make on an empty schema; `tests/db/test_catalogue.py`
compares, and tells how to write it anew after a migration. Names of the connected schema are
said without it, so that one that leads elsewhere is seen.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

FILE = Path(__file__).with_name("catalogue.json")

#: Kind ("table", "column", "constraint" …) → name → what the server says of it.
Catalogue = dict[str, dict[str, str]]

_OURS = "c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"

# One row a thing: its kind, its name (after the table's and a dot) and its definition, in which
# whatever makes it idle (not validated, switched off) stands too.
_THINGS = text(rf"""
SELECT 'table' AS kind, c.relname::text AS name,
    concat_ws(' ', 'table', CASE c.relpersistence WHEN 'p' THEN NULL ELSE 'unlogged' END,
        CASE WHEN c.relrowsecurity THEN 'row security' END) AS definition
FROM pg_class c WHERE {_OURS}
UNION ALL
SELECT 'column', c.relname || '.' || a.attname,
    concat_ws(' ', format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN 'not null' END,
        'default ' || pg_get_expr(d.adbin, d.adrelid),
        CASE a.attidentity WHEN 'd' THEN 'identity' WHEN 'a' THEN 'identity always' END,
        CASE WHEN a.attgenerated <> '' THEN 'generated' END)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE {_OURS} AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', c.relname || '.' || k.conname,
    pg_get_constraintdef(k.oid, true) || CASE WHEN EXISTS (
        SELECT FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O'
    ) THEN ' DISABLED' ELSE '' END || CASE WHEN EXISTS (
        SELECT FROM pg_index i WHERE i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
            AND NOT (i.indisvalid AND i.indisready)
    ) THEN ' INVALID' ELSE '' END
FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
WHERE {_OURS} AND k.contype IN ('c', 'p', 'u', 'f', 'x')
UNION ALL
SELECT CASE WHEN i.indisunique THEN 'unique index' ELSE 'index' END,
    c.relname || '.' || x.relname, pg_get_indexdef(i.indexrelid, 0, true)
        || CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' INVALID' END
FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
WHERE {_OURS} AND NOT EXISTS (
    SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'trigger', c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid, true)
    || CASE WHEN t.tgenabled = 'O' THEN '' ELSE ' DISABLED' END
FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE {_OURS} AND NOT t.tgisinternal
UNION ALL
SELECT 'rule', c.relname || '.' || r.rulename, pg_get_ruledef(r.oid, true)
FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE {_OURS}
UNION ALL
SELECT 'sequence', s.relname::text, concat_ws(' ', format_type(q.seqtypid, NULL),
    'by ' || q.seqincrement, 'from ' || q.seqmin, 'to ' || q.seqmax,
    CASE WHEN q.seqcycle THEN 'cycle' END, 'of ' || c.relname)
FROM pg_sequence q JOIN pg_class s ON s.oid = q.seqrelid
LEFT JOIN pg_depend d ON d.objid = q.seqrelid AND d.classid = 'pg_class'::regclass
    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class c ON c.oid = d.refobjid
WHERE s.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'function', p.oid::regprocedure::text,
    concat_ws(' ', l.lanname, p.provolatile, p.proparallel,
        CASE WHEN p.prosecdef THEN 'security definer' END,
        CASE WHEN p.proisstrict THEN 'strict' END, array_to_string(p.proconfig, ' '),
        'returns ' || pg_get_function_result(p.oid),
        regexp_replace(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), '\s+', ' ', 'g'))
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = current_schema()::regnamespace
ORDER BY 1, 2
""")  # noqa: S608 - of constants alone

_COUNTED = text("""
SELECT c.relname::text AS table, a.attname::text AS column,
    pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS sequence
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    AND a.attnum > 0 AND NOT a.attisdropped
    AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
ORDER BY 1
""")


def read(session: Session) -> Catalogue:
    """What the connected schema holds; Alembic's own table is left out."""
    found: Catalogue = {}
    for row in session.execute(_THINGS):
        if row.name.partition(".")[0] != "alembic_version":
            found.setdefault(row.kind, {})[row.name] = row.definition
    return found


@cache
def expected() -> Catalogue:
    """What the migrations make, as the file holds it."""
    made: Catalogue = json.loads(FILE.read_text(encoding="utf-8"))
    return made


def sequences_behind(session: Session) -> list[tuple[str, str, int]]:
    """Tables whose next id is taken already: each with its sequence and the largest id.

    The next row would be refused, again and again, until the sequence has caught up.
    """
    behind = []
    for table, column, sequence in session.execute(_COUNTED).all():
        count = f'SELECT max("{column}") FROM "{table}"'  # noqa: S608 - names of the catalogue
        if table == "audit_log":  # an entry that was deleted has its seal still
            count = f"SELECT greatest(({count}), (SELECT max(id) FROM audit_seals))"  # noqa: S608
        if table == "payments":  # they share their numbers with the other acts
            count = f"SELECT greatest(({count}), (SELECT max(id) FROM acts))"  # noqa: S608
        given = "CASE WHEN is_called THEN last_value ELSE last_value - 1 END"
        last, largest = session.execute(text(f"SELECT {given}, ({count}) FROM {sequence}")).one()  # noqa: S608
        if largest is not None and last < largest:
            behind.append((table, sequence, largest))
    return behind
