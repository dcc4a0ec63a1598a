"""Uploaded pictures: checked by what is in the file, made small, and written anew without anything else."""

import uuid
import warnings
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MOST_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


def clean_image(upload: Any, *, most_mb: int, within: tuple[int, int], format: str) -> ContentFile:
    """The picture of an uploaded file, made anew in `format` and at most `within` pixels large.

    Nothing but the picture is left: no place, camera or comment. Raises ValidationError for a file of more
    than `most_mb` megabytes, of more than 25 million pixels, or that is no JPEG, PNG or WebP.
    """
    if upload.size > most_mb * 1024 * 1024:
        raise ValidationError(
            _("This file is larger than %(most)s MB."), code="bytes", params={"most": most_mb}
        )
    picture = _opened(upload)
    picture.thumbnail(within)
    clean = ContentFile(b"", name=f"{uuid.uuid4().hex}.{format.lower()}")
    picture.save(clean, format=format)
    clean.seek(0)
    return clean


def _opened(upload: IO[bytes]) -> Image.Image:
    unreadable = ValidationError(
        _("This is no picture that we can read: choose a JPEG, PNG or WebP."), code="kind"
    )
    try:
        with warnings.catch_warnings():
            # Pillow warns of a picture that unpacks to very many pixels; what counts is our own limit below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(
                    _("This picture has too many pixels: at most 25 million."), code="pixels"
                )
            upright = ImageOps.exif_transpose(picture)
            return upright.convert("RGBA" if _is_transparent(upright) else "RGB")
    except ValidationError:
        raise
    except Exception as broken:  # a damaged picture fails in many ways, deep within its decoder
        raise unreadable from broken


def _is_transparent(picture: Image.Image) -> bool:
    return picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
