"""The log as JSON, one object a line, for programs that gather logs; as text it is left alone."""

from __future__ import annotations

import logging

from pythonjsonlogger.json import JsonFormatter

from credigestor.config import get_config

#: Who writes to handlers of its own, which would go on in text.
_OTHERS = ("streamlit", "uvicorn")


def configure() -> None:
    """Write all loggers' records as the configuration says; once everything is loaded.

    An unexpected error of a page has its code as `incident`, and its traceback as `exc_info`.
    """
    if get_config().log_format == "text":
        return
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonFormatter(
            ["levelname", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="at",
            json_ensure_ascii=False,
        )
    )
    logging.getLogger().handlers = [handler]
    for name in list(logging.getLogger().manager.loggerDict):
        if name.split(".")[0] in _OTHERS:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True
