"""The agreement of a renegotiation (R15): the old debt, the new one, and what becomes of the old.

All of it stands in type of 12 points but for head and foot (CDC art. 54 §3). Signed by two
witnesses too it is an enforceable title (CPC art. 784, III).
"""

from __future__ import annotations

from datetime import datetime

from credigestor.documents.blocks import Blocks, space
from credigestor.documents.contract_words import guarantor_title, named
from credigestor.documents.credit_words import Figure, conditions, figures, own_clause
from credigestor.documents.flow import BOTTOM, LEFT, LEGAL, WIDTH, Flow
from credigestor.documents.letterhead import payee, shop_address
from credigestor.documents.signatures import drawn_signatures
from credigestor.reports.renegotiations import Agreed
from credigestor.rules import renegotiation as rule
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import note_number, receipt_number
from credigestor.rules.renegotiation import AGREEMENT_NAMES, AGREEMENT_WORDS, Agreement
from credigestor.rules.words import money_in_words

TITLES = {
    Agreement.NOVATION: "Acordo de novação de dívida",
    Agreement.CONFESSION: "Confissão e parcelamento de dívida",
}
UNDONE = "DESFEITO"


def pdf(data: Agreed, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of an agreement; `logo` is a PNG or JPEG. Same data and moment, same bytes."""
    deal = data.deal
    page = Blocks(f"Acordo {data.number}", made_at, left=LEFT, width=WIDTH)
    flow = Flow(
        page, lambda number: f"Acordo {data.number} · página {number}", data.shop.document_footer
    )
    flow.fresh_page()
    flow.letterhead(data.shop, logo)
    aside = f"Nº {data.number} · {format_date(deal.agreed_on)}"
    flow.band(TITLES[deal.kind], f"{aside} · {UNDONE}" if deal.undone else aside)
    for lead, text in _parties(data):
        flow.clause(lead, text)
    flow.heading("Dívida antiga")
    rows = [
        (
            note.number,
            f"{'venceu' if note.due_date < deal.agreed_on else 'vence'} em "
            f"{format_date(note.due_date)}",
            format_brl(rule.amount(note.owed)),
        )
        for note in deal.notes
    ]
    flow.columns(rows, "LLR", size=LEGAL, apart=5)
    flow.put(space(1.5))
    flow.figures(
        [
            [
                ("Principal", format_brl(deal.owed.principal)),
                ("Juros de mora", format_brl(deal.owed.interest)),
                ("Multa", format_brl(deal.owed.fine)),
            ],
            [
                ("Devido nesta data", format_brl(rule.amount(deal.owed))),
                ("Encargos dispensados", format_brl(deal.waived)),
                ("Entrada", format_brl(deal.paid)),
            ],
        ],
        labels=LEGAL,
    )
    flow.heading("Dívida nova")
    flow.clause("Valor", f"{format_brl(deal.entered)} ({money_in_words(deal.entered)})")
    flow.figures(_new_debt(data), labels=LEGAL)
    flow.heading("Parcelas")
    count = len(data.installments)
    flow.columns(
        [
            (
                note_number(deal.sale_id, each.number, count),
                format_date(each.due_date),
                format_brl(each.amount),
            )
            for each in data.installments
        ],
        "RLR",
        size=LEGAL,
        apart=5,
    )
    flow.heading("Condições")
    numbered = [(f"{k}. {lead}", text) for k, (lead, text) in enumerate(_clauses(data), 1)]
    for lead, text in numbered[:-1]:
        flow.clause(lead, text)
    # No page of signatures alone: the last clause stands above them.
    signatures = drawn_signatures(page, data, "Credora", "Devedor")
    last = page.paragraph(": ".join(numbered[-1]), LEGAL, "B").height
    if flow.y + last + signatures.height + 1.5 > BOTTOM:
        flow.fresh_page()
    flow.clause(*numbered[-1])
    flow.put(signatures)
    return page.finished()


def _parties(data: Agreed) -> list[tuple[str, str]]:
    shop, customer = data.shop, data.customer
    found = [
        ("Credora", named(payee(shop), shop.tax_id, shop_address(shop) if shop.street else "")),
        ("Devedor", named(customer.name, customer.tax_id, customer.address)),
    ]
    return found + [
        (guarantor_title(data.guarantors, place), named(each.name, each.tax_id, each.address))
        for place, each in enumerate(data.guarantors, 1)
    ]


def _new_debt(data: Agreed) -> list[list[Figure]]:
    """What the new debt costs: a down payment was of the old one."""
    rows = figures(data)[1:]
    return [
        [
            ("Total a pagar", value) if label.startswith("Total a pagar") else (label, value)
            for label, value in row
        ]
        for row in rows
    ]


def _clauses(data: Agreed) -> list[tuple[str, str]]:
    deal = data.deal
    found = [
        (
            "Reconhecimento",
            "O devedor reconhece que devia o que se lê acima em “Dívida antiga”, das notas ali "
            "numeradas, e obriga-se a pagar a dívida nova nas parcelas deste acordo.",
        ),
        (AGREEMENT_NAMES[deal.kind], AGREEMENT_WORDS[deal.kind]),
    ]
    if deal.paid and deal.payment_id:
        receipt = receipt_number(deal.payment_id)
        found.append(("Entrada", f"{format_brl(deal.paid)}, pelo recibo {receipt}."))
    if deal.old.interest or deal.old.fine:
        parts = {"juros": deal.old.interest, "multas": deal.old.fine}
        told = " e ".join(f"{format_brl(part)} de {name}" for name, part in parts.items() if part)
        found.append(("Encargos antigos", f"A dívida nova inclui {told} da dívida antiga."))
    found += [*conditions(data)[:2], *own_clause(data)]
    if data.guarantors:
        who = "Cada avalista" if len(data.guarantors) > 1 else "O avalista"
        found.append(("Garantia", f"{who} responde pelas parcelas como devedor solidário."))
    found.append(
        (
            "Notas promissórias",
            "As notas antigas são devolvidas ao devedor quando a loja recebe as novas assinadas."
            if deal.kind is Agreement.NOVATION
            else "As notas antigas ficam com a loja até que a dívida esteja paga.",
        )
    )
    return found
