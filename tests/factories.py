"""One factory for each model, valid by default. Times are counted from the clock that the test sees."""

import datetime as dt
import json
import uuid
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from factory import (
    LazyAttribute,
    LazyFunction,
    SelfAttribute,
    Sequence,
    SubFactory,
    lazy_attribute,
    post_generation,
)
from factory.django import DjangoModelFactory

from clinic.models import (
    Absence,
    Clinic,
    Event,
    Heartbeat,
    Hold,
    Membership,
    Notice,
    NoticeAttempt,
    RefusedAddress,
    StaffInvitation,
    User,
)
from clinic.models.links import hashed
from clinic.scoping import Role
from patients.answers import ExerciseAnswer, SessionAnswers
from patients.models import (
    Answer,
    CalendarFeed,
    CareTeamMember,
    ClinicCards,
    CountedDay,
    EmergencyReport,
    ExerciseRecord,
    ExerciseStop,
    Invitation,
    Message,
    Nudge,
    PaperCode,
    Patient,
    Pause,
    PracticeSession,
    Precautions,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    ReminderTime,
    Review,
    ReviewAddition,
    Screening,
    SetAside,
    SkippedDay,
    StepRequest,
    TreatmentNote,
    WorkItem,
    WorkItemEntry,
)
from patients.vocabulary import (
    Alert,
    EmergencySign,
    MessageKind,
    Occasion,
    Outcome,
    TreatmentKind,
    WhyAside,
    WorkKind,
)
from programs.models import Exercise, ExerciseUse, Favourite, LadderForm, Program, ProgramItem, Question
from programs.vocabulary import Kind, Position, Precaution, QuestionKind

PASSWORD = "a-long-enough-password"


def local_day(instant: dt.datetime, patient: Patient) -> dt.date:
    return instant.astimezone(ZoneInfo(patient.zone)).date()


def local_instant(day: dt.date, hour: int, patient: Patient) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), ZoneInfo(patient.zone)).astimezone(dt.UTC)


def today(patient: Patient) -> dt.date:
    """The local date in the patient's zone, by the clock that the test sees."""
    return local_day(timezone.now(), patient)


# --- The ground floor -------------------------------------------------------------------------------
class ClinicFactory(DjangoModelFactory):
    class Meta:
        model = Clinic

    name = Sequence(lambda n: f"Clinic {n}")
    slug = Sequence(lambda n: f"clinic-{n}")
    email = LazyAttribute(lambda clinic: f"desk@{clinic.slug}.example")
    phone = "+39 02 5550 100"
    emergency_phone = "112"
    doctor_phone = "116117"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = Sequence(lambda n: f"person{n}@post.example")
    name = Sequence(lambda n: f"Person {n}")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = SubFactory(UserFactory)
    clinic = SubFactory(ClinicFactory)
    role = Role.CLINICIAN


class AbsenceFactory(DjangoModelFactory):
    """Away from today on for three days."""

    class Meta:
        model = Absence

    clinic = SubFactory(ClinicFactory)
    user = SubFactory(UserFactory)
    stand_in = SubFactory(UserFactory)
    first_on = LazyFunction(lambda: timezone.now().date())
    last_on = LazyAttribute(lambda absence: absence.first_on + dt.timedelta(days=2))
    named_at = LazyFunction(timezone.now)


class OneTimeLinkFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[Any], *args: Any, **kwargs: Any) -> Any:
        now = kwargs.pop("now", None) or timezone.now()
        link = model_class(*args, **kwargs)
        link.start(now=now)
        link.save()
        return link


class StaffInvitationFactory(OneTimeLinkFactory):
    class Meta:
        model = StaffInvitation

    clinic = SubFactory(ClinicFactory)
    email = Sequence(lambda n: f"colleague{n}@post.example")
    name = Sequence(lambda n: f"Colleague {n}")
    role = Role.CLINICIAN


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    kind = "test"
    clinic = SubFactory(ClinicFactory)
    dedupe_key = Sequence(lambda n: f"test:{n}")
    due_at = LazyFunction(timezone.now)
    created_at = LazyFunction(timezone.now)


class NoticeAttemptFactory(DjangoModelFactory):
    class Meta:
        model = NoticeAttempt

    notice = SubFactory(NoticeFactory)
    number = Sequence(lambda n: n + 1)
    started_at = LazyFunction(timezone.now)


class RefusedAddressFactory(DjangoModelFactory):
    """`address="..."` is kept as its hash."""

    class Meta:
        model = RefusedAddress
        exclude = ("address",)

    address = Sequence(lambda n: f"gone{n}@post.example")
    address_hash = LazyAttribute(lambda refused: hashed(refused.address))
    refused_at = LazyFunction(timezone.now)


class HeartbeatFactory(DjangoModelFactory):
    class Meta:
        model = Heartbeat

    step = "plan"
    beat_at = LazyFunction(timezone.now)


class HoldFactory(DjangoModelFactory):
    class Meta:
        model = Hold

    why = Hold.Why.RESTORED
    began_at = LazyFunction(timezone.now)


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    at = LazyFunction(timezone.now)
    actor = SubFactory(UserFactory)
    clinic = SubFactory(ClinicFactory)
    verb = "tested"
    object_type = "clinic.clinic"
    object_id = LazyAttribute(lambda event: str(event.clinic.pk))


# --- The library ------------------------------------------------------------------------------------
class ExerciseFactory(DjangoModelFactory):
    """An exercise of the shared library; `clinic=` makes it a clinic's own."""

    class Meta:
        model = Exercise

    key = Sequence(lambda n: f"exercise-{n}")
    kind = Kind.STRETCH
    starting_position = Position.SUPINE
    name_en = Sequence(lambda n: f"Exercise {n}")
    name_it = Sequence(lambda n: f"Esercizio {n}")
    plain_name_en = Sequence(lambda n: f"Plain exercise {n}")
    plain_name_it = Sequence(lambda n: f"Esercizio semplice {n}")
    steps_en = "Lie on your back.\nBring one knee to the chest.\nChange to the other side."
    steps_it = "Sdraiati sulla schiena.\nPorta un ginocchio al petto.\nCambia lato."
    sets = 2
    reps = 3
    hold_s = 20
    each_side = True
    dose_sources = LazyFunction(lambda: {"sets": "text", "reps": "default", "hold_s": "text"})


class LadderFormFactory(DjangoModelFactory):
    class Meta:
        model = LadderForm

    exercise = SubFactory(ExerciseFactory)
    rung = -1
    name_en = "With a strap"
    name_it = "Con una cinghia"
    how_en = "Hold a strap instead of the knee."
    how_it = "Tieni una cinghia invece del ginocchio."


class FavouriteFactory(DjangoModelFactory):
    class Meta:
        model = Favourite

    user = SubFactory("tests.factories.UserFactory")
    exercise = SubFactory(ExerciseFactory)


class ExerciseUseFactory(DjangoModelFactory):
    class Meta:
        model = ExerciseUse

    user = SubFactory("tests.factories.UserFactory")
    exercise = SubFactory(ExerciseFactory)
    used_at = LazyFunction(timezone.now)
    reps = 3


class ProgramFactory(DjangoModelFactory):
    """A shared template with `items` exercises (three unless said)."""

    class Meta:
        model = Program
        skip_postgeneration_save = True

    key = Sequence(lambda n: f"program-{n}")
    name_en = Sequence(lambda n: f"Programme {n}")
    name_it = Sequence(lambda n: f"Programma {n}")

    @post_generation
    def items(program: Any, create: bool, count: int | None, **kwargs: Any) -> None:
        for position in range(3 if count is None else count):
            ProgramItemFactory(program=program, position=position, exercise__clinic=program.clinic)


class QuestionFactory(DjangoModelFactory):
    """A clinic's own, asked at the start and at reviews, with every programme."""

    class Meta:
        model = Question

    clinic = SubFactory(ClinicFactory)
    kind = QuestionKind.SCALE
    text_en = Sequence(lambda n: f"Question {n}?")
    text_it = Sequence(lambda n: f"Domanda {n}?")
    at_start = True
    at_review = True


class ProgramItemFactory(DjangoModelFactory):
    class Meta:
        model = ProgramItem

    program = SubFactory(ProgramFactory, items=0)
    exercise = SubFactory(ExerciseFactory)
    position = Sequence(lambda n: n)
    sets = SelfAttribute("exercise.sets")
    reps = SelfAttribute("exercise.reps")
    hold_s = SelfAttribute("exercise.hold_s")
    each_side = SelfAttribute("exercise.each_side")


# --- Patients ---------------------------------------------------------------------------------------
class PatientFactory(DjangoModelFactory):
    """A patient who signs in by e-mail; `user=None, email=""` for one who comes in by paper."""

    class Meta:
        model = Patient

    clinic = SubFactory(ClinicFactory)
    given_name = Sequence(lambda n: f"Given{n}")
    family_name = Sequence(lambda n: f"Family{n}")
    birth_on = dt.date(1955, 4, 12)
    email = Sequence(lambda n: f"patient{n}@post.example")
    user = SubFactory(
        UserFactory,
        email=SelfAttribute("..email"),
        name=LazyAttribute(lambda user: user.factory_parent.given_name),
        password=None,
    )


class PrecautionsFactory(DjangoModelFactory):
    class Meta:
        model = Precautions

    patient = SubFactory(PatientFactory)
    codes = LazyFunction(lambda: [Precaution.OSTEOPOROSIS.value])
    asked_by = SubFactory(UserFactory)
    asked_at = LazyFunction(timezone.now)


class StepRequestFactory(DjangoModelFactory):
    """Of the newest version's first exercise, which gets something to grow to."""

    class Meta:
        model = StepRequest

    session = SubFactory("tests.factories.PracticeSessionFactory")
    prescription = LazyAttribute(lambda request: request.session.prescription)
    line = LazyAttribute(lambda request: _growing(request.prescription).line)
    asked_at = LazyFunction(timezone.now)


def _growing(prescription: Prescription) -> PrescribedExercise:
    exercise = prescription.versions.order_by("-number")[0].exercises.first()
    exercise.hold_s, exercise.next_after, exercise.step_since = 5, 1, timezone.now()
    exercise.growth = [{"rung": 0, "hold_s": hold, "hold_most_s": None} for hold in (5, 10)]
    exercise.save()
    return exercise


class TreatmentNoteFactory(DjangoModelFactory):
    class Meta:
        model = TreatmentNote

    patient = SubFactory(PatientFactory)
    kind = TreatmentKind.MANUAL
    given_on = LazyAttribute(lambda note: today(note.patient))
    words = "Gentle mobilisation."
    written_by = SubFactory(UserFactory)
    written_at = LazyFunction(timezone.now)


class MessageFactory(DjangoModelFactory):
    """A question that waits; `kind` makes it a wish."""

    class Meta:
        model = Message

    patient = SubFactory(PatientFactory)
    uid = LazyFunction(uuid.uuid4)
    kind = MessageKind.QUESTION
    words = "May I swim?"
    asked_at = LazyFunction(timezone.now)
    asked_by = SelfAttribute("patient.user")
    read_by_on = LazyAttribute(lambda message: today(message.patient))


class ClinicCardsFactory(DjangoModelFactory):
    """A clinic that has reworded one card, hidden another, and has one of its own from day 4 on."""

    class Meta:
        model = ClinicCards

    clinic = SubFactory(ClinicFactory)
    cards = LazyFunction(
        lambda: [
            {"key": "every-back-differs", "hidden": False, **card_texts("Backs differ")},
            {"key": "keep-moving", "hidden": True, **card_texts("")},
            {"key": "own-1", "hidden": False, "own": True, "day": 4, **card_texts("Our garden")},
        ]
    )
    edition = 1


def card_texts(title: str) -> dict[str, str]:
    """The texts of a card under Learn, in both languages; all of them empty for an empty title."""
    text = f"{title}: text." if title else ""
    italian = f"{title}, in italiano" if title else ""
    return {"title_en": title, "title_it": italian, "text_en": text, "text_it": text}


class CareTeamMemberFactory(DjangoModelFactory):
    """A colleague of the patient's clinic who treats the patient too."""

    class Meta:
        model = CareTeamMember

    patient = SubFactory(PatientFactory)
    user = LazyAttribute(lambda member: MembershipFactory(clinic=member.patient.clinic).user)
    added_by = SelfAttribute("user")
    added_at = LazyFunction(timezone.now)


class ReminderTimeFactory(DjangoModelFactory):
    class Meta:
        model = ReminderTime

    patient = SubFactory(PatientFactory)
    at = dt.time(9, 0)
    set_at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


class NudgeFactory(DjangoModelFactory):
    class Meta:
        model = Nudge

    patient = SubFactory(PatientFactory)
    at = dt.time(20, 0)
    set_at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


class CalendarFeedFactory(DjangoModelFactory):
    class Meta:
        model = CalendarFeed

    patient = SubFactory(PatientFactory)
    made_at = LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class: type[CalendarFeed], *args: Any, **kwargs: Any) -> CalendarFeed:
        feed = model_class(**kwargs)
        feed.token_hash = hashed(feed.token())
        feed.save()
        return feed


class InvitationFactory(OneTimeLinkFactory):
    class Meta:
        model = Invitation

    patient = SubFactory(PatientFactory)
    invited_by = SubFactory(UserFactory)


class PaperCodeFactory(DjangoModelFactory):
    """`code="..."` is kept as its hash."""

    class Meta:
        model = PaperCode
        exclude = ("code",)

    code = LazyFunction(lambda: uuid.uuid4().hex)
    patient = SubFactory(PatientFactory)
    code_hash = LazyAttribute(lambda paper: hashed(paper.code))
    created_at = LazyFunction(timezone.now)
    created_by = SubFactory(UserFactory)


class PrescriptionFactory(DjangoModelFactory):
    """An active prescription with one version of `exercises` lines (three unless said), begun five days ago.

    `status="draft"` is one that the patient does not see yet; `exercises=0` leaves the version out.
    """

    class Meta:
        model = Prescription
        skip_postgeneration_save = True

    class Params:
        day_of_start = LazyAttribute(lambda given: today(given.patient) - dt.timedelta(days=5))

    patient = SubFactory(PatientFactory)
    clinician = SubFactory(UserFactory)
    name_en = "Gentle start"
    name_it = "Inizio dolce"
    status = Prescription.Status.ACTIVE
    starts_on = SelfAttribute("day_of_start")
    created_at = LazyFunction(timezone.now)
    activated_on = LazyAttribute(
        lambda given: None if given.status == "draft" else given.starts_on or today(given.patient)
    )
    activated_at = LazyAttribute(
        lambda given: given.activated_on and local_instant(given.activated_on, 7, given.patient)
    )
    counts_from = SelfAttribute("starts_on")
    next_review_on = LazyAttribute(
        lambda given: given.starts_on and given.starts_on + dt.timedelta(days=given.review_after_days)
    )
    review_after_days = 20

    @post_generation
    def exercises(prescription: Any, create: bool, count: int | None, **kwargs: Any) -> None:
        if count != 0:
            PrescriptionVersionFactory(prescription=prescription, exercises=count, **kwargs)


class PrescriptionVersionFactory(DjangoModelFactory):
    """The next version of a prescription, with new lines (`exercises`, three unless said)."""

    class Meta:
        model = PrescriptionVersion
        skip_postgeneration_save = True

    prescription = SubFactory(PrescriptionFactory, exercises=0)
    number = LazyAttribute(lambda version: version.prescription.versions.count() + 1)
    starts_on = LazyAttribute(
        lambda version: version.prescription.starts_on or today(version.prescription.patient)
    )
    prescribed_by = SelfAttribute("prescription.clinician")
    created_at = LazyFunction(timezone.now)

    @post_generation
    def exercises(version: Any, create: bool, count: int | None, **kwargs: Any) -> None:
        for position in range(3 if count is None else count):
            PrescribedExerciseFactory(version=version, position=position, **kwargs)


class PrescribedExerciseFactory(DjangoModelFactory):
    """A line that copies words and dose of its exercise."""

    class Meta:
        model = PrescribedExercise

    version = SubFactory(PrescriptionVersionFactory, exercises=0)
    exercise = SubFactory(ExerciseFactory)
    position = LazyAttribute(lambda line: line.version.exercises.count())

    @classmethod
    def _create(cls, model_class: type[PrescribedExercise], *args: Any, **kwargs: Any) -> PrescribedExercise:
        exercise = kwargs["exercise"]
        own = {name: getattr(exercise, name) for name in ("starting_position", "equipment")}
        copied = {**exercise.wording(), **exercise.dose(), **own, "ladder": exercise.ladder()}
        return model_class.objects.create(*args, **{**copied, **kwargs})


class ScreeningFactory(DjangoModelFactory):
    class Meta:
        model = Screening

    prescription = SubFactory(PrescriptionFactory)
    none_of_these = True
    asked_by = SelfAttribute("prescription.clinician")
    asked_at = LazyFunction(timezone.now)


class CountedDayFactory(DjangoModelFactory):
    class Meta:
        model = CountedDay

    prescription = SubFactory(PrescriptionFactory)
    on = dt.date(2026, 3, 2)
    sessions_done = sessions_due = dose_halves_done = doses_due = days_due = days_practised = 0
    today_sessions_done = today_sessions_due = today_dose_halves_done = today_doses_due = 0


class PauseFactory(DjangoModelFactory):
    class Meta:
        model = Pause

    prescription = SubFactory(PrescriptionFactory)
    starts_on = LazyAttribute(lambda pause: today(pause.prescription.patient))
    ends_on = LazyAttribute(lambda pause: pause.starts_on + dt.timedelta(days=2))
    made_by = SelfAttribute("prescription.clinician")
    made_at = LazyFunction(timezone.now)


class SkippedDayFactory(DjangoModelFactory):
    class Meta:
        model = SkippedDay

    prescription = SubFactory(PrescriptionFactory)
    skipped_on = LazyAttribute(lambda skipped: today(skipped.prescription.patient))
    reason = SkippedDay.Reason.FORGOT
    made_by = SelfAttribute("prescription.patient.user")
    made_at = LazyFunction(timezone.now)


class PracticeSessionFactory(DjangoModelFactory):
    """A session in which every line of its version has one `outcome` (done unless said; "": no records)."""

    class Meta:
        model = PracticeSession
        skip_postgeneration_save = True

    prescription = SubFactory(PrescriptionFactory)
    patient = SelfAttribute("prescription.patient")
    practised_on = LazyAttribute(lambda session: today(session.patient))
    version = LazyAttribute(
        lambda session: session.prescription.versions.in_force(session.practised_on).get()
    )
    recorded_on = SelfAttribute("practised_on")
    first_recorded_at = LazyAttribute(lambda session: local_instant(session.recorded_on, 10, session.patient))
    recorded_at = SelfAttribute("first_recorded_at")
    finished_at = SelfAttribute("first_recorded_at")
    recorded_by = SelfAttribute("patient.user")

    @post_generation
    def outcome(session: Any, create: bool, outcome: str | None, **kwargs: Any) -> None:
        chosen = Outcome.DONE if outcome is None else outcome
        for line in session.version.exercises.all() if chosen else []:
            ExerciseRecordFactory(session=session, prescribed=line, outcome=chosen, **kwargs)


class SetAsideFactory(DjangoModelFactory):
    """A session that arrived after the programme had ended; one exercise done, with words."""

    class Meta:
        model = SetAside

    prescription = SubFactory(PrescriptionFactory)
    uid = LazyFunction(uuid.uuid4)
    digest = LazyAttribute(lambda aside: aside.uid.hex * 2)
    practised_on = LazyAttribute(lambda aside: today(aside.prescription.patient))
    done_at = LazyFunction(timezone.now)
    arrived_at = LazyFunction(timezone.now)
    sent_by = SelfAttribute("prescription.patient.user")
    why = WhyAside.NOT_RUNNING

    @lazy_attribute
    def said(self) -> dict[str, Any]:
        line = self.prescription.versions.first().exercises.first().line
        answers = SessionAnswers([ExerciseAnswer(line, Outcome.DONE)], pain_before=3, words="It went well.")
        told: dict[str, Any] = json.loads(json.dumps(asdict(answers), cls=DjangoJSONEncoder))
        return told


class ExerciseRecordFactory(DjangoModelFactory):
    class Meta:
        model = ExerciseRecord

    session = SubFactory(PracticeSessionFactory, outcome="")
    prescribed = LazyAttribute(lambda record: record.session.version.exercises.first())
    line = SelfAttribute("prescribed.line")
    outcome = Outcome.DONE
    skip_reason = LazyAttribute(lambda record: "no_time" if record.outcome == Outcome.SKIPPED else "")
    dose_asked = LazyAttribute(lambda record: record.prescribed.dose())


class ExerciseStopFactory(DjangoModelFactory):
    class Meta:
        model = ExerciseStop

    session = SubFactory(PracticeSessionFactory)
    prescription = SelfAttribute("session.prescription")
    line = LazyAttribute(lambda stop: stop.session.version.exercises.first().line)
    stopped_at = SelfAttribute("session.recorded_at")


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = Review

    prescription = SubFactory(PrescriptionFactory)
    number = LazyAttribute(lambda review: review.prescription.reviews.count() + 1)
    counts_from = SelfAttribute("prescription.counts_from")
    after_days = SelfAttribute("prescription.review_after_days")
    reached_on = LazyAttribute(lambda review: review.counts_from + dt.timedelta(review.after_days))
    opened_at = LazyFunction(timezone.now)


class ReviewAdditionFactory(DjangoModelFactory):
    class Meta:
        model = ReviewAddition

    review = SubFactory(ReviewFactory)
    words = "The left knee, not the right one."
    added_by = SelfAttribute("review.prescription.clinician")
    added_at = LazyFunction(timezone.now)


class AnswerFactory(DjangoModelFactory):
    """Of the start, to a question of the patient's clinic."""

    class Meta:
        model = Answer

    patient = SelfAttribute("prescription.patient")
    prescription = SubFactory(PrescriptionFactory)
    question = LazyAttribute(lambda answer: QuestionFactory(clinic=answer.patient.clinic))
    occasion = Occasion.START
    kind = SelfAttribute("question.kind")
    number = 4
    asked_en = SelfAttribute("question.text_en")
    asked_it = SelfAttribute("question.text_it")
    name_en = SelfAttribute("question.text_en")
    name_it = SelfAttribute("question.text_it")
    first_told_at = LazyFunction(timezone.now)
    told_at = SelfAttribute("first_told_at")
    told_by = SelfAttribute("patient.user")


class EmergencyReportFactory(DjangoModelFactory):
    class Meta:
        model = EmergencyReport

    patient = SubFactory(PatientFactory)
    signs = LazyFunction(lambda: [EmergencySign.BOTH_LEGS.value])
    reported_at = LazyFunction(timezone.now)
    reported_on = LazyAttribute(lambda report: local_day(report.reported_at, report.patient))
    reported_by = SelfAttribute("patient.user")


class WorkItemFactory(DjangoModelFactory):
    class Meta:
        model = WorkItem

    prescription = SubFactory(PrescriptionFactory)
    patient = SelfAttribute("prescription.patient")
    kind = WorkKind.STOP
    owner = SelfAttribute("prescription.clinician")
    opened_at = LazyFunction(timezone.now)
    waits_since = SelfAttribute("opened_at")
    due_on = LazyAttribute(lambda item: local_day(item.opened_at, item.patient))


class WorkItemEntryFactory(DjangoModelFactory):
    class Meta:
        model = WorkItemEntry

    item = SubFactory(WorkItemFactory)
    at = LazyFunction(timezone.now)
    what = Alert.STOP
    session = SubFactory(PracticeSessionFactory, prescription=SelfAttribute("..item.prescription"))
    due_on = SelfAttribute("item.due_on")
