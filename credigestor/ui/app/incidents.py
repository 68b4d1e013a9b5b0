"""What a person sees when a page fails: a message, never a traceback."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

from credigestor.errors import BusinessError
from credigestor.ui.kit.messages import plain

log = logging.getLogger("credigestor")


def show(error: Exception) -> bool:
    """Word an error that no page caught; an unexpected one gets a code that is in the log too."""
    if isinstance(error, BusinessError):
        st.error(plain(error.message), icon=":material/error:")
        return True
    code = secrets.token_hex(4).upper()
    log.error("Incident %s", code, exc_info=error)
    st.error(
        "Algo deu errado e esta página não pôde continuar. O que já estava gravado não foi "
        f"afetado. Tente de novo; se repetir, informe o código **{code}** a quem cuida do "
        "sistema.",
        icon=":material/report:",
    )
    return True
