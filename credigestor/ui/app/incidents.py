"""What a person sees when a page fails: a message, never a traceback."""

from __future__ import annotations

import logging
import secrets
import traceback

import streamlit as st

from credigestor.errors import BusinessError
from credigestor.ui.app.forgery import forged
from credigestor.ui.kit.messages import plain

log = logging.getLogger("credigestor")


def _worth_a_traceback(record: logging.LogRecord) -> bool:
    """Tell whether Streamlit may log an error of its own accord: not what `show` words whole."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, Exception) and forged(error))


logging.getLogger("streamlit.error_util").addFilter(_worth_a_traceback)


def show(error: Exception) -> bool:
    """Word an error that no page caught; an unexpected one gets a code that is in the log too."""
    if isinstance(error, BusinessError):
        st.error(plain(error.message), icon=":material/error:")
        return True
    if forged(error):
        at = traceback.extract_tb(error.__traceback__)[-1]
        log.warning(
            "A page was sent a value that no browser sends: %s at %s:%s",
            *(type(error).__name__, at.filename, at.lineno),
        )
        st.error(
            "O navegador enviou um valor que esta página não aceita. Carregue a página de novo.",
            icon=":material/error:",
        )
        return True
    code = secrets.token_hex(4).upper()
    log.error("Incident %s", code, exc_info=error, extra={"incident": code})
    st.error(
        "Algo deu errado e esta página não pôde continuar. O que já estava gravado não foi "
        f"afetado. Tente de novo; se repetir, informe o código **{code}** a quem cuida do "
        "sistema.",
        icon=":material/report:",
    )
    return True
