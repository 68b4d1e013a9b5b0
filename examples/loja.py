"""A shop over CrediGestor's API: it sells, receives, lists who is late, and keeps a backup.

    CREDIGESTOR_LOGIN=ada CREDIGESTOR_PASSWORD=… python examples/loja.py [FOLDER]

or with a program's key, CREDIGESTOR_KEY=cg_…; CREDIGESTOR_URL says where the shop is. Receipt, CSV
and backup (an administrator's) are written to FOLDER. The customer and the sale stay.
"""

from __future__ import annotations

import os
import random
import sys
import time
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx


class Shop:
    """A shop's API, for who has logged in."""

    def __init__(self) -> None:
        address = os.environ.get("CREDIGESTOR_URL", "http://localhost:8501")
        self.http = httpx.Client(base_url=address, timeout=60)
        self.password = os.environ.get("CREDIGESTOR_PASSWORD")
        token = os.environ.get("CREDIGESTOR_KEY")
        if not token:
            login = {"login": os.environ["CREDIGESTOR_LOGIN"], "password": self.password}
            token = self.ask("POST", "/api/v1/auth/login", json=login).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def read(self, path: str, **params: Any) -> Any:
        """What a GET answers."""
        return self.ask("GET", f"/api/v1{path}", params=params).json()

    def write(self, path: str, **body: Any) -> Any:
        """Write once: the key is made here, and every other try sends the same one."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return self.ask("POST", f"/api/v1{path}", json=body, headers=key).json()

    def save(self, path: str, file: Path) -> None:
        """Keep a file, block by block."""
        with self.http.stream("GET", path) as answer, file.open("wb") as out:
            answer.raise_for_status()
            for block in answer.iter_bytes():
                out.write(block)
        print(f"  {file} ({file.stat().st_size} bytes)")

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask, and ask the same again where the connection was lost or the server says to wait."""
        for left in reversed(range(5)):
            try:
                answer = self.http.request(method, path, **more)
                if answer.status_code not in (429, 503) or not left:
                    break
                time.sleep(int(answer.headers.get("Retry-After", 1)))
            except httpx.TransportError:
                if not left:
                    raise
                time.sleep(1)
        if answer.is_error:
            sys.exit(f"{method} {path}: {answer.json()['detail']} ({answer.json()['code']})")
        return answer


def main() -> None:
    """The whole story."""
    folder, shop = Path(sys.argv[1] if len(sys.argv) > 1 else "."), Shop()
    me = shop.read("/auth/me")
    today = date.fromisoformat(me["today"])
    print(f"{me['name']}, hoje é {today:%d/%m/%Y} na loja.")

    customer = shop.write("/customers", name="Cliente de Exemplo", tax_id=a_cpf())["id"]
    terms = {"total": "900.00", "installments": 3, "first_due_date": str(today + timedelta(30))}
    sale = shop.write("/sales", customer_id=customer, description="Bicicleta", **terms)
    print(f"Venda {sale['number']}: " + ", ".join(f"R$ {n['amount']}" for n in sale["notes"]))

    note = sale["notes"][0]["id"]
    item = {"note_id": note, "amount": shop.read(f"/notes/{note}")["owed"]["total"]}
    paid = shop.write("/payments", customer_id=customer, method="pix", items=[item])
    print(f"Pagamento {paid['number']} de R$ {paid['amount']}; o recibo:")
    shop.save(f"/api/v1/payments/{paid['id']}/receipt", folder / "recibo.pdf")

    print("Quem está atrasado:")
    page = shop.read("/reports/delinquency", limit=100)
    late = page["items"]
    while page["next_cursor"]:
        page = shop.read("/reports/delinquency", limit=100, cursor=page["next_cursor"])
        late += page["items"]
    for one in late:
        print(f"  {one['name']}: R$ {one['owed']}, há {one['days_late']} dias")
    print(f"  ao todo, R$ {page['totals']['owed']} de {page['totals']['customers']} clientes")

    print("Todas as notas em CSV, e um backup de tudo:")
    shop.save(shop.write("/exports", kind="notes")["address"], folder / "notas.csv")
    begun = shop.write("/backups")["run_id"]
    while (run := shop.read(f"/backups/runs/{begun}"))["state"] == "running":
        time.sleep(0.2)
    if run["state"] != "done":
        sys.exit(f"O backup não deu certo: {run['detail']}")
    proof = {"password": shop.password} if shop.password else {}  # who calls by a key has none
    file = shop.write(f"/backups/{run['file']}/download", **proof)
    shop.save(file["address"], folder / run["file"])


def a_cpf() -> str:
    """Anybody's CPF, with its check digits."""
    digits = [random.randrange(10) for _ in range(9)]  # noqa: S311 - nobody's
    for _ in range(2):
        rest = sum(d * w for d, w in zip(digits, range(len(digits) + 1, 1, -1), strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return "".join(map(str, digits))


if __name__ == "__main__":
    main()
