"""The house's front: Streamlit's app behind our doors, with our routes and the API beside it.

streamlit run app.py        or        uvicorn app:app
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread
import streamlit as st
from starlette.middleware import Middleware

from credigestor.api.beside import Beside
from credigestor.ui.app import callbacks, incidents
from credigestor.web import garbage, sockets, startup
from credigestor.web.doors import Doors
from credigestor.web.measured import Measured
from credigestor.web.routes import routes

#: Rooms of credigestor.ui; `app` is this one's own.
PAGES_ARE_MADE_OF = tuple(
    f"credigestor.ui.{room}" for room in ("kit", "charts", "analytics", "counter", "admin")
)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Prepare the server's sockets, and the database before the first visitor, print the setup
    code of a new shop, make the automatic backups, watch the folder of imports, fold what is
    marked, deliver webhooks; load what pages are made of, so that it is no garbage's business."""
    sockets.answer_at_once()
    callbacks.run_whole()
    await anyio.to_thread.run_sync(startup.announce)
    await anyio.to_thread.run_sync(garbage.load, PAGES_ARE_MADE_OF)
    with (
        startup.backups(),
        startup.imports(),
        startup.folds(),
        startup.webhooks(),
        garbage.collecting(),
    ):
        yield


app = st.App(
    Path(__file__).parent / "credigestor" / "ui" / "app" / "entry.py",
    routes=routes(),
    middleware=[Middleware(Measured), Middleware(Beside), Middleware(Doors)],
    lifespan=lifespan,
    on_script_error=incidents.show,
)
