"""The API in the pages' process: what is under /api never reaches Streamlit, nor its doors."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from credigestor.api.application import app as api

ROOT = "/api"


class Beside:
    """Outermost ASGI middleware: hands /api to the API, all else on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, WebSocket or lifespan of the server."""
        path = scope.get("path", "")
        ours = path == ROOT or path.startswith(f"{ROOT}/")
        await (api if ours else self.app)(scope, receive, send)
