"""Photos of exercises: what is kept of an upload, and where it is shown."""

from typing import Any

from django.core.files.base import ContentFile
from django.urls import reverse

from clinic.images import clean_image
from programs.models.picture import PHOTOS

MOST_MB = 12  # as large as a phone's camera makes them
SHOWN_WITHIN = (960, 960)  # pixels: twice what a phone shows


def clean_photo(upload: Any) -> ContentFile:
    """The photo of an uploaded file, as clinic.images makes it anew. Raises ValidationError."""
    return clean_image(upload, most_mb=MOST_MB, within=SHOWN_WITHIN, format="WEBP")


def photo_url(name: str) -> str:
    """The address of the photo in the file `name`; "" where there is none."""
    return reverse("exercise_photo", args=[name.removeprefix(PHOTOS)]) if name else ""
