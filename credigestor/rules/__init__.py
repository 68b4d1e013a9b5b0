"""Pure rules: no clock, no database, no input or output. Doctests show each one."""
