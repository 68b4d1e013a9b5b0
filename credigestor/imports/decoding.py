"""Bytes of a file that somebody sent, as lines of text in constant memory, or why they are none."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TextIO

#: Characters of one record, with its line breaks: whatever is longer is no table.
MAX_RECORD = 1_000_000
_BLOCK = 1024 * 1024
_BYTE_ORDER = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE = "Abra-o no programa que o fez e salve como CSV."
_AS_XLSX = (
    "Abra o arquivo no Excel ou no LibreOffice, escolha Arquivo, Salvar como, e o tipo Pasta de "
    "Trabalho do Excel (.xlsx); envie o arquivo novo."
)
#: How files begin that are often sent for a CSV, and what they are.
_FORMATS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"É uma planilha do Excel (.xls), não um CSV. {_SAVE}"),
    (
        b"%PDF-",
        "É um PDF, não um CSV nem uma planilha: dele não se leem linhas. No programa que o fez, "
        "gere o mesmo relatório em Excel (.xlsx) ou CSV.",
    ),
    (b"{\\rtf", f"É um documento de texto (RTF), não um CSV nem uma planilha. {_AS_XLSX}"),
    (b"\x1f\x8b", "É um arquivo comprimido (gzip). Descomprima-o e envie o CSV."),
)
#: How texts begin that no CSV begins like, in small letters: what programs call an Excel file, too.
_TEXTS = {
    b"mime-version:": f"É uma página da internet (MHT) com o nome de planilha. {_AS_XLSX}",
    b"<?xml": f"É um XML, não um CSV nem uma planilha. {_AS_XLSX}",
    b"<": f"É uma página da internet (HTML), mesmo que se chame .xls. {_AS_XLSX}",
    b'{"': "É um arquivo JSON. No programa que o fez, gere o mesmo em Excel (.xlsx) ou CSV.",
    b"[{": "É um arquivo JSON. No programa que o fez, gere o mesmo em Excel (.xlsx) ou CSV.",
}
_HEAD = 4_096  # bytes in which that is looked for
# "Ã" and a symbol, in bytes: in Portuguese text that is a UTF-8 letter, never two of Latin-1.
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
#: Bytes that Windows-1252 gives no meaning.
_NOT_WINDOWS = b"\x81\x8d\x8f\x90\x9d"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file cannot be read: line (0: the whole file), column (or empty) and reason."""

    line: int
    reason: str
    column: str = ""


class Unreadable(Exception):
    """Reading a file ends here; carries its faults."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


def encoding_of(file: IO[bytes]) -> str:
    """The encoding of a whole file, read once from where it stands: UTF-8, UTF-16 or Windows'.

    Raises Unreadable for what is no text, and for UTF-8 with lines that are something else.
    """
    block = file.read(_BLOCK)
    _refuse_other_formats(block)
    if block.startswith(_BYTE_ORDER):
        return "utf-16"
    has_bom = block.startswith(codecs.BOM_UTF8)
    lines = 0  # before this block
    wrong = 0  # the first line that is not UTF-8
    has_letters = not_windows = False
    rest = b""  # of the block before: the beginning of a character
    while block or rest:
        if (at := block.find(0)) >= 0:
            raise Unreadable(Fault(lines + block.count(b"\n", 0, at) + 1, _NO_TEXT))
        data = rest + block
        rest = b""
        if not data.isascii():
            has_letters = has_letters or _UTF8_LETTER.search(data) is not None
            not_windows = not_windows or len(data.translate(None, _NOT_WINDOWS)) < len(data)
            if not wrong:
                try:
                    rest = data[codecs.utf_8_decode(data, "strict", not block)[1] :]
                except UnicodeDecodeError as error:
                    wrong = lines + data.count(b"\n", 0, error.start) + 1
            if wrong and (has_bom or has_letters):
                # Reading it all as Latin-1 would turn every "é" of the file into "Ã©".
                raise Unreadable(Fault(wrong, _MIXED))
            if wrong:
                rest = data[-1:] if block else b""
        lines += block.count(b"\n")
        block = file.read(_BLOCK)
    if not wrong:
        return "utf-8-sig"
    return "latin-1" if not_windows else "cp1252"


def _refuse_other_formats(head: bytes) -> None:
    for beginning, reason in _FORMATS:
        if head.startswith(beginning):
            raise Unreadable(Fault(0, reason))
    # Whether in UTF-8 or UTF-16, without its byte order mark and blanks.
    text = head[:_HEAD].translate(None, b"\0\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    for beginning, reason in _TEXTS.items():
        if text.startswith(beginning):
            raise Unreadable(Fault(0, reason))
    if head.startswith(b"PK\x03\x04"):
        if b"[Content_Types].xml" in head or b"opendocument.spreadsheet" in head:
            reason = f"É uma planilha do Excel ou do LibreOffice, não um CSV. {_SAVE}"
        else:
            reason = "É um arquivo ZIP, não um CSV. Extraia-o e envie os arquivos CSV."
        raise Unreadable(Fault(0, reason))


_NO_TEXT = (
    "Não é um arquivo CSV: há nesta linha um byte que não é de texto. Salve a planilha como CSV."
)
_MIXED = (
    "O arquivo mistura duas codificações: é UTF-8, mas esta linha tem um byte que não é. "
    "Salve-o de novo como UTF-8."
)


class Lines(Iterator[str]):
    """The lines of a text, ends included; a record of too many characters is Unreadable.

    `begin` is to be called where a record begins, with the number of its first line.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.begin(1)

    def begin(self, line: int) -> None:
        """Count the characters of a new record."""
        self._line = line
        self._room = MAX_RECORD

    def __next__(self) -> str:
        line = self._text.readline(self._room + 1)
        if not line:
            raise StopIteration
        self._room -= len(line)
        if self._room < 0:
            reason = "Não é um arquivo CSV: a partir daqui, mais de um milhão de letras sem fim."
            raise Unreadable(Fault(self._line, reason))
        if "\0" in line:  # UTF-16 has them in its bytes
            raise Unreadable(Fault(self._line, _NO_TEXT))
        return line
