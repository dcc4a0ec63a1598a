"""How the paper is made: for screen readers too, with its own pictures, nothing fetched from elsewhere."""

import io
import logging

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from patients.clinic_pages.handout import content, press
from patients.handing_out import to_hand_out
from patients.models import Patient, Prescription
from programs.library.loading import load_library
from programs.photos import clean_photo
from tests.factories import today
from tests.patients.handouts import handout_url, prescribed, reader, somebody, structure, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _library(db) -> None:
    load_library(now=timezone.now())


@pytest.fixture
def helen(aurora) -> Patient:
    return somebody(aurora.clinic)


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


def printed(client, prescription: Prescription, **sent):
    return client.post(handout_url(prescription), sent)


# --- For screen readers ----------------------------------------------------------------------------------
def test_it_is_tagged_and_its_pictures_say_what_they_show(clinician, helen, aurora):
    prescription = prescribed(helen, "supine-hamstring-stretch", by=aurora.clinician)
    answer = printed(clinician, prescription, new_code="on")
    root = reader(answer).trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader(answer).metadata.title == "Exercises for Helen Marsh, Aurora"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    kinds = [kind for kind, _element in structure(answer)]
    assert kinds.count("/H1") == 1
    assert {"/H2", "/H3", "/L", "/Table", "/TH"} <= set(kinds)
    shown = [element["/Alt"] for kind, element in structure(answer) if kind == "/Figure"]
    beginnings = [alt.split(".")[0] for alt in shown]
    assert beginnings[:3] == [f"Back-of-thigh stretch: {pose}" for pose in ("Hold", "Start", "Hold")]
    assert "The long leg points straight up." in shown[0]
    assert shown[3].startswith("Square to be read by a phone: it leads to http")
    assert len(shown) == 4


def test_fonts_are_in_the_file(clinician, helen, aurora):
    answer = printed(clinician, prescribed(helen, "cat-cow", by=aurora.clinician))
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()
        for page in reader(answer).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    for font in fonts:
        assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].get_object()), font["/BaseFont"]
        assert "OpenSans" in font["/BaseFont"].replace("-", "")


# --- Pictures ---------------------------------------------------------------------------------------------
@pytest.fixture
def photographed(helen, aurora) -> Prescription:
    """A programme whose exercise has a photo: plain red."""
    prescription = prescribed(helen, "cat-cow", by=aurora.clinician)
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "#c01010").save(file, "WEBP")
    row = prescription.versions.get().exercises.get()
    row.photo.save("cat.webp", ContentFile(file.getvalue()))
    return prescription


def test_a_clinics_photo_stands_in_the_place_of_the_figure(clinician, photographed):
    answer = printed(clinician, photographed)
    shown = [image for page in reader(answer).pages for image in page.images]
    assert shown
    for image in shown:
        assert image.image.size == (640, 480)
        red, green, blue = image.image.convert("RGB").getpixel((320, 240))
        assert red > 180 > 40 > max(green, blue)
    figures = [element["/Alt"] for kind, element in structure(answer) if kind == "/Figure"]
    assert figures[:2] == ["Cat and cow", "Cat and cow"]


def test_a_large_photo_makes_no_large_file(clinician, photographed):
    """960 by 720 pixels that no two are alike would be two megabytes as they are."""
    file = io.BytesIO()
    Image.effect_noise((960, 720), 60).convert("RGB").save(file, "WEBP", quality=80)
    row = photographed.versions.get().exercises.get()
    row.photo.save("noise.webp", ContentFile(file.getvalue()))
    assert len(printed(clinician, photographed).content) < 500_000


def test_a_photo_that_is_gone_leaves_the_figure(clinician, photographed):
    row = photographed.versions.get().exercises.get()
    row.photo.storage.delete(row.photo.name)
    figures = [
        element["/Alt"] for kind, element in structure(printed(clinician, photographed)) if kind == "/Figure"
    ]
    assert figures[0].startswith("Cat and cow: End. ")


def test_a_photo_that_cannot_be_read_is_said_in_words(clinician, photographed):
    row = photographed.versions.get().exercises.get()
    row.photo.save("broken.webp", ContentFile(b"no picture"))
    answer = printed(clinician, photographed)
    assert text(answer).count("Cat and cow") == 4  # its two names, and twice in the place of the photo


def test_printing_leaves_uploads_as_strict_as_they_were():
    """WeasyPrint lets Pillow read pictures that are cut off, everywhere in the process."""
    file = io.BytesIO()
    Image.effect_noise((64, 64), 60).save(file, "PNG")
    cut = SimpleUploadedFile("cut.png", file.getvalue()[:500])
    with pytest.raises(ValidationError):
        clean_photo(cut)


@pytest.mark.parametrize(
    "url",
    [
        "http://clinic.example/pixel.png",
        "https://clinic.example/pixel.png",
        "file:///etc/passwd",
        "ftp://clinic.example/x",
        "data:image/png;base64,AAAA",
        "photo:../../secret.key",
        "photo:photos/../../secret.key",
        "photo:photos/..",
        "photo:/etc/passwd",
        "photo:logos/logo.png",
        "photo:photos/sub/x.webp",
        "figure:../tokens",
        "figure:no-such-pose",
        "static/css/tokens.css",
        "",
    ],
)
def test_nothing_else_is_fetched(url):
    with pytest.raises((ValueError, KeyError, OSError)):
        press.Files()(url)


def test_a_picture_from_elsewhere_is_not_even_asked_for(monkeypatch, helen, aurora, caplog):
    """Should such an address ever come into a handout: the press refuses it, and goes on."""
    asked = []
    monkeypatch.setattr("socket.socket.connect", lambda *to: asked.append(to))
    caplog.set_level(logging.ERROR, "weasyprint")
    prescription = prescribed(helen, "cat-cow", by=aurora.clinician)
    found = content.handout(to_hand_out(prescription, today=today(helen)), today=today(helen))
    source = press.source(found)
    assert "figure:cat-cow-start" in source
    for address in ("http://192.0.2.1/x.png", "file:///etc/hostname"):
        changed = source.replace("figure:cat-cow-start", address)
        monkeypatch.setattr(press, "source", lambda _one, changed=changed: changed)
        assert press.pdf([found]).startswith(b"%PDF-")
        assert f"A handout does not fetch {address}" in caplog.text
    assert asked == []
