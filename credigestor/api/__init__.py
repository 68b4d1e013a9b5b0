"""REST over the same services and reports as the pages, for other programs; no Streamlit.

`uvicorn credigestor.api:app` serves it alone; `beside.Beside` beside the pages.
"""

from credigestor.api import application
from credigestor.web.measured import Measured

#: The API as a process of its own, its requests measured; beside the pages it is within theirs.
app = Measured(application.app)
