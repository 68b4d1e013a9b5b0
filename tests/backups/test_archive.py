"""Files forged to do harm: each refused, named, at once and in little room."""

from __future__ import annotations

import bz2
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from credigestor.backups import archive
from credigestor.backups.archive import BadArchive
from tests.backups.forging import ROWS, Member, manifest, member, table, write, zeros
from tests.backups.refusing import GOOD, MEGABYTES, NAME, PEOPLE, refusal

GIGABYTES = 10
BOMB = zeros(GIGABYTES)
BOMB_SIZE = GIGABYTES * 2**30
FACTS = "tables/facts.csv"


def test_a_good_one_is_read_to_its_end(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", GOOD)
    told: list[float] = []
    with archive.opened(path) as opened:
        assert b"".join(opened.blocks("people")) == ROWS
        archive.verify(opened, lambda share, what: told.append(share))
        assert (opened.manifest.rows, opened.encrypted) == (2, False)
        with pytest.raises(BadArchive, match="não tem a tabela “nada”"):
            next(opened.blocks("nada"))
    assert told == [1.0]


@pytest.mark.parametrize(
    "name",
    [
        "../people.csv",
        "tables/../../etc/passwd.csv",
        "/etc/cron.d/x.csv",
        "tables\\people.csv",
        "C:\\x.csv",
        "tables/people.csv\0.csv",
        "tables/Pessoas.csv",
        "tables/people.csv/",
        "tables//people.csv",
        "tables/people.csv\n",
        "tables/" + "a" * 5_000 + ".csv",
        "",
    ],
)
def test_a_member_with_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "x.zip", [*GOOD, member(name)])
    assert "um membro que nenhum backup tem" in refusal(path)


def test_a_name_that_the_directory_gives_otherwise_than_the_member_is_refused(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "x.zip", [replace(PEOPLE, local_name="../../persons.csv"), GOOD[1]])
    assert refusal(path) == f"O membro {NAME} está danificado."


def bomb(**fields: Any) -> Member:
    return Member(NAME, BOMB, **({"size": BOMB_SIZE} | fields))


def overlapping() -> list[Member]:
    """Many members over the one packed content, as in the better zip bombs."""
    names = [f"t{number}" for number in range(20)]
    shared = [
        member(f"tables/{name}.csv", local_name="tables/t0.csv", offset=0 if i else None)
        for i, name in enumerate(names)
    ]
    return [*shared, manifest([table(name) for name in names])]


#: What is wrong with it: its members, and what the refusal says.
HOSTILE: dict[str, tuple[Callable[[], list[Member]], str]] = {
    "ten gigabytes of zeros": (
        lambda: [bomb(), manifest([table(size=BOMB_SIZE)])],
        f"{NAME} diz ter {BOMB_SIZE} bytes",
    ),
    "ten gigabytes of zeros that say they are few": (
        lambda: [bomb(size=2_000), manifest([table(size=2_000)])],
        f"{NAME} está danificado",
    ),
    "ten gigabytes of zeros that say they are few, with the right sum of those": (
        lambda: [
            bomb(size=len(ROWS), crc=PEOPLE.crc),
            manifest([table()]),
        ],
        f"{NAME} está danificado",
    ),
    "ten gigabytes of zeros that say they were packed badly": (
        lambda: [bomb(packed=2**31), manifest([table(size=BOMB_SIZE)])],
        "ocupa o lugar de outro",
    ),
    "a manifest of ten gigabytes": (
        lambda: [PEOPLE, Member("manifest.json", BOMB, BOMB_SIZE)],
        "manifest.json diz ter",
    ),
    "a manifest of some megabytes": (
        lambda: [PEOPLE, manifest([table()], shop=Random(1).randbytes(10**6).hex())],
        "manifest.json é grande demais",
    ),
    "many small members of zeros": (
        lambda: [Member(f"tables/t{i}.csv", zeros(2 / 1024), 2 * 2**20) for i in range(900)],
        "tables/t0.csv diz ter",
    ),
    "a member one byte longer than promised": (
        lambda: [member(NAME, ROWS + b"3"), GOOD[1]],
        f"{NAME} tem {len(ROWS) + 1} bytes e manifest.json promete {len(ROWS)}",
    ),
    "a member that has less than it says": (
        lambda: [replace(PEOPLE, size=50), manifest([table(size=50)])],
        f"{NAME}",
    ),
    "a wrong hash": (
        lambda: [PEOPLE, manifest([table(sha256="0" * 64)])],
        f"O conteúdo de {NAME} não é o que foi gravado: o SHA-256 não confere.",
    ),
    "another content with its own sum": (
        lambda: [member(NAME, ROWS.replace(b"Ana", b"Bia")), GOOD[1]],
        "o SHA-256 não confere",
    ),
    "a wrong sum": (lambda: [replace(PEOPLE, crc=1), GOOD[1]], f"{NAME} está danificado"),
    "bytes that are not deflated": (
        lambda: [replace(PEOPLE, data=b"\xff" * 20), GOOD[1]],
        f"{NAME} está danificado",
    ),
    "a missing member": (lambda: [GOOD[1]], f"Falta o membro {NAME}"),
    "an extra member": (
        lambda: [*GOOD, member(FACTS)],
        f"{FACTS} não está em manifest.json",
    ),
    "a member twice": (lambda: [PEOPLE, *GOOD], f"{NAME} duas vezes"),
    "a table twice": (lambda: [PEOPLE, manifest([table(), table()])], "Falta o membro"),
    "no manifest": (lambda: [PEOPLE], "Falta manifest.json"),
    "no member at all": (list, "Falta manifest.json"),
    "an unknown version": (
        lambda: [PEOPLE, manifest([table()], version=2, novidade=True)],
        "da versão 2 do formato",
    ),
    "another program's format": (
        lambda: [PEOPLE, manifest([table()], format="outro")],
        "não é de um backup do CrediGestor",
    ),
    "a schema revision of the future": (
        lambda: [PEOPLE, manifest([table()], schema_revision="9999")],
        "revisão “9999”",
    ),
    "a schema revision that is a path": (
        lambda: [PEOPLE, manifest([table()], schema_revision="../../etc/passwd")],
        "revisão “../../etc/passwd”",
    ),
    "a manifest that is no JSON": (
        lambda: [PEOPLE, member("manifest.json", b"PK\3\4 nothing")],
        "manifest.json não está escrito",
    ),
    "a manifest nested without end": (
        lambda: [PEOPLE, member("manifest.json", b"[" * 500_000)],
        "manifest.json não está escrito",
    ),
    "a manifest of a member elsewhere": (
        lambda: [PEOPLE, manifest([table(member="tables/../people.csv")])],
        "dá à tabela people o membro",
    ),
    "a manifest of a table with an odd name": (
        lambda: [PEOPLE, manifest([table(name='people" CASCADE; --')])],
        "em “tables.0.name”",
    ),
    "a manifest of a column with an odd name": (
        lambda: [PEOPLE, manifest([table(columns=['id"', "name"])])],
        "em “tables.0.columns.0”",
    ),
    "fewer than no rows": (
        lambda: [PEOPLE, manifest([table(rows=-1)])],
        "em “tables.0.rows”",
    ),
    "more bytes than there are": (
        lambda: [PEOPLE, manifest([table(size=10**400)])],
        "manifest.json não está escrito",
    ),
    "a number where a text belongs": (
        lambda: [PEOPLE, manifest([table()], shop=7)],
        "em “shop”",
    ),
    "an unknown word in the manifest": (
        lambda: [PEOPLE, manifest([table()], users=[])],
        "em “users”",
    ),
    "a moment without a time zone": (
        lambda: [PEOPLE, manifest([table()], generated_at="2026-11-23T15:45:00")],
        "em “generated_at”",
    ),
    "a moment that the shop's clock cannot show": (
        lambda: [PEOPLE, manifest([table()], generated_at="9999-12-31T23:59:59-14:00")],
        "em “generated_at”",
    ),
    "a moment before the shop's clock begins": (
        lambda: [PEOPLE, manifest([table()], generated_at="0001-01-01T00:00:00+14:00")],
        "em “generated_at”",
    ),
    "sequences that go backwards": (
        lambda: [PEOPLE, manifest([table()], sequences={"people": -5})],
        "em “sequences.people”",
    ),
    "a thousand members over one content": (overlapping, "ocupa o lugar de outro"),
    "a member before the beginning": (
        lambda: [PEOPLE, replace(GOOD[1], offset=0xFFFFFFFE)],
        "ocupa o lugar de outro",
    ),
    "a member that is not packed": (
        lambda: [replace(PEOPLE, data=ROWS, method=0), GOOD[1]],
        f"{NAME} está comprimido de um modo",
    ),
    "a member packed so that it unpacks at once": (
        lambda: [replace(PEOPLE, data=bz2.compress(bytes(10**7)), method=12), GOOD[1]],
        f"{NAME} está comprimido de um modo",
    ),
    "members enough to fill the memory": (
        lambda: [PEOPLE] * 60_000,
        "não é um backup do CrediGestor",
    ),
    "members that are too many": (lambda: [PEOPLE] * 2_000, "2000 membros"),
    "the old, weak encryption": (
        lambda: [replace(PEOPLE, flags=1), replace(GOOD[1], flags=1)],
        "não está protegido como os outros",
    ),
    "a broken extra field": (
        lambda: [replace(PEOPLE, extra=b"\x01\x99\xff\xff"), GOOD[1]],
        "não é um backup do CrediGestor",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_archive_is_refused_and_named(tmp_path: Path, what: str) -> None:
    members, message = HOSTILE[what]
    assert message in refusal(write(tmp_path / "x.zip", members()))


def test_a_backup_packed_once_more_is_refused(tmp_path: Path) -> None:
    inner = write(tmp_path / "backup.zip", GOOD).read_bytes()
    path = write(tmp_path / "x.zip", [member("backup.zip", inner)])
    assert "um membro que nenhum backup tem: “backup.zip”" in refusal(path)
    path = write(tmp_path / "x.zip", [member(NAME, inner), GOOD[1]])
    assert f"{NAME} tem {len(inner)} bytes" in refusal(path)


def test_the_whole_process_stays_small_over_ten_gigabytes_of_zeros(tmp_path: Path) -> None:
    """Measured by the operating system, in a process of its own."""
    for number, what in enumerate(list(HOSTILE)[:5]):
        write(tmp_path / f"{number}.zip", HOSTILE[what][0]())
    script = """
import resource, sys, time
from pathlib import Path
from credigestor.backups import archive
from credigestor.db.migrate import known_revisions
known_revisions()
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = peak()
for path in sorted(Path(sys.argv[1]).iterdir()):
    started = time.thread_time()
    try:
        with archive.opened(path) as opened:
            archive.verify(opened)
    except archive.BadArchive:
        assert time.thread_time() - started < 2, path
    else:
        sys.exit(f"{path} was not refused")
print(peak() - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < MEGABYTES
