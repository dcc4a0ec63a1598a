"""Handouts as one PDF. Imported where it is used only: WeasyPrint takes two seconds, and needs Pango."""

import io
import re
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image, ImageFile

from patients.clinic_pages.handout.content import Handout
from programs.figures.printed import printed
from programs.models.picture import PHOTOS

try:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse
finally:  # it switches this on for the whole process, and clinic.images would take uploads that are cut off
    ImageFile.LOAD_TRUNCATED_IMAGES = False

SHEETS = ("tokens.css", "handout.css")
LETTER_SHEETS = ("tokens.css", "letter.css")
# One pile at a time in a process: it is work for one processor, and takes memory.
AT_WORK = threading.Lock()
PHOTO_NAME = re.compile(rf"{PHOTOS}[\w-]+\.\w+")
# Between two handouts of a pile that is printed on both sides: nobody's page lies behind another's.
BLANK = '<!doctype html><html lang="{}"><head><title>{}</title></head><body></body></html>'
PHOTO_WITHIN = (800, 800)  # pixels: 300 to the inch, as large as a photo is printed


class Files(URLFetcher):
    """All that a handout may fetch: figures by their symbol, photos of exercises by the name of their file.

    Never the network, and no other file.
    """

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Raises ValueError or KeyError for anything else, OSError for a photo that is gone or broken."""
        kind, _colon, name = url.partition(":")
        if kind == "figure":
            return URLFetcherResponse(url, printed(name), {"Content-Type": "image/svg+xml"})
        if kind == "photo" and PHOTO_NAME.fullmatch(name):
            return URLFetcherResponse(url, _photo(name), {"Content-Type": "image/jpeg"})
        raise ValueError(f"A handout does not fetch {url}")


def _photo(name: str) -> bytes:
    """As JPEG, which alone stands in a PDF as it is; another format would be ten times as large there."""
    written = io.BytesIO()
    with default_storage.open(name) as file, Image.open(file) as picture:
        picture.thumbnail(PHOTO_WITHIN)
        seen = picture.convert("RGBA")
        paper = Image.new("RGB", seen.size, "white")
        paper.paste(seen, mask=seen)
        paper.save(written, "JPEG", quality=85)
    return written.getvalue()


def pdf(handouts: Sequence[Handout]) -> bytes:
    """One PDF, tagged for screen readers; each handout counts its own pages.

    Of several each begins on a new sheet, on whichever side it ends.
    """
    with AT_WORK:
        fonts = FontConfiguration()
        pictures: dict[str, Any] = {}  # read once for all of them
        documents = [
            HTML(string=source(one), url_fetcher=Files()).render(
                stylesheets=sheets(), font_config=fonts, cache=pictures
            )
            for one in handouts
        ]
        pile = len(documents) > 1
        pages = [
            page
            for document in documents
            for page in (_on_sheets(document.pages) if pile else document.pages)
        ]
        whole = documents[0].copy(pages)
        if pile:
            whole.metadata.title = _("Handouts")  # it would be called by the first patient's name
        return whole.write_pdf(pdf_variant="pdf/ua-1")


def letter(context: dict[str, Any]) -> bytes:
    """A letter (patients.letters) as a PDF, tagged for screen readers."""
    with AT_WORK:
        html = HTML(string=render_to_string("patients/staff/letter_pdf.html", context), url_fetcher=Files())
        written: bytes = html.write_pdf(stylesheets=sheets(LETTER_SHEETS), pdf_variant="pdf/ua-1")
        return written


def _on_sheets(pages: Sequence[Any]) -> list[Any]:
    """An even number of pages, the last of them empty where there is need of it."""
    if len(pages) % 2 == 0:
        return list(pages)
    blank = HTML(string=BLANK.format(translation.get_language(), _("Handouts")))
    return [*pages, *blank.render(stylesheets=[CSS(string="@page { size: A4 }")]).pages]


def source(handout: Handout) -> str:
    with translation.override(handout.language):
        return render_to_string("patients/handout/handout.html", {"handout": handout})


@cache
def sheets(names: tuple[str, ...] = SHEETS) -> list[CSS]:
    """Our style sheets, read once."""
    folder = settings.BASE_DIR / "static" / "css"
    return [CSS(string=(folder / name).read_text(), url_fetcher=Files()) for name in names]
