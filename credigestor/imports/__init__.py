"""A shop's past from CSV files: read, checked row by row, and written at once."""
