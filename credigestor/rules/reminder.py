"""The text by which a customer is reminded of what is owed: a template's fields filled in.

>>> from types import SimpleNamespace
>>> shop = SimpleNamespace(shop_name="Loja Ágata", legal_name="", pix_key="", city="")
>>> due = Reminder("Ana Luz", Decimal("205.00"), date(2026, 11, 10), "C7")
>>> print(filled(DEFAULT, shop, due, hour=9))
Bom dia, Ana! Aqui é da Loja Ágata.
<BLANKLINE>
O valor em aberto com vencimento em 10/11/2026 é hoje de R$ 205,00.
<BLANKLINE>
Se já pagou, desconsidere esta mensagem.

A paragraph whose field is empty is left out, as that of a Pix code while the shop has no key. With
one:

>>> shop.pix_key, shop.city = "11222333000181", "FORTALEZA"
>>> filled("Pague por aqui:\\n{pix}", shop, due, hour=19).splitlines()[1][:30]
'00020126360014br.gov.bcb.pix01'

Nobody is reminded of a debt more than five years past due (R27; STJ REsp 2.088.100):

>>> may_collect(date(2021, 11, 23), date(2026, 11, 23))
True
>>> may_collect(date(2021, 11, 22), date(2026, 11, 23))
False
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from credigestor.errors import InvalidInput
from credigestor.rules import pix
from credigestor.rules.calendar import format_date
from credigestor.rules.money import MAX_MONEY, format_brl
from credigestor.rules.quoting import quote

#: Years past due after which nothing is collected any more, even out of court (R27).
COLLECTED_YEARS = 5
#: What may stand in a template, and what takes its place.
FIELDS: Mapping[str, str] = {
    "saudacao": "Bom dia, Boa tarde ou Boa noite",
    "nome": "o primeiro nome do cliente",
    "loja": "o nome da loja",
    "valor": "quanto deve hoje, com juros e multa",
    "vencimento": "desde quando, ou até quando",
    "pix": "o Pix Copia e Cola desse valor",
}
DEFAULT = (
    "{saudacao}, {nome}! Aqui é da {loja}.\n\n"
    "O valor em aberto com vencimento em {vencimento} é hoje de {valor}.\n\n"
    "Para pagar agora, use o Pix Copia e Cola:\n{pix}\n\n"
    "Se já pagou, desconsidere esta mensagem."
)
#: Characters of a template: with a code in it, it still fits into an address.
MAX_TEMPLATE = 800
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Reminder:
    """Of what a customer is reminded: R$ owed today, due on a day; `txid` as a Pix code has it."""

    name: str
    amount: Decimal
    due_date: date
    txid: str


def check_template(text: str, *, field: str | None = None) -> None:
    """Raise InvalidInput for a field that there is not, or a brace that opens or closes none."""
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    for name in _FIELD.findall(text):
        if name not in FIELDS:
            raise InvalidInput(
                f"O campo {quote(f'{{{name}}}')} não existe. Use {known}.", field=field
            )
    if set(_FIELD.sub("", text)) & set("{}"):
        raise InvalidInput(f"Há uma chave aberta ou fechada sem par. Use {known}.", field=field)


def filled(template: str, shop: pix.Payee, reminder: Reminder, *, hour: int) -> str:
    """The text for somebody who is greeted at an hour (0 to 23) of the shop's day."""
    values = {
        "saudacao": greeting(hour),
        "nome": reminder.name.split()[0],
        "loja": shop.shop_name or shop.legal_name or "loja",
        "valor": format_brl(reminder.amount).replace("\xa0", " "),
        "vencimento": format_date(reminder.due_date),
        "pix": (
            pix.shop_payload(shop, reminder.amount, reminder.txid)
            if 0 < reminder.amount <= MAX_MONEY
            else None
        ),
    }
    paragraphs = re.split(r"\n[ \t]*\n", template.strip())
    kept = (part for part in paragraphs if all(values.get(f) for f in _FIELD.findall(part)))
    return "\n\n".join(_FIELD.sub(lambda found: values[found[1]] or "", part) for part in kept)


def greeting(hour: int) -> str:
    """How people greet each other at an hour of the day.

    >>> [greeting(hour) for hour in (0, 11, 12, 17, 18, 23)]
    ['Bom dia', 'Bom dia', 'Boa tarde', 'Boa tarde', 'Boa noite', 'Boa noite']
    """
    return "Bom dia" if hour < 12 else "Boa tarde" if hour < 18 else "Boa noite"


def may_collect(due_date: date, today: date) -> bool:
    """Tell whether a debt of that due date may still be asked for."""
    return due_date >= first_collected(today)


def first_collected(today: date) -> date:
    """The oldest due date of which somebody may still be reminded."""
    return today - relativedelta(years=COLLECTED_YEARS)
