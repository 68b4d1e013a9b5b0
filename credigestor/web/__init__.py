"""The server around the pages: doors, cookies and routes as ASGI, with none of Streamlit's API."""
