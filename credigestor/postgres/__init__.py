"""The embedded PostgreSQL: its programs, its process, and who starts it."""
