"""From what is to be handed out to the answer with its PDF; only then codes and the printing are kept."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.localtime import local_date
from patients.clinic_pages.acting import by_now
from patients.clinic_pages.handout.content import Handout, handout
from patients.handing_out import ToHandOut, hand_out
from patients.models import Patient
from patients.signin.paper import draw_code


class CannotPrint(Exception):
    """This machine lacks what WeasyPrint needs."""


def today_of(patient: Patient) -> dt.date:
    return local_date(timezone.now(), patient.zone)


def printed(request: HttpRequest, found: Sequence[ToHandOut], *, new_codes: Collection[int]) -> HttpResponse:
    """The PDF of all of them. `new_codes` are the ids of patients who get a new code on their paper.

    Raises CannotPrint; then, and where making it fails in any way, nobody's code has changed.
    """
    codes = {patient: draw_code() for patient in new_codes}
    papers = [
        handout(
            one, today=today_of(one.prescription.patient), code=codes.get(one.prescription.patient_id, "")
        )
        for one in found
    ]
    data = _pdf(papers)
    hand_out(prescriptions=[one.prescription for one in found], codes=codes, **by_now(request))
    return _answer(data, today_of(found[0].prescription.patient))


def _pdf(papers: Sequence[Handout]) -> bytes:
    try:
        from patients.clinic_pages.handout import press  # noqa: PLC0415 two seconds, which only who prints waits
    except (ImportError, OSError) as missing:  # OSError: Pango is not there
        raise CannotPrint from missing
    return press.pdf(papers)


def _answer(data: bytes, on: dt.date) -> HttpResponse:
    """Nobody is named in the file's name: it stays among somebody's downloads."""
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="handout-{on:%Y-%m-%d}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer
