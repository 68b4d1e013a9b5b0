"""Many rows at once, in and out of the server, and the schema beside that they fill."""
