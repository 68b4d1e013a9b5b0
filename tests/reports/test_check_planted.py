"""Whatever somebody changes by hand in a sound shop is named, and a sound shop is not.

Each change is made as by a superuser who has switched the triggers off, and is taken back.
`tests/faults/test_every_column.py` changes every column of every table.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from credigestor.db.engine import transaction
from credigestor.reports.check import catalogue
from credigestor.reports.check.report import check
from tests import tables
from tests.reports import whole_shop
from tests.reports.planting import named, planted


@pytest.fixture(scope="module", autouse=True)
def _shop(database: str) -> None:
    with transaction() as session:
        tables.empty(session)
        whole_shop.make(session)


def test_a_shop_in_which_everything_happened_is_sound() -> None:
    with planted() as session:
        assert check(session) == []


SCHEMA = {
    "ALTER TABLE payments DROP CONSTRAINT uq_payments_operation_id": (
        "Falta a restrição uq_payments_operation_id."
    ),
    "ALTER TABLE notes DROP CONSTRAINT ck_notes_balance": "Falta a restrição ck_notes_balance.",
    "ALTER TABLE sales DROP CONSTRAINT fk_sales_seller_id": "Falta a restrição fk_sales_seller_id.",
    "ALTER TABLE payments DROP CONSTRAINT ck_payments_method;"
    "ALTER TABLE payments ADD CONSTRAINT ck_payments_method CHECK (method <> '') ": (
        "A restrição ck_payments_method é outra"
    ),
    "ALTER TABLE payments DROP CONSTRAINT ck_payments_amount;"
    "ALTER TABLE payments ADD CONSTRAINT ck_payments_amount CHECK (amount > 0) NOT VALID": (
        "A restrição ck_payments_amount está desligada ou não foi validada"
    ),
    "ALTER TABLE payments ADD CONSTRAINT mine CHECK (amount < 1e9)": (
        "A restrição mine não é do CrediGestor"
    ),
    "CREATE UNIQUE INDEX mine ON customers (phone, id)": "O índice único mine não é do CrediGestor",
    "CREATE SCHEMA beside; CREATE TABLE beside.users (id integer PRIMARY KEY);"
    "ALTER TABLE logos DROP CONSTRAINT fk_logos_created_by; ALTER TABLE logos ADD CONSTRAINT "
    "fk_logos_created_by FOREIGN KEY (created_by) REFERENCES beside.users NOT VALID": (
        "A restrição fk_logos_created_by é outra"
    ),
    "ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only": (
        "O gatilho audit_log_append_only está desligado"
    ),
    "ALTER TABLE payments DISABLE TRIGGER ALL": "está desligada ou não foi validada: FOREIGN KEY",
    "DROP TRIGGER reversals_append_only ON reversals": "Falta o gatilho reversals_append_only.",
    "DROP TRIGGER sales_update_marks ON sales": "Falta o gatilho sales_update_marks.",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NEW; END $$": "A função refuse_change() é outra",
    "CREATE RULE mine AS ON INSERT TO payments DO INSTEAD NOTHING": (
        "A regra de reescrita mine não é do CrediGestor"
    ),
    "ALTER TABLE customers ALTER name_folded DROP NOT NULL": "A coluna name_folded é outra",
    "ALTER TABLE payments ALTER created_at DROP DEFAULT": "A coluna created_at é outra",
    "ALTER TABLE sales ALTER id DROP IDENTITY": "A coluna id é outra",
    "ALTER TABLE sales ADD mine integer NOT NULL DEFAULT 1; ALTER TABLE sales ALTER mine DROP "
    "DEFAULT": "A coluna mine não é do CrediGestor",
    "DROP INDEX ix_notes_due_date": "Falta o índice ix_notes_due_date.",
    "ALTER TABLE logos ENABLE ROW LEVEL SECURITY": "A tabela logos é outra",
    "ALTER TABLE login_attempts SET UNLOGGED": "A tabela login_attempts é outra",
    "ALTER SEQUENCE payments_id_seq INCREMENT BY 7": "A sequência payments_id_seq é outra",
    "DROP TABLE guarantors": "Falta a tabela guarantors.",
    "ALTER TABLE payments DROP COLUMN discount_reason CASCADE": "Falta a coluna discount_reason.",
    "UPDATE alembic_version SET version_num = '0001'": "A revisão gravada é 0001",
}


@pytest.mark.parametrize("statement", SCHEMA)
def test_what_is_not_as_the_migrations_made_it_is_named(statement: str) -> None:
    with planted(*statement.split(";") if "$$" not in statement else [statement]) as session:
        problems = list(catalogue.differences(session))
    assert [p for p in problems if SCHEMA[statement] in p.detail], problems


def test_an_index_or_a_table_of_their_own_is_nobodys_business() -> None:
    with planted(
        "CREATE INDEX mine ON payments (amount)",
        "CREATE TABLE theirs (id integer)",
        "ALTER TABLE customers ADD mine text",
    ) as session:
        assert list(catalogue.differences(session)) == []


def test_a_shop_without_a_table_is_checked_as_far_as_it_goes() -> None:
    with planted("DROP TABLE payment_items CASCADE") as session:
        details = [problem.detail for problem in check(session)]
    assert "Falta a tabela payment_items." in details


def test_rows_that_came_in_by_a_missing_constraint_are_named() -> None:
    with planted(
        "ALTER TABLE payments DROP CONSTRAINT ck_payments_method",
        "UPDATE payments SET method = 'vale' WHERE id = 2",
        "ALTER TABLE customers DROP CONSTRAINT uq_customers_tax_id",
        "UPDATE customers SET tax_id = (SELECT tax_id FROM customers WHERE id = 1) WHERE id = 2",
    ) as session:
        found = {(p.what, p.entity, p.id) for p in check(session)}
    assert {("unguarded", "payments", 2), ("unguarded", "customers", 2)} <= found
    assert {("trail_differs", "payments", 2), ("trail_differs", "customers", 2)} <= found


# Customers 1 to 4 were registered, 4 is anonymised, 5 and 6 were imported. Sales 1 to 5 were
# made at the counter, 4 is cancelled; 6 and 7 were imported. Payment 4 is reversed, 6 and 7 came
# by the import. Users: 1 the administrator, 2 a manager, 3 inactive. Sale 2 has two guarantors.
ROWS = {
    "SELECT setval('payments_id_seq', 2)": ("sequence", "payments", 0),
    "SELECT setval('audit_log_id_seq', 1, false)": ("sequence", "audit_log", 0),
    "SELECT setval('segments_id_seq', 1)": ("sequence", "segments", 0),
    "SELECT setval('sales_id_seq', 2147483647)": ("sequence_spent", "sales", 0),
    "UPDATE users SET active = false WHERE id = 1": ("no_admin", "users", 0),
    "UPDATE users SET role = 'seller' WHERE id = 1": ("no_admin", "users", 0),
    "DELETE FROM users WHERE id = 1": ("no_admin", "users", 0),
    "UPDATE users SET role = 'admin' WHERE id = 2": ("trail_differs", "users", 2),
    "UPDATE users SET password_hash = 'x' WHERE id = 2": ("user_login", "users", 2),
    "UPDATE settings SET data = '[]' WHERE id = 3": ("settings", "settings", 3),
    """UPDATE settings SET data = data || '{"fine_rate": "99"}' WHERE id = 3""": (
        *("settings", "settings", 3),
    ),
    """UPDATE settings SET data = data || '{"time_zone": "Marte"}' WHERE id = 3""": (
        *("settings", "settings", 3),
    ),
    """UPDATE settings SET data = data || '{"fine_rate": "1"}' WHERE id = 1""": (
        *("trail_differs", "settings", 1),
    ),
    """UPDATE settings SET data = data || '{"grace_days": 9}' WHERE id = 3""": (
        *("trail_differs", "settings", 3),
    ),
    "DELETE FROM settings WHERE id = 3": ("trail_without_row", "audit_log", 9),
    "DELETE FROM logos": ("settings_logo", "settings", 3),
    "UPDATE logos SET content = content || 'x'": ("logo", "logos", 1),
    "UPDATE customers SET name_folded = 'x' WHERE id = 5": ("name_folded", "customers", 5),
    "UPDATE customers SET tax_id = '52998224726' WHERE id = 5": ("tax_id", "customers", 5),
    "UPDATE customers SET tax_id = '11222333000181' WHERE id = 1": (
        *("trail_differs", "customers", 1),
    ),
    "UPDATE customers SET credit_limit = NULL WHERE id = 2": ("trail_differs", "customers", 2),
    "UPDATE customers SET active = true WHERE id = 3": ("trail_differs", "customers", 3),
    "UPDATE customers SET active = false WHERE id = 5": ("trail_differs", "customers", 5),
    "UPDATE customers SET phone = '+5585988724443' WHERE id = 4": (
        *("anonymised_fields", "customers", 4),
    ),
    "UPDATE customers SET name = 'Ana', name_folded = 'ana' WHERE id = 4": (
        *("anonymised", "customers", 4),
    ),
    "UPDATE guarantors SET sale_id = 3 WHERE id = 2": ("trail_guarantors", "sales", 2),
    "DELETE FROM guarantors WHERE position = 2": ("trail_guarantors", "sales", 2),
    "UPDATE guarantors g SET tax_id = c.tax_id FROM customers c WHERE c.id = 1 AND position = 1": (
        *("guarantors", "guarantors", 2),
    ),
    """UPDATE closings SET figures = figures || '{"notes": 1}' WHERE id = 2""": (
        *("closing", "closings", 2),
    ),
    "UPDATE closings SET until = until - 1 WHERE id = 1": ("trail_differs", "closings", 1),
    "UPDATE closings SET reason = NULL WHERE id = 2": ("closing", "closings", 2),
    "UPDATE contacts SET outcome = 'refused' WHERE id = 1": ("trail_differs", "contacts", 1),
    "UPDATE contacts SET outcome = 'promised' WHERE id = 1": ("promise", "contacts", 1),
    "UPDATE contacts SET customer_id = 1 WHERE id = 1": ("trail_differs", "contacts", 1),
    "UPDATE promises SET amount = 40 WHERE id = 1": ("trail_differs", "promises", 1),
    "UPDATE promises SET on_time_until = on_time_until + 1 WHERE id = 2": (
        *("trail_differs", "promises", 2),
    ),
    "UPDATE promises SET due_on = DATE '2026-11-01' WHERE id = 2": ("promise_day", "promises", 2),
    "DELETE FROM promises WHERE id = 2": ("promise", "contacts", 3),
    "DELETE FROM promise_withdrawals": ("trail_without_row", "audit_log", 81),
    "UPDATE promise_withdrawals SET reason = 'outro'": (
        *("trail_differs", "promise_withdrawals", 1),
    ),
    "UPDATE promise_withdrawals SET withdrawn_on = withdrawn_on - 9": (
        *("promise_day", "promises", 1),
    ),
    "DELETE FROM audit_log WHERE action = 'withdraw'": (
        *("trail_missing", "promise_withdrawals", 1),
    ),
    "DELETE FROM audit_log WHERE entity = 'contact'": ("trail_missing", "contacts", 1),
    "UPDATE sales SET backdate_reason = 'x' WHERE id = 1": ("trail_differs", "sales", 1),
    "UPDATE sales SET backdate_reason = 'x' WHERE id = 6": ("trail_differs", "sales", 6),
    "DELETE FROM closings WHERE id = 1": ("trail_without_row", "audit_log", 76),
    "UPDATE reversals SET reversed_on = '2026-03-09'": ("reversal_date", "reversals", 1),
    "UPDATE reversals SET reason = 'outra coisa'": ("trail_differs", "reversals", 1),
    "UPDATE payments SET method = 'card' WHERE id = 2": ("trail_differs", "payments", 2),
    "UPDATE payments SET method = 'pix' WHERE id = 6": ("trail_differs", "payments", 6),
    "UPDATE payments SET received_by = 3 WHERE id = 2": ("trail_differs", "payments", 2),
    "UPDATE payments SET received_by = NULL WHERE id = 2": ("trail_differs", "payments", 2),
    "UPDATE payments SET received_by = 1 WHERE id = 6": ("trail_differs", "payments", 6),
    "UPDATE payments SET created_at = created_at - interval '1 day' WHERE id = 2": (
        *("trail_differs", "payments", 2),
    ),
    # What was let go beside payments 14, which is reversed, and 16; what credit came of it.
    "UPDATE acts SET operation_id = gen_random_uuid() WHERE id = 15": (
        *("trail_differs", "payments", 16),
    ),
    "UPDATE payments SET operation_id = gen_random_uuid() WHERE id = 16": (
        *("trail_differs", "payments", 16),
    ),
    "DELETE FROM act_reversals WHERE act_id = 13; UPDATE act_items SET reversed = false WHERE "
    "act_id = 13": ("trail_differs", "payments", 14),
    "UPDATE act_items SET kind = 'gift' WHERE act_id = 9": ("act_kind", "act_items", 1),
    "UPDATE act_items SET fine = 1 WHERE act_id = 11": ("act_taken", "acts", 11),
    # A payment of days that were closed before.
    "UPDATE payment_items SET amount = 9999, principal = 9999 WHERE payment_id = 28": (
        *("closing", "closings", 2),
    ),
    "UPDATE credit_movements SET created_at = created_at + interval '3 hours' WHERE id = 1": (
        *("trail_differs", "credit_movements", 1),
    ),
    "UPDATE credit_movements SET reason = 'outro' WHERE id = 3": (
        *("trail_differs", "credit_movements", 3),
    ),
    "UPDATE credit_movements SET made_by = NULL WHERE id = 5": (
        *("trail_differs", "credit_movements", 5),
    ),
    "UPDATE credit_movements SET reason = 'outro' WHERE id = 7": (
        *("trail_differs", "credit_movements", 7),
    ),
    "UPDATE credit_movements SET made_by = 2 WHERE id = 9": (
        *("trail_differs", "credit_movements", 9),
    ),
    "UPDATE credit_movements SET made_by = 2 WHERE id = 10": (
        *("trail_differs", "credit_movements", 10),
    ),
    "DELETE FROM audit_log WHERE entity = 'credit' AND action = 'reverse'": (
        *("trail_missing", "credit_movements", 6),
    ),
    "UPDATE payment_items SET note_id = 4 WHERE payment_id = 4": (
        *("trail_differs", "payments", 4),
    ),
    "UPDATE sales SET description = 'x' WHERE id = 3": ("trail_differs", "sales", 3),
    "UPDATE sales SET seller_id = 3 WHERE id = 1": ("trail_differs", "sales", 1),
    "UPDATE sales SET late_rate = 1.5 WHERE id = 6": ("sale_rates", "sales", 6),
    "UPDATE sales SET cancel_reason = 'outra' WHERE id = 4": ("trail_differs", "sales", 4),
    "UPDATE note_printings SET note_id = 4 WHERE copy = 2": ("trail_print", "sales", 2),
    "DELETE FROM note_printings WHERE copy = 2": ("trail_print", "sales", 2),
    "UPDATE proposals SET terms = '{}' WHERE id = 2": ("proposal_terms", "proposals", 2),
    "UPDATE proposals SET terms = jsonb_set(terms, '{notes,0,amount}', '\"1.00\"') WHERE id = 2": (
        *("proposal_rate", "proposals", 2),
    ),
    "UPDATE proposals SET terms = jsonb_set(terms, '{asked,total}', '\"701\"') WHERE id = 1": (
        *("sale_proposal", "sales", 8),
    ),
    "UPDATE proposals SET valid_until = valid_until + 1 WHERE id = 2": (
        *("trail_differs", "proposals", 2),
    ),
    "UPDATE sales SET proposal_id = 2 WHERE id = 2": ("sale_proposal", "sales", 2),
    "UPDATE sales SET proposal_id = NULL WHERE id = 8": ("trail_differs", "sales", 8),
    "DELETE FROM audit_log WHERE entity = 'proposal' AND entity_id = 2": (
        *("trail_missing", "proposals", 2),
    ),
    "DELETE FROM contract_printings WHERE copy = 1": (
        *("contract_printing", "contract_printings", 2),
    ),
    "UPDATE contract_printings SET sale_id = 2 WHERE copy = 2": ("trail_contract", "sales", 2),
    "UPDATE contract_printings SET printed_by = 1 WHERE copy = 2": ("trail_contract", "sales", 3),
    "DELETE FROM audit_log WHERE entity = 'payment' AND entity_id = 2": (
        *("trail_missing", "payments", 2),
    ),
    "DELETE FROM audit_log WHERE action = 'reverse'": ("trail_missing", "payments", 4),
    "DELETE FROM audit_log WHERE action = 'cancel'": ("trail_missing", "sales", 4),
    "DELETE FROM audit_log WHERE action = 'import'": ("trail_missing", "payments", 6),
    "DELETE FROM audit_log WHERE action = 'reset_password'": ("seal", "audit_log", 6),
    "UPDATE audit_log SET actor_name = 'Outra' WHERE id = 6": ("seal", "audit_log", 6),
    "UPDATE audit_log SET at = at - interval '1 second' WHERE id = 6": ("seal", "audit_log", 6),
    "UPDATE audit_seals SET seal = '' WHERE id = 6": ("seal", "audit_log", 6),
    "INSERT INTO audit_log (id, actor_name, action, entity) VALUES (7777, 'x', 'x', 'x')": (
        *("seal", "audit_log", 7777),
    ),
    "DELETE FROM summary_state": ("summary_state", "summary_state", 0),
    "UPDATE sessions SET expires_at = 'infinity'": ("session", "sessions", 1),
    "UPDATE backup_runs SET finished_at = started_at - interval '1 day'": (
        *("backup_run", "backup_runs", 1),
    ),
}


@pytest.mark.parametrize("statement", ROWS)
def test_a_changed_row_is_named(statement: str) -> None:
    problems = named(*statement.split("; "))
    assert all(problem.detail.endswith(".") for problem in problems)
    assert ROWS[statement] in {(p.what, p.entity, p.id) for p in problems}, problems


def test_the_whole_log_gone_is_told_in_few_words() -> None:
    problems = named("DELETE FROM audit_log")
    assert {p.id for p in problems if p.what == "seal"} >= {1, 2, 3}
    assert len(problems) < 600


@pytest.mark.parametrize("told", ["'[1]'", "'\"x\"'", "NULL", """'{"items": [["x", "y"]]}'"""])
def test_entries_that_make_no_sense_are_named_and_do_not_end_the_check(told: str) -> None:
    problems = named(f"UPDATE audit_log SET before = {told}, after = {told}")
    assert ("seal", 17) in {(p.what, p.id) for p in problems}


def test_anonymising_renews_the_seals_and_nothing_else_does() -> None:
    with transaction() as session:
        counted = session.scalar(text("SELECT count(*) FROM audit_log")) or 0
        session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only"))
        session.execute(text("UPDATE audit_log SET actor_name = actor_name || 'x' WHERE id = 6"))
        session.execute(text("ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only"))
        assert ("seal", 6) in {(p.what, p.id) for p in check(session)}
        session.rollback()
    with planted() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_seals")) == counted
