"""Files of exports, read back as whoever opens them would."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.loading.copying import Rows
from credigestor.db.settings import ShopSettings
from credigestor.exports.catalogue import Order, Style, stream
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales, settings
from tests.portfolio import TODAY, add_customer, add_sale, pay

NOW = datetime(2026, 11, 23, 15, 45, tzinfo=UTC)


def streamed(order: Order, session: Session | None = None) -> tuple[bytes, int]:
    """All of a file, and the count of its rows; from a snapshot of its own if none is given."""
    if session is None:
        with snapshot() as own:
            return streamed(order, own)
    rows = Rows()
    blocks = list(stream(session, order, today=TODAY, generated_at=NOW, rows=rows))
    return b"".join(blocks), rows.count


def table_of(content: bytes, style: Style = Style.EXCEL) -> list[dict[str, str]]:
    """The rows of a CSV file by header."""
    encoding, separator = ("utf-8-sig", ";") if style is Style.EXCEL else ("utf-8", ",")
    text = io.StringIO(content.decode(encoding), newline="")
    return list(csv.DictReader(text, delimiter=separator, strict=True))


def rows_of(order: Order) -> list[dict[str, str]]:
    """The rows of a file, as many as it says."""
    content, count = streamed(order)
    found = table_of(content, order.style)
    assert len(found) == count
    return found


def make_shop(admin: Actor) -> None:
    """Two customers, one with a formula for a name; a late note, a cancelled sale, a reversal."""
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Loja da Zélia"))
        ana = add_customer(
            session,
            "Ana D'Ávila; filha",
            phone="+5585988724443",
            zip_code="60175000",
            credit_limit=Decimal("1500.00"),
        )
        bia = add_customer(session, "=cmd|'/c calc'!A1", remarks="-1+1")
        notes = [("300.00", date(2026, 1, 10)), ("300.00", date(2026, 12, 10))]
        first = add_sale(session, ana, date(2026, 1, 2), notes, seller_id=admin.id)
        second = add_sale(session, bia, date(2026, 1, 2), [("50.00", date(2026, 2, 10))])
        pay(session, admin, first.notes[0], "100.00", date(2026, 1, 25))
        wrong = pay(session, admin, first.notes[1], "7.00", date(2026, 1, 26))
        payments.reverse(session, admin, payment_id=wrong, why="engano", today=TODAY)
        sales.cancel(session, admin, sale_id=second.id, why="desistência", today=TODAY)
