"""One of the Backup page's dialogs, drawn in every run: AppTest runs no fragment by itself."""

from __future__ import annotations

import streamlit as st

from credigestor.ui.admin.backup_files import verify_dialog
from credigestor.ui.admin.backup_restore import RestoreTask, Task, restore_dialog
from credigestor.ui.admin.backup_source import Source

name = st.query_params["file"]
if "verify" in st.query_params:
    verify_dialog(st.session_state.setdefault("task", Task(Source(name))))
else:
    restore_dialog(st.session_state.setdefault("task", RestoreTask(Source(name))))
