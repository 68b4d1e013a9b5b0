"""A customer is found in spite of a slip, an apostrophe, an ear; names as typed come first."""

from __future__ import annotations

from random import Random

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.demo.people import people as made_up
from credigestor.reports import customers
from credigestor.reports.customers import CustomerFilters, Match
from credigestor.rules.identity import fold
from credigestor.rules.spelling import telling_words
from tests.portfolio import TODAY, add_customer
from tests.slips import slip

pytestmark = pytest.mark.usefixtures("db")

NAMES = (
    "Juliana Muñoz",
    "Zélia D'Ávila",
    "João Batista Sant’Anna",
    "Kelly Phelippe",
    "Conceição de Sousa",
    "Silva-Xavier Ltda.",
    "Ana Eva",
    "Joana D' Arc",
)


@pytest.fixture
def shop(db: str) -> None:
    with transaction() as session:
        for name in NAMES:
            add_customer(session, name)


def matches(query: str, limit: int = 20) -> list[Match]:
    with snapshot() as session:
        return customers.search(session, query, today=TODAY, limit=limit)


def found(query: str) -> list[str]:
    return [match.name for match in matches(query)]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("julianna munoz", "Juliana Muñoz"),
        ("munos juliana", "Juliana Muñoz"),  # any order
        ("JULAINA MUÑOS", "Juliana Muñoz"),
        ("jliana", "Juliana Muñoz"),
        ("julianna mun", "Juliana Muñoz"),  # not yet typed to its end
        ("davila", "Zélia D'Ávila"),
        ("dávila zelia", "Zélia D'Ávila"),
        ("d avila", "Zélia D'Ávila"),
        ("d avilla", "Zélia D'Ávila"),
        ("d`Ávila", "Zélia D'Ávila"),
        ("zelia da vila", "Zélia D'Ávila"),
        ("santana joao", "João Batista Sant’Anna"),
        ("sant anna", "João Batista Sant’Anna"),
        ("jao batsita", "João Batista Sant’Anna"),
        ("keli felipe", "Kelly Phelippe"),
        ("conseicao da souza", "Conceição de Sousa"),  # another particle
        ("conceissao sousa", "Conceição de Sousa"),
        ("sliva xavier", "Silva-Xavier Ltda."),
        ("chavier ltda", "Silva-Xavier Ltda."),
        ("anna eva", "Ana Eva"),
        ("darc joanna", "Joana D' Arc"),
    ],
)
def test_one_is_found_in_spite_of_how_it_was_typed(query: str, name: str) -> None:
    assert found(query)[:1] == [name]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "query", ["iva", "enna", "xyz", "jo zz", "98765", "munoz 123", "de da", "%%%%", "juliana zzzz"]
)
def test_what_is_like_no_name_finds_nobody(query: str) -> None:
    assert [match for match in matches(query) if match.similar] == []


def test_a_slip_in_any_word_of_any_name_leaves_it_found() -> None:
    random = Random(14)
    names = sorted({person.values["name"] for person in made_up(150)})
    with transaction() as session:
        for name in names:
            add_customer(session, name)
    for name in random.sample(names, 80):
        words = telling_words(fold(name))
        at = random.choice([at for at, word in enumerate(words) if len(word) > 3])
        words[at] = slip(random, words[at])
        if random.random() < 0.5:
            words.reverse()
        matched = matches(" ".join(words), limit=200)
        assert name in [match.name for match in matched], f"{name} by {words}"
        assert [m.similar for m in matched] == sorted(m.similar for m in matched)


def test_those_as_typed_come_first_and_others_only_where_they_are_few() -> None:
    with transaction() as session:
        for k in range(4):
            add_customer(session, f"Maria {k}")
        add_customer(session, "Ana Mário")
        add_customer(session, "Mario Lima", active=False)
    told = [(match.name, match.similar) for match in matches("maria")]
    assert told == [
        *((f"Maria {k}", False) for k in range(4)),
        ("Ana Mário", True),
        ("Mario Lima", True),
    ]
    assert len(matches("maria", limit=4)) == 4
    assert len(matches("maria", limit=5)) == 5
    with snapshot() as session:
        rows = customers.similar(session, CustomerFilters("maria"), today=TODAY)
    assert [row.name for row in rows] == ["Ana Mário"]
    with transaction() as session:
        add_customer(session, "Maria 4")
    assert [match.similar for match in matches("maria")] == [False] * 5


def test_of_two_the_one_with_more_words_as_typed_comes_first() -> None:
    with transaction() as session:
        for name in ("Mara Nunez", "Maria Nunez", "Ana Maria Nunes Lima"):
            add_customer(session, name)
    assert found("maria nunes lma") == ["Ana Maria Nunes Lima"]
    assert found("maria nunee") == ["Ana Maria Nunes Lima", "Maria Nunez", "Mara Nunez"]


def test_a_last_word_that_is_a_name_may_yet_be_unfinished() -> None:
    with transaction() as session:
        for name in ("Juliana Silvana", "Bia Silva"):
            add_customer(session, name)
    assert found("julianna silva") == ["Juliana Silvana"]
    assert found("julianna silvva") == []


def test_what_was_typed_may_be_anything() -> None:
    for query in ("'" * 120, "a" * 10_000, "\x00ana", "🌻🌻 sol", "ß" * 30, "ana " * 60, "e e e"):
        matches(query)
