"""Writes `credigestor/db/catalogue.json` anew: `python -m tests.db.catalogue_file`.

To be run after a migration was written, and its difference read before it is committed.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path


def main() -> None:
    """Migrate an empty shop on a server of its own, and keep what the server says of it."""
    folder = Path(tempfile.mkdtemp(prefix="credigestor-catalogue-"))
    folder.chmod(0o755)
    os.environ["CREDIGESTOR_DATA_DIR"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    from credigestor.db import catalogue
    from credigestor.db.engine import get_engine, snapshot
    from credigestor.db.migrate import migrate
    from credigestor.postgres import launcher

    try:
        migrate(get_engine())
        with snapshot() as session:
            made = catalogue.read(session)
        content = json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True)
        catalogue.FILE.write_text(content + "\n", encoding="utf-8")
        get_engine().dispose()
    finally:
        launcher.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
