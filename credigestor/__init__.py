"""CrediGestor: the domain of a shop's crediário, usable with no Streamlit."""

__version__ = "0.12.0"
