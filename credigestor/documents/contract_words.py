"""What a contract says in words: its parties, its goods, and every clause beside the figures."""

from __future__ import annotations

from collections.abc import Sequence

from credigestor.documents.credit_words import conditions, own_clause
from credigestor.documents.flow import TO_FILL_IN
from credigestor.documents.letterhead import payee, phone, shop_address
from credigestor.reports.contract import Contract
from credigestor.reports.credit_terms import CreditTerms
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.rules.identification import label_identity

Clause = tuple[str, str]


def parties(contract: Contract) -> list[Clause]:
    """Who sells, who buys, who answers for them."""
    shop, customer = contract.shop, contract.customer
    found = [
        ("Vendedora", named(payee(shop), shop.tax_id, shop_address(shop) if shop.street else "")),
        ("Cliente", named(customer.name, customer.tax_id, customer.address)),
    ]
    found += [
        (guarantor_title(contract.guarantors, place), named(each.name, each.tax_id, each.address))
        for place, each in enumerate(contract.guarantors, 1)
    ]
    return found


def guarantor_title(guarantors: Sequence[SaleGuarantor], place: int) -> str:
    """What a guarantor is called."""
    return f"{place}º avalista" if len(guarantors) > 1 else "Avalista"


def copies(contract: Contract) -> list[str]:
    """Whose copy each one is, in the order in which they are printed."""
    guarantors = [
        f"via do {guarantor_title(contract.guarantors, place).lower()}"
        for place in range(1, len(contract.guarantors) + 1)
    ]
    return ["via da loja", "via do cliente", *guarantors]


def goods(terms: CreditTerms) -> Clause:
    """What is sold, or a line to write it on."""
    return "Mercadoria", " ".join(terms.description.split()) or TO_FILL_IN * 2


def named(name: str, tax_id: str | None, address: str) -> str:
    """Somebody by name, number and address, with a line for an address that is not known."""
    parts = [name, label_identity(tax_id), address or f"endereço: {TO_FILL_IN}"]
    return ", ".join(filter(None, parts)) + "."


def clauses(contract: Contract) -> list[Clause]:
    """Each clause with the words that name it."""
    found = [
        ("Lugar do pagamento", _where(contract)),
        (
            "Notas promissórias",
            "A loja pode emitir, para cada parcela, uma nota promissória de mesmo número, valor e "
            "vencimento. Ela garante esta dívida e não cria outra: paga a parcela, a nota é "
            "devolvida.",
        ),
        *conditions(contract),
    ]
    if contract.guarantors:
        who = "Cada avalista" if len(contract.guarantors) > 1 else "O avalista"
        found.append(
            (
                "Garantia",
                f"{who} responde pelas parcelas como devedor solidário, além do aval que der nas "
                "notas promissórias.",
            )
        )
    found += [
        ("Recibo", "A loja dá recibo de cada pagamento, com as parcelas a que ele se refere."),
        ("Dados pessoais", _personal_data(contract)),
        *own_clause(contract),
        ("Vias", _copies(contract)),
    ]
    return found


def _where(contract: Contract) -> str:
    shop = contract.shop
    where = f"Na loja, {shop_address(shop)}" if shop.street else "Na loja"
    return f"{where}{', ou por Pix, com o código que ela dá' if shop.pix_key else ''}."


def _personal_data(contract: Contract) -> str:
    shop = contract.shop
    reach = " ou ".join(filter(None, (phone(shop), shop.email)))
    return (
        "A loja usa os dados de quem assina para cumprir e cobrar este contrato, proteger o "
        "crédito e atender à lei (LGPD, Lei 13.709/2018, art. 7º, II, V e X), e os guarda enquanto "
        f"houver dívida e por {shop.retention_years} anos depois do último negócio. Para pedir "
        "acesso, correção, cópia e, passado o prazo, anonimização (art. 18), fale com a loja"
        f"{reach and f': {reach}'}."
    )


def _copies(contract: Contract) -> str:
    count = len(copies(contract))
    words = {2: "duas", 3: "três", 4: "quatro"}[count]
    whose = "uma da loja, uma do cliente"
    if contract.guarantors:
        each = " e uma de cada avalista" if len(contract.guarantors) > 1 else " e uma do avalista"
        whose += each
    else:
        whose = whose.replace(",", " e")
    return (
        f"Este contrato é assinado em {words} vias iguais, {whose}. Quem assina leu antes e recebe "
        "a sua."
    )
