"""The dictionary is about texts that Streamlit's frontend really holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import streamlit

from credigestor.web.routes import portuguese_script
from credigestor.web.streamlit_texts import PATTERNS, SENTENCES, WORDS


@pytest.fixture(scope="module")
def frontend() -> str:
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    return "\n".join(path.read_text("utf-8") for path in folder.glob("*.js"))


#: Put together by the frontend from parts, or sent by the server: looked for in other words.
BUILT = {
    "Press Enter to apply": "Press Enter to ${e}",
    "Press Enter to submit form": "Press Enter to ${e}",
    "Press Ctrl+Enter to apply": "+Enter to ${e}",
    "Press Ctrl+Enter to submit form": "+Enter to ${e}",
    "Press ⌘+Enter to apply": "+Enter to ${e}",
    "Press ⌘+Enter to submit form": "+Enter to ${e}",
    "The page that you have requested does not seem to exist. Running the app's main page.": (
        "The page that you have requested does not seem to exist"
    ),
}
FROM_SERVER = {"Failed to generate file for download"}


def test_every_word_is_in_the_frontend(frontend: str) -> None:
    missing = [
        word
        for word in {**WORDS, **SENTENCES}
        if word not in FROM_SERVER and (BUILT.get(word) or f"`{word}`") not in frontend
    ]
    assert missing == []


def test_no_word_is_empty_or_left_in_english() -> None:
    for english, portuguese in {**WORDS, **SENTENCES}.items():
        assert portuguese.strip()
        assert portuguese != english


def test_sentences_are_long_enough_to_be_nobodys_data() -> None:
    assert all(len(sentence) > 20 for sentence in SENTENCES)


@pytest.mark.parametrize(
    ("english", "portuguese"),
    [
        ("100MB per file • CSV, ZIP", "Até 100 MB por arquivo • CSV, ZIP"),
        ("447.6KB", "447,6 KB"),
        ("File must be 200MB or smaller.", "O arquivo pode ter no máximo 200 MB."),
        ("File must be 1.0MB or smaller.", "O arquivo pode ter no máximo 1 MB."),
        ("View 3 more", "Ver mais 3"),
        ("November 2026", "novembro de 2026"),
        ("Today, Monday, November 23, 2026 selected", "segunda-feira, 23 de novembro de 2026"),
        ("Help for Senha", "Ajuda: Senha"),
        ("Show data: Vendas por mês", "Mostrar os dados: Vendas por mês"),
        (
            "Error: Date set outside allowed range. Please select a date on or before 31/12/9998.",
            "Data fora do período aceito: escolha uma até 31/12/9998.",
        ),
        ("year, Vencimento de", "ano, Vencimento de"),
        ("11 – November", "11 – novembro"),
        ("Selected Date: December 23, 2026", "Data escolhida: 23 de dezembro de 2026"),
    ],
)
def test_patterns_match_whole_texts(english: str, portuguese: str) -> None:
    results = [
        re.sub(rule, target.replace("$", "\\"), english)
        for rule, target in PATTERNS
        if re.fullmatch(rule, english)
    ]
    assert portuguese in results


def test_the_script_holds_the_dictionary_as_json() -> None:
    script = portuguese_script()
    line = next(line for line in script.splitlines() if "patterns } =" in line)
    dictionary = json.loads(line.partition("=")[2].strip().rstrip(";"))
    assert dictionary["words"]["Close"] == "Fechar"
    assert dictionary["roles"]["rect mark container"] == "partes do gráfico"
