"""A pile of handouts: chosen in the list, who is left out and why, one PDF, each on pages of their own."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import Event
from clinic.scoping import Role
from patients.handing_out import MOST_AT_ONCE
from patients.models import PaperCode, Patient
from patients.signin.paper import is_code_of, make_paper_code
from tests.clients import signed_in
from tests.factories import (
    EmergencyReportFactory,
    MembershipFactory,
    PatientFactory,
    PrescribedExerciseFactory,
    PrescriptionFactory,
)
from tests.patients.handouts import codes, pages, reader
from tests.patients.pages import text as words

pytestmark = pytest.mark.django_db

LIST = "/admin/patients/patient/"
PILE = "/admin/handouts/"


@pytest.fixture(autouse=True)
def _refusals_are_not_news(caplog) -> None:
    caplog.set_level("CRITICAL", "django.request")


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


@pytest.fixture
def three(aurora) -> list[Patient]:
    """In the order of their names: one with a draft, one who reads Italian, one with both."""
    made: list[Patient] = [
        PatientFactory(clinic=aurora.clinic, given_name=given, family_name=f"Pila{letter}", language=language)
        for given, letter, language in (("Ada", "A", "en"), ("Bea", "B", "it"), ("Cleo", "C", "en"))
    ]
    PrescriptionFactory(patient=made[0], clinician=aurora.clinician, status="draft")
    PrescriptionFactory(patient=made[1], clinician=aurora.clinician)
    PrescriptionFactory(patient=made[2], clinician=aurora.clinician, name_en="What runs")
    PrescriptionFactory(patient=made[2], clinician=aurora.clinician, name_en="A draft", status="draft")
    return made


def chosen(client, patients, **more):
    data = {"action": "print_handouts", "_selected_action": [one.pk for one in patients], **more}
    return client.post(LIST, data)


def sent(client, patients, *, to: str = "needed"):
    return client.post(PILE, {"patient": [one.pk for one in patients], "codes": to})


def test_from_the_list_to_one_pdf(clinician, three):
    there = chosen(clinician, reversed(three))
    page = clinician.get(there["Location"])
    assert there["Location"].startswith(PILE)
    said = words(page)
    assert "3 patients get one" in said
    assert "What runs" in said
    assert "A draft" not in said
    answer = sent(clinician, three, to="nobody")
    firsts = [page for page in pages(answer) if "· 1 of " in page or "· 1 di " in page]
    assert [name in page for name, page in zip(("Ada", "Bea", "Cleo"), firsts, strict=True)] == [True] * 3
    assert "Una volta al giorno" in firsts[1]
    assert "Once a day" in firsts[2]
    assert len(codes(answer)) == 3
    assert set(codes(answer)) == {"http://testserver/"}
    assert reader(answer).trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader(answer).metadata.title == "Handouts", "not by the name of the first"
    printed = Event.objects.filter(verb="printed", object_type="patients.Prescription")
    assert set(printed.values_list("subject_id", flat=True)) == {one.pk for one in three}
    assert not PaperCode.objects.exists()


def test_each_counts_their_own_pages(clinician, three):
    found = [page for page in pages(sent(clinician, three[::2], to="nobody")) if page]
    half = len(found) // 2
    for name, own in (("Ada", found[:half]), ("Cleo", found[half:])):
        for number, page in enumerate(own, 1):
            assert f"{name} · {number} of {half}" in page


def test_printed_on_both_sides_nobodys_page_lies_behind_anothers(clinician, three):
    version = three[0].prescriptions.get().versions.get()
    for number in range(3):
        PrescribedExerciseFactory(version=version, position=20 + number)
    answer = sent(clinician, three, to="nobody")
    found = pages(answer)
    firsts = [at for at, page in enumerate(found) if "· 1 of " in page or "· 1 di " in page]
    assert firsts == [0, 4, 6], "Ada has three pages and an empty one, the others two each"
    assert [at for at, page in enumerate(found) if not page] == [3]
    assert {tuple(map(round, page.mediabox[2:])) for page in reader(answer).pages} == {(595, 842)}, "A4, all"


def test_one_alone_has_no_empty_page(clinician, three):
    assert all(pages(sent(clinician, three[:1], to="nobody")))


def test_new_codes_go_to_those_who_need_one(clinician, three):
    olds = {one.pk: make_paper_code(patient=one, by=None, now=timezone.now()) for one in three[:2]}
    Patient.objects.filter(pk=three[1].pk).update(email="")
    addresses = codes(sent(clinician, three))
    assert addresses[0] == "http://testserver/"
    assert is_code_of(olds[three[0].pk], three[0]), "has all ways in: the old paper goes on working"
    for patient, address in zip(three[1:], addresses[1:], strict=True):
        assert is_code_of(address.rstrip("/").rpartition("/")[2], patient)
    assert not is_code_of(olds[three[1].pk], three[1])


def test_new_codes_for_everybody(clinician, three):
    old = make_paper_code(patient=three[0], by=None, now=timezone.now())
    addresses = codes(sent(clinician, three, to="everybody"))
    for patient, address in zip(three, addresses, strict=True):
        assert is_code_of(address.rstrip("/").rpartition("/")[2], patient)
    assert not is_code_of(old, three[0])
    assert PaperCode.objects.filter(revoked_at__isnull=True).count() == 3


def test_who_gets_none_is_named_with_why(clinician, aurora, three):
    EmergencyReportFactory(patient=three[1])
    ended = PatientFactory(clinic=aurora.clinic, given_name="Dora", family_name="Fine")
    PrescriptionFactory(
        patient=ended,
        clinician=aurora.clinician,
        status="ended",
        ended_on=timezone.now().date(),
        end_reason="improved",
        next_review_on=None,
    )
    page = clinician.get(chosen(clinician, [*three, aurora.newcomer, ended])["Location"])
    said = words(page)
    assert "2 patients get one" in said
    assert "Bea PilaB: An emergency sign was reported" in said
    assert "Agnese NuovaAurora: No programme is running, and there is no draft." in said
    assert "Dora Fine: No programme is running" in said
    assert [one.prescription.patient for one in page.context["pile"].found] == three[::2]


def test_what_changed_meanwhile_is_told_before_anything_is_printed(clinician, three):
    EmergencyReportFactory(patient=three[1])  # after the page was looked at
    answer = sent(clinician, three, to="everybody")
    assert answer.status_code == 400
    assert "Bea PilaB: An emergency sign was reported" in words(answer)
    assert not PaperCode.objects.exists()
    assert not Event.objects.filter(verb="printed").exists()


def test_nobody_is_chosen(clinician, aurora):
    assert "Choose patients first" in words(clinician.get(PILE))
    answer = clinician.post(PILE, {"codes": "needed"})
    assert answer.status_code == 400
    assert "Choose patients first" in words(answer)
    assert sent(clinician, [aurora.newcomer]).status_code == 400


@pytest.mark.parametrize("odd", ["", "abc", "-1", "²", "999999999999999999999999", "1.5"])
def test_odd_ids_choose_nobody(clinician, odd):
    assert "Choose patients first" in words(clinician.get(PILE, {"patient": odd}))
    assert clinician.post(PILE, {"patient": odd, "codes": "needed"}).status_code == 400


@pytest.mark.parametrize("odd", [None, "", "some"])
def test_without_saying_who_gets_a_code_nothing_is_printed(clinician, three, odd):
    data = {"patient": [one.pk for one in three]} | ({} if odd is None else {"codes": odd})
    answer = clinician.post(PILE, data)
    assert answer.status_code == 400
    assert "Choose who gets a new code." in words(answer)
    assert "3 patients get one" in words(answer)


def test_a_pile_has_a_bound(clinician, aurora):
    many = [PatientFactory(clinic=aurora.clinic, user=None) for _number in range(MOST_AT_ONCE + 1)]
    back = chosen(clinician, many)
    assert "At most 30 handouts at once: choose fewer." in words(clinician.get(back["Location"]))
    ids = {"patient": [one.pk for one in many]}
    for answer in (clinician.get(PILE, ids), clinician.post(PILE, {**ids, "codes": "needed"})):
        assert answer.status_code == 400
        assert "At most 30 handouts at once: choose fewer." in words(answer)
    assert chosen(clinician, many[:-1])["Location"].startswith(PILE)


def test_patients_of_another_clinic_are_not_in_a_pile(clinician, bora, three):
    mixed = [three[0], bora.patient]
    page = clinician.get(PILE, {"patient": [one.pk for one in mixed]})
    assert "Basilio" not in page.content.decode()
    assert "1 patient gets one" in words(page)
    assert "Basilio" not in "".join(pages(sent(clinician, mixed, to="everybody")))
    assert not PaperCode.objects.filter(patient=bora.patient).exists()


def test_the_front_desk_is_not_offered_it(aurora, three, as_staff):
    desk = as_staff(aurora.front_desk)
    assert "Print handouts" not in desk.get(LIST).content.decode()
    answer = chosen(desk, three)
    assert not answer.headers.get("Location", "").startswith(PILE)
    assert desk.get(reverse("admin:handouts")).status_code == 404


def test_who_is_front_desk_in_one_clinic_prints_for_the_other_alone(cast, three):
    both = MembershipFactory(clinic=cast.aurora.clinic, role=Role.FRONT_DESK).user
    MembershipFactory(clinic=cast.bora.clinic, user=both, role=Role.CLINICIAN)
    client = signed_in(both, method="mfa")
    page = client.get(PILE, {"patient": [three[0].pk, cast.bora.patient.pk]})
    assert [one.prescription.patient for one in page.context["pile"].found] == [cast.bora.patient]
    assert "Ada" not in words(page)
