"""The product's doors and routes around a page that offers files, for tests of the doors alone."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from credigestor.web import startup
from credigestor.web.doors import Doors
from credigestor.web.routes import routes

startup.prepare()
app = st.App(
    Path(__file__).with_name("doors_script.py"),
    routes=routes(),
    middleware=[Middleware(Doors)],
)
