"""Who works in the shop, who buys there, its settings: what would stop it or lead it astray."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Guarantor, SettingsVersion
from credigestor.db.name_folding import misfolded
from credigestor.db.settings import ShopSettings
from credigestor.errors import InvalidInput
from credigestor.reports.check.problem import Problem
from credigestor.rules import privacy
from credigestor.rules.identity import UFS, parse_tax_id

_ROWS_AT_ONCE = 5000

# Whoever loads the demonstration into an empty installation works by the command line, which is
# an administrator: a shop lacks none that never had one.
_NO_ADMIN = """
SELECT NOT EXISTS (SELECT FROM users WHERE active AND role = 'admin') AND (
    EXISTS (SELECT FROM users WHERE role = 'admin')
    OR EXISTS (SELECT FROM audit_log WHERE actor_id IS NOT NULL AND (
        action IN ('change', 'anonymise', 'download_backup', 'reset_password')
        OR entity = 'users' AND action IN ('create', 'edit', 'activate', 'deactivate')))
    OR EXISTS (SELECT FROM audit_log WHERE entity = 'users'
        AND 'admin' IN (after ->> 'role', before ->> 'role')))
"""

#: Kind → its table, words, and which rows of it are wrong.
_WRONG_ROWS = {
    "user_login": (
        "users",
        "O usuário ou a senha gravada não é do formato que o CrediGestor faz: ninguém entra.",
        r"login !~ '^[a-z0-9._-]{3,40}$' OR password_hash !~ '^\$2[aby]\$[0-9]{2}\$.{53}$'",
    ),
    "user_name": ("users", "O usuário não tem nome.", "btrim(name) = ''"),
    "session": (
        "sessions",
        "A sessão não vence, vence antes de começar ou não tem segredo válido.",
        "expires_at <= created_at OR expires_at > created_at + interval '1 day'"
        " OR last_seen_at < created_at - interval '1 hour' OR NOT isfinite(expires_at)"
        " OR last_seen_at > expires_at + interval '1 day' OR revoked_at < created_at"
        " OR token_hash !~ '^[0-9a-f]{64}$' OR ticket_hash !~ '^[0-9a-f]{64}$'"
        " OR ticket_expires_at > created_at + interval '1 day'",
    ),
    "backup_run": (
        "backup_runs",
        "A execução terminou antes de começar ou tem tamanho negativo.",
        "finished_at < started_at OR size < 0",
    ),
    "customer_fields": (
        "customers",
        "Um campo do cadastro não é do formato que o CrediGestor grava (telefone, e-mail, CEP, UF"
        " ou nascimento).",
        r"phone !~ '^\+[1-9][0-9]{5,14}$' OR email !~ '^[^@\s]+@[^@\s]+$'"
        r" OR second_phone !~ '^\+[1-9][0-9]{5,14}$'"
        " OR zip_code !~ '^[0-9]{8}$' OR state <> ALL(:states)"
        " OR birth_date < DATE '1900-01-01' OR birth_date > created_at::date + 366"
        " OR btrim(name) = ''",
    ),
    "anonymised_fields": (
        "customers",
        "O cliente foi anonimizado e ainda tem dados pessoais, ou está ativo.",
        "anonymised_at IS NOT NULL AND (active OR num_nonnulls(ref, phone, email, birth_date,"
        " zip_code, street, street_number, complement, district, credit_limit, remarks,"
        " second_phone, phone_text, workplace, spouse, personal_references, foreign_document) > 0)",
    ),
    "logo": (
        "logos",
        "O conteúdo da imagem não é o que foi gravado.",
        r"sha256 <> encode(sha256(content), 'hex') OR content NOT LIKE CASE media_type"
        r" WHEN 'image/png' THEN '\x89504e47'::bytea ELSE '\xffd8ff'::bytea END || '%'::bytea",
    ),
    "guarantors": (
        "guarantors",
        "O avalista não cabe na venda: é o próprio cliente, aparece duas vezes, vem sem o primeiro"
        " ou a venda não tem notas.",
        "EXISTS (SELECT FROM sales s JOIN customers c ON c.id = s.customer_id"
        " WHERE s.id = guarantors.sale_id AND (s.installments = 0 OR c.tax_id = guarantors.tax_id"
        " OR c.anonymised_at IS NOT NULL))"
        " OR EXISTS (SELECT FROM guarantors o WHERE o.sale_id = guarantors.sale_id"
        " AND o.id <> guarantors.id AND o.tax_id = guarantors.tax_id) OR btrim(name) = ''",
    ),
    "printing": (
        "note_printings",
        "As vias de uma nota não vão de 1 em diante, ou a nota foi impressa antes de existir.",
        "copy > 1 AND NOT EXISTS (SELECT FROM note_printings o"
        " WHERE o.note_id = note_printings.note_id AND o.copy = note_printings.copy - 1)",
    ),
    "contract_printing": (
        "contract_printings",
        "As impressões do contrato não vão de 1 em diante, ou a venda não tem notas.",
        "copy > 1 AND NOT EXISTS (SELECT FROM contract_printings o"
        " WHERE o.sale_id = contract_printings.sale_id AND o.copy = contract_printings.copy - 1)"
        " OR EXISTS (SELECT FROM sales s WHERE s.id = sale_id AND s.installments = 0)",
    ),
    "sale_rate": (
        "sales",
        "A venda foi toda paga na entrada e tem juros de contrato.",
        "installments = 0 AND (contract_rate <> 0 OR daily_rate <> 0 OR carried IS NOT NULL"
        " OR due_day IS NOT NULL OR schedule <> 'monthly')",
    ),
    "promise": (
        "contacts",
        "O contato diz que houve promessa e não há nenhuma, ou o contrário.",
        "(outcome = 'promised') <> EXISTS (SELECT FROM promises p"
        " WHERE p.contact_id = contacts.id)",
    ),
    "promise_day": (
        "promises",
        "A promessa é para antes de ser feita, ou foi retirada fora do seu tempo.",
        "EXISTS (SELECT FROM contacts c WHERE c.id = promises.contact_id"
        " AND (c.contacted_on > promises.due_on OR EXISTS (SELECT FROM promise_withdrawals w"
        " WHERE w.promise_id = promises.id AND w.withdrawn_on NOT BETWEEN c.contacted_on"
        " AND promises.on_time_until)))",
    ),
    "reversal_date": (
        "reversals",
        "O estorno é de antes do pagamento.",
        "EXISTS (SELECT FROM payments p WHERE p.id = reversals.payment_id"
        " AND p.paid_on > reversals.reversed_on)",
    ),
}


def people_and_settings(session: Session) -> Iterator[Problem]:
    """Everything of users, customers, guarantors, logos and settings that no form would make."""
    if session.scalar(text(_NO_ADMIN)):
        yield Problem("no_admin", "users", 0, "A loja não tem nenhum administrador ativo.")
    lost = "SELECT EXISTS (SELECT FROM sale_facts) AND NOT EXISTS (SELECT FROM summary_state)"
    if session.scalar(text(lost)):
        detail = "Os resumos da carteira não dizem até que dia vão."
        yield Problem("summary_state", "summary_state", 0, detail)
    for what, (table, detail, wrong) in _WRONG_ROWS.items():
        rows = text(f"SELECT id FROM {table} WHERE {wrong} ORDER BY id")
        for row_id in session.scalars(rows, {"states": list(UFS)} if ":states" in wrong else {}):
            yield Problem(what, table, row_id, detail)
    yield from _settings(session)
    for customer in misfolded(session):
        yield Problem(
            "name_folded",
            "customers",
            customer.id,
            "O nome para a busca não corresponde ao nome: a busca não encontra o cliente.",
        )
    yield from _tax_ids(session)


def _tax_ids(session: Session) -> Iterator[Problem]:
    customers = session.execute(
        select(Customer.id, Customer.name, Customer.tax_id, Customer.anonymised_at).order_by(
            Customer.id
        ),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    for row in customers:
        if row.anonymised_at is not None:
            stand_in = (privacy.stand_in_name(row.id), privacy.stand_in_tax_id(row.id))
            if (row.name, row.tax_id) != stand_in:
                yield Problem(
                    "anonymised",
                    "customers",
                    row.id,
                    "O cliente foi anonimizado e ainda tem nome, CPF ou CNPJ.",
                )
        elif row.tax_id is not None and not _is_tax_id(row.tax_id):
            yield Problem(
                "tax_id", "customers", row.id, "O CPF ou CNPJ do cliente não é um número válido."
            )
    guarantors = select(Guarantor.id, Guarantor.tax_id).order_by(Guarantor.id)
    for guarantor in session.execute(guarantors, execution_options={"yield_per": _ROWS_AT_ONCE}):
        if not _is_tax_id(guarantor.tax_id):
            yield Problem(
                "tax_id",
                "guarantors",
                guarantor.id,
                "O CPF ou CNPJ do avalista não é um número válido.",
            )


def _is_tax_id(number: str) -> bool:
    try:
        return parse_tax_id(number) == number
    except InvalidInput:
        return False


def _settings(session: Session) -> Iterator[Problem]:
    """The version in force can be read, and its logo is there."""
    newest = session.execute(
        select(SettingsVersion.id, SettingsVersion.data)
        .order_by(SettingsVersion.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return
    try:
        shop = ShopSettings.model_validate(newest.data)
    except ValidationError as error:
        names = ", ".join(sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]}))
        detail = f"As configurações não podem ser lidas: {names or 'formato'}."
        yield Problem("settings", "settings", newest.id, detail)
        return
    known = text("SELECT EXISTS (SELECT FROM logos WHERE sha256 = :name)")
    if shop.logo and not session.scalar(known, {"name": shop.logo}):
        yield Problem(
            "settings_logo", "settings", newest.id, "O logotipo das configurações não existe."
        )
