"""A programme that lives through its days, told in a few lines, by the real domain functions.

    trial = Scenario("ABC")                       # prescribed and started; each letter is an exercise
    trial.practises(1, 4)                         # days 1 to 4: every exercise done
    trial.records(5, done="AB", stopped="C")
    assert totals(trial.report(on=6)) == "5 of 5 sessions, 14 of 14 doses"

Days are calendar days: day 1 is the start (Monday 2 March 2026 unless said), whatever is paused. Times of
day are the patient's. The clock is given each time; nothing looks at the real one.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from clinic.weekdays import EVERY_DAY
from patients import (
    adherence,
    adjusting,
    emergency,
    maintenance,
    pausing,
    prescribing,
    recording,
    reviews,
    signing,
    silent_work,
    stopping,
)
from patients.adherence import DayState, Report
from patients.answers import ExerciseAnswer, SessionAnswers
from patients.models import EmergencyReport, Patient, Pause, PracticeSession, Prescription, Review, WorkItem
from patients.recording import Recorded
from patients.screening import ScreeningAnswers
from patients.versions import Line, lines_of_version
from patients.vocabulary import Decision, EmergencySign, EndReason, Outcome, Site, SkipReason, Source
from tests.factories import (
    ClinicFactory,
    ExerciseFactory,
    LadderFormFactory,
    MembershipFactory,
    PatientFactory,
    ProgramFactory,
    ProgramItemFactory,
)

ONE_DAY = dt.timedelta(days=1)
NONE_OF_THESE = ScreeningAnswers(none_of_these=True)
STATE_LETTERS = {
    DayState.DONE: "D",
    DayState.PARTLY: "P",
    DayState.SKIPPED: "S",
    DayState.NOT_RECORDED: "-",
    DayState.PAUSED: "=",
    DayState.NOT_DUE: ".",
    DayState.OPEN: "o",
}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def totals(report: Report) -> str:
    """The four figures in one line, so that a test reads like the hand-worked sum."""
    return (
        f"{report.sessions_done} of {report.sessions_due} sessions, "
        f"{report.doses_done:g} of {report.doses_due} doses"
    )


def states(report: Report) -> str:
    """One letter a date: D done, P partly, S skipped, - not recorded, = paused, . not due, o open."""
    return "".join(STATE_LETTERS[one.state] for one in report.days)


class Scenario:
    """One patient, one clinician, one prescription. `start=None` starts with the first session."""

    def __init__(
        self,
        letters: str = "ABC",
        *,
        start: str | None = "2026-03-02",
        activated: str = "2026-03-02",
        zone: str = "Europe/Rome",
        clinic_zone: str = "Europe/Rome",
        sessions_a_day: int = 1,
        weekdays: str = EVERY_DAY,
        review_after_days: int = 20,
        usual_pain: int | None = None,
        usual_lowest_site: int | None = None,
        patient: Patient | None = None,
    ) -> None:
        self.day_one = day(start or activated)
        self.zone = zone
        if patient is None:
            clinic = ClinicFactory(time_zone=clinic_zone)
            patient = PatientFactory(clinic=clinic, time_zone="" if zone == clinic_zone else zone)
        self.patient: Patient = patient
        self.clinic = patient.clinic
        self.clinician = MembershipFactory(clinic=self.clinic).user
        program = ProgramFactory(
            items=0, sessions_a_day=sessions_a_day, weekdays=weekdays, review_after_days=review_after_days
        )
        for position, _letter in enumerate(letters):
            ProgramItemFactory(program=program, position=position, exercise=self._exercise())
        started = self.at(min(day(activated), self.day_one), "07:00")
        prescription = prescribing.prescribe(
            patient=patient,
            program=program,
            by=self.clinician,
            screening=NONE_OF_THESE,
            starts_on=day(start) if start else None,
            usual_pain=usual_pain,
            usual_lowest_site=usual_lowest_site,
            now=started,
        )
        self.pk = prescribing.activate(prescription=prescription, by=self.clinician, now=started).pk
        first = lines_of_version(prescription.versions.get())
        self.lines = dict(zip(letters, first, strict=True))
        self.letters = letters

    @staticmethod
    def _exercise():
        exercise = ExerciseFactory()
        LadderFormFactory(exercise=exercise, rung=-1)
        return exercise

    # --- When -------------------------------------------------------------------------------------------
    def date(self, number: int | dt.date) -> dt.date:
        """The date of day `number`; a date stays what it is."""
        return number if isinstance(number, dt.date) else self.day_one + (number - 1) * ONE_DAY

    def at(self, number: int | dt.date, time: str = "09:00") -> dt.datetime:
        """The instant at which the patient's clock shows `time` on that day."""
        wall = dt.datetime.combine(self.date(number), dt.time.fromisoformat(time), tzinfo=ZoneInfo(self.zone))
        return wall.astimezone(dt.UTC)

    # --- What is there -------------------------------------------------------------------------------------
    @property
    def prescription(self) -> Prescription:
        """As it stands in the database now."""
        return Prescription.objects.select_related("patient__clinic", "clinician").get(pk=self.pk)

    def line(self, letter: str) -> uuid.UUID:
        return self.lines[letter].line

    def report(self, on: int | dt.date) -> Report:
        return adherence.report(self.prescription, on=self.date(on))

    def sessions(self):
        return PracticeSession.objects.current().filter(prescription=self.pk)

    def open_work(self, kind: str | None = None) -> list[WorkItem]:
        items = WorkItem.objects.open().filter(patient=self.patient)
        return list(items.filter(kind=kind) if kind else items)

    def morning(self, on: int | dt.date, at: str = "08:00") -> None:
        """What `plan` does of silences at the clinic's hour, `at` on the patient's clock."""
        silent_work.open_silences(self.at(on, at))

    # --- What the patient does ---------------------------------------------------------------------------
    def answers(
        self,
        *,
        done: str = "",
        easier: str = "",
        partly: str = "",
        skipped: dict[str, str] | None = None,
        stopped: str = "",
        stopped_all: bool = False,
        before: int | None = None,
        during: int | None = None,
        after: int | None = None,
        sites: Iterable[Site] = (),
        words: str = "",
    ) -> SessionAnswers:
        """`skipped` says of each letter why, e.g. {"C": "pain"}."""
        reasons = skipped or {}
        return SessionAnswers(
            exercises=[
                *(ExerciseAnswer(self.line(letter), Outcome.DONE) for letter in done),
                *(ExerciseAnswer(self.line(letter), Outcome.DONE, easier=True) for letter in easier),
                *(ExerciseAnswer(self.line(letter), Outcome.PARTLY) for letter in partly),
                *(
                    ExerciseAnswer(self.line(letter), Outcome.SKIPPED, SkipReason(reason))
                    for letter, reason in reasons.items()
                ),
                *(ExerciseAnswer(self.line(letter), Outcome.STOPPED) for letter in stopped),
            ],
            pain_before=before,
            pain_during=during,
            pain_after=after,
            sites=list(sites),
            words=words,
            stopped=stopped_all,
        )

    def records(
        self,
        on: int | dt.date,
        *,
        at: str = "09:00",
        told_on: int | dt.date | None = None,
        uid: uuid.UUID | None = None,
        source: Source = Source.WEB,
        late: bool = False,
        **answers,
    ) -> Recorded:
        """Record a session of day `on`, at `at` of the same day or of the day `told_on` (back-filled)."""
        return recording.record_session(
            prescription=self.prescription,
            uid=uid or uuid.uuid4(),
            practised_on=self.date(on),
            answers=self.answers(**answers),
            now=self.at(on if told_on is None else told_on, at),
            by=self.patient.user,
            source=source,
            arrived_late=late,
        )

    def practises(self, first: int, last: int, *, done: str | None = None, times: int = 1) -> None:
        """From day `first` to `last`, `times` a day: everything done, or the letters of `done`."""
        for number in range(first, last + 1):
            for hour in range(9, 9 + 2 * times, 2):
                self.records(number, at=f"{hour:02}:00", done=self.letters if done is None else done)

    def reports_emergency(
        self, on: int, *, at: str = "12:00", signs: Iterable[str] = (EmergencySign.BOTH_LEGS,)
    ) -> EmergencyReport:
        return emergency.report_emergency(
            patient=self.patient, signs=list(signs), by=self.patient.user, now=self.at(on, at)
        )

    # --- What the clinic does ----------------------------------------------------------------------------
    def pauses(self, first: int, last: int, *, told_on: int | None = None, by_patient: bool = False) -> Pause:
        return pausing.pause(
            prescription=self.prescription,
            starts_on=self.date(first),
            ends_on=self.date(last),
            reason=Pause.Reason.HOLIDAY,
            by=self.patient.user if by_patient else self.clinician,
            by_patient=by_patient,
            now=self.at(first if told_on is None else told_on, "08:00"),
        )

    def changes(
        self,
        on: int,
        letters: str,
        *,
        at: str = "08:00",
        sessions_a_day: int = 1,
        weekdays: str = EVERY_DAY,
    ) -> None:
        """A new version with `letters`; a letter that was there keeps its line."""
        for letter in letters:
            if letter not in self.lines:
                exercise = self._exercise()
                self.lines[letter] = Line(exercise, exercise.dose())
        adjusting.adjust(
            prescription=self.prescription,
            lines=[self.lines[letter] for letter in letters],
            sessions_a_day=sessions_a_day,
            weekdays=weekdays,
            by=self.clinician,
            now=self.at(on, at),
        )
        self.letters = letters

    def maintains(
        self,
        on: int,
        letters: str | None = None,
        *,
        at: str = "12:00",
        weekdays: str = "135",
        review_after_days: int = 84,
        based_on: int | None = None,
    ) -> None:
        """It goes on as maintenance; `letters` as in `changes`, those that are there unless said."""
        self.letters = self.letters if letters is None else letters
        maintenance.convert_to_maintenance(
            prescription=self.prescription,
            lines=[self.lines[letter] for letter in self.letters],
            sessions_a_day=1,
            weekdays=weekdays,
            review_after_days=review_after_days,
            based_on=based_on,
            by=self.clinician,
            now=self.at(on, at),
        )

    def resumes(self, on: int, letters: str, *, at: str = "08:00") -> None:
        for letter in letters:
            stopping.resume_exercise(
                prescription=self.prescription, line=self.line(letter), by=self.clinician, now=self.at(on, at)
            )

    def clears_emergency(self, on: int, *, at: str = "12:00") -> None:
        emergency.clear_emergency(
            patient=self.patient, note="Examined: nothing found.", by=self.clinician, now=self.at(on, at)
        )

    def ends(self, on: int, *, at: str = "18:00") -> None:
        prescribing.end(
            prescription=self.prescription, reason=EndReason.IMPROVED, by=self.clinician, now=self.at(on, at)
        )

    def scheduler_runs(self, on: int | dt.date, at: str = "00:05") -> int:
        """What `plan` does of reviews: gives how many were opened."""
        return reviews.open_due_reviews(now=self.at(on, at))

    def signs(
        self, review: Review, on: int, *, decision: Decision = Decision.CONTINUE, at: str = "10:00"
    ) -> Review:
        return signing.sign_review(
            review=review,
            decision=decision,
            end_reason=EndReason.IMPROVED if decision == Decision.END else None,
            by=self.clinician,
            now=self.at(on, at),
        )
