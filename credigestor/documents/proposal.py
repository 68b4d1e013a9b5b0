"""The proposal on paper: what a sale on credit would cost, before it is made (CDC art. 54-B)."""

from __future__ import annotations

from datetime import datetime

from credigestor.documents.blocks import Blocks, space, stack
from credigestor.documents.contract_words import goods, named
from credigestor.documents.credit_words import conditions, figures, own_clause
from credigestor.documents.flow import LEFT, LEGAL, WIDTH, Flow
from credigestor.documents.letterhead import shop_place
from credigestor.reports.proposals import Offered
from credigestor.rules.calendar import format_date, written_date
from credigestor.rules.money import format_brl

TITLE = "Proposta de venda a prazo"


def pdf(data: Offered, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of a proposal; `logo` is a PNG or JPEG. Same data and moment, same bytes."""
    page = Blocks(f"Proposta {data.number}", made_at, left=LEFT, width=WIDTH)
    until = format_date(data.valid_until)
    flow = Flow(
        page,
        lambda number: f"Proposta {data.number} · válida até {until} · página {number}",
        data.shop.document_footer,
    )
    flow.fresh_page()
    flow.letterhead(data.shop, logo)
    flow.band(TITLE, f"Nº {data.number} · válida até {until}")
    customer = data.customer
    flow.clause("Cliente", named(customer.name, customer.tax_id, customer.address))
    flow.clause(*goods(data))
    flow.heading("Preço e crédito")
    flow.figures(figures(data), labels=LEGAL, headed=True)
    flow.heading("Parcelas")
    rows = [
        (f"{each.number}ª", format_date(each.due_date), format_brl(each.amount))
        for each in data.installments
    ]
    flow.columns(rows, "RLR", size=LEGAL, apart=5)
    flow.heading("Condições")
    for lead, text in [("Validade", _validity(data)), *conditions(data), *own_clause(data)]:
        flow.clause(lead, text)
    place = ", ".join(filter(None, (shop_place(data.shop), written_date(data.sold_on))))
    by = f" Pela loja: {data.made_by}." if data.made_by else ""
    flow.put(stack(space(3), page.paragraph(f"{place}.{by}", LEGAL)))
    return page.finished()


def _validity(data: Offered) -> str:
    made, until = format_date(data.sold_on), format_date(data.valid_until)
    return (
        f"Fechada até {until}, a venda fica com a data desta proposta, {made}, e com os valores, "
        "as taxas e os vencimentos acima (CDC, art. 30 e 54-B). Até lá o cliente não se obriga a "
        "nada: esta proposta não é contrato nem recibo."
    )
