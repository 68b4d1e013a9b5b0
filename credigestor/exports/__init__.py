"""The shop's data as CSV and ZIP files, for spreadsheets, programs and the customer."""
