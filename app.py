"""The house's front: Streamlit's app behind our doors, with our routes.

streamlit run app.py        or        uvicorn app:app
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread
import streamlit as st
from starlette.middleware import Middleware

from credigestor.ui.app import incidents
from credigestor.web import startup
from credigestor.web.doors import Doors
from credigestor.web.routes import routes


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Prepare the database before the first visitor, print the setup code of a new shop, and
    make the automatic backups."""
    await anyio.to_thread.run_sync(startup.announce)
    with startup.backups():
        yield


app = st.App(
    Path(__file__).parent / "credigestor" / "ui" / "app" / "entry.py",
    routes=routes(),
    middleware=[Middleware(Doors)],
    lifespan=lifespan,
    on_script_error=incidents.show,
)
