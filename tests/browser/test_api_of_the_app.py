"""The API as the running app serves it, over connections that a program keeps open."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Server
from tests.factories import PASSWORD

EXAMPLE = ROOT / "examples" / "loja.py"


def test_a_kept_connection_is_answered_at_once(server: Server) -> None:
    """Waiting for a client's delayed acknowledgement would take 40 ms of every answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    taken = []
    for _ in range(30):
        start = perf_counter()
        connection.request("GET", "/api/v1/nada", headers={"Host": server.host})
        assert connection.getresponse().read()
        taken.append(perf_counter() - start)
    connection.close()
    assert min(taken[10:]) < 0.03


def test_the_example_sells_receives_and_carries_the_backup_home(
    server: Server, tmp_path: Path
) -> None:
    server.forget_attempts()
    environment = {
        "CREDIGESTOR_URL": server.base_url,
        "CREDIGESTOR_LOGIN": "adm",
        "CREDIGESTOR_PASSWORD": PASSWORD,
    }
    ran = subprocess.run(
        [sys.executable, EXAMPLE, tmp_path],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Ada Admin, hoje é 23/11/2026 na loja." in ran.stdout
    assert "R$ 300.00, R$ 300.00, R$ 300.00" in ran.stdout
    assert (tmp_path / "recibo.pdf").read_bytes().startswith(b"%PDF")
    assert "Cliente de Exemplo" in (tmp_path / "notas.csv").read_text("utf-8-sig")
    [backup] = tmp_path.glob("*.zip")
    assert zipfile.is_zipfile(backup)
    paid = "SELECT count(*) FROM payments JOIN customers ON customers.id = customer_id"
    assert server.scalar(f"{paid} WHERE name = 'Cliente de Exemplo' AND amount = 300") == 1


def test_a_bearer_opens_no_page(server: Server, new_page: Callable[..., Page]) -> None:
    """Pages know who calls by the cookie alone: with a good token they stay at the login."""
    server.forget_attempts()
    body = json.dumps({"login": "adm", "password": PASSWORD})
    sent = {"Content-Type": "application/json"}
    answer = server.request("POST", "/api/v1/auth/login", body, **sent)
    bearer = {"Authorization": f"Bearer {json.loads(answer.body)['access_token']}"}
    assert server.request("GET", "/api/v1/auth/me", **bearer).status == 200
    page = new_page(server, extra_http_headers=bearer)
    page.goto("/usuarios")
    expect(page.get_by_label("Senha", exact=True)).to_be_visible()
    for path in ("/documento/recibo/1", "/documento/notas/1"):
        told, untold = (server.request("GET", path, **some) for some in (bearer, {}))
        assert (told.status, told.body) == (untold.status, untold.body), path
        assert b"%PDF" not in told.body
