"""One patient with a long course: as many sessions as are asked for, one a day, and what comes with it.

The same rows on every run, in either database; made by hand, as 2,000 days by the program would take minutes.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from clinic.localtime import local_date
from clinic.models import Clinic, Membership, User
from clinic.scoping import Role
from patients.models import (
    EmergencyReport,
    ExerciseRecord,
    ExerciseStop,
    Message,
    Patient,
    Pause,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    Review,
    TreatmentNote,
    WorkItem,
    WorkItemEntry,
)
from patients.vocabulary import (
    Alert,
    Decision,
    EmergencySign,
    MessageKind,
    MessageOutcome,
    Outcome,
    SkipReason,
    WorkKind,
)
from programs.models import Exercise

ONE_DAY = dt.timedelta(days=1)
EXERCISES = 5
# Every how many days something happens.
VERSION, STOP, PAUSE, REVIEW, NOTE, MESSAGE, EMERGENCY = 15, 12, 16, 10, 9, 10, 20
OFF_FOR = 3  # days until a stopped exercise is resumed
PAUSED_FOR = 2  # days


@dataclass(frozen=True)
class Course:
    prescription: Prescription
    clinician: User


def course(sessions: int) -> Course:
    """Practised on each day but the paused ones, up to yesterday; of its reviews the last is not signed.

    Every so often (the constants above) there is a new version, a stop, a pause, a review point, a treatment,
    a question and an emergency sign: of each at least one in twenty days.
    """
    by, patient = _people()
    days = list(_days(patient, sessions))
    first = days[0]
    given = Prescription.objects.create(
        patient=patient,
        clinician=by,
        name_en="Long course",
        status=Prescription.Status.ACTIVE,
        starts_on=first,
        activated_on=first,
        activated_at=_at(first, 7),
        counts_from=first + (len(days) - 1) // REVIEW * REVIEW * ONE_DAY,
        created_at=_at(first, 7),
        usual_pain=4,
    )
    versions = _versions(given, days)
    practised = [(number, day) for number, day in enumerate(days) if not _is_paused(number)]
    rows = _sessions(given, practised, versions)
    _pauses(given, days)
    _stops(given, rows)
    _reviews(given, days)
    _around(given, days)
    return Course(given, by)


def _people() -> tuple[User, Patient]:
    place = Clinic.objects.count()
    house = Clinic.objects.create(
        name="Aurora",
        slug=f"aurora-{place}",
        time_zone="Europe/Rome",
        emergency_phone="112",
        doctor_phone="116117",
    )
    by = User.objects.create_user(email=f"alba{place}@clinic.example", name="Alba Rossi", password=None)
    Membership.objects.create(user=by, clinic=house, role=Role.CLINICIAN)
    born = dt.date(1955, 4, 12)
    patient = Patient.objects.create(
        clinic=house,
        given_name="Anna",
        family_name="Bianchi",
        birth_on=born,
        email=f"anna{place}@post.example",
        user=User.objects.create_user(email=f"anna{place}@post.example", name="Anna", password=None),
    )
    return by, patient


def _days(patient: Patient, sessions: int) -> Iterator[dt.date]:
    """Its dates up to yesterday, of which as many as there are sessions are not paused."""
    whole = paused = 0
    while whole - paused < sessions:
        paused += _is_paused(whole)
        whole += 1
    today = local_date(timezone.now(), patient.zone)
    return (today - ONE_DAY * back for back in range(whole, 0, -1))


def _is_paused(number: int) -> bool:
    return number % PAUSE >= PAUSE - PAUSED_FOR


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


def _versions(given: Prescription, days: list[dt.date]) -> list[list[PrescribedExercise]]:
    """Of each version its exercises, which stay the same lines."""
    place = Exercise.objects.count()
    exercises = [
        Exercise.objects.create(key=f"stretch-{place + number}", name_en=f"Stretch {number + 1}")
        for number in range(EXERCISES)
    ]
    lines = [uuid.uuid4() for _ in exercises]
    made = []
    for number, day in enumerate(days[::VERSION], start=1):
        version = PrescriptionVersion.objects.create(
            prescription=given,
            number=number,
            starts_on=day,
            prescribed_by=given.clinician,
            created_at=_at(day, 6),
        )
        rows = [
            PrescribedExercise(
                version=version,
                line=line,
                position=position,
                exercise=exercise,
                name_en=exercise.name_en,
                sets=2,
                reps=3,
                hold_s=5 + number % 20,
            )
            for position, (line, exercise) in enumerate(zip(lines, exercises, strict=True))
        ]
        made.append(PrescribedExercise.objects.bulk_create(rows))
    return made


def _sessions(
    given: Prescription, practised: list[tuple[int, dt.date]], versions: list[list[PrescribedExercise]]
) -> list[tuple[int, PracticeSession, list[PrescribedExercise]]]:
    sessions = PracticeSession.objects.bulk_create(
        PracticeSession(
            patient=given.patient,
            prescription=given,
            version_id=versions[number // VERSION][0].version_id,
            practised_on=day,
            recorded_on=day,
            first_recorded_at=_at(day, 9),
            recorded_at=_at(day, 9),
            finished_at=_at(day, 9),
            pain_before=3 + number % 3,
            pain_during=4 + number % 3,
            pain_after=3 + number % 2,
            sites=[1],
            lowest_site=1,
            words="It pulled a little." if number % 7 == 0 else "",
        )
        for number, day in practised
    )
    rows = [
        (number, session, versions[number // VERSION])
        for (number, _day), session in zip(practised, sessions, strict=True)
    ]
    ExerciseRecord.objects.bulk_create(
        (
            ExerciseRecord(
                session=session,
                prescribed=one,
                line=one.line,
                outcome=outcome,
                skip_reason=SkipReason.NO_TIME if outcome == Outcome.SKIPPED else "",
            )
            for number, session, exercises in rows
            for one, outcome in _outcomes(number, exercises)
        ),
        batch_size=1000,
    )
    return rows


def _outcomes(
    number: int, exercises: list[PrescribedExercise]
) -> Iterator[tuple[PrescribedExercise, Outcome]]:
    """Of the first exercise, which hurts at times, nothing while it is off."""
    since_stop = number % STOP
    for position, one in enumerate(exercises):
        if position or since_stop > OFF_FOR:
            yield one, (Outcome.SKIPPED if (number + position) % 11 == 0 else Outcome.DONE)
        elif since_stop == 0:
            yield one, Outcome.STOPPED


def _pauses(given: Prescription, days: list[dt.date]) -> None:
    begun = [day for number, day in enumerate(days) if _is_paused(number) and not _is_paused(number - 1)]
    Pause.objects.bulk_create(
        Pause(
            prescription=given,
            starts_on=day,
            ends_on=day + (PAUSED_FOR - 1) * ONE_DAY,
            reason=Pause.Reason.HOLIDAY,
            made_by=given.clinician,
            made_at=_at(day, 6),
        )
        for day in begun
    )


def _stops(given: Prescription, rows: list[tuple[int, PracticeSession, list[PrescribedExercise]]]) -> None:
    """With the work that each made, closed when the exercise was resumed."""
    stopped = [(session, exercises[0]) for number, session, exercises in rows if number % STOP == 0]
    ExerciseStop.objects.bulk_create(
        ExerciseStop(
            prescription=given,
            line=one.line,
            session=session,
            stopped_at=session.first_recorded_at,
            resumed_at=session.first_recorded_at + OFF_FOR * ONE_DAY,
            resumed_on=session.practised_on + OFF_FOR * ONE_DAY,
            resumed_by=given.clinician,
        )
        for session, one in stopped
    )
    items = WorkItem.objects.bulk_create(
        WorkItem(
            patient=given.patient,
            prescription=given,
            kind=WorkKind.STOP,
            owner=given.clinician,
            opened_at=session.first_recorded_at,
            waits_since=session.first_recorded_at,
            due_on=session.practised_on,
            closed_at=session.first_recorded_at + OFF_FOR * ONE_DAY,
            closed_by=given.clinician,
            outcome="Telephoned: shorter hold.",
        )
        for session, _one in stopped
    )
    WorkItemEntry.objects.bulk_create(
        WorkItemEntry(
            item=item,
            at=item.opened_at,
            what=Alert.STOP,
            session=session,
            due_on=item.due_on,
        )
        for item, (session, _one) in zip(items, stopped, strict=True)
    )


def _reviews(given: Prescription, days: list[dt.date]) -> None:
    reached = days[REVIEW::REVIEW]
    Review.objects.bulk_create(
        Review(
            prescription=given,
            number=number,
            counts_from=day - REVIEW * ONE_DAY,
            after_days=REVIEW,
            reached_on=day,
            opened_at=_at(day, 6),
            helped="partly",
            patient_words="I garden again.",
            answered_at=_at(day, 8),
            **({} if day == reached[-1] else _signed(given, day)),
        )
        for number, day in enumerate(reached, start=1)
    )


def _signed(given: Prescription, day: dt.date) -> dict[str, object]:
    return {
        "decision": Decision.CONTINUE,
        "signed_by": given.clinician,
        "signed_at": _at(day, 10),
        "snapshot": {"in_short": {"en": ["Practised on 20 of 20 days."], "it": ["20 giorni su 20."]}},
    }


def _around(given: Prescription, days: list[dt.date]) -> None:
    """What is not of the programme and stands on the patient's page."""
    patient, by = given.patient, given.clinician
    TreatmentNote.objects.bulk_create(
        TreatmentNote(
            patient=patient,
            kind="manual",
            given_on=day,
            words="Mobilised.",
            written_by=by,
            written_at=_at(day, 15),
        )
        for day in days[::NOTE]
    )
    Message.objects.bulk_create(
        Message(
            patient=patient,
            uid=uuid.uuid4(),
            kind=MessageKind.QUESTION,
            words="May I swim?",
            asked_at=_at(day, 12),
            asked_by=patient.user,
            read_by_on=day,
            closed_at=_at(day, 13),
            closed_by=by,
            outcome=MessageOutcome.ANSWERED,
            answer="Yes.",
        )
        for day in days[::MESSAGE]
    )
    EmergencyReport.objects.bulk_create(
        EmergencyReport(
            patient=patient,
            signs=[EmergencySign.FEVER],
            reported_at=_at(day, 18),
            reported_on=day,
            cleared_at=_at(day, 19),
            cleared_on=day,
            cleared_by=by,
            clearing_note="A cold.",
        )
        for day in days[::EMERGENCY]
    )
