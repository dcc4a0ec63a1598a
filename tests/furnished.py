"""A house in which every room has something in it: at least one row of every model, in every state that
pages treat differently. For tests that walk all pages."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from clinic import audit
from clinic.models import Clinic, Notice, StaffInvitation
from patients.adherence import report
from patients.models import (
    ExerciseStop,
    Invitation,
    Patient,
    Pause,
    Precautions,
    Prescription,
    Review,
    WorkItem,
)
from patients.signin.paper import make_paper_code
from patients.signing import snapshot
from patients.vocabulary import (
    Alert,
    Decision,
    EmergencySign,
    EndReason,
    Helped,
    MessageKind,
    MessageOutcome,
    Occasion,
    Outcome,
    Site,
    WorkKind,
)
from programs.models import Exercise, Program
from programs.vocabulary import Precaution, QuestionKind
from tests.cast import House
from tests.factories import (
    AbsenceFactory,
    AnswerFactory,
    CalendarFeedFactory,
    CareTeamMemberFactory,
    ClinicCardsFactory,
    EmergencyReportFactory,
    EventFactory,
    ExerciseFactory,
    ExerciseRecordFactory,
    ExerciseStopFactory,
    InvitationFactory,
    LadderFormFactory,
    MessageFactory,
    NoticeAttemptFactory,
    NoticeFactory,
    NudgeFactory,
    PatientFactory,
    PauseFactory,
    PracticeSessionFactory,
    PrescriptionFactory,
    PrescriptionVersionFactory,
    ProgramFactory,
    QuestionFactory,
    ReviewAdditionFactory,
    ReviewFactory,
    ScreeningFactory,
    SetAsideFactory,
    SkippedDayFactory,
    StaffInvitationFactory,
    StepRequestFactory,
    TreatmentNoteFactory,
    WorkItemEntryFactory,
    WorkItemFactory,
    today,
)
from tests.second_factor import with_app

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Furnished:
    """What a test names of a furnished house; `house` has its people.

    `house.patient` practises and has stopped an exercise; `reviewed` waits for a review after an earlier
    programme that was reviewed and ended; `suspended` has reported an emergency sign; `house.newcomer` has
    a draft; the first of the couple is on a holiday.
    """

    house: House
    exercise: Exercise
    program: Program
    reviewed: Patient
    suspended: Patient
    due: Prescription
    ended: Prescription
    draft: Prescription
    review: Review
    stop: ExerciseStop
    pause: Pause
    work: WorkItem
    invitation: Invitation
    staff_invitation: StaffInvitation
    paper_code: str

    @property
    def clinic(self) -> Clinic:
        return self.house.clinic


def furnish(house: House) -> Furnished:
    exercise, program = _library(house.clinic)
    stop, work = _practice(house)
    reviewed = _patient(house.clinic, "Rosa", "ved")
    ended = _reviewed_before(reviewed, house)
    review = _due_for_review(reviewed, house)
    suspended = _patient(house.clinic, "Sandro", "sosp")
    _report_signs(suspended, house)
    draft = PrescriptionFactory(patient=house.newcomer, clinician=house.clinician, status="draft")
    ScreeningFactory(
        prescription=draft,
        none_of_these=False,
        signs=[EmergencySign.CANCER.value],
        assessed_by="Dr. Bruni",
        assessed_on=today(house.newcomer),
        assessed_result="Seen, nothing found.",
    )
    ClinicCardsFactory(clinic=house.clinic)
    _events(house)
    with_app(house.clinician)
    return Furnished(
        house=house,
        exercise=exercise,
        program=program,
        reviewed=reviewed,
        suspended=suspended,
        due=review.prescription,
        ended=ended,
        draft=draft,
        review=review,
        stop=stop,
        pause=PauseFactory(prescription=house.couple[0].prescriptions.get(), made_by=house.clinician),
        work=work,
        invitation=InvitationFactory(patient=house.newcomer, invited_by=house.front_desk),
        staff_invitation=StaffInvitationFactory(clinic=house.clinic, invited_by=house.manager),
        paper_code=make_paper_code(patient=house.patient, by=house.front_desk, now=timezone.now()),
    )


def _patient(clinic: Clinic, name: str, family: str) -> Patient:
    email = f"{name.lower()}@{clinic.slug}-post.example"
    made: Patient = PatientFactory(clinic=clinic, given_name=name, family_name=family, email=email)
    return made


def _library(clinic: Clinic) -> tuple[Exercise, Program]:
    """A clinic's own exercise with a ladder and a photo, and a programme that has it, with a note."""
    exercise = ExerciseFactory(
        clinic=clinic,
        target_en="Target",
        target_it="Bersaglio",
        feel_en="In the back.",
        technique_en="Slowly.",
        stop_en="When it hurts.",
        precautions=[Precaution.values[0]],
    )
    exercise.photo.save(f"{clinic.slug}.webp", ContentFile(b"made-up"))
    LadderFormFactory(exercise=exercise, figure="glute-bridge")
    LadderFormFactory(exercise=exercise, rung=1, name_en="Longer", name_it="Di più")
    program = ProgramFactory(clinic=clinic, description_en="For a start.", description_it="Per cominciare.")
    item = program.items.first()
    item.exercise, item.note_en, item.note_it = exercise, "Gently.", "Piano."
    item.save()
    return exercise, program


def _practice(house: House) -> tuple[ExerciseStop, WorkItem]:
    """Days of all kinds, the last of them with a stop; what was asked of the patient; what was sent."""
    prescription, now = house.prescription, timezone.now()
    day = today(house.patient)
    Precautions.objects.create(
        patient=house.patient, codes=[Precaution.values[0]], asked_by=house.clinician, asked_at=now
    )
    TreatmentNoteFactory(patient=house.patient, written_by=house.clinician)
    CareTeamMemberFactory(patient=house.patient, added_by=house.clinician)
    NudgeFactory(patient=house.patient)
    AbsenceFactory(clinic=house.clinic, user=house.clinician, stand_in=house.manager)
    CalendarFeedFactory(patient=house.patient)
    SkippedDayFactory(prescription=prescription, skipped_on=day - 2 * DAY)
    before = PracticeSessionFactory(
        prescription=prescription,
        practised_on=day - 4 * DAY,
        words="Too tired.",
        superseded_at=now,
        outcome=Outcome.PARTLY,
    )
    PracticeSessionFactory(
        prescription=prescription,
        practised_on=day - 4 * DAY,
        uid=before.uid,
        revision=2,
        pain_before=3,
        pain_after=2,
    )
    PracticeSessionFactory(
        prescription=prescription, practised_on=day - 3 * DAY, outcome=Outcome.SKIPPED, recorded_on=day - DAY
    )
    version = PrescriptionVersionFactory(
        prescription=prescription,
        starts_on=day - 2 * DAY,
        exercises__against=[Precaution.values[0]],
        exercises__precautions_reason="In a small range.",
        exercises__note_en="Gently.",
        exercises__note_it="Piano.",
        exercises__exercise=LadderFormFactory(exercise__clinic=house.clinic).exercise,
    )
    session = PracticeSessionFactory(
        prescription=prescription,
        practised_on=day - DAY,
        pain_before=3,
        pain_during=6,
        pain_after=6,
        sites=[Site.BACK, Site.LEG_BELOW_KNEE],
        lowest_site=Site.LEG_BELOW_KNEE,
        words="It pulled into the leg.",
        outcome="",
    )
    lines = list(version.exercises.all())
    for line, outcome in zip(lines, (Outcome.DONE, Outcome.PARTLY, Outcome.STOPPED), strict=True):
        ExerciseRecordFactory(session=session, prescribed=line, outcome=outcome)
    stop = ExerciseStopFactory(session=session, line=lines[2].line)
    StepRequestFactory(session=session)
    step = WorkItemFactory(prescription=prescription, kind=WorkKind.PROGRESSION, owner=house.clinician)
    WorkItemEntryFactory(item=step, what=Alert.STEP_REACHED, session=session)
    aside = WorkItemFactory(prescription=prescription, kind=WorkKind.SET_ASIDE, owner=house.clinician)
    kept = SetAsideFactory(prescription=prescription)
    WorkItemEntryFactory(item=aside, what=Alert.SET_ASIDE, session=None, set_aside=kept)
    _asked(prescription, house)
    _answered(prescription, house)
    work = WorkItemFactory(prescription=prescription, owner=house.clinician)
    WorkItemEntryFactory(item=work, what=Alert.STOP, session=session)
    closed = WorkItemFactory(
        prescription=prescription,
        kind=WorkKind.SKIPPED_FOR_PAIN,
        acknowledged_at=now,
        acknowledged_by=house.clinician,
        closed_at=now,
        closed_by=house.clinician,
        outcome="Spoke on the phone.",
    )
    WorkItemEntryFactory(item=closed, what=Alert.PAIN_SKIP, session=session)
    PauseFactory(
        prescription=prescription, starts_on=day + 8 * DAY, ends_on=day + 9 * DAY, made_by=house.clinician
    )
    notice = NoticeFactory(
        kind="stop_alert",
        clinic=house.clinic,
        recipient=house.clinician,
        subject_id=house.patient.pk,
        state=Notice.State.FAILED,
        state_reason="refused",
        params={"work_item": work.pk},
        attempt=1,
    )
    NoticeAttemptFactory(notice=notice, number=1, outcome="failed", answer="550 no such mailbox")
    call = WorkItemFactory(prescription=prescription, kind=WorkKind.CALL, owner=house.clinician)
    WorkItemEntryFactory(item=call, what=Alert.CALL_CHANGED, session=None, version=version)
    address = WorkItemFactory(prescription=prescription, kind=WorkKind.ADDRESS, owner=house.clinician)
    WorkItemEntryFactory(item=address, what=Alert.ADDRESS_REFUSED, session=None)
    for kind in (WorkKind.SILENT, WorkKind.NOT_STARTED):
        quiet = WorkItemFactory(prescription=prescription, kind=kind, owner=house.clinician)
        WorkItemEntryFactory(item=quiet, what=kind.value, session=None, quiet_since=day - 9 * DAY)
    return stop, work


def _answered(prescription: Prescription, house: House) -> None:
    """What was answered at the start and on a day."""
    choice = QuestionFactory(
        clinic=house.clinic,
        kind=QuestionKind.CHOICE,
        choices_en="Well\nBadly",
        choices_it="Bene\nMale",
        at_start=True,
        on_day=1,
    )
    choice.programs.add(house.program)
    made = {"prescription": prescription, "question": choice, "number": 2}
    made |= {"chosen_en": "Badly", "chosen_it": "Male"}
    AnswerFactory(**made)
    AnswerFactory(**made, occasion=Occasion.DAY, occasion_number=1)


def _asked(prescription: Prescription, house: House) -> None:
    """A question that waits, a wish that waits, a question that was answered."""
    patient, now = house.patient, timezone.now()
    question = MessageFactory(patient=patient, words="May I swim?")
    wish = MessageFactory(
        patient=patient, kind=MessageKind.CALL_BACK, words="Not on my mobile.", days=[1], times=["morning"]
    )
    MessageFactory(
        patient=patient,
        words="And cycle?",
        outcome=MessageOutcome.ANSWERED,
        answer="Yes, gently.",
        closed_by=house.clinician,
        closed_at=now,
    )
    for kind, what, message in (
        (WorkKind.QUESTION, Alert.ASKED, question),
        (WorkKind.WISH, Alert.WISHED_CALL, wish),
    ):
        item = WorkItemFactory(prescription=prescription, kind=kind, owner=house.clinician)
        WorkItemEntryFactory(item=item, what=what, session=None, message=message)


def _reviewed_before(patient: Patient, house: House) -> Prescription:
    """A programme that ended with its signed review."""
    start, now = today(patient) - 60 * DAY, timezone.now()
    prescription: Prescription = PrescriptionFactory(
        patient=patient,
        clinician=house.clinician,
        starts_on=start,
        status="ended",
        ended_on=start + 25 * DAY,
        end_reason=EndReason.IMPROVED,
        next_review_on=None,
    )
    PracticeSessionFactory(prescription=prescription, practised_on=start, pain_before=5, pain_after=3)
    review = ReviewFactory(
        prescription=prescription,
        word_to_patient="Well done; go on.",
        helped=Helped.USEFUL,
        patient_words="I can kneel again.",
        answered_at=now - 38 * DAY,
        decision=Decision.CONTINUE,
        decision_note="Go on as before.",
        signed_by=house.clinician,
        signed_at=now - 37 * DAY,
        snapshot=snapshot(report(prescription, on=start + 22 * DAY), on=start + 22 * DAY),
    )
    ReviewAdditionFactory(review=review)
    return prescription


def _due_for_review(patient: Patient, house: House) -> Review:
    """A programme whose review point is over, and the patient has answered."""
    prescription = PrescriptionFactory(
        patient=patient,
        clinician=house.clinician,
        starts_on=today(patient) - 21 * DAY,
        next_review_on=None,
        usual_pain=4,
    )
    for back in (20, 12, 5, 1):
        day = today(patient) - back * DAY
        PracticeSessionFactory(prescription=prescription, practised_on=day, pain_before=4, pain_after=3)
    review: Review = ReviewFactory(
        prescription=prescription,
        helped=Helped.PARTLY,
        patient_words="Mornings are easier.",
        answered_at=timezone.now(),
    )
    words = QuestionFactory(clinic=house.clinic, kind=QuestionKind.WORDS)
    AnswerFactory(prescription=prescription)
    AnswerFactory(prescription=prescription, question=words, number=None, words="At my desk.")
    QuestionFactory(clinic=house.clinic, low_en="bad", high_en="good")  # that nobody has answered yet
    work = WorkItemFactory(prescription=prescription, kind=WorkKind.REVIEW)
    WorkItemEntryFactory(item=work, what=Alert.REVIEW_REACHED, session=None, review=review)
    return review


def _report_signs(patient: Patient, house: House) -> None:
    """One report that was cleared, one that waits."""
    prescription, now = PrescriptionFactory(patient=patient, clinician=house.clinician), timezone.now()
    EmergencyReportFactory(
        patient=patient,
        reported_at=now - 3 * DAY,
        cleared_at=now - 2 * DAY,
        cleared_on=today(patient) - 2 * DAY,
        cleared_by=house.clinician,
        clearing_note="Seen by the doctor.",
    )
    report_ = EmergencyReportFactory(patient=patient)
    work = WorkItemFactory(prescription=prescription, kind=WorkKind.EMERGENCY, owner=None)
    WorkItemEntryFactory(item=work, what=Alert.EMERGENCY_SIGN, session=None, emergency=report_)


def _events(house: House) -> None:
    things: list[Any] = [house.patient, house.prescription, *house.clinic.exercises.all()]
    things += house.clinic.programs.all()
    for thing in things:
        EventFactory(
            actor=house.clinician,
            clinic=house.clinic,
            verb=audit.Verb.CHANGED,
            object_type=thing._meta.label,
            object_id=str(thing.pk),
        )
