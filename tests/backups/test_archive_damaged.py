"""Files that are no backup, or one no more (cut, changed, locked): each is refused and named."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import pyzipper

from credigestor.backups import archive
from credigestor.backups.archive import BadArchive
from tests.backups.forging import ROWS, Member, write
from tests.backups.refusing import GOOD, NAME, refusal


@pytest.mark.parametrize("kept", [0, 1, 10, 0.3, 0.9, -1])
def test_a_file_that_was_cut_is_refused(tmp_path: Path, kept: float) -> None:
    path = write(tmp_path / "x.zip", GOOD)
    content = path.read_bytes()
    end = int(kept * len(content)) if isinstance(kept, float) else kept
    path.write_bytes(content[:end])
    assert "não é um backup do CrediGestor, ou está cortado no fim" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"id;name\n" * 100_000, b"PK\5\6" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert "não é um backup do CrediGestor" in refusal(path)


def test_no_flipped_bit_goes_unseen(tmp_path: Path) -> None:
    """Or it is in a place that means nothing, as the date of a member."""
    path = write(tmp_path / "x.zip", GOOD)
    content = path.read_bytes()
    random = Random(1)
    for _ in range(400):
        place = random.randrange(len(content))
        flipped = bytearray(content)
        flipped[place] ^= 1 << random.randrange(8)
        path.write_bytes(flipped)
        try:
            with archive.opened(path, passphrase="x") as opened:
                archive.verify(opened)
                assert b"".join(opened.blocks("people")) == ROWS
        except BadArchive:
            continue


def protected(path: Path, contents: dict[str, bytes], passphrase: str = "uma senha boa") -> Path:
    with pyzipper.AESZipFile(path, "w", pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as file:
        file.setpassword(passphrase.encode())
        for name, content in contents.items():
            file.writestr(name, content)
    return path


def unpacked(made: Member) -> bytes:
    import zlib

    return zlib.decompress(made.data, -15)


def test_a_protected_member_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = protected(tmp_path / "x.zip", {NAME: ROWS, "manifest.json": unpacked(GOOD[1])})
    with archive.opened(path, passphrase="uma senha boa") as opened:
        archive.verify(opened)
    content = bytearray(path.read_bytes())
    content[30 + len(NAME) + 11 + 18 + 3] ^= 1
    path.write_bytes(content)
    assert refusal(path, "uma senha boa") == f"O membro {NAME} está danificado."


def test_a_plain_manifest_cannot_be_put_before_protected_tables(tmp_path: Path) -> None:
    """Or whoever can write to the folder could have tables dropped and others renamed."""
    path = protected(tmp_path / "x.zip", {NAME: ROWS})
    with pyzipper.AESZipFile(path, "a", pyzipper.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", unpacked(GOOD[1]))
    assert "manifest.json não está protegido como os outros" in refusal(path, "uma senha boa")


@pytest.mark.parametrize("passphrase", ["x", "uma senha bo", "ção", "a" * 100_000])
def test_a_wrong_passphrase_is_named_as_such(tmp_path: Path, passphrase: str) -> None:
    path = protected(tmp_path / "x.zip", {NAME: ROWS, "manifest.json": unpacked(GOOD[1])})
    assert refusal(path, passphrase) == "A senha do backup não confere."
