"""Nouns that read: SELECT in, DataFrame or small dataclass out, always at an as-of date."""
