"""Documents on paper: all notes, and the booklet, of a sale of 120 notes, beside bare fpdf2.

Ours go the way that a person's do: a GET to the running app, its login, queries and layout
included. The floor writes the same lines of text, in the same font, on as many pages of a
document in memory: what the library itself takes.
"""

from __future__ import annotations

import http.client
import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from statistics import median
from time import perf_counter

from fpdf import FPDF
from pypdf import PdfReader
from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from benchmarks import server
from benchmarks.business import MANAGER, TODAY
from benchmarks.figure import Figure
from benchmarks.server import Peak, Request, Server
from benchmarks.shops import connect
from credigestor.db.models import Customer
from credigestor.db.settings import current_settings
from credigestor.documents.faces import FONTS
from credigestor.rules.permissions import Actor, Role
from credigestor.services import printing, sales, settings

NOTES = 120
#: Seconds for one document, megabytes that the app may hold more meanwhile.
SECONDS, MEMORY = 2.0, 150.0
#: How many times what the bare library takes; its own layout, QR codes and queries included.
BARE = 6.0
ROUNDS = 5


def measure(url: URL) -> list[Figure]:
    """Time it on a shop's database, to which a sale, settings and a login are added."""
    sale_id, operation = _prepared(url)
    figures = []
    with server.running(url) as app:
        paths = {"notes": f"/documento/notas/{operation}", "booklet": f"/documento/carne/{sale_id}"}
        with Peak(app.process) as peak:  # from before the first document, which loads fonts
            for name, path in paths.items():
                ours, floor = _in_turns(app, path)
                figures += [
                    Figure(f"{name}_of_{NOTES}_seconds", ours, 1, SECONDS),
                    Figure(f"{name}_of_{NOTES}_vs_bare_fpdf2", ours, floor, BARE),
                ]
        figures.append(Figure("memory_of_documents_mb", peak.rise, MEMORY, 1))
    return figures


def _in_turns(app: Server, path: str) -> tuple[float, float]:
    lines = _lines(_content(app.ask(path)))
    taken = [(app.ask(path).seconds(), _bare(lines)) for _ in range(ROUNDS + 1)][1:]
    return median(ours for ours, _ in taken), median(floor for _, floor in taken)


def _bare(pages: list[list[str]]) -> float:
    start = perf_counter()
    pdf = FPDF(unit="mm", format="A4")
    pdf.add_font("DejaVu", "", FONTS / "DejaVuSans.ttf")
    pdf.add_font("DejaVu", "B", FONTS / "DejaVuSans-Bold.ttf")
    for lines in pages:
        pdf.add_page()
        for number, line in enumerate(lines):
            pdf.set_font("DejaVu", "B" if number % 3 == 0 else "", 8)
            pdf.set_xy(10, 10 + number * 270 / len(lines))
            pdf.cell(190, 3, line)
    pdf.output()
    return perf_counter() - start


def _lines(content: bytes) -> list[list[str]]:
    reader = PdfReader(io.BytesIO(content))
    return [page.extract_text().splitlines() for page in reader.pages]


def _content(request: Request) -> bytes:

    connection = http.client.HTTPConnection("127.0.0.1", request.port, timeout=60)
    connection.request("GET", request.path, headers=request.headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    content = answer.read()
    connection.close()
    return content


def _prepared(url: URL) -> tuple[int, uuid.UUID]:
    """A sale of 120 notes with contract interest, in a shop whose data are complete; printed."""
    actor = Actor(MANAGER, "Gerente", Role.ADMIN)
    today, operation = TODAY, uuid.uuid4()
    with _writing(url) as session:
        shop = current_settings(session).model_copy(
            update={
                "shop_name": "Loja Modelo",
                "legal_name": "Loja Modelo LTDA",
                "tax_id": "11222333000181",
                "city": "Fortaleza",
                "state": "CE",
                "pix_key": "11222333000181",
            }
        )
        settings.change(session, actor, shop)
        sale_id = sales.register(session, actor, _sale(session, today), today=today)
        printing.print_notes(session, actor, sale_id=sale_id, note_ids=None, operation_id=operation)
    return sale_id, operation


def _sale(session: Session, today: date) -> sales.NewSale:
    return sales.NewSale(
        operation_id=uuid.uuid4(),
        customer_id=session.scalars(select(Customer.id).where(Customer.active).limit(1)).one(),
        sold_on=today,
        description="Geladeira, fogão e cama",
        total=Decimal("12345.67"),
        installments=NOTES,
        first_due_date=today,
        contract_rate=Decimal(1),
        override_reason="medida",
    )


@contextmanager
def _writing(url: URL) -> Iterator[Session]:
    engine = connect(url)
    with Session(engine) as session, session.begin():
        yield session
    engine.dispose()
