"""The files of an import as tables: what each is, which column is which, how its cells are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from zlib import crc32

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from credigestor.imports import mappings
from credigestor.imports.contents import AMOUNTS, DATES
from credigestor.imports.decoding import Fault, Unreadable
from credigestor.imports.mappings import KeptMapping
from credigestor.imports.recognising import (
    FIELDS_OF,
    KIND_NAMES,
    Kind,
    Reading,
    Recognised,
    is_rate,
    recognise_one,
)
from credigestor.imports.said_words import STATUSES, unknown_words
from credigestor.imports.table_lines import Line, Sent, TableLines, WrongCell
from credigestor.imports.tables import Table, tables_of
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import METHOD_NAMES
from credigestor.rules.money import format_number
from credigestor.ui.admin.import_words import field_name
from credigestor.ui.kit import messages, tables

ROWS = 6  # shown as they are read
_SEEN = "import-tables"
_UNUSED = ""
_MARKS = {",": "vírgula separa os centavos", ".": "ponto separa os centavos"}
_ORDERS = {False: "dia/mês/ano", True: "mês/dia/ano"}
#: What an unknown word of a state may mean; the last says nothing of it.
_STATUS_CHOICES = (*STATUSES, "")


def tables_in(files: Sequence[UploadedFile]) -> list[Table]:
    """The tables of the files, read once; what cannot be read is said."""
    seen: dict[str, list[Table] | Fault] = st.session_state.setdefault(_SEEN, {})
    for gone in seen.keys() - {file.file_id for file in files}:
        del seen[gone]
    found: list[Table] = []
    for file in files:
        if file.file_id not in seen:
            try:
                seen[file.file_id] = tables_of(file.name, file.getvalue())
            except Unreadable as error:
                seen[file.file_id] = error.faults[0]
        read = seen[file.file_id]
        if isinstance(read, Fault):
            place = f"{file.name}, linha {read.line}" if read.line else file.name
            st.error(messages.plain(f"{place}: {read.reason}"), icon=":material/error:")
        else:
            found += read
    return found


def show(found: Sequence[Table], kept: KeptMapping | None, *, key: str) -> list[Sent] | None:
    """Draw how each table is read; what was chosen, or None while something is to be said."""
    alike = Counter[int]()  # tables of one name and header: last month's export beside this one's
    sent = []
    for table in found:
        digest = _digest(table)
        place = f"{key}-{digest}" + (f"-{alike[digest]}" if alike[digest] else "")
        alike[digest] += 1
        sent.append(_table(table, mappings.apply(kept, table), place))
    waiting = [each for each in sent if mappings.asked(each)]
    if all(each.what.kind is Kind.NOTHING for each in sent):
        if sent:
            st.warning("Diga o que há em pelo menos uma das tabelas.", icon=":material/rule:")
        return None
    return None if waiting else sent


def _digest(table: Table) -> int:
    """What keys are made of: another file's choices are its own."""
    return crc32("\n".join((table.name, *table.header)).encode())


def _table(table: Table, start: Sent, key: str) -> Sent:
    with st.container(border=True):
        st.markdown(f"**{messages.plain(table.name)}**")
        kinds = list(Kind)
        kind = st.selectbox(
            "O que há nesta tabela",
            kinds,
            index=kinds.index(start.what.kind),
            format_func=lambda each: KIND_NAMES[each].capitalize(),
            key=f"{key}-kind",
        )
        what = start.what if kind is start.what.kind else recognise_one(table, kind)
        st.caption(messages.plain(_why(table, what)))
        if kind is Kind.NOTHING:
            return Sent(table, replace(what, kind=Kind.NOTHING))
        with st.expander("Colunas e como são lidas", expanded=not what.columns):
            what = _columns(table, what, f"{key}-{kind}")
        what = _ask_amounts(table, what, f"{key}-{kind}")
        sent = Sent(table, what, _ask_words(what, start.words, f"{key}-{kind}"))
        _first_rows(sent, key)
    return sent


def _why(table: Table, what: Recognised) -> str:
    """Why a table is taken for what it is, and what of it nobody reads."""
    left = [title for k, title in enumerate(table.header) if k not in what.columns.values()]
    unread = [title for title in left if title]
    told = f" Colunas que não são lidas: {', '.join(unread)}." if unread else ""
    return f"{what.why[:1].upper()}{what.why[1:]}.{told if what.columns else ''}"


def _columns(table: Table, what: Recognised, key: str) -> Recognised:
    """A choice for each column of the file, and the reading of those of days and amounts."""
    fields = [_UNUSED, *dict.fromkeys([*what.columns, *FIELDS_OF[what.kind]])]
    by_place = {place: name for name, place in what.columns.items()}
    chosen: dict[str, int] = {}
    with st.grid(3, min_column_width=220):
        for place, title in enumerate(table.header):
            name = st.selectbox(
                title or f"Coluna {place + 1}",
                fields,
                index=fields.index(by_place.get(place, _UNUSED)),
                format_func=lambda each: field_name(each) if each else "não usar",
                key=f"{key}-column-{place}",
            )
            if name and name not in chosen:
                chosen[name] = place
            elif name:
                st.warning(f"Duas colunas para {field_name(name)}: vale a primeira.")
    if chosen != dict(what.columns):
        what = recognise_one(table, what.kind, chosen)
    readings = dict(what.readings)
    with st.grid(3, min_column_width=220):
        for name, reading in what.readings.items():
            readings[name] = _reading(name, reading, what.kind, f"{key}-reading-{chosen[name]}")
    return replace(what, readings=readings)


def _reading(name: str, reading: Reading, kind: Kind, key: str) -> Reading:
    base = name.partition(" ")[0]
    if base in DATES:
        order = st.selectbox(
            f"{field_name(name)}: ordem",
            list(_ORDERS),
            index=int(reading.month_first),
            format_func=lambda each: _ORDERS[each],
            key=key,
        )
        return replace(reading, month_first=order)
    if base in AMOUNTS and not is_rate(base, kind) and not reading.asks:
        mark = st.selectbox(
            f"{field_name(name)}: centavos",
            list(_MARKS),
            index=list(_MARKS).index(reading.mark or ","),
            format_func=lambda each: _MARKS[each],
            key=key,
        )
        return replace(reading, mark=mark)
    return reading


def _ask_amounts(table: Table, what: Recognised, key: str) -> Recognised:
    """Which mark is meant, for columns in which nothing tells."""
    readings = dict(what.readings)
    for name, reading in what.readings.items():
        if reading.asks:
            title = table.header[what.columns[name]]
            mark = st.selectbox(
                f"Em “{title}”, 1,460 ou 1.460 é",
                list(_MARKS),
                index=None,
                format_func=lambda each: _MARKS[each],
                placeholder="Escolha",
                help="Nada na coluna diz se é mil quatrocentos e sessenta ou um e quarenta e seis.",
                key=f"{key}-mark-{name}",
            )
            if mark is not None:
                readings[name] = Reading(mark)
    return replace(what, readings=readings)


def _ask_words(
    what: Recognised, known: Mapping[str, Mapping[str, str]], key: str
) -> dict[str, dict[str, str]]:
    """What the words mean that mean nothing to us."""
    given = {name: dict(words) for name, words in known.items()}
    choices = {"forma": tuple(METHOD_NAMES.values()), "situacao": _STATUS_CHOICES}
    asked = [
        (name, word) for name in choices for word in unknown_words(name, what.words.get(name, ()))
    ]
    if not asked:
        return given
    st.markdown("O que querem dizer estas palavras?")
    with st.grid(3, min_column_width=220):
        for name, word in asked:
            options = choices[name]
            before = given.get(name, {}).get(word)
            meant = st.selectbox(
                f"{field_name(name)}: {word or '(em branco)'}",
                options,
                index=options.index(before) if before in options else None,
                format_func=lambda each: each or "não diz nada",
                placeholder="Escolha",
                key=f"{key}-word-{name}-{word}",
            )
            if meant is not None:
                given.setdefault(name, {})[word] = meant
    return given


def _first_rows(sent: Sent, key: str) -> None:
    """The first rows, as they will be read."""
    lines = TableLines(sent, 0)
    records = sent.table.first(ROWS)
    shown = [
        {"line": number, **{name: _as_read(line, name, sent.what.kind) for name in lines.columns}}
        for number, cells in records
        if not isinstance(cells, Fault)
        for line in lines.of_cells([cells])
    ]
    for _, fault in records:
        if isinstance(fault, Fault):
            st.error(messages.plain(f"Linha {fault.line}: {fault.reason}"), icon=":material/error:")
    if not shown:
        st.caption("Abaixo dos nomes das colunas não há nenhuma linha.")
        return
    titles = {name: sent.table.header[column.place] for name, column in lines.columns.items()}
    labels = {name: f"{field_name(name)} (“{title}”)" for name, title in titles.items()}
    frame = pd.DataFrame(shown)
    tables.table(frame, {"line": "Linha", **labels}, key=f"{key}-first")


def _as_read(line: Line, name: str, kind: Kind) -> str:
    base = name.partition(" ")[0]
    try:
        said = line[name]
    except WrongCell as wrong:
        return f"⚠ {wrong.reason}"
    if base in DATES and said:
        try:
            return format_date(date.fromisoformat(said))
        except ValueError:
            return f"⚠ {said}"
    if base in AMOUNTS and said and not is_rate(base, kind):
        return format_number(Decimal(said))
    return said
