"""The parts of an administrator's pages: backups, settings, imports and personal data."""
