"""What the tests of handouts share: a PDF as text and as pictures, what stands in its structure, its QR."""

import io
from collections.abc import Iterator
from typing import Any

import pypdf
import pypdfium2
import zxingcpp
from django.urls import reverse
from PIL import Image

from clinic.models import Clinic, User
from patients.models import Patient, Prescription
from patients.plans import Plan
from patients.prescribing import activate, prescribe
from patients.screening import ScreeningAnswers
from patients.versions import Line
from programs.models import Exercise
from tests.factories import PatientFactory, local_instant, today

NONE_OF_THESE = ScreeningAnswers(none_of_these=True, precautions_reason="Looked at together.")
FIRST_20_DAYS = (
    "supine-hamstring-stretch",
    "single-knee-to-chest",
    "supine-spinal-twist",
    "piriformis-stretch",
    "glute-bridge",
    "cat-cow",
)


def handout_url(prescription: Prescription) -> str:
    return reverse("admin:prescription_handout", args=[prescription.pk])


def prescribed(
    patient: Patient,
    *keys: str,
    by: User,
    rungs: dict[str, int] | None = None,
    notes: dict[str, tuple[str, str]] | None = None,
    sessions_a_day: int = 1,
    weekdays: str = "1234567",
    review_after_days: int = 20,
    dated: bool = True,
    start: bool = True,
) -> Prescription:
    """Exercises of the library, prescribed today; `dated=False` begins with the first session."""
    library = {exercise.key: exercise for exercise in Exercise.objects.filter(clinic=None, key__in=keys)}
    lines = [
        Line(
            library[key],
            library[key].dose(),
            (rungs or {}).get(key, 0),
            **dict(zip(("note_en", "note_it"), (notes or {}).get(key, ("", "")), strict=True)),
        )
        for key in keys
    ]
    now = local_instant(today(patient), 8, patient)
    prescription = prescribe(
        patient=patient,
        plan=Plan(lines, "First 20 days", "I primi 20 giorni", sessions_a_day, weekdays, review_after_days),
        by=by,
        screening=NONE_OF_THESE,
        starts_on=today(patient) if dated else None,
        now=now,
    )
    return activate(prescription=prescription, by=by, now=now) if start else prescription


def somebody(clinic: Clinic, **fields: Any) -> Patient:
    made: Patient = PatientFactory(
        **{"clinic": clinic, "given_name": "Helen", "family_name": "Marsh", "language": "en", **fields}
    )
    return made


def pages(answer: Any) -> list[str]:
    """The text of each page of a PDF, with single spaces."""
    assert answer["Content-Type"] == "application/pdf", answer.content[:2000]
    document = pypdfium2.PdfDocument(answer.content)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def text(answer: Any) -> str:
    return " ".join(pages(answer))


def pictures(answer: Any) -> list[Image.Image]:
    """Each page as it is printed, 144 dots to the inch."""
    return [page.render(scale=2).to_pil() for page in pypdfium2.PdfDocument(answer.content)]


def codes(answer: Any) -> list[str]:
    """What the QR codes of all pages say, as a phone's camera reads them."""
    return [code.text for picture in pictures(answer) for code in zxingcpp.read_barcodes(picture)]


def reader(answer: Any) -> Any:
    return pypdf.PdfReader(io.BytesIO(answer.content))


def structure(answer: Any) -> Iterator[tuple[str, Any]]:
    """The elements of the tagged document in order: their kind and the element."""
    root = reader(answer).trailer["/Root"]["/StructTreeRoot"]
    yield from elements(root["/K"])


def elements(kids: Any) -> Iterator[tuple[str, Any]]:
    """What stands in an element of the structure, however deep."""
    for kid in kids if isinstance(kids, list) else [kids]:
        element = kid.get_object()
        if not isinstance(element, dict) or "/S" not in element:
            continue
        yield element["/S"], element
        if "/K" in element:
            yield from elements(element["/K"])
