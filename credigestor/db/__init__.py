"""Models, engine, locks and migrations: how the shop lies in PostgreSQL."""
