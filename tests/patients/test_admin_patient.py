"""A patient's page, the list, the short form: contact for all who work here, health data for who treats."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.models import Event, Notice
from clinic.scoping import Role
from patients.adjusting import adjust
from patients.clinic_pages.timeline import timeline
from patients.models import (
    EmergencyReport,
    Invitation,
    PaperCode,
    Patient,
    Precautions,
    Prescription,
    TreatmentNote,
    WorkItem,
)
from patients.prescribing import activate
from patients.versions import lines_of_version
from patients.vocabulary import WorkKind
from tests.factories import (
    MembershipFactory,
    PatientFactory,
    PrescriptionFactory,
    TreatmentNoteFactory,
    UserFactory,
)
from tests.patients.clinic_pages import client_of
from tests.patients.growing import COMFORTABLE, growing
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
LIST = "/admin/patients/patient/"
ADD = "/admin/patients/patient/add/"
NEW = {
    "given_name": "Ada",
    "family_name": "Rossi",
    "birth_on": "1950-05-01",
    "email": "ada@post.example",
    "phone": "",
    "language": "it",
}


def page_url(patient: Patient) -> str:
    return reverse("admin:patient", args=[patient.pk])


def change_url(patient: Patient) -> str:
    return reverse("admin:patients_patient_change", args=[patient.pk])


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Day 4: one exercise was stopped on day 3."""
    trial = Scenario("AB")
    trial.practises(1, 2)
    trial.records(3, done="A", stopped="B", before=2, after=4)
    time_machine.move_to(trial.at(4, "10:00"), tick=False)
    return trial


@pytest.fixture
def desk(trial):
    return client_of(MembershipFactory(clinic=trial.clinic, role=Role.FRONT_DESK).user)


# --- The page ------------------------------------------------------------------------------------------
def test_who_treats_sees_the_programme_at_a_glance(trial):
    said = text(client_of(trial.clinician).get(page_url(trial.patient)))
    for part in (
        str(trial.patient),
        trial.prescription.name,
        "Day 4",
        "3 of 3 sessions (100 %)",
        "Stop or pain alert",
        f"Off for pain {trial.lines['B'].exercise.name}",
        "Precautions: not asked yet",
        trial.patient.email,
    ):
        assert part in said


def test_the_front_desk_sees_no_health_data(trial, desk):
    trial.reports_emergency(4)
    Precautions.objects.create(
        patient=trial.patient, codes=["pregnancy"], asked_by=trial.clinician, asked_at=trial.at(1)
    )
    said = text(desk.get(page_url(trial.patient)))
    assert trial.patient.email in said
    exercise = trial.lines["B"].exercise
    hidden = (
        trial.prescription.name,
        exercise.name,
        "Programmes",
        "Day 4",
        "pain",
        "Pregnancy",
        "Precautions",
        "Emergency",
        "Worklist",
    )
    for part in hidden:
        assert part not in said
    listed = text(desk.get(LIST))
    assert trial.patient.family_name in listed
    assert trial.prescription.name not in listed
    assert "programme" not in listed.lower()


def test_a_role_elsewhere_shows_no_health_data_here(trial):
    """Front desk here, clinician in another clinic: the list has the column, but not of this clinic."""
    both = UserFactory()
    MembershipFactory(clinic=trial.clinic, user=both, role=Role.FRONT_DESK)
    there = Scenario("A")
    MembershipFactory(clinic=there.clinic, user=both, role=Role.CLINICIAN)
    listed = text(client_of(both).get(LIST))
    assert there.prescription.name in listed
    assert trial.patient.family_name in listed
    assert trial.prescription.name not in listed


def test_reading_is_written_down(trial, desk):
    desk.get(page_url(trial.patient))
    desk.get(change_url(trial.patient))
    read = Event.objects.filter(verb="read", object_type="patients.Patient", subject_id=trial.patient.pk)
    assert read.count() == 2
    assert {event.clinic for event in read} == {trial.clinic}


def test_the_queries_do_not_grow_with_the_history(trial, time_machine):
    client = client_of(trial.clinician)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get(page_url(trial.patient))
        return len(counted)

    queries()
    few = queries()
    trial.practises(4, 12, done="A")
    time_machine.move_to(trial.at(13, "10:00"), tick=False)
    assert queries() == few


# --- An emergency sign ------------------------------------------------------------------------------
def test_clearing_an_emergency_closes_its_work(trial):
    trial.reports_emergency(4, at="09:00")
    client = client_of(trial.clinician)
    assert "programme and reminders are suspended" in text(client.get(page_url(trial.patient)))
    address = reverse("admin:patient_clear", args=[trial.patient.pk])
    assert client.post(address, {"note": " "}).status_code == 400
    assert EmergencyReport.objects.uncleared().count() == 1
    client.post(address, {"note": "Examined: nothing found."})
    report = EmergencyReport.objects.get()
    assert (report.cleared_by, report.clearing_note) == (trial.clinician, "Examined: nothing found.")
    item = WorkItem.objects.get(kind=WorkKind.EMERGENCY)
    assert (item.closed_by, item.outcome) == (trial.clinician, "Examined: nothing found.")
    again = client.post(address, {"note": "Twice."})
    assert again.status_code == 400
    assert EmergencyReport.objects.get().clearing_note == "Examined: nothing found."


# --- Precautions -------------------------------------------------------------------------------------
def test_precautions_are_kept_with_name_and_time(trial):
    address = reverse("admin:patient_precautions", args=[trial.patient.pk])
    client = client_of(trial.clinician)
    client.post(address, {"precautions": ["pregnancy", "balance"]})
    kept = Precautions.objects.get()
    assert set(kept.codes) == {"pregnancy", "balance"}
    assert kept.asked_by == trial.clinician
    assert client.post(address, {"precautions": ["moon"]}).status_code == 400
    client.post(address)
    kept.refresh_from_db()
    assert kept.codes == []
    assert "Precautions: none" in text(client.get(page_url(trial.patient)))


# --- In the clinic ------------------------------------------------------------------------------------
def treatment_url(trial: Scenario) -> str:
    return reverse("admin:patient_treatment", args=[trial.patient.pk])


def test_what_was_done_in_the_clinic_is_noted_and_withdrawn(trial):
    client = client_of(trial.clinician)
    said = {"kind": "manual", "given_on": f"{trial.date(2)}", "words": " Lumbar massage. "}
    assert client.post(treatment_url(trial), said).status_code == 302
    note = TreatmentNote.objects.get()
    assert (note.kind, note.given_on, note.words) == ("manual", trial.date(2), "Lumbar massage.")
    assert note.written_by == trial.clinician
    assert "3 March 2026 Manual therapy: Lumbar massage." in text(client.get(page_url(trial.patient)))
    withdraw = reverse("admin:treatment_withdraw", args=[note.pk])
    client.post(withdraw)
    client.post(withdraw)
    page = client.get(page_url(trial.patient))
    assert f"withdrawn by {trial.clinician}" in text(page)
    assert "<s><strong>Manual therapy</strong>" in page.content.decode()
    assert withdraw not in page.content.decode()
    events = Event.objects.filter(object_type="patients.TreatmentNote").order_by("pk")
    assert [event.verb for event in events] == ["added", "revoked"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"given_on": "2099-01-01"}, "This day is still to come."),
        ({"given_on": "1850-01-01"}, "Check this date."),
        ({"given_on": ""}, "This field is required."),
        ({"kind": "magic"}, "Select a valid choice"),
        ({"words": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_a_treatment_that_cannot_be_is_said_at_its_field(trial, wrong, said):
    data = {"kind": "manual", "given_on": f"{trial.date(2)}", "words": "Massage.", **wrong}
    answer = client_of(trial.clinician).post(treatment_url(trial), data)
    assert answer.status_code == 400
    assert said in text(answer)
    assert not TreatmentNote.objects.exists()


def test_the_timeline_tells_the_programme_and_the_clinic_in_one(time_machine):
    """The latest first: what was done, what was asked, what was stopped, and what a clinician decided."""
    trial = Scenario("AB")
    trial.records(3, done="A", stopped="B")
    trial.resumes(5, "B")
    trial.changes(6, "AB", weekdays="135")
    trial.pauses(8, 10, told_on=6)
    TreatmentNoteFactory(patient=trial.patient, given_on=trial.date(4), words="Taping.")
    trial.ends(7)
    time_machine.move_to(trial.at(7, "19:00"), tick=False)
    page = client_of(trial.clinician).get(page_url(trial.patient))
    said = [(moment.on, moment.words) for moment in page.context["moments"].rows]
    assert said == [
        (trial.date(8), "Pause of 3 days: holiday"),
        (trial.date(7), f"End: {trial.prescription.name}"),
        (trial.date(6), "Programme adjusted"),
        (trial.date(5), f"Resumed: {trial.lines['B'].exercise.name}"),
        (trial.date(4), "Manual therapy"),
        (trial.date(3), f"Stopped for pain: {trial.lines['B'].exercise.name}"),
        (trial.date(1), f"Start: {trial.prescription.name}"),
    ]
    assert "Manual therapy: Taping." in text(page)


def test_what_was_changed_in_a_draft_is_no_moment_of_its_own(aurora):
    draft = PrescriptionFactory(
        patient=aurora.newcomer, clinician=aurora.clinician, status="draft", starts_on=None
    )
    last = draft.versions.get()
    adjust(
        prescription=draft,
        lines=lines_of_version(last),
        sessions_a_day=2,
        weekdays=last.weekdays,
        by=aurora.clinician,
        now=timezone.now(),
    )
    activate(prescription=draft, by=aurora.clinician, now=timezone.now())
    said = [moment.words for moment in timeline(aurora.newcomer)]
    assert said == [f"Prescribed: {draft.name}"]


def test_the_timeline_names_what_went_a_step_on(time_machine):
    """After two comfortable sessions A is held longer; B stays as it is. The versions say why, too."""
    trial = growing("AB", after=2)
    for day in (1, 2):
        trial.records(day, done="AB", **COMFORTABLE)
    time_machine.move_to(trial.at(3, "10:00"), tick=False)
    client = client_of(trial.clinician)
    page = client.get(page_url(trial.patient))
    moments = {moment.words: moment.detail for moment in page.context["moments"].rows}
    name = trial.lines["A"].exercise.name
    assert moments["The next step, after comfortable sessions"] == f"{name}, hold 10 seconds"
    said = text(client.get(reverse("admin:prescription_report", args=[trial.prescription.pk])))
    assert "The next step, after comfortable sessions" in said


def test_the_timeline_costs_the_same_however_much_there_is(time_machine):
    def queries(trial: Scenario) -> int:
        time_machine.move_to(trial.at(9, "10:00"), tick=False)
        with CaptureQueriesContext(connection) as counted:
            timeline(trial.patient)
        return len(counted)

    few, many = growing("ABC", after=2), growing("ABC", after=1)
    for trial in (few, many):
        trial.records(1, done="AB", **COMFORTABLE)
        trial.records(2, done="A", stopped="B", **COMFORTABLE)
    many.records(3, done="A", stopped="C", **COMFORTABLE)
    assert many.prescription.versions.count() > few.prescription.versions.count()
    assert queries(few) == queries(many)


def test_what_is_older_is_on_a_further_page():
    """Twelve of the fourteen are on the first; the other two on the second, with the start, the oldest."""
    trial = Scenario("A")
    for day in range(14):
        TreatmentNoteFactory(patient=trial.patient, given_on=trial.date(1) + dt.timedelta(days=day))
    client = client_of(trial.clinician)
    said = [text(client.get(page_url(trial.patient), {"timeline": number})) for number in (1, 2)]
    assert [one.count("Gentle mobilisation.") for one in said] == [12, 2]
    assert [one.count(f"Start: {trial.prescription.name}") for one in said] == [0, 1]


def test_the_front_desk_and_the_manager_note_nothing(trial, desk):
    TreatmentNoteFactory(patient=trial.patient)
    assert "Gentle mobilisation" not in text(desk.get(page_url(trial.patient)))
    manager = client_of(MembershipFactory(clinic=trial.clinic, role=Role.MANAGER).user)
    page = manager.get(page_url(trial.patient))
    assert "Gentle mobilisation." in text(page)
    assert treatment_url(trial) not in page.content.decode()
    for client in (desk, manager):
        assert client.post(treatment_url(trial), {"kind": "manual"}).status_code == 404


# --- Ways in ------------------------------------------------------------------------------------------
def test_the_front_desk_invites(trial, desk):
    desk.post(reverse("admin:patient_invite", args=[trial.patient.pk]))
    invitation = Invitation.objects.get()
    assert invitation.patient == trial.patient
    assert Notice.objects.filter(kind="invitation", clinic=trial.clinic).count() == 1
    assert "Invited on 5 March 2026, 10:00, open until 19 March." in text(desk.get(page_url(trial.patient)))


def test_inviting_without_an_address_is_refused(trial, desk):
    Patient.objects.update(email="")
    answer = desk.post(reverse("admin:patient_invite", args=[trial.patient.pk]))
    assert answer.status_code == 400
    assert "use a paper code" in text(answer)
    assert "Invite" not in text(desk.get(page_url(trial.patient)))


def test_a_paper_code_is_shown_once_in_the_patients_language(trial, desk):
    Patient.objects.update(language="it")
    sheet = desk.post(reverse("admin:patient_paper_code", args=[trial.patient.pk]))
    assert sheet.status_code == 200
    assert '<html lang="it"' in sheet.content.decode()
    assert "<svg" in sheet.content.decode()
    assert "shown only this once" in text(sheet)  # to staff, in theirs
    assert PaperCode.objects.get().revoked_at is None
    desk.post(reverse("admin:patient_paper_revoke", args=[trial.patient.pk]))
    assert PaperCode.objects.get().revoked_at is not None


# --- The list ------------------------------------------------------------------------------------------
def test_the_list_is_searched_and_leads_to_the_patients_page(aurora, as_staff):
    client = as_staff(aurora.front_desk)
    page = client.get(LIST, {"q": aurora.patient.given_name})
    assert page_url(aurora.patient) in page.content.decode()
    assert page_url(aurora.newcomer) not in page.content.decode()


def test_the_list_leads_to_prescribing_where_nothing_runs(aurora, as_staff):
    page = as_staff(aurora.clinician).get(LIST).content.decode()
    assert reverse("admin:prescribe", args=[aurora.newcomer.pk]) in page
    assert reverse("admin:prescribe", args=[aurora.patient.pk]) not in page  # theirs runs
    for someone in (aurora.manager, aurora.front_desk):
        assert "/prescribe/" not in as_staff(someone).get(LIST).content.decode()


def test_a_programme_without_an_italian_name_runs_all_the_same(aurora, as_staff):
    aurora.clinician.language = "it"
    aurora.clinician.save()
    Prescription.objects.filter(pk=aurora.prescription.pk).update(name_en="Hers alone", name_it="")
    client = as_staff(aurora.clinician)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "it"
    page = client.get(LIST).content.decode()
    assert "Prescrivi" in page
    assert "Hers alone" in page
    assert reverse("admin:prescribe", args=[aurora.patient.pk]) not in page


def test_the_list_shows_no_other_clinics_patients(cast, as_staff):
    page = text(as_staff(cast.aurora.clinician).get(LIST))
    assert cast.aurora.patient.family_name in page
    assert cast.bora.patient.family_name not in page


@pytest.mark.parametrize(
    "query", ["?o=99", "?p=99", "?clinic=1", "?user__email=a", "?q=%00", "?birth_on__year=x"]
)
def test_odd_queries_of_the_list_are_no_error(query, aurora, as_staff):
    assert as_staff(aurora.clinician).get(LIST + query, follow=True).status_code in {200, 400}


@pytest.mark.parametrize(
    "relation", ["emergency_reports", "prescriptions", "sessions", "work_items", "precautions"]
)
def test_no_address_asks_the_list_for_health_data(relation, aurora, as_staff):
    client = as_staff(aurora.front_desk)
    assert client.get(LIST, {f"{relation}__isnull": "0"}).status_code == 400
    assert client.get(LIST, {relation: "1"}).status_code == 400


# --- Entering one --------------------------------------------------------------------------------------
def test_a_patient_is_entered_in_one_short_form(aurora, as_staff):
    client = as_staff(aurora.front_desk)
    asked = text(client.get(ADD)).lower()
    assert "precaution" not in asked
    answer = client.post(ADD, NEW)
    ada = Patient.objects.get(given_name="Ada")
    assert (ada.clinic, ada.language, ada.birth_on.isoformat()) == (aurora.clinic, "it", "1950-05-01")
    assert answer["Location"] == page_url(ada)
    event = Event.objects.get(verb="added", object_type="patients.Patient")
    assert (event.actor, event.subject_id) == (aurora.front_desk, ada.pk)


def test_somebody_of_two_clinics_says_which(cast, as_staff):
    both = UserFactory()
    MembershipFactory(clinic=cast.aurora.clinic, user=both, role=Role.CLINICIAN)
    MembershipFactory(clinic=cast.bora.clinic, user=both, role=Role.FRONT_DESK)
    client = as_staff(both)
    assert "This field is required" in text(client.post(ADD, NEW))
    client.post(ADD, {**NEW, "clinic": cast.bora.clinic.pk})
    assert Patient.objects.get(given_name="Ada").clinic == cast.bora.clinic


def test_nobody_enters_patients_for_another_clinic(cast, as_staff):
    as_staff(cast.aurora.clinician).post(ADD, {**NEW, "clinic": cast.bora.clinic.pk})
    assert Patient.objects.get(given_name="Ada").clinic == cast.aurora.clinic


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"given_name": ""}, "This field is required."),
        ({"birth_on": "2999-01-01"}, "Check this date."),
        ({"birth_on": "1850-01-01"}, "Check this date."),
        ({"birth_on": "x"}, "Enter a valid date."),
        ({"email": "ada"}, "Enter a valid email address."),
        ({"language": "de"}, "Select a valid choice."),
        ({"given_name": "A" * 200}, "at most 80 characters"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(changed, said, aurora, as_staff):
    answer = as_staff(aurora.clinician).post(ADD, {**NEW, **changed})
    assert answer.status_code == 400
    assert said in text(answer)
    assert not Patient.objects.filter(family_name="Rossi").exists()


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_language_is_one_that_the_clinic_offers(language, aurora, as_staff):
    aurora.clinic.offers_english = language == "en"
    aurora.clinic.offers_italian = language == "it"
    aurora.clinic.save()
    other = "it" if language == "en" else "en"
    client = as_staff(aurora.front_desk)
    assert "does not offer this language" in text(client.post(ADD, {**NEW, "language": other}))
    client.post(ADD, {**NEW, "language": language})
    assert Patient.objects.get(given_name="Ada").language == language


def test_a_likely_duplicate_is_shown_before_it_is_made(aurora, as_staff):
    old = PatientFactory(
        clinic=aurora.clinic, given_name="Adà ", family_name="ROSSI", birth_on="1950-05-01", user=None
    )
    client = as_staff(aurora.front_desk)
    warned = client.post(ADD, NEW)
    assert page_url(old) in warned.content.decode()
    assert 'type="checkbox" name="add_anyway"' in warned.content.decode()
    assert Patient.objects.filter(family_name="Rossi").count() == 0
    client.post(ADD, {**NEW, "add_anyway": "on"})
    assert Patient.objects.filter(family_name="Rossi").count() == 1


def test_a_namesake_of_another_clinic_is_not_betrayed(cast, as_staff):
    PatientFactory(clinic=cast.bora.clinic, given_name="Ada", family_name="Rossi", birth_on="1950-05-01")
    as_staff(cast.aurora.front_desk).post(ADD, NEW)
    assert Patient.objects.filter(clinic=cast.aurora.clinic, given_name="Ada").count() == 1


# --- Changing one --------------------------------------------------------------------------------------
def changed(patient: Patient, **fields) -> dict[str, str]:
    kept = ("given_name", "family_name", "email", "phone", "language", "time_zone")
    return {
        **{name: getattr(patient, name) for name in kept},
        "birth_on": patient.birth_on.isoformat(),
        **fields,
    }


def test_who_reads_the_old_address_signs_in_no_more(aurora, as_staff):
    patient = aurora.patient
    old = patient.user
    answer = as_staff(aurora.front_desk).post(
        change_url(patient), changed(patient, email="new@post.example"), follow=True
    )
    assert "The old address opens nothing any more" in text(answer)
    patient.refresh_from_db()
    assert (patient.email, patient.user) == ("new@post.example", None)
    assert Event.objects.filter(verb="unlinked", object_id=str(patient.pk)).count() == 1
    assert old.is_active


def test_another_change_leaves_the_sign_in_alone(aurora, as_staff):
    patient = aurora.patient
    as_staff(aurora.front_desk).post(
        change_url(patient), changed(patient, phone="123", email=patient.email.upper())
    )
    patient.refresh_from_db()
    assert patient.phone == "123"
    assert patient.user is not None


def test_an_unknown_time_zone_is_refused(aurora, as_staff):
    answer = as_staff(aurora.clinician).post(
        change_url(aurora.patient), changed(aurora.patient, time_zone="Europe/Atlantis")
    )
    assert "This time zone is not known." in text(answer)


@pytest.mark.parametrize("view", ["change", "history", "delete"])
def test_another_clinics_patient_does_not_exist(view, cast, as_staff):
    client = as_staff(cast.aurora.clinician)
    for pk in (cast.bora.patient.pk, 0, "abc", 10**30):
        assert client.get(f"{LIST}{pk}/{view}/").status_code == 404
    answer = client.post(
        f"{LIST}{cast.bora.patient.pk}/change/", changed(cast.bora.patient, given_name="Taken")
    )
    assert answer.status_code == 404
    assert not Patient.objects.filter(given_name="Taken").exists()


def test_nobody_deletes_a_patient(aurora, as_staff):
    client = as_staff(aurora.manager)
    assert client.post(f"{LIST}{aurora.newcomer.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [aurora.newcomer.pk], "post": "yes"})
    assert Patient.objects.filter(pk=aurora.newcomer.pk).exists()


def test_the_history_says_who_changed_what_when(aurora, as_staff):
    client = as_staff(aurora.front_desk)
    client.post(change_url(aurora.patient), changed(aurora.patient, phone="123"))
    said = text(client.get(f"{LIST}{aurora.patient.pk}/history/"))
    assert f"{aurora.front_desk} changed" in said
    assert "read" not in said.split("What")[1]


def test_operators_see_no_patients(cast, as_staff):
    client = as_staff(cast.operator)
    assert client.get(LIST).status_code == 403
    assert client.get(ADD).status_code == 403
    assert client.get(change_url(cast.aurora.patient)).status_code == 404
