"""Making a handout: who may, what is refused, whether a new code stands on it, and what is kept of it."""

import sys

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import ImageFile

from clinic.models import Event
from patients.clinic_pages import handout as package
from patients.clinic_pages.handout import press
from patients.handing_out import needs_code
from patients.models import PaperCode, Prescription
from patients.prescribing import end
from patients.signin.paper import is_code_of, make_paper_code
from patients.vocabulary import EndReason
from tests.factories import (
    EmergencyReportFactory,
    ExerciseStopFactory,
    PatientFactory,
    PracticeSessionFactory,
    PrescriptionFactory,
    today,
)
from tests.patients.handouts import codes, handout_url, text
from tests.patients.pages import text as words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _refusals_are_not_news(caplog) -> None:
    caplog.set_level("CRITICAL", "django.request")


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


def printings(prescription: Prescription) -> list[Event]:
    return list(
        Event.objects.filter(
            verb="printed", object_type="patients.Prescription", object_id=str(prescription.pk)
        )
    )


def in_use(patient) -> list[PaperCode]:
    return list(PaperCode.objects.filter(patient=patient, revoked_at__isnull=True))


# --- From page to paper --------------------------------------------------------------------------------
def test_the_way_there_is_on_the_programmes_and_the_patients_page(clinician, aurora):
    for address in (
        reverse("admin:prescription_report", args=[aurora.prescription.pk]),
        reverse("admin:patient", args=[aurora.patient.pk]),
    ):
        assert handout_url(aurora.prescription) in clinician.get(address).content.decode()


def test_the_page_says_what_will_be_on_it(clinician, aurora):
    said = words(clinician.get(handout_url(aurora.prescription)))
    assert "Handout for Amedeo DiAurora" in said
    assert "in the patient's language: English" in said
    for row in aurora.prescription.versions.get().exercises.all():
        assert row.name in said


def test_the_answer_is_a_pdf_that_nothing_keeps_and_nobody_is_named_in(clinician, aurora):
    answer = clinician.post(handout_url(aurora.prescription))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="handout-{today(aurora.patient)}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"%PDF-1.7")


def test_who_printed_what_is_written_down(clinician, aurora):
    clinician.get(handout_url(aurora.prescription))
    assert printings(aurora.prescription) == []
    clinician.post(handout_url(aurora.prescription))
    (event,) = printings(aurora.prescription)
    assert (event.actor, event.clinic, event.subject_id) == (
        aurora.clinician,
        aurora.clinic,
        aurora.patient.pk,
    )


def test_a_manager_prints_too(aurora, as_staff):
    assert "Amedeo" in text(as_staff(aurora.manager).post(handout_url(aurora.prescription)))


@pytest.mark.parametrize("who", ["front_desk", "stranger", "patient", "operator", "nobody"])
def test_for_others_there_is_no_handout(who, cast, as_staff, as_patient, client):
    aurora = cast.aurora
    asking = {
        "front_desk": lambda: as_staff(aurora.front_desk),
        "stranger": lambda: as_staff(cast.bora.clinician),
        "patient": lambda: as_patient(aurora.patient),
        "operator": lambda: as_staff(cast.operator),
        "nobody": lambda: client,
    }[who]()
    pile = reverse("admin:handouts") + f"?patient={aurora.patient.pk}"
    sent = {"patient": aurora.patient.pk, "codes": "everybody", "new_code": "on"}
    for answer in (
        asking.get(handout_url(aurora.prescription)),
        asking.post(handout_url(aurora.prescription), sent),
        asking.get(pile),
        asking.post(reverse("admin:handouts"), sent),
    ):
        assert answer.headers["Content-Type"] != "application/pdf"
        assert aurora.prescription.name not in answer.content.decode()
        if who == "nobody":
            assert answer["Location"].startswith("/admin/login/")
        elif who != "stranger":
            assert answer.status_code in {302, 404}  # patients are led to their door first
    assert in_use(aurora.patient) == []
    assert printings(aurora.prescription) == []


# --- What is refused -------------------------------------------------------------------------------------
def test_a_draft_is_handed_out_at_the_first_visit(clinician, aurora):
    draft = PrescriptionFactory(patient=aurora.newcomer, clinician=aurora.clinician, status="draft")
    assert (
        handout_url(draft)
        in clinician.get(reverse("admin:prescription_report", args=[draft.pk])).content.decode()
    )
    assert "Agnese NuovaAurora" in text(clinician.post(handout_url(draft)))
    draft.refresh_from_db()
    assert draft.status == "draft"


def refused(client, prescription: Prescription) -> str:
    """What the page says, which makes no paper."""
    shown = client.get(handout_url(prescription))
    assert shown.status_code == 200
    assert "<form" not in shown.content.decode().split('id="content"')[1]
    answer = client.post(handout_url(prescription), {"new_code": "on"})
    assert answer.status_code == 400
    assert words(answer) == words(shown)
    assert printings(prescription) == []
    assert in_use(prescription.patient) == []
    return words(answer)


def test_what_has_ended_is_not_offered(clinician, aurora):
    end(
        prescription=aurora.prescription,
        reason=EndReason.IMPROVED,
        by=aurora.clinician,
        now=timezone.now(),
    )
    report = clinician.get(reverse("admin:prescription_report", args=[aurora.prescription.pk]))
    assert handout_url(aurora.prescription) not in report.content.decode()
    assert "This programme has ended: there is nothing to hand out." in refused(
        clinician, aurora.prescription
    )


def test_while_an_emergency_sign_waits_nothing_is_handed_out(clinician, aurora):
    EmergencyReportFactory(patient=aurora.patient)
    assert "suspended until a clinician clears it" in refused(clinician, aurora.prescription)


def test_a_clinic_without_its_emergency_numbers_hands_out_nothing(clinician, aurora):
    draft = PrescriptionFactory(patient=aurora.newcomer, clinician=aurora.clinician, status="draft")
    aurora.clinic.doctor_phone = ""
    aurora.clinic.save()
    assert "Enter the clinic's emergency number" in refused(clinician, draft)


def test_where_every_exercise_is_off_there_is_nothing_to_print(clinician, aurora):
    session = PracticeSessionFactory(prescription=aurora.prescription, practised_on=today(aurora.patient))
    for row in aurora.prescription.versions.get().exercises.all():
        ExerciseStopFactory(session=session, line=row.line)
    assert "Every exercise is off for pain" in refused(clinician, aurora.prescription)


# --- The code --------------------------------------------------------------------------------------------
def test_without_the_tick_no_code_is_made_and_the_old_one_works(clinician, aurora):
    old = make_paper_code(patient=aurora.patient, by=None, now=timezone.now())
    answer = clinician.post(handout_url(aurora.prescription))
    assert codes(answer) == ["http://testserver/"]
    assert is_code_of(old, aurora.patient)
    assert PaperCode.objects.count() == 1


def test_with_it_a_new_code_stands_on_the_paper_and_the_old_one_is_revoked(clinician, aurora):
    old = make_paper_code(patient=aurora.patient, by=None, now=timezone.now())
    answer = clinician.post(handout_url(aurora.prescription), {"new_code": "on"})
    (address,) = codes(answer)
    new = address.rstrip("/").rpartition("/")[2]
    assert is_code_of(new, aurora.patient)
    assert not is_code_of(old, aurora.patient)
    (row,) = in_use(aurora.patient)
    assert row.created_by == aurora.clinician
    verbs = (
        Event.objects.filter(object_type="patients.PaperCode").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["added", "revoked", "added"]


def ticked(client, prescription: Prescription) -> bool:
    return client.get(handout_url(prescription)).context["form"]["new_code"].value()


def test_the_tick_is_set_where_a_way_in_is_missing(clinician, aurora):
    patient = aurora.patient
    assert ticked(clinician, aurora.prescription), "no code so far"
    make_paper_code(patient=patient, by=None, now=timezone.now())
    assert not ticked(clinician, aurora.prescription), "has e-mail, sign-in and code"
    PaperCode.objects.filter(patient=patient).update(wrong_tries=5, locked_at=timezone.now())
    assert ticked(clinician, aurora.prescription), "the code is locked"
    PaperCode.objects.filter(patient=patient).update(wrong_tries=0, locked_at=None)
    patient.email = ""
    patient.save()
    assert ticked(clinician, aurora.prescription), "no e-mail address"
    without = PatientFactory(clinic=aurora.clinic, user=None)
    make_paper_code(patient=without, by=None, now=timezone.now())
    assert needs_code(without), "nobody signs in yet"


def test_where_making_it_fails_no_code_is_used_up(clinician, aurora, monkeypatch):
    old = make_paper_code(patient=aurora.patient, by=None, now=timezone.now())

    def break_down(_papers):
        raise RuntimeError("out of ink")

    monkeypatch.setattr(press, "pdf", break_down)
    clinician.raise_request_exception = False
    assert clinician.post(handout_url(aurora.prescription), {"new_code": "on"}).status_code == 500
    assert is_code_of(old, aurora.patient)
    assert PaperCode.objects.count() == 1
    assert printings(aurora.prescription) == []


@pytest.fixture
def without_pango(monkeypatch) -> None:
    """As on a machine without it: WeasyPrint is there and finds no library."""

    def find_nothing(_ffi, name, *_flags):
        raise OSError(f"cannot load library '{name}'")

    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, press.__name__)
    monkeypatch.delattr(package, "press")
    monkeypatch.setattr("cffi.FFI.dlopen", find_nothing)


@pytest.mark.usefixtures("without_pango")
def test_without_pango_the_page_says_so(clinician, aurora):
    answer = clinician.post(handout_url(aurora.prescription), {"new_code": "on"})
    assert answer.status_code == 503
    assert "No PDF can be made on this server." in words(answer)
    assert not ImageFile.LOAD_TRUNCATED_IMAGES, "uploads are looked at as before"
    assert answer.context["form"]["new_code"].value()
    pile = clinician.post(reverse("admin:handouts"), {"patient": aurora.patient.pk, "codes": "everybody"})
    assert pile.status_code == 503
    assert "No PDF can be made on this server." in words(pile)
    assert in_use(aurora.patient) == []
    assert printings(aurora.prescription) == []
