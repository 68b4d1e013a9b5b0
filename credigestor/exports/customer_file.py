"""The copy of one customer's data as a file: a ZIP of JSON, for machines, and PDF (R28)."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from credigestor.db.settings import current_settings
from credigestor.documents import customer_file as document
from credigestor.exports import audit_words
from credigestor.reports import audit
from credigestor.reports.customer_file import customer_file
from credigestor.rules.privacy import CustomerFile, Section, Value

JSON_NAME, PDF_NAME = "dados.json", "dados.pdf"
FORMAT, VERSION = "credigestor-cliente", 1


def name(customer_id: int, today: date) -> str:
    """Name of the ZIP: the customer's number, so that nobody's name lies in a list of files."""
    return f"dados-cliente-{customer_id}-{today:%Y-%m-%d}.zip"


def make(session: Session, customer_id: int, *, today: date, made_at: datetime) -> bytes:
    """The ZIP of what is kept about a customer; the same data and moment, the same bytes.

    Raises NotFound. The caller sees to who may have it, and to the log.
    """
    shop = current_settings(session)
    file = customer_file(session, customer_id, today=today, made_at=made_at)
    file = replace(file, sections=[*file.sections, _history(session, customer_id, shop.time_zone)])
    members = {
        JSON_NAME: as_json(file).encode(),
        PDF_NAME: document.pdf(file, shop),
    }
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w") as archive:
        for member, content in members.items():
            entry = zipfile.ZipInfo(
                member, max(file.made_at.timetuple()[:6], (1980, 1, 1, 0, 0, 0))
            )
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return to.getvalue()


def as_json(file: CustomerFile) -> str:
    """The copy as JSON: labels as keys, money and percent as text with a point, dates ISO."""
    content = {
        "formato": FORMAT,
        "versão": VERSION,
        "emitido em": file.made_at,
        "posição em": file.as_of,
        "quem trata os dados": file.controller,
        "aviso": dict(file.notice),
        "cadastro": file.register,
        **{
            section.title.lower(): [
                dict(zip(section.labels, row, strict=True)) for row in section.rows
            ]
            for section in file.sections
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _history(session: Session, customer_id: int, time_zone: str) -> Section:
    """Who wrote what; a new sale or payment stands in its own table."""
    entries = audit.entries_of_customer(session, customer_id, time_zone=time_zone)
    told = audit_words.told(session, [entry.id for entry in entries])
    rows: list[list[Value]] = [
        [
            entry.at,
            entry.who,
            audit_words.ACTIONS.get(entry.action, entry.action),
            audit_words.about(entry.entity, entry.entity_id, None),
            ""
            if entry.action == "create" and entry.entity != "customer"
            else "; ".join(told[entry.id]),
        ]
        for entry in entries
    ]
    labels = ["Em", "Quem", "O quê", "Sobre", "Conteúdo"] if rows else []
    return Section("Quem escreveu o quê", labels, rows)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value))
