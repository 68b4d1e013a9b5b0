"""Making a backup at the click of a button, which two fast clicks do once."""

from __future__ import annotations

import streamlit as st

from credigestor import clock
from credigestor.backups import automatic
from credigestor.backups.backup import IN_THE_CLEAR, MIN_PASSPHRASE, Made, check_passphrase
from credigestor.config import get_config
from credigestor.errors import InvalidInput
from credigestor.rules.permissions import Actor
from credigestor.rules.progress import Progress
from credigestor.ui.kit import background, forms, messages
from credigestor.ui.kit.figures import file_size, format_count

_FORM = "backup-make"


def make(
    actor: Actor, passphrase: str | None, progress: Progress, *, spared: str | None = None
) -> Made:
    """Make a backup into the folder, with this passphrase or, without one, the automatic one's.

    Of the old ones the file named by `spared` stays. Runs in any thread. Raises NotAllowed,
    Conflict.
    """
    return automatic.make(
        get_config().backups,
        actor,
        now=clock.now(),
        passphrase=passphrase or get_config().passphrase,
        progress=progress,
        spared=spared,
    )


def offer_backup(actor: Actor, *, busy: bool) -> None:
    """The button, and above it the passphrase for who wants one of their own."""
    fields = forms.Fields()
    key = forms.key(_FORM)
    place = st.empty()
    with place.container():
        typed = _passphrase(key, fields)
        # After a click the button is another one, which a second click does not hit.
        clicked = st.button(
            "Fazer backup agora",
            type="primary",
            icon=":material/backup:",
            key=key,
            disabled=busy,
        )
    if not clicked:
        return
    with fields.catching():
        passphrase = checked(*typed) if typed else None
        forms.renew(_FORM)
        with place.container():  # where the button was: the files below stay where they are
            made = background.with_bar(lambda progress: make(actor, passphrase, progress))
        rows = format_count(made.rows, "linha", "linhas")
        messages.flash(f"Backup feito: {made.path.name}, {rows}, {file_size(made.size)}.")
        st.rerun()


def checked(passphrase: str, again: str) -> str:
    """The passphrase, if it is long enough and was typed twice alike; raises InvalidInput."""
    check_passphrase(passphrase)
    if passphrase != again:
        raise InvalidInput("As duas senhas são diferentes.", field="again")
    return passphrase


def _passphrase(key: str, fields: forms.Fields) -> tuple[str, str] | None:
    if not st.toggle("Proteger com uma senha", key=f"{key}:protect"):
        if get_config().passphrase is None:
            st.caption(f":material/lock_open: {IN_THE_CLEAR} Recomendamos uma senha.")
        return None
    with st.grid(2, min_column_width=240):
        with st.container():
            typed = st.text_input(
                "Senha do backup",
                type="password",
                key=f"{key}:passphrase",
                autocomplete="new-password",
                help=f"Pelo menos {MIN_PASSPHRASE} caracteres.",
            )
            fields.slot("passphrase")
        with st.container():
            again = st.text_input(
                "Senha do backup, de novo",
                type="password",
                key=f"{key}:again",
                autocomplete="new-password",
            )
            fields.slot("again")
    st.caption("Anote-a: sem ela ninguém abre o arquivo, nem quem fez este sistema.")
    return typed, again
