"""The Pix static code: EMV fields, ASCII, CRC (R25)."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.money import MAX_MONEY
from credigestor.rules.pix import customer_txid, missing, note_txid, payload, shop_payload

MODEL: dict[str, Any] = {
    "key": "11222333000181",
    "name": "LOJA MODELO LTDA",
    "city": "FORTALEZA",
    "amount": Decimal("205.00"),
    "txid": "NP000123P02",
}
KEYS = st.one_of(
    st.just("11222333000181"),
    st.just("+5585988724443"),
    st.just("123e4567-e89b-42d3-a456-426614174000"),
    st.from_regex(r"[a-z0-9._]{1,64}@[a-z]{1,8}\.br", fullmatch=True),
)
#: A letter first, so that something is left of the text.
TEXTS = st.text(max_size=120).map(lambda rest: f"Á{rest}")


def fields(text: str) -> dict[str, str]:
    """Read tag, length and value again and again until the text ends."""
    found = {}
    while text:
        tag, length = text[:2], int(text[2:4])
        assert len(text) >= 4 + length
        found[tag] = text[4 : 4 + length]
        text = text[4 + length :]
    return found


def crc(text: str) -> int:
    """CRC-16 bit by bit: polynomial 1021, begun with FFFF."""
    value = 0xFFFF
    for byte in text.encode("ascii"):
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def shop(**changes: str) -> Any:
    model = {"pix_key": "11222333000181", "legal_name": "Loja Modelo Ltda", "shop_name": "Modelo"}
    return SimpleNamespace(**{**model, "city": "Fortaleza", **changes})


def test_r25_the_code_is_right_to_the_byte() -> None:
    assert payload(**MODEL) == (
        "00020126360014br.gov.bcb.pix0114112223330001815204000053039865406205.005802BR"
        "5916LOJA MODELO LTDA6009FORTALEZA62150511NP000123P0263043036"
    )


@given(
    KEYS,
    TEXTS,
    TEXTS,
    st.decimals("0.01", MAX_MONEY, places=2),
    st.from_regex("[A-Za-z0-9]{1,25}", fullmatch=True),
)
def test_r25_every_code_reads_back_as_its_fields(
    key: str, name: str, city: str, amount: Decimal, txid: str
) -> None:
    text = payload(key=key, name=name, city=city, amount=amount, txid=txid)
    assert all(" " <= char <= "~" for char in text)
    read = fields(text)
    assert list(read) == ["00", "26", "52", "53", "54", "58", "59", "60", "62", "63"]
    assert fields(read["26"]) == {"00": "br.gov.bcb.pix", "01": key}
    assert fields(read["62"]) == {"05": txid}
    assert (read["00"], read["52"], read["53"], read["58"]) == ("01", "0000", "986", "BR")
    assert len(read["54"]) <= 13
    assert Decimal(read["54"]) == amount
    assert read["54"][-3] == "."
    assert 1 <= len(read["59"]) <= 25
    assert 1 <= len(read["60"]) <= 15
    assert read["63"] == f"{crc(text[:-4]):04X}"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Ágata D’Ávila & Muñoz", "Agata D'Avila & Munoz"),
        ("  Loja\t do\n São  João ", "Loja do Sao Joao"),
        ("Armazém 1ª – Peças 🚲", "Armazem 1a - Pecas"),
        ("Comércio de Ferragens e Ferramentas", "Comercio de Ferragens e F"),
        ("Comércio de Materiais Aéreos", "Comercio de Materiais Aer"),
        ("Companhia de Exportações do Norte", "Companhia de Exportacoes"),
    ],
)
def test_r25_accents_are_stripped_and_long_names_cut(name: str, plain: str) -> None:
    assert fields(payload(**{**MODEL, "name": name}))["59"] == plain


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Decimal("0.00")},
        {"amount": Decimal("-1.00")},
        {"amount": Decimal("1.005")},
        {"amount": MAX_MONEY + Decimal("0.01")},
        {"key": ""},
        {"key": "loja@exemplo.com.br" * 5},
        {"key": "joão@exemplo.com.br"},
        {"key": "11222333 000181"},
        {"name": "日本"},
        {"city": "🚲"},
        {"txid": ""},
        {"txid": "000123-02/10"},
        {"txid": "N" * 26},
        {"txid": "NP1\n"},
    ],
)
def test_what_makes_no_code_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Pix code"):
        payload(**{**MODEL, **wrong})


@given(st.integers(1, 2**31 - 1), st.integers(1, 120))
def test_r25_every_notes_and_customers_txid_fits(row: int, place: int) -> None:
    for txid in (note_txid(row, place), customer_txid(row)):
        assert fields(fields(payload(**{**MODEL, "txid": txid}))["62"])["05"] == txid


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({}, []),
        ({"legal_name": ""}, []),
        ({"legal_name": "日本", "shop_name": "Japão"}, []),
        ({"pix_key": ""}, ["chave Pix"]),
        ({"legal_name": "", "shop_name": ""}, ["razão social ou nome"]),
        ({"pix_key": "", "city": " "}, ["chave Pix", "cidade"]),
    ],
)
def test_what_a_shop_lacks_is_named_and_without_it_there_is_no_code(
    changes: dict[str, str], lacks: list[str]
) -> None:
    assert missing(shop(**changes)) == lacks
    code = shop_payload(shop(**changes), Decimal("205.00"), note_txid(123, 2))
    assert (code is None) == bool(lacks)


def test_the_payee_is_the_legal_name_else_the_shops_name() -> None:
    named = shop_payload(shop(), Decimal("1.00"), "C7")
    unnamed = shop_payload(shop(legal_name=""), Decimal("1.00"), "C7")
    assert named
    assert unnamed
    assert (fields(named)["59"], fields(unnamed)["59"]) == ("Loja Modelo Ltda", "Modelo")
