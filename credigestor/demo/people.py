"""Customers of the demonstration shop: made up, plausible, and the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from credigestor.errors import InvalidInput
from credigestor.rules import identity

# fmt: off
_FIRST = (
    "Adriana", "Aline", "Amanda", "Ana Beatriz", "Antônia", "Antônio", "Aparecida", "Bruno",
    "Camila", "Carlos Eduardo", "Cícera", "Cícero", "Cláudia", "Conceição", "Daniel", "Débora",
    "Diego", "Edivânia", "Elaine", "Érica", "Fátima", "Fernanda", "Flávio", "Francisca",
    "Francisco", "Gabriel", "Geraldo", "Graça", "Helena", "Inácio", "Ítalo", "Jéssica", "João",
    "João Batista", "Joaquim", "José", "José Ribamar", "Júlia", "Karla", "Larissa", "Letícia",
    "Lúcia", "Luís Felipe", "Luíza", "Manoel", "Márcia", "Marcos", "Maria", "Maria das Dores",
    "Maria do Socorro", "Mônica", "Natália", "Otávio", "Patrícia", "Paulo Sérgio", "Rafaela",
    "Raimunda", "Raimundo", "Regina", "Renato", "Rosângela", "Sebastião", "Severino", "Simone",
    "Sônia", "Tatiana", "Terezinha", "Thaís", "Vanessa", "Verônica", "Vitória", "Zélia",
)
_LAST = (
    "Albuquerque", "Alencar", "Almeida", "Alves", "Andrade", "Araújo", "Assunção", "Barbosa",
    "Barros", "Bezerra", "Braga", "Brandão", "Brito", "Cavalcante", "Coelho", "D'Ávila",
    "da Conceição", "da Costa", "da Rocha", "da Silva", "Damasceno", "de Lima", "de Melo",
    "de Oliveira", "de Sousa", "Dias", "do Nascimento", "dos Santos", "Farias", "Fernandes",
    "Ferreira", "Freitas", "Gomes", "Gonçalves", "Holanda", "Leitão", "Lopes", "Macêdo",
    "Magalhães", "Maia", "Marques", "Martins", "Mendonça", "Monteiro", "Moura", "Muñoz",
    "Nogueira", "Nunes", "Paiva", "Pereira", "Pinheiro", "Queiroz", "Ramalho", "Ribeiro",
    "Rodrigues", "Sampaio", "Saraiva", "Simões", "Soares", "Teixeira", "Vasconcelos", "Viana",
    "Vieira", "Ximenes",
)
_STREETS = (
    "Rua das Carnaúbas", "Rua Padre Cícero", "Avenida Beira-Rio", "Rua São José", "Rua do Sol",
    "Travessa da Paz", "Avenida Central", "Rua Dom Pedro II", "Rua José de Alencar",
    "Rua Rachel de Queiroz", "Rua da Conceição", "Avenida Presidente Vargas",
    "Rua Sete de Setembro", "Rua dos Jangadeiros", "Rua Santa Luzia", "Rua Monsenhor Tabosa",
)
#: City, area code, first five digits of its postal codes, districts, weight.
_CITIES = (
    ("Fortaleza", "85", "60175", ("Aldeota", "Messejana", "Montese", "Parangaba", "Centro"), 58),
    ("Caucaia", "85", "61600", ("Centro", "Jurema", "Icaraí"), 12),
    ("Maracanaú", "85", "61900", ("Centro", "Jereissati", "Pajuçara"), 10),
    ("Eusébio", "85", "61760", ("Centro", "Coité"), 5),
    ("Aquiraz", "85", "61700", ("Centro", "Prainha"), 4),
    ("Sobral", "88", "62010", ("Centro", "Junco"), 5),
    ("Juazeiro do Norte", "88", "63010", ("Centro", "Pirajá"), 4),
    ("Mossoró", "84", "59600", ("Centro", "Alto de São Manoel"), 2),
)
_STATES = {"85": "CE", "88": "CE", "84": "RN"}
# fmt: on


class Habit(StrEnum):
    """How a customer pays."""

    PUNCTUAL = "punctual"
    LATE = "late"  # some days after the due date
    PARTIAL = "partial"  # half first, the rest weeks later
    DEFAULTER = "defaulter"  # stops in the middle; half of it comes in months later


_HABITS = {Habit.PUNCTUAL: 59, Habit.LATE: 24, Habit.PARTIAL: 11, Habit.DEFAULTER: 6}


@dataclass(frozen=True)
class Person:
    """A customer's columns, how they pay, and whether the shop set them a limit."""

    values: dict[str, Any]
    habit: Habit
    has_limit: bool


def people(count: int) -> list[Person]:
    """The customers, each with a name and a CPF of their own."""
    names: set[str] = set()
    tax_ids: set[str] = set()
    made = []
    for number in range(count):
        # A stream of chance for each: a detail added to one leaves the others as they are.
        random = Random(f"customer {number}")  # noqa: S311 - no secret
        name = _other(names, _name, random)
        tax_id = _other(tax_ids, _cpf, random)
        made.append(_person(random, name, tax_id))
    return made


def _other(taken: set[str], make: Callable[[Random], str], random: Random) -> str:
    while (new := make(random)) in taken:
        pass
    taken.add(new)
    return new


def _name(random: Random) -> str:
    family = random.sample(_LAST, k=random.choice((1, 2, 2)))
    return " ".join((random.choice(_FIRST), *family))


def _cpf(random: Random) -> str:
    digits = [random.randrange(10) for _ in range(8)] + [3]  # 3: issued in CE, PI or MA
    for length in (10, 11):
        weighted = sum(d * w for d, w in zip(digits, range(length, 1, -1), strict=True))
        digits.append((-weighted % 11) % 10)
    return "".join(map(str, digits))


def _phone(random: Random, area: str) -> str:
    while True:
        try:
            return identity.parse_phone(
                f"{area}9{random.choice('6789')}{random.randrange(10**7):07}"
            )
        except InvalidInput:  # a range that is not in use
            continue


def _person(random: Random, name: str, tax_id: str) -> Person:
    city, area, zip_prefix, districts, _ = random.choices(
        _CITIES, weights=[city[-1] for city in _CITIES]
    )[0]
    habit = random.choices(list(_HABITS), weights=list(_HABITS.values()))[0]
    words = identity.fold(name).split()
    email = f"{words[0]}.{words[-1]}{random.randrange(10, 99)}@example.com"
    values = {
        "name": name,
        "name_folded": identity.fold(name),
        "tax_id": identity.parse_tax_id(tax_id),
        "phone": _phone(random, area),
        "email": email if random.random() < 0.55 else None,
        "birth_date": date(1948, 1, 1) + timedelta(days=random.randrange(58 * 365)),
        "zip_code": f"{zip_prefix}{random.randrange(1, 999):03}",
        "street": random.choice(_STREETS),
        "street_number": str(random.randrange(3, 2400)),
        "complement": random.choice((None, None, None, "Casa B", "Apto 102", "Altos")),
        "district": random.choice(districts),
        "city": city,
        "state": _STATES[area],
        "credit_limit": None,
    }
    return Person(values, habit, has_limit=random.random() < 0.4)
