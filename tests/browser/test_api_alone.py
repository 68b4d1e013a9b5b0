"""`uvicorn credigestor.api:app`, in a process of its own, from an empty database on."""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from credigestor.rules.permissions import Role
from tests.browser.conftest import PATIENCE, Server
from tests.factories import PASSWORD


class Alone(Server):
    """The API without the pages; its day is the machine's, which it tells."""

    def start(self) -> None:
        """Start the process."""
        served = ("-m", "uvicorn", "credigestor.api:app", "--port", str(self.port))
        self._command = [sys.executable, *served]
        super().start()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.request("GET", "/api/v1/auth/me").status == 401:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        log = self.log.read_text()
        self.stop()
        raise AssertionError(f"the API did not start:\n{log}")

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """What a good call is answered."""
        sent = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        content = None if body is None else json.dumps(body)
        answer = self.request(method, f"/api/v1{path}", content, **sent)
        assert answer.status in (200, 201), answer.body
        return json.loads(answer.body)


@pytest.fixture
def alone(cluster: str) -> Iterator[Alone]:
    running = Alone(cluster, "api_alone")
    yield running
    running.stop()


def test_it_prepares_its_database_sells_receives_and_tells(alone: Alone) -> None:
    alone.add_user("gerente", Role.MANAGER, "Guta Gerente")
    login = {"login": "gerente", "password": PASSWORD}
    tokens = alone.ask("POST", "/auth/login", login)
    alone.secrets |= {tokens["access_token"], tokens["refresh_token"]}
    token = tokens["access_token"]
    today = date.fromisoformat(alone.ask("GET", "/auth/me", token=token)["today"])
    person = {"name": "Ana Luz Medeiros", "tax_id": "529.982.247-25"}
    customer = alone.ask("POST", "/customers", person, token)["id"]
    sale = alone.ask(
        "POST",
        "/sales",
        {
            "customer_id": customer,
            "total": "300.00",
            "installments": 3,
            "first_due_date": str(today + timedelta(days=20)),
        },
        token,
    )
    items = [{"note_id": sale["notes"][0]["id"], "amount": "10.00"}]
    paid = {"customer_id": customer, "method": "pix", "items": items}
    payment = alone.ask("POST", "/payments", paid, token)
    [row] = alone.ask("GET", "/payments", token=token)["items"]
    assert (row["id"], row["amount"], row["paid_on"]) == (payment["id"], "10.00", str(today))
    told = alone.ask("GET", "/summary", token=token)
    assert (told["as_of"], told["receivable_principal"]) == (str(today), "290.00")
    assert alone.request("GET", "/saude").status == 404, "no page is served beside it"
