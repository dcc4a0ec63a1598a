"""Who sees what: one row of every model about one patient of Aurora, looked at by everybody."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from clinic.models import Membership, User
from clinic.scoping import Role
from patients.models import Patient, PracticeSession, Prescription
from tests import factories

pytestmark = pytest.mark.django_db

MANAGER, CLINICIAN, FRONT_DESK, PATIENT, OPERATOR = (
    "manager",
    "clinician",
    "front desk",
    "patient",
    "operator",
)
STAFF = {MANAGER, CLINICIAN, FRONT_DESK}
TREATING = {MANAGER, CLINICIAN}

# Who sees a row that is Aurora's, or about its patient. Nobody else sees any.
SEEN_BY = {
    "clinic.Clinic": STAFF,
    "clinic.Membership": STAFF,
    "clinic.StaffInvitation": {MANAGER},
    "clinic.Absence": TREATING,
    "clinic.Event": {MANAGER},
    "clinic.Notice": TREATING,
    "programs.Exercise": TREATING,
    "programs.LadderForm": TREATING,
    "programs.Favourite": {CLINICIAN},  # whose it is
    "programs.ExerciseUse": {CLINICIAN},
    "programs.Program": TREATING,
    "programs.ProgramItem": TREATING,
    "programs.Question": TREATING,
    "patients.Patient": STAFF | {PATIENT},
    "patients.Precautions": TREATING,
    "patients.TreatmentNote": TREATING,
    "patients.StepRequest": TREATING,
    "patients.ClinicCards": {MANAGER},
    "patients.Message": TREATING | {PATIENT},
    "patients.CareTeamMember": TREATING,
    "patients.ReminderTime": STAFF | {PATIENT},
    "patients.Nudge": STAFF | {PATIENT},
    "patients.CalendarFeed": {PATIENT},  # its address is nobody else's
    "patients.SkippedDay": TREATING | {PATIENT},
    "patients.CountedDay": TREATING,
    "patients.Invitation": STAFF,
    "patients.PaperCode": STAFF,
    "patients.Prescription": TREATING | {PATIENT},
    "patients.PrescriptionVersion": TREATING | {PATIENT},
    "patients.PrescribedExercise": TREATING | {PATIENT},
    "patients.Pause": TREATING | {PATIENT},
    "patients.Screening": TREATING,
    "patients.PracticeSession": TREATING | {PATIENT},
    "patients.SetAside": TREATING | {PATIENT},
    "patients.ExerciseRecord": TREATING | {PATIENT},
    "patients.ExerciseStop": TREATING | {PATIENT},
    "patients.Review": TREATING | {PATIENT},
    "patients.ReviewAddition": TREATING,
    "patients.Answer": TREATING | {PATIENT},
    "patients.EmergencyReport": TREATING | {PATIENT},
    "patients.WorkItem": TREATING,
    "patients.WorkItemEntry": TREATING,
}
# Looked at through what they belong to, or by nobody but the sign-in and the outbox.
WITHOUT_A_PAGE = {
    *("clinic.User", "clinic.NoticeAttempt", "clinic.RefusedAddress"),
    *("clinic.Heartbeat", "clinic.Hold"),  # of the installation, of no clinic
}


def ours():
    return [
        model for model in apps.get_models() if model._meta.app_label in {"clinic", "programs", "patients"}
    ]


@pytest.fixture
def rows(aurora) -> dict[str, object]:
    """One row of each model, all of them Aurora's or about its patient; the cast has made the rest."""
    own = {"clinic": aurora.clinic}
    version = aurora.prescription.versions.get()
    session = factories.PracticeSessionFactory(prescription=aurora.prescription)
    item = factories.WorkItemFactory(prescription=aurora.prescription)
    program = factories.ProgramFactory(**own, key="aurora-own", items=0)
    exercise = factories.ExerciseFactory(**own)
    answer = factories.AnswerFactory(prescription=aurora.prescription)
    made = [
        aurora.clinic,
        Membership.objects.get(user=aurora.clinician),
        factories.StaffInvitationFactory(**own),
        factories.AbsenceFactory(**own, user=aurora.clinician, stand_in=aurora.manager),
        factories.EventFactory(**own),
        factories.NoticeFactory(**own),
        exercise,
        factories.LadderFormFactory(exercise=exercise),
        factories.FavouriteFactory(exercise=exercise, user=aurora.clinician),
        factories.ExerciseUseFactory(exercise=exercise, user=aurora.clinician),
        program,
        factories.ProgramItemFactory(program=program, exercise=exercise),
        aurora.patient,
        factories.PrecautionsFactory(patient=aurora.patient),
        factories.StepRequestFactory(session=session),
        factories.TreatmentNoteFactory(patient=aurora.patient),
        factories.MessageFactory(patient=aurora.patient),
        factories.ClinicCardsFactory(**own),
        factories.CareTeamMemberFactory(patient=aurora.patient, user=aurora.clinician),
        factories.ReminderTimeFactory(patient=aurora.patient, slot=2),
        factories.NudgeFactory(patient=aurora.patient),
        factories.CalendarFeedFactory(patient=aurora.patient),
        factories.SkippedDayFactory(prescription=aurora.prescription),
        factories.CountedDayFactory(prescription=aurora.prescription),
        factories.InvitationFactory(patient=aurora.patient),
        factories.PaperCodeFactory(patient=aurora.patient),
        aurora.prescription,
        version,
        version.exercises.first(),
        factories.PauseFactory(prescription=aurora.prescription),
        aurora.prescription.screening,
        session,
        session.records.first(),
        factories.SetAsideFactory(prescription=aurora.prescription),
        factories.ExerciseStopFactory(session=session),
        review := factories.ReviewFactory(prescription=aurora.prescription),
        factories.ReviewAdditionFactory(review=review, added_by=aurora.clinician),
        answer,
        answer.question,
        factories.EmergencyReportFactory(patient=aurora.patient),
        item,
        factories.WorkItemEntryFactory(item=item, session=session),
    ]
    return {row._meta.label: row for row in made}


@pytest.fixture
def viewers(cast) -> dict[str, User | AnonymousUser | None]:
    """Those who may see something of Aurora by their own name, and many who may see nothing."""
    aurora, bora = cast.aurora, cast.bora
    left = factories.MembershipFactory(clinic=aurora.clinic, ended_at=timezone.now()).user
    switched_off = factories.MembershipFactory(clinic=aurora.clinic, user__is_active=False).user
    switched_off_patient = factories.PatientFactory(clinic=aurora.clinic, user__is_active=False).user
    return {
        MANAGER: aurora.manager,
        CLINICIAN: aurora.clinician,
        FRONT_DESK: aurora.front_desk,
        PATIENT: aurora.patient.user,
        OPERATOR: cast.operator,
        "who has left": left,
        "who is switched off": switched_off,
        "a patient who is switched off": switched_off_patient,
        "another patient of the clinic": aurora.newcomer.user,
        "a couple of the clinic": aurora.couple[0].user,
        "the other clinic's manager": bora.manager,
        "the other clinic's clinician": bora.clinician,
        "the other clinic's front desk": bora.front_desk,
        "the other clinic's patient": bora.patient.user,
        "nobody in particular": factories.UserFactory(),
        "signed out": AnonymousUser(),
        "none": None,
    }


def test_every_model_says_who_sees_it():
    scoped = {model._meta.label for model in ours() if hasattr(model._default_manager, "visible_to")}
    assert scoped == set(SEEN_BY)
    assert {model._meta.label for model in ours()} - scoped == WITHOUT_A_PAGE


def who_sees(row, rows, viewers) -> set[str]:
    """Those of `viewers` for whom `rows`, a method like `visible_to`, gives `row`."""
    return {name for name, user in viewers.items() if rows(user).filter(pk=row.pk).exists()}


@pytest.mark.parametrize("app", ["clinic", "programs", "patients"])
def test_a_row_is_seen_by_those_who_may_and_by_nobody_else(app, rows, viewers):
    """`visible_to_staff` and `visible_to_patient`, where a model has them, are its two halves."""
    for label in (label for label in SEEN_BY if label.startswith(f"{app}.")):
        objects, row = apps.get_model(label).objects, rows[label]
        assert who_sees(row, objects.visible_to, viewers) == SEEN_BY[label], label
        if app == "patients" and hasattr(objects, "visible_to_staff"):
            assert who_sees(row, objects.visible_to_staff, viewers) == SEEN_BY[label] & STAFF, label
            assert who_sees(row, objects.visible_to_patient, viewers) == SEEN_BY[label] & {PATIENT}, label


def test_whoever_is_nobody_here_sees_no_row_at_all(rows, viewers):
    for name in ("who has left", "who is switched off", "nobody in particular", "signed out", "none"):
        for label in SEEN_BY:
            assert not apps.get_model(label).objects.visible_to(viewers[name]).exists(), (name, label)


# --- The library -----------------------------------------------------------------------------------------
def test_the_shared_library_is_for_those_who_treat_and_for_operators(viewers):
    shared = factories.ProgramFactory(key="shared")
    exercise = shared.items.first().exercise
    bora_treats = {"the other clinic's manager", "the other clinic's clinician"}
    for row in (shared, exercise, shared.items.first(), factories.LadderFormFactory(exercise=exercise)):
        assert who_sees(row, type(row).objects.visible_to, viewers) == TREATING | bora_treats | {OPERATOR}, (
            row
        )


def test_the_shared_library_is_edited_by_operators_and_a_clinics_own_by_its_clinicians(aurora, viewers):
    shared, own = factories.ExerciseFactory(), factories.ExerciseFactory(clinic=aurora.clinic)
    for row, editors in ((shared, {OPERATOR}), (own, TREATING)):
        assert who_sees(row, type(row).objects.editable_by, viewers) == editors


# --- Drafts, reviews and reports -------------------------------------------------------------------------
def test_a_draft_is_not_the_patients_yet(aurora):
    draft = factories.PrescriptionFactory(patient=aurora.newcomer, status="draft")
    version = draft.versions.get()
    for row in (draft, version, version.exercises.first()):
        rows = type(row).objects
        assert not rows.visible_to(aurora.newcomer.user).exists()
        assert rows.visible_to(aurora.clinician).filter(pk=row.pk).exists()


def test_what_a_clinician_wrote_in_a_review_is_not_shown_to_the_patient(aurora):
    signed = factories.ReviewFactory(
        prescription=aurora.prescription,
        decision="continue",
        signed_by=aurora.clinician,
        signed_at=timezone.now(),
    )
    assert not type(signed).objects.visible_to(aurora.patient.user).exists()
    assert type(signed).objects.visible_to(aurora.clinician).get() == signed


# --- More than one role ----------------------------------------------------------------------------------
def test_one_sign_in_for_two_patients_sees_both_and_a_page_shows_one(aurora):
    first, second = aurora.couple
    other = factories.PrescriptionFactory(patient=second, clinician=aurora.clinician)
    mine = first.prescriptions.get()
    user = first.user
    assert set(Patient.objects.visible_to_patient(user)) == {first, second}
    assert set(Prescription.objects.visible_to_patient(user)) == {mine, other}
    assert list(Prescription.objects.visible_to_patient(user).of(first)) == [mine]
    assert list(Prescription.objects.visible_to_patient(user).of(second)) == [other]


def test_a_clinician_who_is_a_patient_elsewhere_sees_what_is_theirs_on_each_side(aurora, bora):
    patient = factories.PatientFactory(clinic=aurora.clinic, user=bora.clinician)
    session = factories.PracticeSessionFactory(prescription__patient=patient)
    rows = PracticeSession.objects
    assert list(rows.visible_to_patient(bora.clinician)) == [session]
    assert not rows.visible_to_staff(bora.clinician).filter(pk=session.pk).exists()
    assert set(Patient.objects.visible_to(bora.clinician)) == {
        patient,
        bora.patient,
        bora.newcomer,
        *bora.couple,
    }


def test_a_manager_at_the_desk_sees_what_each_role_sees(aurora):
    both = factories.MembershipFactory(clinic=aurora.clinic, role=Role.FRONT_DESK).user
    assert not Prescription.objects.visible_to(both).exists()
    factories.MembershipFactory(clinic=aurora.clinic, user=both, role=Role.MANAGER)
    assert aurora.prescription in Prescription.objects.visible_to(both)


def test_a_role_in_one_clinic_opens_no_other(aurora, bora):
    factories.MembershipFactory(clinic=bora.clinic, user=aurora.clinician, role=Role.FRONT_DESK)
    seen = set(Prescription.objects.visible_to(aurora.clinician))
    assert aurora.prescription in seen
    assert bora.prescription not in seen
    assert bora.patient in Patient.objects.visible_to(aurora.clinician)
