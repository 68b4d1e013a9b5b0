"""CSV and ZIP in and out."""
