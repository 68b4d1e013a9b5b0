"""Faults at their full length, minutes of them: `CREDIGESTOR_FAULTS=1 pytest tests/faults`."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("CREDIGESTOR_FAULTS") else ["test_*.py"]
