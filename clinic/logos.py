"""A clinic's logo: checked by what is in the file, made small, and written anew without anything else."""

import uuid
import warnings
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 25_000_000
SHOWN_WITHIN = (640, 320)  # pixels: twice what is shown, for fine screens
FORMATS = ("JPEG", "PNG", "WEBP")


def clean_logo(upload: Any) -> ContentFile:
    """The picture of an uploaded file as a PNG of our own making, without any metadata.

    Raises ValidationError for a file that is too large, has too many pixels, or is no JPEG, PNG or WebP.
    """
    if upload.size > MOST_BYTES:
        raise ValidationError(_("This file is larger than 2 MB."), code="bytes")
    picture = _opened(upload)
    picture.thumbnail(SHOWN_WITHIN)
    clean = ContentFile(b"", name=f"{uuid.uuid4().hex}.png")
    picture.save(clean, format="PNG")
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
