"""A page that prepares a file, offers another that is made on the click, and takes one."""

import streamlit as st

st.download_button("pronto", b"prepared secret", "pronto.txt", key="ready")
st.download_button("na hora", lambda: b"deferred secret", "hora.txt", key="later")
st.file_uploader("arquivo", key="upload")
st.markdown("/media/00000000000000000000000000000000000000000000000000000000.txt")
