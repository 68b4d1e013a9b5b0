"""Models, engine, embedded server and migrations."""
