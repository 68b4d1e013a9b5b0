"""`python -m credigestor`: the command line."""

from __future__ import annotations

from credigestor.cli import main

if __name__ == "__main__":
    main(prog_name="python -m credigestor")
