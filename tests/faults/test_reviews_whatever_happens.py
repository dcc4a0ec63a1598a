"""Exactly one review per number, never early, and its notice to exactly those concerned, whatever happens.

Hypothesis starts, pauses, adjusts, hands over, signs, ends and lets time go by as it likes, and planning is
dead as often. A model of dates alone (review_model.py) says what there must be.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from clinic.models import Clinic, Notice, User
from patients import adjusting, care_team, caseload, emergency, pausing, prescribing, signing
from patients.models import Patient, Pause, Prescription, Review
from patients.notices import reviews
from patients.screening import ScreeningAnswers
from patients.versions import lines_of_version
from patients.vocabulary import Decision, EmergencySign, EndReason
from programs.models import Program
from tests.factories import ClinicFactory, MembershipFactory, PatientFactory, ProgramFactory
from tests.faults.review_model import DAY, Programme
from tests.faults.scale import LONG, SEED, sized

AFTER_DAYS = 3
NAMES = ("Alba", "Bruno", "Carla")
who = st.sampled_from(NAMES)


def always(machine: "Lives") -> bool:
    return True


def running(machine: "Lives") -> bool:
    return machine.model is not None and machine.model.is_running


def paused(machine: "Lives") -> bool:
    return running(machine) and bool(machine.model.paused)


def waiting(machine: "Lives") -> bool:
    return any(model.unsigned for _pk, model in machine.past)


def happens(when: Callable[["Lives"], bool], **given: Any) -> Callable[[Any], Any]:
    """A rule: time goes by first, up to three days, so that each run gets somewhere."""

    def decorate(act: Any) -> Any:
        def step(machine: "Lives", minutes: int, is_dead: bool, **chosen: Any) -> None:
            machine.time_goes_by(minutes, is_dead=is_dead)
            if when(machine):
                act(machine, **chosen)

        step.__name__ = act.__name__
        dead = st.sampled_from([False, False, True])
        return precondition(when)(rule(minutes=st.integers(0, 3 * 24 * 60), is_dead=dead, **given)(step))

    return decorate


class Lives(RuleBasedStateMachine):
    """One patient, whose programmes are kept twice: in the database and in the model."""

    clinic: Clinic
    people: dict[str, User]
    patient: Patient
    program: Program

    def __init__(self) -> None:
        super().__init__()
        self.now = dt.datetime(2026, 3, 26, 7, 0, tzinfo=dt.UTC)  # clocks change three days later
        self.model: Programme | None = None
        self.past: list[tuple[int, Programme]] = []  # all of them, with the prescription's id
        self.team: set[str] = set()
        self.suspended = False
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(ZoneInfo(self.patient.time_zone)).date()

    @property
    def prescription(self) -> Prescription:
        return Prescription.objects.select_related("patient__clinic", "clinician").get(pk=self.past[-1][0])

    def user(self, name: str) -> User:
        return self.people[name]

    @initialize(
        zone=st.sampled_from(["Europe/Rome", "Pacific/Apia", "America/Santiago", "Asia/Kathmandu"]), by=who
    )
    def begin(self, zone: str, by: str) -> None:
        """In some zone, with a programme."""
        Patient.objects.filter(pk=self.patient.pk).update(time_zone=zone)
        self.patient = Patient.objects.select_related("clinic").get(pk=self.patient.pk)
        self.start_one(by, ahead=0)

    @happens(lambda machine: not running(machine), by=who, ahead=st.integers(0, 2))
    def start(self, by: str, ahead: int) -> None:
        self.start_one(by, ahead)

    def start_one(self, by: str, ahead: int) -> None:
        starts_on = self.today + ahead * DAY
        draft = prescribing.prescribe(
            patient=self.patient,
            by=self.user(by),
            program=self.program,
            screening=ScreeningAnswers(none_of_these=True),
            starts_on=starts_on,
            now=self.now,
        )
        prescribing.activate(prescription=draft, by=self.user(by), now=self.now)
        self.model = Programme(AFTER_DAYS, starts_on, by)
        self.past.append((draft.pk, self.model))

    @happens(running, ahead=st.integers(-2, 3), more=st.integers(0, 2))
    def pause(self, ahead: int, more: int) -> None:
        first, days = self.today + ahead * DAY, range(more + 1)
        dates = {first + number * DAY for number in days}
        if first < self.model.starts_on or dates & self.model.paused:
            return
        pausing.pause(
            prescription=self.prescription,
            starts_on=first,
            ends_on=max(dates),
            reason=Pause.Reason.HOLIDAY,
            by=self.user("Alba"),
            now=self.now,
        )
        self.model.paused |= dates
        self.model.pauses_changed(self.today)

    @happens(paused)
    def resume(self) -> None:
        pause = self.prescription.pauses.filter(ends_on__gte=self.today).first()
        if pause is None:
            return
        length = (pause.ends_on - pause.starts_on).days + 1
        dates = {pause.starts_on + number * DAY for number in range(length)}
        pausing.end_pause(pause=pause, by=self.user("Alba"), now=self.now)
        self.model.paused -= {day for day in dates if day >= self.today}
        self.model.pauses_changed(self.today)

    @happens(running, sessions=st.integers(1, 3))
    def adjust(self, sessions: int) -> None:
        last = self.prescription.versions.order_by("-number")[0]
        adjusting.adjust(
            prescription=self.prescription,
            lines=lines_of_version(last),
            sessions_a_day=sessions,
            weekdays="135",
            by=self.user("Bruno"),
            now=self.now,
        )

    @happens(running)
    def end(self) -> None:
        prescribing.end(
            prescription=self.prescription, reason=EndReason.IMPROVED, by=self.user("Alba"), now=self.now
        )
        self.model.end(self.today)

    @happens(always)
    def suspend_or_clear(self) -> None:
        alba = self.user("Alba")
        if self.suspended:
            emergency.clear_emergency(patient=self.patient, note="Examined.", by=alba, now=self.now)
        else:
            signs = [EmergencySign.BOTH_LEGS]
            emergency.report_emergency(patient=self.patient, signs=signs, by=None, now=self.now)
        self.suspended = not self.suspended

    @happens(running, by=who)
    def change_clinician(self, by: str) -> None:
        caseload.take_over_prescribing(prescription=self.prescription, by=self.user(by), now=self.now)
        if by != self.model.clinician:
            self.team.add(self.model.clinician)  # who prescribed so far treats too
        self.model.clinician = by

    @happens(always, name=who)
    def join_or_leave(self, name: str) -> None:
        user, alba = self.user(name), self.user("Alba")
        if name in self.team:
            care_team.leave_team(patient=self.patient, user=user, by=alba, now=self.now)
            self.team.discard(name)
        elif not (running(self) and self.model.clinician == name):
            care_team.join_team(patient=self.patient, user=user, by=alba, now=self.now)
            self.team.add(name)

    @happens(waiting, decision=st.sampled_from([Decision.CONTINUE, Decision.CONTINUE, Decision.END]))
    def sign(self, decision: Decision) -> None:
        pk, model = next((pk, model) for pk, model in self.past if model.unsigned)
        number = min(model.unsigned)
        review = Review.objects.get(prescription=pk, number=number)
        ends = {"end_reason": EndReason.CONFIDENT} if decision == Decision.END else {}
        signing.sign_review(review=review, decision=decision, by=self.user("Carla"), now=self.now, **ends)
        model.sign(number, self.today, goes_on=decision != Decision.END)

    @happens(always)
    def nothing(self) -> None:
        """But time has gone by."""

    def time_goes_by(self, minutes: int, *, is_dead: bool) -> None:
        """Planning is dead meanwhile; then it looks, or is dead still."""
        self.now += dt.timedelta(minutes=minutes)
        if not is_dead:
            self.tick()

    def tick(self) -> None:
        reviews.open_reviews(self.now)
        reviews.plan_review_notices(self.now)
        for _pk, model in self.past:
            model.look(self.today)
            model.tell(self.team)
        self.all_is_as_the_model_says()

    @invariant()
    def one_review_a_number_and_never_early(self) -> None:
        rows = Review.objects.order_by("pk").values_list("prescription", "number", "reached_on", "opened_at")
        found = {}
        for pk, number, reached_on, opened_at in rows:
            assert (pk, number) not in found
            found[pk, number] = reached_on
            assert opened_at.astimezone(ZoneInfo(self.patient.time_zone)).date() >= reached_on
        assert found == {(pk, n): on for pk, model in self.past for n, on in model.reviews.items()}

    def all_is_as_the_model_says(self) -> None:
        """Who was told, once each; and of whom it would still be true if it went now."""
        names = {user.pk: name for name, user in self.people.items()}
        numbers = {review.pk: review for review in Review.objects.all()}
        told: list[tuple[int, int, str]] = []
        for notice in Notice.objects.filter(kind=reviews.KIND).order_by("pk"):
            review = numbers[notice.params["review"]]
            name = names[notice.recipient_id]
            told.append((review.prescription_id, review.number, name))
            model = dict(self.past)[review.prescription_id]
            concerned = name in {model.clinician, *self.team}
            wanted = model.is_running and review.number in model.unsigned and concerned
            assert reviews.still_wanted(notice, self.now).wanted == wanted
            assert notice.due_at >= notice.created_at >= review.opened_at
        assert sorted(told) == sorted((pk, *one) for pk, model in self.past for one in model.told)


def test_whatever_happens_there_is_one_review_a_number_and_each_concerned_is_told(db) -> None:
    Lives.clinic = ClinicFactory(time_zone="Europe/Rome")
    Lives.people = {name: MembershipFactory(clinic=Lives.clinic, user__name=name).user for name in NAMES}
    Lives.patient = PatientFactory(clinic=Lives.clinic, user=None, time_zone="Europe/Rome")
    Lives.program = ProgramFactory(items=1, review_after_days=AFTER_DAYS)
    known: Any = hypothesis.settings.get_profile("homestretch")
    settings = hypothesis.settings(
        known,
        max_examples=sized(short=100, long=2000),
        stateful_step_count=25,
        derandomize=not LONG,
    )
    machine = hypothesis.seed(SEED)(Lives) if LONG else Lives
    run(machine, settings=settings)
