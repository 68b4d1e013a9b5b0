"""What an entry of the audit log says, in Portuguese.

PostgreSQL words the changes, so that the page, a customer's copy and the file of a million entries,
which its COPY writes, read the same. What FIELDS does not name stays unsaid; a test finds those.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, literal_column, select
from sqlalchemy.orm import Session

from credigestor.db.models import AuditEntry
from credigestor.exports.audit_fields import OWN_FIELDS
from credigestor.reports.settings_history import LABELS as SETTINGS
from credigestor.rules.acts import ACT_NAMES
from credigestor.rules.contacts import CHANNEL_NAMES, OUTCOME_NAMES
from credigestor.rules.document_choices import RECEIPT_FORMAT_NAMES, SALE_DOCUMENT_NAMES
from credigestor.rules.due_schedule import SCHEDULE_NAMES
from credigestor.rules.methods import METHOD_NAMES, NAMES, PLUS
from credigestor.rules.numbering import receipt_number, sale_number
from credigestor.rules.permissions import PERMISSION_NAMES, ROLE_NAMES
from credigestor.rules.renegotiation import AGREEMENT_NAMES
from credigestor.rules.returns import RETURN_NAMES
from credigestor.rules.webhooks import OFF_NAMES

#: What was done, as a noun that the thing it was done to follows.
ACTIONS = {
    "create": "Registro",
    "edit": "Alteração",
    "change": "Mudança de configuração",
    "cancel": "Cancelamento",
    "move": "Mudança de cliente",
    "reverse": "Estorno",
    "withdraw": "Retirada",
    "deactivate": "Desativação",
    "activate": "Reativação",
    "reset_password": "Nova senha por administrador",
    "change_password": "Troca da própria senha",
    "end_session": "Encerramento de sessão",
    "import": "Importação",
    "undo_import": "Importação desfeita",
    "export": "Exportação",
    "download_backup": "Download de backup",
    "print": "Impressão",
    "anonymise": "Anonimização",
    "revoke": "Revogação",
    "demo": "Loja de demonstração",
    "repair": "Conserto pela conferência",
    "new_secret": "Novo segredo",
    "delete": "Exclusão",
    "resend": "Reenvio",
    "discard": "Descarte",
}
#: To what, by the name in the log.
ENTITIES = {
    "customer": "Cliente",
    "sale": "Venda",
    "proposal": "Proposta",
    "payment": "Pagamento",
    "act": "Ato",
    "credit": "Devolução de crédito",
    "renegotiation": "Renegociação",
    "closing": "Fechamento",
    "contact": "Contato",
    "promise": "Promessa",
    "users": "Usuário",
    "settings": "Configurações",
    "api_key": "Chave de programa",
    "download": "Arquivo",
    "shop": "Loja",
    "webhook": "Webhook",
}
#: Between what was there before and what is there after.
ARROW = " → "
_WORDS = {
    "role": {str(role): name for role, name in ROLE_NAMES.items()},
    "method": NAMES,
    "sale_document": {str(kind): name for kind, name in SALE_DOCUMENT_NAMES.items()},
    "receipt_format": {str(kind): name for kind, name in RECEIPT_FORMAT_NAMES.items()},
    "act": {str(kind): name for kind, name in ACT_NAMES.items()},
    "return_kind": {str(kind): name for kind, name in RETURN_NAMES.items()},
    "agreement": {str(kind): name for kind, name in AGREEMENT_NAMES.items()},
    "schedule": {str(kind): name for kind, name in SCHEDULE_NAMES.items()},
    "style": {"excel": "Excel", "plain": "simples"},
    "off_cause": {str(cause): name for cause, name in OFF_NAMES.items()},
    "channel": {str(channel): name for channel, name in CHANNEL_NAMES.items()},
    "outcome": {str(outcome): name for outcome, name in OUTCOME_NAMES.items()},
    "scopes": {str(scope): name for scope, name in PERMISSION_NAMES.items()},
}
#: Each field's label and kind, in the order in which they are told.
FIELDS: dict[str, tuple[str, str]] = {
    **OWN_FIELDS,
    **{name: (label, "text") for name, label in SETTINGS.items() if name not in OWN_FIELDS},
}
#: Written by services and told by no line: what another field, or the closing itself, says.
UNSAID = frozenset({"name_folded", "kind", "figures", "move"})


def _constant(value: dict[str, Any]) -> str:
    return "'" + json.dumps(value, ensure_ascii=False).replace("'", "''") + "'::jsonb"


_FIELDS = _constant(
    {name: [label, kind, place] for place, (name, (label, kind)) in enumerate(FIELDS.items())}
)
_JSON_WORDS = _constant(_WORDS)


def _padded(number: str, width: int) -> str:
    return f"lpad({number}::text, greatest({width}, length({number}::text)), '0')"


#: R$ 1.234,56, with a NO-BREAK SPACE as everywhere.
_MONEY = "'R$\u00a0' || translate(to_char({}::numeric, 'FM999,999,999,990.00'), ',.', '.,')"

_PARTS = "t"
for _method, _name in METHOD_NAMES.items():
    _PARTS = f"replace({_PARTS}, '{_method} ', '{_name} ')"

# `v` is a value as JSON and `t` as text. What was erased in it, or is none of its kind, is told
# as it stands.
_WORDED = f"""
CASE
    WHEN coalesce(t, '') IN ('', '[]', '{{}}') THEN '—'
    WHEN jsonb_typeof(v) = 'boolean' THEN CASE WHEN v = 'true' THEN 'sim' ELSE 'não' END
    WHEN kind = 'money' AND t ~ '^-?[0-9]+([.][0-9]+)?$' THEN {_MONEY.format("t")}
    WHEN kind = 'count' AND t ~ '^[0-9]{{1,15}}$'
        THEN replace(to_char(t::bigint, 'FM999,999,999,999,990'), ',', '.')
    WHEN kind = 'number' OR kind = 'text' AND t ~ '^[0-9]+[.][0-9]+$'
        THEN replace(regexp_replace(t, '[.]?0+$', ''), '.', ',')
    WHEN kind = 'date' AND t ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'
        THEN to_char(t::date, 'DD/MM/YYYY')
    WHEN kind = 'tax_id' AND length(t) = 11
        THEN regexp_replace(t, '^(...)(...)(...)(..)$', '\\1.\\2.\\3-\\4')
    WHEN kind = 'tax_id'
        THEN regexp_replace(t, '^(.{{2}})(.{{3}})(.{{3}})(.{{4}})(..)$', '\\1.\\2.\\3/\\4-\\5')
    WHEN kind = 'phone'
        THEN regexp_replace(t, '^[+]55([0-9]{{2}})([0-9]{{4,5}})([0-9]{{4}})$', '(\\1) \\2-\\3')
    WHEN kind = 'zip_code' THEN regexp_replace(t, '^([0-9]{{5}})([0-9]{{3}})$', '\\1-\\2')
    WHEN kind = 'user' AND jsonb_typeof(v) = 'number'
        THEN coalesce((SELECT users.name FROM users WHERE users.id = t::integer), 'nº ' || t)
    WHEN kind = 'customer' AND jsonb_typeof(v) = 'number' THEN coalesce(
        (SELECT customers.name FROM customers WHERE customers.id = t::integer), 'nº ' || t)
    WHEN kind = 'sale' AND t ~ '^[0-9]+$' THEN {_padded("t", 6)}
    WHEN kind = 'method' AND position('{PLUS}' IN t) > 0 THEN replace({_PARTS}, '.', ',')
    WHEN kind = 'image' THEN 'imagem' || coalesce(
        (SELECT ' ' || logos.id FROM logos WHERE logos.sha256 = t), '')
    WHEN kind = 'given' THEN 'sim'
    WHEN kind = 'fields' AND jsonb_typeof(v) = 'array' THEN (
        SELECT string_agg(coalesce({_FIELDS} -> each ->> 0, each), ', ')
        FROM jsonb_array_elements_text(v) AS each)
    WHEN kind = 'scopes' AND jsonb_typeof(v) = 'array' THEN (
        SELECT string_agg(coalesce({_JSON_WORDS} -> kind ->> each, each), ', ')
        FROM jsonb_array_elements_text(v) AS each)
    WHEN kind = 'holidays' AND jsonb_typeof(v) = 'array' THEN (
        SELECT string_agg(trim(to_char((each ->> 'day')::date, 'DD/MM/YYYY') || ' '
            || coalesce(each ->> 'name', '')), ', ')
        FROM jsonb_array_elements(v) AS each)
    WHEN kind = 'plans' AND jsonb_typeof(v) = 'array' THEN (
        SELECT string_agg(concat(each ->> 'name', ' (', concat_ws(' ',
            {_JSON_WORDS} -> 'schedule' ->> (each ->> 'kind'), each ->> 'step',
            nullif(each ->> 'days', '[]'), (each ->> 'installments') || ' parcelas'), ')'), ', ')
        FROM jsonb_array_elements(v) AS each)
    WHEN kind = 'items' AND jsonb_typeof(v) = 'array' THEN (
        SELECT string_agg(
            coalesce({_padded("s.id", 6)} || '-' || {_padded("n.number", 2)} || '/'
                || {_padded("s.installments", 2)}, 'nº ' || (each ->> 0))
            || ' (' || {_MONEY.format("(each ->> 1)")}
            || coalesce(', com desconto de ' || {_MONEY.format("(each ->> 2)")}, '') || ')',
            ', ' ORDER BY place)
        FROM jsonb_array_elements(v) WITH ORDINALITY AS item(each, place)
        LEFT JOIN notes n ON n.id = (each ->> 0)::integer LEFT JOIN sales s ON s.id = n.sale_id)
    WHEN kind = 'on_notes' AND jsonb_typeof(v) = 'array' THEN (
        SELECT string_agg(
            coalesce({_padded("s.id", 6)} || '-' || {_padded("n.number", 2)} || '/'
                || {_padded("s.installments", 2)}, 'nº ' || (each ->> 'note'))
            || coalesce(' (' || nullif(concat_ws(', ',
                'principal ' || {_MONEY.format("(each ->> 'principal')")},
                'juros ' || {_MONEY.format("(each ->> 'interest')")},
                'multa ' || {_MONEY.format("(each ->> 'fine')")},
                'vence em ' || to_char((each ->> 'due_date')::date, 'DD/MM/YYYY')), '') || ')', ''),
            ', ' ORDER BY place)
        FROM jsonb_array_elements(v) WITH ORDINALITY AS item(each, place)
        LEFT JOIN notes n ON n.id = (each ->> 'note')::integer
        LEFT JOIN sales s ON s.id = n.sale_id)
    ELSE coalesce({_JSON_WORDS} -> kind ->> t, regexp_replace(t, '[[:space:]]+', ' ', 'g'))
END
"""  # noqa: S608 - of constants alone

# Field by field: "Nome: Ana → Ana Luz" where it was there before and is another now, "Motivo:
# engano" where it is told on one side alone. Of what is new, what is empty is left out.
_CHANGES = f"""
(
    SELECT string_agg(line, chr(10) ORDER BY place)
    FROM (
        SELECT place, label || ': ' || CASE
            WHEN had AND has THEN old.worded || '{ARROW}' || new.worded
            WHEN had THEN old.worded ELSE new.worded END AS line
        FROM (
            SELECT field ->> 0 AS label, field ->> 1 AS kind, (field ->> 2)::integer AS place,
                b -> key AS old_value, a -> key AS new_value,
                coalesce(b ? key, false) AS had, coalesce(a ? key, false) AS has
            FROM (
                SELECT CASE WHEN jsonb_typeof(audit_log.before) = 'object'
                        THEN audit_log.before END AS b,
                    CASE WHEN jsonb_typeof(audit_log.after) = 'object'
                        THEN audit_log.after END AS a
            ) AS entry
            CROSS JOIN LATERAL jsonb_object_keys(
                coalesce(b, '{{}}'::jsonb) || coalesce(a, '{{}}'::jsonb)) AS key
            CROSS JOIN LATERAL (SELECT {_FIELDS} -> key AS field) AS named
            WHERE field IS NOT NULL
        ) AS fields
        CROSS JOIN LATERAL (
            SELECT {_WORDED} AS worded FROM (SELECT old_value AS v, old_value #>> '{{}}' AS t) AS x
        ) AS old
        CROSS JOIN LATERAL (
            SELECT {_WORDED} AS worded FROM (SELECT new_value AS v, new_value #>> '{{}}' AS t) AS x
        ) AS new
        WHERE had AND has AND old_value IS DISTINCT FROM new_value
            OR had AND NOT has AND old.worded <> '—'
            OR has AND NOT had AND new.worded <> '—'
    ) AS lines
)
"""  # noqa: S608


def changes() -> ColumnElement[str]:
    """The lines on a row of audit_log, in a SELECT from it; NULL where there is nothing to tell."""
    return literal_column(_CHANGES, Text)


def told(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """The lines of each of these entries, by its id."""
    rows = session.execute(select(AuditEntry.id, changes()).where(AuditEntry.id.in_(ids)))
    return {id_: (lines or "").splitlines() for id_, lines in rows}


def about(entity: str, entity_id: int | None, name: str | None) -> str:
    """What an entry is about: Venda 000123, Cliente 7 (Ana Luz), Configurações."""
    word = ENTITIES.get(entity, entity)
    if entity_id is None or entity in ("settings", "download", "shop"):
        return word
    if entity in ("sale", "proposal"):
        return f"{word} {sale_number(entity_id)}"
    if entity == "payment":
        return f"{word} {receipt_number(entity_id)}"
    return f"{word} {entity_id}" + (f" ({name})" if name else "")
