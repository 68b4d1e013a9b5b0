"""Takes the pictures of pages in `docs/images/` anew: `python -m tests.browser.readme_pictures`.

Of the demonstration shop of today, in a process of its own with a database of its own. The pictures
of documents are pages of PDF, and none of these.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from socket import socket
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.chromium import launchable, launched
from tests.browser.shown import PHONE

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
PATIENCE = 60_000  # ms
LOGIN, PASSWORD = "ana.admin", "uma senha de retrato"
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 1330}}
PICTURES = (
    ("painel", DESK, "/painel", None),
    ("safras", DESK, "/safras", None),
    ("backup", DESK, "/backup", None),
    ("celular", PHONE, "/inadimplencia", ".cg-rows"),
)


def main() -> None:
    """Make the shop, run it, and take every picture."""
    folder = Path(tempfile.mkdtemp(prefix="credigestor-pictures-"))
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ.pop("DATABASE_URL", None)
    os.environ["CREDIGESTOR_DATA_DIR"] = str(folder)
    server = None
    try:
        _command("demo")
        _command("create-admin", "--login", LOGIN, "--name", "Ana Admin", "--password-stdin")
        _command("backup", "--to", str(folder / "backups"))
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", "app.py"),
                *("--server.port", str(port), "--server.address", "127.0.0.1"),
            ],
            cwd=ROOT,
        )
        _take(f"http://localhost:{port}")
    finally:
        if server:
            server.terminate()
            server.wait(30)
        from credigestor.postgres import launcher

        launcher.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _command(*words: str) -> None:
    command = [sys.executable, "-m", "credigestor", *words]
    subprocess.run(command, cwd=ROOT, check=True, input=f"{PASSWORD}\n", text=True)


def _take(base_url: str) -> None:
    _wait(f"{base_url}/saude")
    with sync_playwright() as playwright, launched(launchable(playwright, "chromium")) as browser:
        for name, size, address, scroll_to in PICTURES:
            context = browser.new_context(base_url=base_url, locale="pt-BR", **size)
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.goto(address)
            page.get_by_label("Usuário", exact=True).fill(LOGIN)
            page.get_by_label("Senha", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Entrar").click()
            page.locator("h1", has_not_text="CrediGestor").wait_for()
            page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
            page.get_by_test_id("stSkeleton").first.wait_for(state="detached")
            page.wait_for_timeout(3000)  # charts come later, and nothing tells that they have
            if scroll_to:
                page.locator(scroll_to).first.evaluate("part => part.scrollIntoView()")
            file = IMAGES / f"{name}.png"
            page.screenshot(path=file)
            with Image.open(file) as taken:
                taken.convert("RGB").quantize(128).save(file, optimize=True)
            context.close()


def _wait(address: str) -> None:
    end = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


if __name__ == "__main__":
    main()
