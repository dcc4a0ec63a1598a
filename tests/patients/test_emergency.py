"""Emergency signs (rule 5): what a report suspends and sets off, and how it is cleared."""

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event, Notice
from patients import emergency, work
from patients.models import EmergencyReport
from patients.notices import clinicians
from patients.vocabulary import CALL_DOCTOR_TODAY, CALL_NOW, Alert, EmergencySign, WorkKind
from tests.factories import ClinicFactory, MembershipFactory, PatientFactory
from tests.patients.scenario import Scenario, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Scenario:
    return Scenario("A")


def test_every_sign_says_whom_to_call():
    assert set(CALL_NOW) | set(CALL_DOCTOR_TODAY) == set(EmergencySign)
    assert not set(CALL_NOW) & set(CALL_DOCTOR_TODAY)
    assert (len(CALL_NOW), len(CALL_DOCTOR_TODAY)) == (7, 4)


@pytest.mark.parametrize("sign", EmergencySign)
def test_one_sign_for_the_emergency_number_is_enough(sign):
    assert emergency.must_call_now([sign]) is (sign in CALL_NOW)
    assert emergency.must_call_now([EmergencySign.NIGHT_PAIN, sign]) is (sign in CALL_NOW)


def test_what_is_kept_and_whom_it_calls(trial):
    report = trial.reports_emergency(5, signs=[EmergencySign.FEVER, EmergencySign.BOTH_LEGS, "fever"])
    assert report.signs == ["both_legs", "fever"]
    assert (report.reported_at, report.reported_on) == (trial.at(5, "12:00"), trial.date(5))
    assert report.reported_by == trial.patient.user
    (item,) = trial.open_work()
    assert (item.kind, item.owner, item.prescription_id) == (WorkKind.EMERGENCY, trial.clinician, trial.pk)
    assert [(entry.what, entry.emergency) for entry in item.entries.all()] == [(Alert.EMERGENCY_SIGN, report)]
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient) == ("emergency_alert", trial.clinician)
    assert (notice.due_at, notice.params) == (trial.at(5, "12:00"), {"work_item": item.pk})
    assert Event.objects.filter(verb="reported", object_id=str(report.pk)).count() == 1


def test_its_date_is_the_patients():
    # 22:30 on 6 March in Rome is 09:30 on 7 March in Fiji.
    abroad = Scenario("A", zone="Pacific/Fiji")
    at_home = Scenario("A")
    report = emergency.report_emergency(
        patient=abroad.patient, signs=["fever"], by=None, now=at_home.at(5, "22:30")
    )
    assert report.reported_on == day("2026-03-07")


@pytest.mark.parametrize("signs", [[], ["nonsense"], ["fever", "nonsense"]])
def test_none_or_an_unknown_one(trial, signs):
    with pytest.raises(ValidationError) as refused:
        trial.reports_emergency(5, signs=signs)
    assert refused.value.error_dict["signs"][0].code == "signs"
    assert not EmergencyReport.objects.exists()
    assert trial.open_work() == []
    assert not Notice.objects.exists()


def test_reported_again_it_is_a_report_of_its_own_in_the_same_item(trial):
    trial.reports_emergency(5)
    trial.reports_emergency(5, at="14:00", signs=["fever"])
    assert EmergencyReport.objects.uncleared().count() == 2
    (item,) = trial.open_work()
    assert item.entries.count() == 2
    assert Notice.objects.count() == 2


def test_a_patient_without_a_programme_can_report_too():
    patient = PatientFactory(clinic=ClinicFactory(email="desk@clinic.example"))
    trial = Scenario("A")
    emergency.report_emergency(patient=patient, signs=["fever"], by=patient.user, now=trial.at(5))
    item = patient.work_items.get()
    assert (item.kind, item.owner, item.prescription) == (WorkKind.EMERGENCY, None, None)
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient, notice.subject_id) == ("emergency_alert", None, patient.pk)
    assert clinicians.address(notice) == patient.clinic.email


def test_reported_again_it_calls_who_has_taken_over_the_item(trial):
    trial.reports_emergency(5)
    colleague = MembershipFactory(clinic=trial.clinic).user
    (item,) = trial.open_work()
    work.hand_over_work(item=item, to=colleague, by=trial.clinician, now=trial.at(5, "13:00"))
    trial.reports_emergency(5, at="14:00", signs=["fever"])
    assert Notice.objects.latest("due_at").recipient == colleague


def test_after_the_programme_it_calls_the_clinician_who_prescribed_last(trial):
    trial.ends(4)
    trial.reports_emergency(5)
    (item,) = trial.open_work(WorkKind.EMERGENCY)
    assert item.owner == trial.clinician
    assert Notice.objects.get().recipient == trial.clinician


# --- Clearing ------------------------------------------------------------------------------------------
def test_a_clinician_clears_all_open_reports_with_a_note(trial):
    trial.reports_emergency(5)
    trial.reports_emergency(6)
    trial.clears_emergency(8)
    for report in EmergencyReport.objects.all():
        assert (report.cleared_at, report.cleared_on) == (trial.at(8, "12:00"), trial.date(8))
        assert (report.cleared_by, report.clearing_note) == (trial.clinician, "Examined: nothing found.")
    assert Event.objects.filter(verb="cleared").count() == 2


def test_clearing_asks_what_was_found(trial):
    trial.reports_emergency(5)
    with pytest.raises(ValidationError) as refused:
        emergency.clear_emergency(patient=trial.patient, note="  ", by=trial.clinician, now=trial.at(6))
    assert refused.value.error_dict["note"][0].code == "required"
    assert EmergencyReport.objects.uncleared().count() == 1


def test_there_must_be_something_to_clear(trial):
    trial.reports_emergency(5)
    trial.clears_emergency(6)
    with pytest.raises(ValidationError) as refused:
        trial.clears_emergency(7)
    assert refused.value.code == "none"
    assert EmergencyReport.objects.get().cleared_on == trial.date(6)


def test_an_earlier_report_keeps_its_own_clearing(trial):
    trial.reports_emergency(5)
    trial.clears_emergency(6)
    trial.reports_emergency(9)
    trial.clears_emergency(10)
    assert [report.cleared_on for report in EmergencyReport.objects.order_by("pk")] == [
        trial.date(6),
        trial.date(10),
    ]
