"""The shop's logo: what is taken for an image, what is kept of it, and who may change it."""

from __future__ import annotations

import io
import random
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Logo
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import InvalidInput, NotAllowed
from credigestor.exports import audit_words
from credigestor.reports import audit
from credigestor.reports import logos as report
from credigestor.reports.audit import AuditFilters
from credigestor.reports.settings_history import settings_history
from credigestor.rules.permissions import Actor
from credigestor.services import logos, settings
from tests.pictures import chunk, forged, logo, opened, saved
from tests.services.selling import at_once

ROWS = (b"\0" + b"\xff\0\0" * 64) * 64
GIF = saved(Image.new("P", (64, 64)), "GIF")
ANIMATED = saved(
    Image.new("RGB", (64, 64)),
    save_all=True,
    append_images=[Image.new("RGB", (64, 64), "red")],
    duration=100,
)
#: Why each is refused, by what it is.
NO_IMAGES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "não é uma imagem"),
    "a page named .png": (b"<html><script>alert(1)</script></html>", "não é uma imagem"),
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "não é uma imagem"),
    "a PDF": (b"%PDF-1.7\n" + bytes(999), "não é uma imagem"),
    "a GIF": (GIF, "não é uma imagem"),
    "a WebP": (logo("WEBP"), "não é uma imagem"),
    "a TIFF": (logo("TIFF"), "não é uma imagem"),
    "an EPS, which Pillow would give to Ghostscript": (logo("EPS"), "não é uma imagem"),
    "a PNG cut short": (logo()[:-200], "não é uma imagem"),
    "half a JPEG": (logo("JPEG")[: len(logo("JPEG")) // 2], "não é uma imagem"),
    "a JPEG without its end": (logo("JPEG")[:-2], "não é uma imagem"),
    "a progressive JPEG cut short": (logo("JPEG", progressive=True)[:-99], "não é uma imagem"),
    "a PNG with a wrong sum": (logo()[:30] + b"\0" + logo()[31:], "não é uma imagem"),
    "a signature alone": (logo()[:8], "não é uma imagem"),
    "a text that unpacks to 50 MB": (
        forged(64, 64, ROWS, chunk(b"zTXt", b"a\0\0" + zlib.compress(b"A" * 50_000_000, 9))),
        "não é uma imagem",
    ),
    "a profile that unpacks to 50 MB": (
        forged(64, 64, ROWS, chunk(b"iCCP", b"a\0\0" + zlib.compress(b"A" * 50_000_000, 9))),
        "não é uma imagem",
    ),
    "3.6 thousand million pixels": (forged(60_000, 60_000, ROWS), "grande demais"),
    "100 million pixels": (forged(10_000, 10_000, ROWS), "4.000"),
    "one pixel too wide": (logo(size=(4001, 20)), "4001 × 20 pontos; o máximo é 4.000 × 4.000"),
    "a dot": (logo(size=(1, 1)), "1 × 1 pontos; o mínimo é 16 × 16"),
    "an animation": (ANIMATED, "animação"),
    "more than 1 MB": (logo() + bytes(1024 * 1024), "passa de 1 MB"),
}


# Pillow warns of a decompression bomb that the size refuses a moment later.
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("what", NO_IMAGES)
def test_what_is_no_sound_image_is_refused_at_its_field(what: str) -> None:
    content, why = NO_IMAGES[what]
    with pytest.raises(InvalidInput, match=why) as refused:
        logos.prepare(content)
    assert refused.value.field == "logo"


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_files_with_bytes_changed_at_random_are_taken_or_refused_and_never_crash() -> None:
    chance = random.Random(5)
    seeds = [logo(size=(40, 20)), logo("JPEG", size=(40, 20)), ANIMATED]
    taken = 0
    for _ in range(1500):
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(1, 9)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            assert opened(logos.prepare(bytes(content)).content).mode == "RGB"
            taken += 1
        except InvalidInput:
            continue
    assert 0 < taken < 1500


@pytest.mark.parametrize(
    ("sent", "colour"),
    [
        (saved(Image.new("RGBA", (40, 20), (255, 0, 0, 0))), (255, 255, 255)),
        (saved(Image.new("RGBA", (40, 20), (255, 0, 0, 128))), (255, 127, 127)),
        (saved(Image.new("LA", (40, 20), (0, 0))), (255, 255, 255)),
        (saved(Image.new("P", (40, 20), 0), transparency=0), (255, 255, 255)),
        (forged(64, 64, ROWS, chunk(b"tRNS", b"\0\xff\0\0\0\0")), (255, 255, 255)),
        (saved(Image.new("1", (40, 20), 1)), (255, 255, 255)),
        (saved(Image.new("I;16", (40, 20), 40_000)), (156, 156, 156)),
        (saved(Image.new("CMYK", (40, 20), (0, 255, 255, 0)), "JPEG"), (254, 0, 0)),
        (saved(Image.new("L", (40, 20), 77), "JPEG"), (77, 77, 77)),
    ],
)
def test_every_kind_of_pixel_becomes_rgb_on_white(sent: bytes, colour: tuple[int, ...]) -> None:
    kept = opened(logos.prepare(sent).content)
    assert kept.mode == "RGB"
    assert kept.getpixel((9, 9)) == colour


def test_nothing_of_the_file_is_kept_but_its_pixels() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "SEGREDO")
    place = Image.Exif()
    place[0x010E] = "SEGREDO"
    for sent in (
        logo(pnginfo=told) + b"<script>SEGREDO</script>",
        logo("JPEG", exif=place, comment=b"SEGREDO") + b"SEGREDO",
    ):
        assert b"SEGREDO" in sent
        kept = logos.prepare(sent).content
        assert b"SEGREDO" not in kept
        assert not opened(kept).getexif()


def test_a_photo_taken_sideways_stands_upright() -> None:
    picture = Image.new("RGB", (64, 32), "white")
    picture.paste("black", (0, 0, 16, 32))  # black on its left side
    turned = Image.Exif()
    turned[0x0112] = 6  # held so that its left side is the top
    kept = opened(logos.prepare(saved(picture, "JPEG", exif=turned, quality=100)).content)
    assert kept.size == (32, 64)
    grey = kept.convert("L").tobytes()
    assert grey[4 * 32 + 16] < 40
    assert grey[60 * 32 + 16] > 200


def test_a_large_image_is_kept_at_a_thousand_pixels_and_its_proportions() -> None:
    assert opened(logos.prepare(logo(size=(4000, 1000))).content).size == (1000, 250)
    assert opened(logos.prepare(logo("JPEG", size=(1500, 3000))).content).size == (500, 1000)
    assert opened(logos.prepare(logo(size=(300, 120))).content).size == (300, 120)


def test_a_drawing_stays_a_png_and_what_is_heavy_becomes_a_jpeg() -> None:
    assert logos.prepare(logo()).media_type == "image/png"
    assert logos.prepare(logo("JPEG")).media_type == "image/jpeg"
    noise = saved(Image.effect_noise((500, 500), 100).convert("RGB"))
    kept = logos.prepare(noise)
    assert kept.media_type == "image/jpeg"
    assert len(kept.content) < logos.MAX_BYTES


def test_a_picture_full_of_detail_may_be_kept_though_it_grew(admin: Actor) -> None:
    pixels = random.Random(5).randbytes(3_000_000)
    sent = saved(Image.frombytes("RGB", (1000, 1000), pixels), "JPEG", quality=75)
    assert len(sent) < logos.MAX_BYTES
    with transaction() as session:
        assert logos.change(session, admin, sent)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_is_kept_can_be_read_and_what_a_stranger_puts_there_cannot() -> None:
    for sent in (logo(), logo("JPEG"), logo(size=(4000, 16))):
        assert logos.can_be_read(logos.prepare(sent).content)
    for name in NO_IMAGES.keys() - {"a dot", "an animation", "more than 1 MB"}:
        assert not logos.can_be_read(NO_IMAGES[name][0]), name


def test_a_camera_s_file_with_a_preview_in_it_is_its_first_picture() -> None:
    red = Image.new("RGB", (64, 64), "red")
    sent = saved(logo_image(), "MPO", save_all=True, append_images=[red])
    assert opened(logos.prepare(sent).content).size == (300, 120)


def logo_image() -> Image.Image:
    return Image.open(io.BytesIO(logo()))


def test_the_same_file_gives_the_same_bytes() -> None:
    assert logos.prepare(logo()) == logos.prepare(logo())


def change(actor: Actor, sent: bytes | None) -> bool:
    with transaction() as session:
        return logos.change(session, actor, sent)


def heading() -> bytes | None:
    with snapshot() as session:
        return report.content(session, current_settings(session))


def kept() -> list[Logo]:
    with snapshot() as session:
        return list(session.scalars(select(Logo).order_by(Logo.id)))


def test_a_logo_is_put_changed_and_removed(admin: Actor) -> None:
    assert heading() is None
    assert change(admin, logo())
    assert heading() == logos.prepare(logo()).content
    assert not change(admin, logo())
    assert change(admin, logo("JPEG"))
    assert heading() == logos.prepare(logo("JPEG")).content
    assert change(admin, None)
    assert heading() is None
    assert not change(admin, None)
    assert [row.media_type for row in kept()] == ["image/png", "image/jpeg"]
    assert change(admin, logo())
    assert len(kept()) == 2


def test_the_other_settings_stay_as_they_are(admin: Actor) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Loja", document_footer="Volte!"))
    change(admin, logo())
    with snapshot() as session:
        saved_now = current_settings(session)
    assert (saved_now.shop_name, saved_now.document_footer) == ("Loja", "Volte!")


def test_what_is_refused_leaves_the_logo_as_it_was(admin: Actor) -> None:
    change(admin, logo())
    with pytest.raises(InvalidInput):
        change(admin, GIF)
    assert heading() == logos.prepare(logo()).content


@pytest.mark.parametrize("role", ["seller", "manager"])
def test_only_an_administrator_changes_it(role: str, request: Any) -> None:
    with pytest.raises(NotAllowed):
        change(request.getfixturevalue(role), logo())
    assert kept() == []


def test_two_who_send_the_same_logo_at_once_keep_it_once(admin: Actor) -> None:
    done = at_once([lambda: change(admin, logo())] * 2)
    assert sorted(done) == [False, True]
    assert len(kept()) == 1


def test_history_and_log_tell_of_images_and_never_of_hashes(admin: Actor) -> None:
    change(admin, logo())
    change(admin, logo("JPEG"))
    change(admin, None)
    first, second = (row.id for row in kept())
    with snapshot() as session:
        frame = settings_history(session, time_zone="America/Sao_Paulo")
        found = audit.entries(
            session, AuditFilters(), time_zone="America/Sao_Paulo", offset=0, limit=9
        )
        told = audit_words.told(session, [entry.id for entry in found])
    steps = [
        (f"imagem {second}", "—"),
        (f"imagem {first}", f"imagem {second}"),
        ("—", f"imagem {first}"),
    ]
    assert list(zip(frame["old"], frame["new"], strict=True)) == steps
    assert set(frame["field"]) == {"Logotipo"}
    assert [told[entry.id] for entry in found] == [[f"Logotipo: {a} → {b}"] for a, b in steps]
    with snapshot() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == 3


def test_an_image_that_is_not_there_any_more_is_told_of_without_a_number(admin: Actor) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(logo="f" * 64))
        assert report.content(session, current_settings(session)) is None
    with snapshot() as session:
        frame = settings_history(session, time_zone="America/Sao_Paulo")
    assert list(frame["new"]) == ["imagem"]
