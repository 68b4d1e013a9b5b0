"""Verbs that write: session, actor and keyword-only data in; they never commit."""
