"""The shop's logo: checked as an image, made small and plain, kept by its SHA-256.

What is kept was written by us, pixel by pixel: no metadata, no second picture and nothing that
hides behind the image of the file that was sent. Transparent parts become white, as paper is:
fpdf2 then puts the image into a document quickly, and no theme matters.
"""

from __future__ import annotations

import hashlib
import io
from typing import NamedTuple

from PIL import ExifTags, Image
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import Logo
from credigestor.db.settings import current_settings
from credigestor.errors import InvalidInput
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import settings

#: Bytes of the file that is sent.
MAX_BYTES = 1024 * 1024
#: Pixels on a side: of the file that is sent, and of what is kept of it.
MAX_SIDE, KEPT_SIDE, MIN_SIDE = 4000, 1000, 16
#: A PNG of more bytes is kept as a JPEG: it goes into every document.
_MAX_PNG_BYTES = 200_000
_JPEG_QUALITY, _LESSER_QUALITY = 90, 70
_FORMATS = ("PNG", "JPEG")

#: How a camera says that it was held (EXIF), and what makes the image stand upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LARGEST, _SMALLEST = (f"{side:,} × {side:,}".replace(",", ".") for side in (MAX_SIDE, MIN_SIDE))
_NO_IMAGE = "O arquivo não é uma imagem PNG ou JPEG inteira. Salve o logotipo de novo e reenvie."


class Picture(NamedTuple):
    """An image as it is kept: its type (image/png or image/jpeg) and its bytes."""

    media_type: str
    content: bytes


def prepare(sent: bytes) -> Picture:
    """The image of a file as it would be kept: RGB, at most 1,000 px on a side.

    The same file gives the same bytes. Raises InvalidInput (field `logo`) for more than 1 MB,
    what is no whole PNG or JPEG whatever its name, more than 4,000 px on a side, and animations.
    """
    if len(sent) > MAX_BYTES:
        raise _refused("A imagem passa de 1 MB. Diminua o logotipo e envie de novo.")
    try:
        with Image.open(io.BytesIO(sent), formats=_FORMATS) as image:
            _check_size(image)
            image.draft(None, (KEPT_SIDE, KEPT_SIDE))  # a JPEG is made smaller as it is read
            image.load()
            kept = _plain(image)
            was_jpeg = image.format != "PNG"
    except InvalidInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refused(f"Imagem grande demais: o máximo é {_LARGEST}.") from error
    except Exception as error:  # a hostile file makes a decoder raise anything
        raise _refused(_NO_IMAGE) from error
    png = b"" if was_jpeg else _saved(kept, "PNG", optimize=True)
    if png and len(png) <= _MAX_PNG_BYTES:
        return Picture("image/png", png)
    jpeg = _saved(kept, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    if len(jpeg) > MAX_BYTES:  # a picture full of detail, larger now than it was sent
        jpeg = _saved(kept, "JPEG", quality=_LESSER_QUALITY)
    return Picture("image/jpeg", jpeg)


def can_be_read(kept: bytes) -> bool:
    """Whether an image is one that `prepare` could have made: PNG or JPEG, whole, not larger."""
    try:
        with Image.open(io.BytesIO(kept), formats=_FORMATS) as image:
            fits = max(image.size) <= KEPT_SIDE
            if fits:
                image.load()
            return fits
    except Exception:  # as above
        return False


def change(session: Session, actor: Actor, sent: bytes | None) -> bool:
    """Head the documents with this file's image, or with none; False when it is so already.

    Raises NotAllowed, or InvalidInput as `prepare` does.
    """
    actor.require(Permission.SETTINGS)
    name = "" if sent is None else _keep(session, actor, prepare(sent))
    return settings.change(
        session, actor, current_settings(session).model_copy(update={"logo": name})
    )


def _keep(session: Session, actor: Actor, picture: Picture) -> str:
    name = hashlib.sha256(picture.content).hexdigest()
    session.execute(
        insert(Logo)
        .values(sha256=name, **picture._asdict(), created_by=actor.id)
        .on_conflict_do_nothing(index_elements=[Logo.sha256])
    )
    return name


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if max(width, height) > MAX_SIDE:
        raise _refused(f"A imagem tem {width} × {height} pontos; o máximo é {_LARGEST}.")
    if min(width, height) < MIN_SIDE:
        raise _refused(f"A imagem tem {width} × {height} pontos; o mínimo é {_SMALLEST}.")
    # A camera's JPEG may hold a preview as a second picture (MPO): the first one is the picture.
    if image.format == "PNG" and getattr(image, "is_animated", False):
        raise _refused("A imagem é uma animação. Envie um logotipo parado.")


def _plain(image: Image.Image) -> Image.Image:
    """The pixels alone, small, upright, in RGB on white."""
    turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    small = image if image.mode == mode else image.convert(mode)
    small.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", small.size, "white")
    plain.paste(small, mask=small if small.mode == "RGBA" else None)
    return plain if turn not in _TURNS else plain.transpose(_TURNS[turn])


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, field="logo")
