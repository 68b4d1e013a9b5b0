"""A page that offers one file of the backup folder: the one that the address names."""

import streamlit as st

from credigestor.ui.kit import downloads

downloads.file_button("Baixar", st.query_params["name"], key="file")
