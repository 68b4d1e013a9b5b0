"""Buttons for files made on the click and sent by `web.download_route`, and how far each is.

A click draws a link to a single-use address, which the page's own script follows at once; who
has it blocked clicks on it. Then the row in `downloads` tells how much was sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import streamlit as st

from credigestor import clock
from credigestor.backups import backup_folder
from credigestor.config import get_config
from credigestor.db.engine import transaction
from credigestor.db.models import Download
from credigestor.errors import BusinessError
from credigestor.exports import catalogue
from credigestor.exports.catalogue import Order
from credigestor.reports import backups
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import downloads
from credigestor.shop_day import shop_day
from credigestor.ui.kit import confirm, data, forms, messages, session
from credigestor.ui.kit.figures import file_size, format_count

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_ICON = ":material/download:"
_SECONDS_BETWEEN_LOOKS = 1.0


@dataclass(frozen=True)
class _Wanted:
    """What a button stands for: a file, and the right to have it."""

    permission: Permission
    what: dict[str, Any]
    #: Its name and about how many rows it has, found on the click.
    describe: Callable[[], tuple[str, int | None]]
    #: Whether the person proves first who they are.
    with_password: bool = False


@dataclass(frozen=True)
class _Asked:
    """What a button was clicked for, in this visitor's session."""

    token: str
    what: dict[str, Any]


def button(
    label: str,
    order: Order,
    *,
    key: str,
    icon: str = _ICON,
    type: Literal["primary", "secondary", "tertiary"] = "secondary",
    help: str | None = None,
) -> None:
    """Draw a button for a file of exports, and below it how far the file is once it was clicked.

    Who may not have it gets a message instead of the file.
    """

    def describe() -> tuple[str, int | None]:
        def found(db: Any) -> tuple[str, int | None]:
            today = shop_day(db)
            return catalogue.file_name(order, today), catalogue.expected_rows(db, order, today)

        return data.read(found)

    what = {"order": order.model_dump(mode="json")}
    _offer(label, _Wanted(catalogue.permission(order), what, describe), key, icon, type, help)


def list_button(
    actor: Actor,
    kind: str,
    filters: DataclassInstance,
    *,
    as_of: date | None = None,
    sort: str | None = None,
) -> None:
    """A discreet button for all rows that a list's filters leave, for who may have them.

    `sort` is the order of the list, a word of `reports.ordering`.
    """
    order = Order.model_validate({"kind": kind, "as_of": as_of, "sort": sort, "filters": filters})
    if actor.can(catalogue.permission(order)):
        help = "Todas as linhas que os filtros deixam, não só esta página, para o Excel."
        button("Baixar CSV", order, key=kind, type="tertiary", help=help)


def file_button(label: str, name: str, *, key: str, icon: str = _ICON) -> None:
    """The same for a file of the backup folder, by its name there, after asking for the password.

    It holds everything: who finds a login left open does not carry it away.
    """

    def describe() -> tuple[str, None]:
        backup_folder.path_of(get_config().backups, name, data.read(backups.owner))
        return name, None

    wanted = _Wanted(Permission.BACKUP, {"file": name}, describe, with_password=True)
    _offer(label, wanted, key, icon, "secondary", None)


@st.fragment
def _offer(
    label: str,
    wanted: _Wanted,
    key: str,
    icon: str,
    type: Literal["primary", "secondary", "tertiary"],
    help: str | None,
) -> None:
    slot = f"download:{key}"
    clicked = st.button(label, key=key, icon=icon, type=type, help=help)
    try:
        if _goes_ahead(wanted, key, clicked=clicked):
            st.session_state[slot] = _Asked(_ask(wanted), wanted.what)
    except BusinessError as error:
        st.error(messages.plain(error.message), icon=":material/error:")
        return
    asked: _Asked | None = st.session_state.get(slot)
    if asked is None:
        return
    row = _row(asked)
    if row is not None and _under_way(row):
        _watch(asked, wanted.permission)
    elif row is not None and asked.what == wanted.what:
        _show(row, asked)


def _goes_ahead(wanted: _Wanted, key: str, *, clicked: bool) -> bool:
    """Tell whether the file is asked for in this run: at the click, or once the password is there.

    A second click closes the question.
    """
    if not wanted.with_password:
        return clicked
    asking = f"download-asking:{key}"
    if clicked:
        session.require(wanted.permission)
        wanted.describe()  # a file that is not there asks for nothing
        st.session_state[asking] = not st.session_state.get(asking)
    if not st.session_state.get(asking):
        return False
    actor = session.require(wanted.permission)
    fields, place = forms.Fields(), st.empty()
    with place.form(f"{key}-confirm", width=360):
        password = st.text_input(
            "Sua senha", type="password", key=f"{key}-password", autocomplete="current-password"
        )
        fields.slot("password")
        sent = st.form_submit_button("Confirmar e baixar", type="primary", key=f"{key}-send")
    if not sent:
        return False
    with fields.catching():
        confirm.confirm(actor, wanted.permission, password)
        place.empty()
        st.session_state[asking] = False
    return not st.session_state[asking]


@st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
def _watch(asked: _Asked, permission: Permission) -> None:
    """How far it is, until it is there: a whole run then ends the looking."""
    session.require(permission)
    row = _row(asked)
    if row is None or not _under_way(row):
        st.rerun()
    _show(row, asked)


def _ask(wanted: _Wanted) -> str:
    session.require(wanted.permission)
    found = session.identity()
    if found is None:
        st.rerun()
    actor, login = found
    file_name, rows_expected = wanted.describe()
    with transaction() as db:
        return downloads.ask(
            db,
            actor,
            wanted.permission,
            login=login,
            what=wanted.what,
            file_name=file_name,
            rows_expected=rows_expected,
            now=clock.now(),
        )


def _row(asked: _Asked) -> Download | None:
    return data.read(downloads.find, asked.token)


def _under_way(row: Download) -> bool:
    return row.finished_at is None and downloads.ending(row, clock.now()) is None


def _show(row: Download, asked: _Asked) -> None:
    """One line on a file: its link, how much was sent, or how it ended."""
    error = downloads.ending(row, clock.now())
    if error is not None:
        st.warning(messages.plain(f"{row.file_name}: {error}"), icon=":material/warning:")
    elif row.finished_at is not None:
        at = row.finished_at.astimezone(ZoneInfo(data.settings().time_zone))
        sentence = f"{row.file_name} enviado às {at:%H:%M}: {file_size(row.size)}."
        st.caption(messages.plain(sentence))
    elif row.used_at is None:
        # Constant but for the token, which is ours.
        st.html(
            "Preparando o arquivo… Se ele não começar a baixar sozinho: "
            f'<a class="cg-download" href="/baixar/{asked.token}" download>'
            "Baixar agora</a>"
        )
    else:
        _show_progress(row)


def _show_progress(row: Download) -> None:
    doing, size = f"Baixando {row.file_name}", file_size(row.size)
    if row.rows_expected and row.rows <= row.rows_expected:
        rows = f"{format_count(row.rows)} de cerca de {format_count(row.rows_expected)} linhas"
        st.progress(row.rows / row.rows_expected, messages.plain(f"{doing}: {rows}, {size}."))
    elif row.rows:
        st.caption(messages.plain(f"{doing}: {format_count(row.rows, 'linha', 'linhas')}, {size}."))
    else:
        st.caption(messages.plain(f"{doing}: {size}."))
