"""Paper: data into the bytes of a PDF, the same bytes for the same data and date."""
