"""R26: CPF and CNPJ, phones; and names, e-mail, state and postal code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.errors import InvalidInput
from credigestor.rules.identity import (
    UFS,
    digits,
    fold,
    format_cep,
    format_phone,
    format_tax_id,
    mask_tax_id,
    parse_cep,
    parse_email,
    parse_name,
    parse_phone,
    parse_tax_id,
    parse_uf,
    whatsapp_url,
)


@pytest.mark.parametrize(
    ("typed", "stored", "shown", "masked"),
    [
        ("529.982.247-25", "52998224725", "529.982.247-25", "***.982.247-**"),
        (" 52998224725\xa0", "52998224725", "529.982.247-25", "***.982.247-**"),
        ("11222333000181", "11222333000181", "11.222.333/0001-81", "**.222.333/****-**"),
        ("12.abc.345/01de-35", "12ABC34501DE35", "12.ABC.345/01DE-35", "**.ABC.345/****-**"),
    ],
)
def test_r26_a_valid_cpf_or_cnpj_is_stored_without_points_and_shown_with_them(
    typed: str, stored: str, shown: str, masked: str
) -> None:
    assert parse_tax_id(typed) == stored
    assert format_tax_id(stored) == shown
    assert mask_tax_id(stored) == masked
    assert parse_tax_id(shown) == stored


@pytest.mark.parametrize("digit", "0123456789")
@pytest.mark.parametrize("length", [11, 14])
def test_r26_equal_digits_are_refused(digit: str, length: int) -> None:
    with pytest.raises(InvalidInput, match="todos iguais"):
        parse_tax_id(digit * length)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Informe o CPF ou o CNPJ"),
        ("  \xa0", "Informe o CPF ou o CNPJ"),
        ("5299822472", "o número digitado tem 10"),
        ("529982247255", "o número digitado tem 12"),
        ("9" * 10_000, "o número digitado tem 10000"),
        ("529.982.247-26", "CPF inválido: os dígitos verificadores não conferem"),
        ("11.222.333/0001-82", "CNPJ inválido: os dígitos verificadores não conferem"),
        ("12.ABC.345/01DE-36", "CNPJ inválido: os dígitos verificadores não conferem"),
        ("12ABC34501DEAB", "CNPJ inválido: os dígitos verificadores não conferem"),
        ("5299822472A", "só pode ter números"),
        ("529_982_247_25", "Digite como 529.982.247-25"),
        ("５２９９８２２４７２５", "Digite como 529.982.247-25"),
        ("...", "Digite como 529.982.247-25"),
    ],
)
def test_r26_a_wrong_cpf_or_cnpj_is_refused_saying_why(typed: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(words)) as refusal:
        parse_tax_id(typed)
    assert refusal.value.field == "cpf_cnpj"


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_r26_only_one_pair_of_check_digits_is_accepted(root: str) -> None:
    accepted = []
    for pair in range(100):
        try:
            accepted.append(parse_tax_id(f"{root}{pair:02}"))
        except InvalidInput:
            continue
    assert len(accepted) == (0 if len(set(root)) == 1 else 1)


@pytest.mark.parametrize(
    ("typed", "e164", "shown"),
    [
        ("(85) 98872-4443", "+5585988724443", "(85) 98872-4443"),
        ("85988724443", "+5585988724443", "(85) 98872-4443"),
        ("085 98872 4443", "+5585988724443", "(85) 98872-4443"),
        ("+55 85 98872-4443", "+5585988724443", "(85) 98872-4443"),
        ("5585988724443", "+5585988724443", "(85) 98872-4443"),
        ("55 98872-4443", "+5555988724443", "(55) 98872-4443"),
        ("(85) 3224-5678", "+558532245678", "(85) 3224-5678"),
        ("+1 650 253 0000", "+16502530000", "+1 650-253-0000"),
    ],
)
def test_r26_a_phone_is_stored_as_e164(typed: str, e164: str, shown: str) -> None:
    assert parse_phone(typed) == e164
    assert parse_phone(e164) == e164
    assert format_phone(e164) == shown
    assert whatsapp_url(e164) == "https://wa.me/" + e164[1:]


@pytest.mark.parametrize("stored", ["x" * 300, "-1", "()", "\u202e"])
def test_a_stored_phone_that_is_none_is_shown_as_it_is(stored: str) -> None:
    assert format_phone(stored) == stored


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Informe o telefone com DDD"),
        ("98872-4443", "falta o DDD"),
        ("3224-5678", "falta o DDD"),
        ("85 8872-4443", "nove dígitos"),
        ("85 7788-1234", "nove dígitos"),
        ("(20) 98872-4443", "confira o DDD"),
        ("(10) 98872-4443", "confira o DDD"),
        ("(36) 3224-5678", "confira o DDD"),
        ("85 98872-44433", "quantidade de dígitos"),
        ("0800 123 4567", "quantidade de dígitos"),
        ("190", "quantidade de dígitos"),
        ("1", "confira o número"),
        ("+999 123456789", "confira o número"),
        ("+1 123 456 7890", "confira o número"),
        ("9" * 10_000, "confira o número"),
        ("85 98872-4443 ramal 2", "Digite só números"),
        ("telefone", "Digite só números"),
        ("(８５) 98872-4443", "Digite só números"),
    ],
)
def test_r26_a_wrong_phone_is_refused_saying_why(typed: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refusal:
        parse_phone(typed)
    assert refusal.value.field == "phone"
    assert len(refusal.value.message) < 150


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ana@example.com", "ana@example.com"),
        ("  Ana.Luz+loja@Example.COM.BR ", "Ana.Luz+loja@example.com.br"),
        ("o'neil@sub.example.com", "o'neil@sub.example.com"),
    ],
)
def test_an_email_is_kept_with_its_domain_in_small_letters(typed: str, stored: str) -> None:
    assert parse_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *("", "ana", "ana@", "@example.com", "ana@example", "ana@@example.com", "a b@example.com"),
        *(".ana@example.com", "ana.@example.com", "a..b@example.com", "ana@-example.com"),
        *("ana@example..com", "ana@example.com.", "ana@exam_ple.com", "ana@example.c"),
        *("ana@exãmple.com", "ana@1.2.3.4", "<ana@example.com>", "ana@example.com\x00"),
        *("a@example.com, b@example.com", "a" * 65 + "@example.com", "a@" + "b." * 130 + "com"),
        *("a" * 10_000, "a@b\n.com"),
    ],
)
def test_what_cannot_be_an_email_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_email(typed)
    assert refusal.value.field == "email"
    assert len(refusal.value.message) < 100


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Zélia \t  D'Ávila\n", "Zélia D'Ávila"),
        ("Jose\u0301", "José"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Ana 👩\u200d👩\u200d👧", "Ana 👩\u200d👩\u200d👧"),
        ("李小龙", "李小龙"),
        ("a" * 120, "a" * 120),
        ("a" + " " * 500 + "b", "a b"),
    ],
)
def test_a_name_is_kept_as_written_with_its_white_space_collapsed(typed: str, stored: str) -> None:
    assert parse_name(typed) == stored


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "em branco"),
        (" \t\n\xa0", "em branco"),
        ("\u0301", "em branco"),
        ("Ana\x00Luz", "invisível (U+0000)"),
        ("Ana\x1b[31m", "invisível (U+001B)"),
        ("Ana\u202eLuz", "invisível (U+202E)"),
        ("\ud800", "invisível (U+D800)"),
        ("a" * 121, "o limite é de 120 caracteres e foram digitados 121"),
        ("a" * 10_000, "o limite é de 120 caracteres e foram digitados 10000"),
    ],
)
def test_a_name_that_is_blank_invisible_or_too_long_is_refused(typed: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(words)) as refusal:
        parse_name(typed)
    assert refusal.value.field == "name"


def test_the_longest_name_allowed_is_the_callers_choice() -> None:
    assert parse_name("a" * 200, maximum=200) == "a" * 200
    with pytest.raises(InvalidInput, match="limite é de 10 caracteres e foram digitados 11"):
        parse_name("a" * 11, field="city", maximum=10)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("D'Ávila  Muñoz", "davila munoz"),
        ("D’Ávila", "davila"),
        ("D´Ávila", "davila"),
        ("D' Ávila ' ", "d avila"),
        ("JOÃO CONCEIÇÃO", "joao conceicao"),
        ("Jose\u0301", "jose"),
        (" Straße\xa0 1ª ", "strasse 1a"),
        ("100%_", "100%_"),
        ("", ""),
    ],
)
def test_folding_forgets_case_accents_and_extra_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aáâãçéíñoõúÜß Dİ'’", min_size=1))
def test_capital_letters_do_not_hide_a_name_from_search(text: str) -> None:
    assert fold(text.upper()) == fold(text)


def test_digits_keeps_only_ascii_digits() -> None:
    assert digits("(85) 98872-4443 ١２³") == "85988724443"


def test_there_are_27_states_and_no_other_is_accepted() -> None:
    assert len(set(UFS)) == 27
    assert parse_uf(" ce ") == "CE"
    for typed in ("", "XX", "Ceará", "C"):
        with pytest.raises(InvalidInput, match="UF"):
            parse_uf(typed)


def test_a_postal_code_has_eight_digits() -> None:
    assert parse_cep("60175-000") == parse_cep("60.175-000") == parse_cep("60175000") == "60175000"
    assert format_cep("01310100") == "01310-100"
    for typed in ("", "6017500", "601750000", "00000-000", "6017500O", "６０１７５０００"):
        with pytest.raises(InvalidInput, match="CEP"):
            parse_cep(typed)
