"""A proxy that stands in front and that nobody told us of."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.types import Scope

from credigestor.config import get_config
from credigestor.web import visitor

log = logging.getLogger("credigestor")


class Proxies:
    """Says so in the log, once a process."""

    def __init__(self) -> None:
        self._told = False

    def mind(self, scope: Scope) -> None:
        """Look at one request."""
        if self._told or get_config().behind_proxy:
            return
        headers = Headers(scope=scope)
        found = [name for name in visitor.FORWARDING if name in headers]
        if found:
            self._told = True
            log.warning(
                "Requests come through a proxy (%s), and CREDIGESTOR_BEHIND_PROXY is not set: all"
                " visitors count as one address, and cookies are not Secure.",
                ", ".join(found),
            )
