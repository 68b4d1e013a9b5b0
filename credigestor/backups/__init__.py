"""Backups of the whole shop: made, kept, proved and restored."""
