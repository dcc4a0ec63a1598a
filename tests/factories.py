"""One factory for each model, valid by default. Dates and instants are counted from the clock that the test sees."""

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from clinic.models import Clinic, Event, Membership, Notice, NoticeAttempt, StaffInvitation, User
from clinic.models.links import hashed
from clinic.scoping import Role
from patients.models import (
    EmergencyReport,
    ExerciseRecord,
    ExerciseStop,
    Invitation,
    PaperCode,
    Patient,
    Pause,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    ReminderTime,
    Review,
    Screening,
    WorkItem,
    WorkItemEntry,
)
from patients.vocabulary import EmergencySign, Outcome, WorkKind
from programs.models import Exercise, LadderForm, Program, ProgramItem
from programs.vocabulary import Kind, Position

PASSWORD = "a-long-enough-password"


def local_day(instant: dt.datetime, patient: Patient) -> dt.date:
    return instant.astimezone(ZoneInfo(patient.zone)).date()


def today(patient: Patient) -> dt.date:
    """The local date in the patient's zone, by the clock that the test sees."""
    return local_day(timezone.now(), patient)


# --- The ground floor -------------------------------------------------------------------------------
class ClinicFactory(DjangoModelFactory):
    class Meta:
        model = Clinic

    name = factory.Sequence(lambda n: f"Clinic {n}")
    slug = factory.Sequence(lambda n: f"clinic-{n}")
    email = factory.LazyAttribute(lambda clinic: f"desk@{clinic.slug}.example")
    phone = "+39 02 5550 100"
    emergency_phone = "112"
    doctor_phone = "116117"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@post.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    clinic = factory.SubFactory(ClinicFactory)
    role = Role.CLINICIAN


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

    clinic = factory.SubFactory(ClinicFactory)
    email = factory.Sequence(lambda n: f"colleague{n}@post.example")
    name = factory.Sequence(lambda n: f"Colleague {n}")
    role = Role.CLINICIAN


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    kind = "test"
    clinic = factory.SubFactory(ClinicFactory)
    dedupe_key = factory.Sequence(lambda n: f"test:{n}")
    due_at = factory.LazyFunction(timezone.now)
    created_at = factory.LazyFunction(timezone.now)


class NoticeAttemptFactory(DjangoModelFactory):
    class Meta:
        model = NoticeAttempt

    notice = factory.SubFactory(NoticeFactory)
    number = factory.Sequence(lambda n: n + 1)
    started_at = factory.LazyFunction(timezone.now)


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    at = factory.LazyFunction(timezone.now)
    actor = factory.SubFactory(UserFactory)
    clinic = factory.SubFactory(ClinicFactory)
    verb = "tested"
    object_type = "clinic.clinic"
    object_id = factory.LazyAttribute(lambda event: str(event.clinic.pk))


# --- The library ------------------------------------------------------------------------------------
class ExerciseFactory(DjangoModelFactory):
    """An exercise of the shared library; `clinic=` makes it a clinic's own."""

    class Meta:
        model = Exercise

    key = factory.Sequence(lambda n: f"exercise-{n}")
    kind = Kind.STRETCH
    position = Position.SUPINE
    name_en = factory.Sequence(lambda n: f"Exercise {n}")
    name_it = factory.Sequence(lambda n: f"Esercizio {n}")
    plain_name_en = factory.Sequence(lambda n: f"Plain exercise {n}")
    plain_name_it = factory.Sequence(lambda n: f"Esercizio semplice {n}")
    steps_en = "Lie on your back.\nBring one knee to the chest.\nChange to the other side."
    steps_it = "Sdraiati sulla schiena.\nPorta un ginocchio al petto.\nCambia lato."
    sets = 2
    reps = 3
    hold_s = 20
    each_side = True
    dose_sources = factory.LazyFunction(lambda: {"sets": "text", "reps": "default", "hold_s": "text"})


class LadderFormFactory(DjangoModelFactory):
    class Meta:
        model = LadderForm

    exercise = factory.SubFactory(ExerciseFactory)
    rung = -1
    name_en = "With a strap"
    name_it = "Con una cinghia"
    how_en = "Hold a strap instead of the knee."
    how_it = "Tieni una cinghia invece del ginocchio."


class ProgramFactory(DjangoModelFactory):
    """A shared template with `items` exercises (three unless said)."""

    class Meta:
        model = Program
        skip_postgeneration_save = True

    key = factory.Sequence(lambda n: f"program-{n}")
    name_en = factory.Sequence(lambda n: f"Programme {n}")
    name_it = factory.Sequence(lambda n: f"Programma {n}")

    @factory.post_generation
    def items(program: Any, create: bool, count: int | None, **kwargs: Any) -> None:  # noqa: N805
        for position in range(3 if count is None else count):
            ProgramItemFactory(program=program, position=position, exercise__clinic=program.clinic)


class ProgramItemFactory(DjangoModelFactory):
    class Meta:
        model = ProgramItem

    program = factory.SubFactory(ProgramFactory, items=0)
    exercise = factory.SubFactory(ExerciseFactory)
    position = factory.Sequence(lambda n: n)
    sets = factory.SelfAttribute("exercise.sets")
    reps = factory.SelfAttribute("exercise.reps")
    hold_s = factory.SelfAttribute("exercise.hold_s")
    each_side = factory.SelfAttribute("exercise.each_side")


# --- Patients ---------------------------------------------------------------------------------------
class PatientFactory(DjangoModelFactory):
    """A patient who signs in by e-mail; `user=None, email=""` for one who comes in by paper."""

    class Meta:
        model = Patient

    clinic = factory.SubFactory(ClinicFactory)
    given_name = factory.Sequence(lambda n: f"Given{n}")
    family_name = factory.Sequence(lambda n: f"Family{n}")
    birth_on = dt.date(1955, 4, 12)
    email = factory.Sequence(lambda n: f"patient{n}@post.example")
    user = factory.SubFactory(
        UserFactory,
        email=factory.SelfAttribute("..email"),
        name=factory.LazyAttribute(lambda user: user.factory_parent.given_name),
        password=None,
    )


class ReminderTimeFactory(DjangoModelFactory):
    class Meta:
        model = ReminderTime

    patient = factory.SubFactory(PatientFactory)
    at = dt.time(9, 0)


class InvitationFactory(OneTimeLinkFactory):
    class Meta:
        model = Invitation

    patient = factory.SubFactory(PatientFactory)
    invited_by = factory.SubFactory(UserFactory)


class PaperCodeFactory(DjangoModelFactory):
    """`code="..."` is kept as its hash."""

    class Meta:
        model = PaperCode
        exclude = ("code",)

    code = factory.LazyFunction(lambda: uuid.uuid4().hex)
    patient = factory.SubFactory(PatientFactory)
    code_hash = factory.LazyAttribute(lambda paper: hashed(paper.code))
    created_at = factory.LazyFunction(timezone.now)
    created_by = factory.SubFactory(UserFactory)


class PrescriptionFactory(DjangoModelFactory):
    """An active prescription with one version of `exercises` lines (three unless said), begun five days ago.

    `status="draft"` is one that the patient does not see yet; `exercises=0` leaves the version out.
    """

    class Meta:
        model = Prescription
        skip_postgeneration_save = True

    class Params:
        day_of_start = factory.LazyAttribute(lambda given: today(given.patient) - dt.timedelta(days=5))

    patient = factory.SubFactory(PatientFactory)
    clinician = factory.SubFactory(UserFactory)
    name_en = "Gentle start"
    name_it = "Inizio dolce"
    status = Prescription.Status.ACTIVE
    starts_on = factory.SelfAttribute("day_of_start")
    created_at = factory.LazyFunction(timezone.now)
    activated_on = factory.LazyAttribute(
        lambda given: None if given.status == Prescription.Status.DRAFT else given.starts_on or today(given.patient)
    )
    activated_at = factory.LazyAttribute(
        lambda given: given.activated_on
        and dt.datetime.combine(given.activated_on, dt.time(7), ZoneInfo(given.patient.zone)).astimezone(dt.UTC)
    )
    counts_from = factory.SelfAttribute("starts_on")
    next_review_on = factory.LazyAttribute(
        lambda given: given.starts_on and given.starts_on + dt.timedelta(days=given.review_after_days)
    )
    review_after_days = 20

    @factory.post_generation
    def exercises(prescription: Any, create: bool, count: int | None, **kwargs: Any) -> None:  # noqa: N805
        if count != 0:
            PrescriptionVersionFactory(prescription=prescription, exercises=count, **kwargs)


class PrescriptionVersionFactory(DjangoModelFactory):
    """The next version of a prescription, with new lines (`exercises`, three unless said)."""

    class Meta:
        model = PrescriptionVersion
        skip_postgeneration_save = True

    prescription = factory.SubFactory(PrescriptionFactory, exercises=0)
    number = factory.LazyAttribute(lambda version: version.prescription.versions.count() + 1)
    starts_on = factory.LazyAttribute(
        lambda version: version.prescription.starts_on or today(version.prescription.patient)
    )
    prescribed_by = factory.SelfAttribute("prescription.clinician")
    created_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def exercises(version: Any, create: bool, count: int | None, **kwargs: Any) -> None:  # noqa: N805
        for position in range(3 if count is None else count):
            PrescribedExerciseFactory(version=version, position=position, **kwargs)


class PrescribedExerciseFactory(DjangoModelFactory):
    """A line that copies words and dose of its exercise."""

    class Meta:
        model = PrescribedExercise

    version = factory.SubFactory(PrescriptionVersionFactory, exercises=0)
    exercise = factory.SubFactory(ExerciseFactory)
    position = factory.LazyAttribute(lambda line: line.version.exercises.count())

    @classmethod
    def _create(cls, model_class: type[PrescribedExercise], *args: Any, **kwargs: Any) -> PrescribedExercise:
        exercise = kwargs["exercise"]
        copied = {**exercise.wording(), **exercise.dose(), "ladder": exercise.ladder()}
        return model_class.objects.create(*args, **{**copied, **kwargs})


class ScreeningFactory(DjangoModelFactory):
    class Meta:
        model = Screening

    prescription = factory.SubFactory(PrescriptionFactory)
    none_of_these = True
    asked_by = factory.SelfAttribute("prescription.clinician")
    asked_at = factory.LazyFunction(timezone.now)


class PauseFactory(DjangoModelFactory):
    class Meta:
        model = Pause

    prescription = factory.SubFactory(PrescriptionFactory)
    starts_on = factory.LazyAttribute(lambda pause: today(pause.prescription.patient))
    ends_on = factory.LazyAttribute(lambda pause: pause.starts_on + dt.timedelta(days=2))
    made_by = factory.SelfAttribute("prescription.clinician")
    made_at = factory.LazyFunction(timezone.now)


class PracticeSessionFactory(DjangoModelFactory):
    """A session in which every line of its version has one `outcome` (done unless said; "": no records)."""

    class Meta:
        model = PracticeSession
        skip_postgeneration_save = True

    prescription = factory.SubFactory(PrescriptionFactory)
    patient = factory.SelfAttribute("prescription.patient")
    practised_on = factory.LazyAttribute(lambda session: today(session.patient))
    version = factory.LazyAttribute(
        lambda session: session.prescription.versions.in_force(session.practised_on).get()
    )
    recorded_on = factory.SelfAttribute("practised_on")
    first_recorded_at = factory.LazyAttribute(
        lambda session: dt.datetime.combine(
            session.recorded_on, dt.time(10), ZoneInfo(session.patient.zone)
        ).astimezone(dt.UTC)
    )
    recorded_at = factory.SelfAttribute("first_recorded_at")
    recorded_by = factory.SelfAttribute("patient.user")

    @factory.post_generation
    def outcome(session: Any, create: bool, outcome: str | None, **kwargs: Any) -> None:  # noqa: N805
        chosen = Outcome.DONE if outcome is None else outcome
        for line in session.version.exercises.all() if chosen else []:
            ExerciseRecordFactory(session=session, prescribed=line, outcome=chosen, **kwargs)


class ExerciseRecordFactory(DjangoModelFactory):
    class Meta:
        model = ExerciseRecord

    session = factory.SubFactory(PracticeSessionFactory, outcome="")
    prescribed = factory.LazyAttribute(lambda record: record.session.version.exercises.first())
    line = factory.SelfAttribute("prescribed.line")
    outcome = Outcome.DONE
    skip_reason = factory.LazyAttribute(lambda record: "no_time" if record.outcome == Outcome.SKIPPED else "")
    dose_asked = factory.LazyAttribute(lambda record: record.prescribed.dose())


class ExerciseStopFactory(DjangoModelFactory):
    class Meta:
        model = ExerciseStop

    session = factory.SubFactory(PracticeSessionFactory)
    prescription = factory.SelfAttribute("session.prescription")
    line = factory.LazyAttribute(lambda stop: stop.session.version.exercises.first().line)
    stopped_at = factory.SelfAttribute("session.recorded_at")


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = Review

    prescription = factory.SubFactory(PrescriptionFactory)
    number = factory.LazyAttribute(lambda review: review.prescription.reviews.count() + 1)
    counts_from = factory.SelfAttribute("prescription.counts_from")
    after_days = factory.SelfAttribute("prescription.review_after_days")
    reached_on = factory.LazyAttribute(lambda review: review.counts_from + dt.timedelta(days=review.after_days))
    opened_at = factory.LazyFunction(timezone.now)


class EmergencyReportFactory(DjangoModelFactory):
    class Meta:
        model = EmergencyReport

    patient = factory.SubFactory(PatientFactory)
    signs = factory.LazyFunction(lambda: [EmergencySign.BOTH_LEGS.value])
    reported_at = factory.LazyFunction(timezone.now)
    reported_on = factory.LazyAttribute(lambda report: local_day(report.reported_at, report.patient))
    reported_by = factory.SelfAttribute("patient.user")


class WorkItemFactory(DjangoModelFactory):
    class Meta:
        model = WorkItem

    prescription = factory.SubFactory(PrescriptionFactory)
    patient = factory.SelfAttribute("prescription.patient")
    kind = WorkKind.STOP
    owner = factory.SelfAttribute("prescription.clinician")
    opened_at = factory.LazyFunction(timezone.now)
    due_on = factory.LazyAttribute(lambda item: local_day(item.opened_at, item.patient))


class WorkItemEntryFactory(DjangoModelFactory):
    class Meta:
        model = WorkItemEntry

    item = factory.SubFactory(WorkItemFactory)
    at = factory.LazyFunction(timezone.now)
    what = "stop"
