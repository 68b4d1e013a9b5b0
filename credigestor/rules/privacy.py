"""A customer's personal data (R28): the copy they may ask for, how long it is kept, its erasing.

Law 13.709/2018 (LGPD): art. 18 gives the person a copy of all that is kept; art. 16 lets the shop
keep it while a duty or a claim remains; art. 12 says that what no longer tells who somebody is
is no personal data. Fiscal and commercial claims end after five years (CTN art. 173, 174 and
195; CDC art. 27; Código Civil art. 206 §5), so the setting starts there.

>>> stand_in_name(123), stand_in_tax_id(123)
('Cliente anonimizado 123', 'ANON0000123')
>>> format_date(kept_until(date(2024, 2, 29), 5))
'28/02/2029'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from credigestor.rules.calendar import format_date
from credigestor.rules.identity import ANONYMISED_PREFIX

#: What stands in the log where a personal value was.
ERASED = "[anonimizado]"
#: Why nothing more is written about a customer whose data was erased.
REFUSAL = (
    "Os dados deste cliente foram anonimizados a pedido: o cadastro não muda mais e nada novo "
    "pode ser registrado nele."
)

#: A cell of the copy: R$ and percent as Decimal; moments in the shop's time.
Value = str | int | bool | Decimal | date | datetime | None


@dataclass(frozen=True)
class Section:
    """One table of the copy: its title, the labels of its columns, its rows."""

    title: str
    labels: Sequence[str]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True)
class CustomerFile:
    """All that is kept about one customer, in the order in which it is printed.

    `notice` says in headed texts what the data is for, who reads it and for how long.
    """

    made_at: datetime
    #: The day at which what is owed is stated.
    as_of: date
    controller: Mapping[str, Value]
    notice: Sequence[tuple[str, str]]
    register: Mapping[str, Value]
    sections: Sequence[Section]


class Condition(NamedTuple):
    """One condition of anonymising, met or not, in a sentence for the person who asks."""

    met: bool
    sentence: str


def stand_in_name(customer_id: int) -> str:
    """The name of a customer whose data was erased."""
    return f"Cliente anonimizado {customer_id}"


def stand_in_tax_id(customer_id: int) -> str:
    """What stands for the CPF or CNPJ: unique, as long as a CPF and never one."""
    return f"{ANONYMISED_PREFIX}{customer_id:07}"


def kept_until(last_business: date, years: int) -> date:
    """The last day on which the data of a customer must still be kept."""
    return last_business + relativedelta(years=years)


def nothing_owed(notes: int, owed: str) -> Condition:
    """The condition that no note is open; `owed` as shown, R$."""
    if not notes:
        return Condition(True, "Não deve nada e não tem nota em aberto.")
    count = "1 nota em aberto" if notes == 1 else f"{notes} notas em aberto"
    return Condition(False, f"Ainda deve {owed}, em {count}.")


def no_credit(credit: str | None) -> Condition:
    """The condition that the shop owes the customer nothing; `credit` as shown, R$."""
    if credit is None:
        return Condition(True, "A loja não lhe deve crédito.")
    return Condition(False, f"A loja ainda lhe deve {credit} de crédito.")


def nothing_guaranteed(notes: int) -> Condition:
    """The condition that no note of somebody else's sale, signed as a guarantor, is open."""
    if not notes:
        return Condition(True, "Foi avalista de outros clientes, e as notas já não estão abertas.")
    count = "1 nota em aberto" if notes == 1 else f"{notes} notas em aberto"
    return Condition(False, f"Ainda é avalista de {count} de outros clientes.")


def retention_over(last: tuple[date, str] | None, years: int, today: date) -> Condition:
    """The condition that the time of keeping is over; `last` is the newest business and its kind.

    >>> retention_over((date(2020, 3, 10), "pagamento"), 5, date(2025, 3, 10))[0]
    False
    >>> retention_over((date(2020, 3, 10), "pagamento"), 5, date(2025, 3, 11))[0]
    True
    """
    if last is None:
        return Condition(True, "Nunca comprou: não há prazo de guarda a esperar.")
    day, kind = last
    until = kept_until(day, years)
    what = f"O negócio mais recente ({kind}) é de {format_date(day)}"
    if today > until:
        return Condition(
            True, f"{what}; a guarda obrigatória de {years} anos terminou em {format_date(until)}."
        )
    return Condition(
        False, f"{what}: os dados devem ser guardados por {years} anos, até {format_date(until)}."
    )


def notice(retention_years: int) -> list[tuple[str, str]]:
    """What the law wants the person to be told beside the data (LGPD art. 9 and 19)."""
    return [
        (
            "Para que servem",
            "Vender a prazo, cobrar e receber (execução do contrato, LGPD art. 7º, V); avaliar e "
            "proteger o crédito (art. 7º, X); cumprir deveres fiscais e contábeis (art. 7º, II).",
        ),
        (
            "De onde vêm",
            "O cadastro vem do próprio cliente, no balcão, ou do sistema que a loja usava antes. "
            "Vendas, notas e pagamentos são registrados quando acontecem. Os dados de um avalista "
            "vêm dele mesmo ou do cliente que ele garante.",
        ),
        (
            "Quem lê",
            "Vendedores, gerentes e administradores da loja, cada um com o próprio usuário e só "
            "para o seu trabalho. O CrediGestor não os transmite a ninguém. Cada alteração fica "
            "registrada com quem a fez e quando.",
        ),
        (
            "Por quanto tempo",
            f"Enquanto houver dívida, e por {retention_years} anos depois do último negócio. "
            "Depois disso, a pedido, são anonimizados. As cópias de segurança feitas antes ainda "
            "os contêm até vencer o seu próprio prazo.",
        ),
        (
            "Seus direitos",
            "Pedir confirmação, acesso, correção, cópia e, passado o prazo de guarda, a "
            "anonimização (LGPD art. 18). Fale com a loja pelos contatos acima.",
        ),
    ]
