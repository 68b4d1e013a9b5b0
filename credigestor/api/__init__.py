"""REST over the same services and reports as the pages, for other programs; no Streamlit.

`uvicorn credigestor.api:app` serves it alone; `beside.Beside` beside the pages.
"""

from credigestor.api.application import app as app
