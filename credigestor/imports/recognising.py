"""What a table is, and which of its columns is which, by its names and by what stands below them.

`recognise` is pure: the same tables give the same answer, with how sure it is and why. A person
changes any of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from credigestor.imports import contents
from credigestor.imports.cell_values import (
    has_month_first,
    is_ambiguous,
    is_nothing,
    mark_of,
    plain,
)
from credigestor.imports.contents import AMOUNTS, DATES, WORDS
from credigestor.imports.decoding import Fault
from credigestor.imports.documents import split_document
from credigestor.imports.headings import Tokens, likeness, numbered, tokens
from credigestor.imports.tables import Table

#: Records that are looked at.
SAMPLE = 2_000


class Kind(StrEnum):
    """What one row of a table is."""

    CUSTOMERS = "clientes"
    SALES = "vendas"
    NOTES = "parcelas"
    PAYMENTS = "pagamentos"
    BALANCES = "saldos"
    NOTHING = "nada"


KIND_NAMES = {
    Kind.CUSTOMERS: "uma linha por cliente",
    Kind.SALES: "uma linha por venda",
    Kind.NOTES: "uma linha por parcela",
    Kind.PAYMENTS: "uma linha por pagamento",
    Kind.BALANCES: "só o que cada cliente deve",
    Kind.NOTHING: "não importar",
}

_PERSON = (
    *("cliente", "nome", "cpf", "telefone", "telefone2", "email", "rua", "complemento", "bairro"),
    *("cidade", "uf", "cep", "nascimento", "limite", "trabalho", "conjuge", "referencias"),
    *("documento_estrangeiro", "pais"),
)
_PAID = ("pago_em", "valor_pago", "forma", "juros", "multa", "desconto")
#: The fields that a row of each kind may have, those that win a name first.
FIELDS_OF: dict[Kind, tuple[str, ...]] = {
    Kind.CUSTOMERS: (*_PERSON, "numero", "observacoes"),
    Kind.SALES: (
        *("venda", "data", "valor_total", "entrada", "parcelas", "primeiro_vencimento"),
        *("descricao", "taxa", "mora", "multa", "carencia", "situacao", "forma", *_PERSON),
        *("vencimentos", "valores", "data_situacao"),
    ),
    Kind.NOTES: (
        *("venda", "parcela", "vencimento", "valor", *_PAID, "situacao", "data", "numero_antigo"),
        *("saldo", "data_situacao", "descricao", "entrada", "parcelas", *_PERSON),
    ),
    Kind.PAYMENTS: ("venda", "parcela", *_PAID, "numero_antigo", "data", "cliente", "nome", "cpf"),
    Kind.BALANCES: ("saldo", "vencimento", *_PERSON, "venda", "descricao"),
    Kind.NOTHING: (),
}
#: Columns that may come once for each instalment of a sale, as `vencimento 1`, `vencimento 2` …
REPEATED = ("vencimento", "valor", "pago_em", "valor_pago", "forma", "situacao")
#: How well a name suits that is one of a field's own.
_EITHER = 0.9
#: Words of a column that are shown, the most frequent, and the records looked at for them.
_WORDS, _WORDS_SAMPLE = 100, 200_000
#: By which a row says that something was paid.
_PAYS = ("pago_em", "valor_pago")


@dataclass(frozen=True)
class Reading:
    """How the cells of one column are read: the decimal mark, or which of day and month is first.

    `asks` is true where nothing in the column tells, and something in it could mean two things.
    """

    mark: str | None = None
    month_first: bool = False
    asks: bool = False


@dataclass(frozen=True)
class Recognised:
    """What a table is: its kind, the place of each field's column, and how sure that is, of 1.

    A field of an instalment in a row of many stands as `vencimento 2`.
    """

    kind: Kind
    columns: Mapping[str, int]
    confidence: float
    why: str
    readings: Mapping[str, Reading] = field(default_factory=dict)
    #: What stands in the columns whose words mean something, most frequent first.
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def repeated(self) -> bool:
        """Whether a row has the instalments of a sale one beside the other."""
        return any(" " in name or name == "vencimentos" for name in self.columns)


def recognise(tables: Sequence[Table]) -> list[Recognised]:
    """What each table is."""
    return [recognise_one(table) for table in tables]


def recognise_one(
    table: Table, kind: Kind | None = None, columns: Mapping[str, int] | None = None
) -> Recognised:
    """What a table is, by its names and first records; `kind` and `columns` as a person said."""
    sample = [cells for _, cells in table.first(SAMPLE) if not isinstance(cells, Fault)]
    if kind is None:
        kind, found, confidence, why = _kind_of(table, sample)
    else:
        found, confidence, why = _columns(table.header, sample, kind), 1.0, "escolhido por você"
    if columns is not None:
        found = dict(columns)
    readings = {}
    for name, place in found.items():
        base = name.partition(" ")[0]
        cells = [row[place] for row in sample if not is_nothing(row[place])]
        if base in DATES:
            readings[name] = Reading(month_first=has_month_first(cells))
        elif base in AMOUNTS and not is_rate(base, kind):
            mark = mark_of(cells)
            readings[name] = Reading(mark, asks=mark is None and any(map(is_ambiguous, cells)))
    return Recognised(kind, found, confidence, why, readings, _words(table, kind, found))


def _words(table: Table, kind: Kind, found: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """What stands in the columns of words; "" for a method where a payment says none."""
    counted = {base: Counter[str]() for base in WORDS}
    places = {name: place for name, place in found.items() if name.partition(" ")[0] in WORDS}
    paid = [place for name, place in found.items() if name.partition(" ")[0] in _PAYS]
    if not places and not paid:
        return {}
    ways = [place for name, place in places.items() if name.startswith("forma")]
    for _, cells in islice(table.records(), _WORDS_SAMPLE):
        if isinstance(cells, Fault):
            continue
        for name, place in places.items():
            if not is_nothing(cells[place]):
                counted[name.partition(" ")[0]][plain(cells[place])] += 1
        if any(not is_nothing(cells[place]) for place in paid) and (
            all(is_nothing(cells[place]) for place in ways)
        ):
            counted["forma"][""] += 1
    return {
        base: tuple(word for word, _ in many.most_common(_WORDS))
        for base, many in counted.items()
        if many and kind is not Kind.CUSTOMERS
    }


def _kind_of(
    table: Table, sample: Sequence[Sequence[str]]
) -> tuple[Kind, dict[str, int], float, str]:
    """The kind, of those whose marks are there, of which most columns are; a file's name helps."""
    said = set(tokens(re.sub(r"\.\w+$", "", table.sheet or table.file)))
    found = {kind: _columns(table.header, sample, kind) for kind in Kind}
    fitting = {kind: why for kind, fits, why in _MARKS if fits(found[kind])}
    if not fitting:
        return Kind.NOTHING, {}, 0.3, "os nomes das colunas não dizem o que é"
    alike = {
        kind: sum(
            _likeness(kind, name.partition(" ")[0], numbered(table.header[place])[0])
            for name, place in found[kind].items()
        )
        + (2 if set(tokens(kind)) & said else 0)
        for kind in fitting
    }
    kind = max(fitting, key=lambda each: alike[each])
    why = fitting[kind]
    confidence = min(0.99, alike[kind] / max(len(table.header), 1))
    names = ", ".join(f"“{table.header[place]}”" for place in list(found[kind].values())[:4])
    return kind, found[kind], confidence, f"{why}: {names}"


def _any(found: Mapping[str, int], names: Iterable[str]) -> bool:
    return any(name in found for name in names)


#: Names that mean something else in a table of this kind than in the others.
_OWN: dict[Kind, dict[Tokens, str]] = {
    Kind.PAYMENTS: {("data",): "pago_em", ("valor",): "valor_pago", ("emissao",): "pago_em"},
    Kind.SALES: {("valor",): "valor_total"},
    Kind.CUSTOMERS: {("numero",): "numero"},
}


#: What only a column of what remains of an instalment is called.
_REMAINS = {"saldo", "aberto", "restante", "devedor", "pendente"}


def _likeness(kind: Kind, name: str, words: Tokens) -> float:
    if kind is Kind.NOTES and name == "saldo" and not _REMAINS & set(words):
        return 0.0
    return 1.0 if _OWN.get(kind, {}).get(words) == name else 0.95 * likeness(name, words)


_WHO = ("cliente", "nome", "cpf")
_Marks = tuple[Kind, Callable[[Mapping[str, int]], bool], str]
_MARKS: tuple[_Marks, ...] = (
    (
        Kind.SALES,
        lambda found: _any(found, ("vencimento 2", "valor 2", "vencimentos")),
        "cada linha traz as parcelas de uma venda",
    ),
    (
        Kind.SALES,
        lambda found: (
            "vencimento" not in found
            and "valor_total" in found
            and _any(found, _WHO)
            and _any(found, ("data", "parcelas", "primeiro_vencimento"))
            and ("parcelas" in found or "primeiro_vencimento" in found or "venda" in found)
        ),
        "há valor total e vencimento de uma venda",
    ),
    (
        Kind.NOTES,
        lambda found: (
            {"vencimento", "valor"} <= found.keys()
            and _any(found, ("parcela", "venda", "data", "situacao", "numero_antigo", *_PAID))
            and _any(found, (*_WHO, "venda"))
        ),
        "há vencimento, valor e pagamento de cada parcela",
    ),
    (
        Kind.PAYMENTS,
        lambda found: (
            {"pago_em", "valor_pago"} <= found.keys()
            and _any(found, ("venda", "numero_antigo", *_WHO))
        ),
        "há data e valor pago",
    ),
    (
        Kind.BALANCES,
        lambda found: "saldo" in found and _any(found, _WHO),
        "há o que cada cliente deve",
    ),
    (
        Kind.CUSTOMERS,
        lambda found: "nome" in found and len(found) >= 2,
        "há nomes e dados de clientes",
    ),
)


def _columns(header: Sequence[str], sample: Sequence[Sequence[str]], kind: Kind) -> dict[str, int]:
    """The place of each field of a kind: names that suit best first, each column once."""
    names = [numbered(name) for name in header]
    many = kind is Kind.SALES and len({number for _, number in names if number}) > 1
    wanted: list[tuple[float, int, int, str]] = []
    for place, (title, (words, number)) in enumerate(zip(header, names, strict=True)):
        cells = [row[place] for row in sample[:400] if not is_nothing(row[place])]
        beside = f" {number}" if many and number else ""
        for order, name in enumerate(REPEATED if beside else FIELDS_OF[kind]):
            like = likeness(name, words) if beside else _likeness(kind, name, tokens(title))
            if like and contents.suits(name, cells, rate=is_rate(name, kind)):
                wanted.append((like, order, place, name + beside))
    found: dict[str, int] = {}
    for _, _, place, name in sorted(wanted, key=lambda each: (-each[0], each[1], each[2])):
        if name not in found and place not in found.values():
            found[name] = place
    if kind is Kind.NOTES and len(found.keys() & {"venda", "numero_antigo"}) == 1:
        _settle_document(found, header, sample)
    return dict(sorted(found.items(), key=lambda each: each[1]))


def _settle_document(
    found: dict[str, int], header: Sequence[str], sample: Sequence[Sequence[str]]
) -> None:
    """A document that several instalments have, or that ends in their number, is the sale's.

    One of each instalment is its own, where its name may say either.
    """
    place = found.get("venda", found.get("numero_antigo", 0))
    if likeness("numero_antigo", tokens(header[place])) < _EITHER:
        return
    found.pop("venda", None)
    found["numero_antigo"] = place
    documents = [cells for row in sample if (cells := row[place])]
    numbers = {row[found["parcela"]] for row in sample} if "parcela" in found else set()
    shared = len(set(documents)) < len(documents)
    ending = sum(bool(split_document(each)[1]) for each in documents) > 0.8 * len(documents)
    if shared or ending or len(numbers) < 2:
        found["venda"] = found.pop("numero_antigo")


def is_rate(name: str, kind: Kind) -> bool:
    """Whether a field is percent: of a sale, what an instalment has as money."""
    return name in ("taxa", "mora") or (kind is Kind.SALES and name == "multa")
