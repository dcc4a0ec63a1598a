"""The demo clinic: made by the same domain functions as a real one, with clocks set back.

What is written here is history. The one review that fell due since yesterday is left for the real
worker to find, and its e-mail to the real outbox.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from django.db import transaction

from clinic.localtime import instant_at, local_date
from clinic.models import Clinic, Membership, Notice, User
from clinic.scoping import Role
from clinic.weekdays import EVERY_DAY
from patients.answers import ExerciseAnswer, SessionAnswers
from patients.asking import answer, ask
from patients.care_team import join_team
from patients.counting import count_stale
from patients.demo.questions import DAY, tell_day, tell_start, told_at_review, write_questions
from patients.demo.stories import HOUSES, House, Story
from patients.emergency import report_emergency
from patients.models import Patient, Prescription, SkippedDay
from patients.plans import Plan, plan_of
from patients.prescribed import exercises_on
from patients.prescribing import activate, prescribe
from patients.recording import record_session
from patients.reviews import answer_review, open_review
from patients.screening import ScreeningAnswers, keep_precautions
from patients.signin.invitations import invite_patient
from patients.signing import sign_review
from patients.skipping import skip_own_day
from patients.trial import ONE_DAY
from patients.vocabulary import Decision, Helped, MessageKind, Outcome, Site, SkipReason, TimeOfDay
from programs.library.loading import load_library
from programs.models import Program, Progression

GROWING = "piriformis-stretch"

Say = Callable[[str], None]


class NotADemoError(Exception):
    """The database holds something that the demo must not touch."""


def refuse_foreign_data() -> None:
    """Raise NotADemoError if the database holds anything but a demo."""
    slugs = set(Clinic.objects.values_list("slug", flat=True))
    foreign = slugs - {house.slug for house in HOUSES}
    people = User.objects.exclude(email__regex=r"[@.]example\.org$").exclude(email=None).exists()
    if foreign or people:
        raise NotADemoError("This database holds a real clinic, so no demo is made in it.")


def seeded_on() -> dt.date | None:
    """The day (UTC) on which the demo was made; None where there is none."""
    first = User.objects.filter(memberships__clinic__slug=HOUSES[0].slug).order_by("joined_at").first()
    return first.joined_at.date() if first else None


def seed(*, now: dt.datetime, say: Say) -> None:
    """Fill an empty database with two clinics that are alive at `now`."""
    load_library(now=now)
    for house in HOUSES:
        with transaction.atomic():
            _seed_house(house, now=now)
        say(f"{house.name}: {len(house.patients)} patients")
    count_stale(now=now)


def _seed_house(house: House, *, now: dt.datetime) -> None:
    clinic = Clinic.objects.create(
        slug=house.slug,
        name=house.name,
        address=house.address,
        phone=house.phone,
        email=f"{house.slug}@example.org",
        emergency_phone="112",
        doctor_phone="116117",
        time_zone=house.time_zone,
        language=house.language,
        # Open every day from midnight on: the review's e-mail comes at once, whenever the demo is started.
        open_days=EVERY_DAY,
        notices_at=dt.time(0, 0),
    )
    manager = _member(clinic, house.manager, Role.MANAGER)
    clinicians = [_member(clinic, name, Role.CLINICIAN) for name in house.clinicians]
    _member(clinic, house.front_desk, Role.FRONT_DESK)
    if house is HOUSES[0]:
        write_questions(clinic)
    for story in house.patients:
        by = clinicians[story.clinician]
        patient = _seed_patient(clinic, story, by=by, manager=manager, now=now)
        for colleague in story.team:
            join_team(patient=patient, user=clinicians[colleague], by=by, now=now)
    # All that was owed in the past counts as sent then: only what falls due from now on goes out.
    for notice in Notice.objects.filter(clinic=clinic, due_at__lte=now):
        notice.state, notice.sent_at = Notice.State.SENT, notice.due_at
        notice.save(update_fields=["state", "sent_at"])


def _ask(patient: Patient, story: Story, *, by: User, now: dt.datetime) -> None:
    asks: dict[str, Any] = {"patient": patient, "by": patient.user, "now": now}
    if story.question:
        question = ask(uid=uuid.uuid4(), kind=MessageKind.QUESTION, words=story.question, **asks)
        if story.answer:
            answer(message=question, words=story.answer, by=by, now=now + dt.timedelta(hours=1))
    if story.call_back:
        times = [TimeOfDay.MORNING]
        ask(uid=uuid.uuid4(), kind=MessageKind.CALL_BACK, days=[1, 4], times=times, **asks)


def _member(clinic: Clinic, name: str, role: Role) -> User:
    address = name.lower().replace(" ", ".")
    user = User.objects.create_user(
        f"{address}@{clinic.slug}.example.org", name=name, language=clinic.language
    )
    Membership.objects.create(user=user, clinic=clinic, role=role)
    return user


def _seed_patient(clinic: Clinic, story: Story, *, by: User, manager: User, now: dt.datetime) -> Patient:
    patient = Patient.objects.create(
        clinic=clinic,
        given_name=story.given_name,
        family_name=story.family_name,
        birth_on=dt.date.fromisoformat(story.birth),
        email=story.email,
        language=story.language,
        time_zone=story.time_zone,
        user=None
        if story.email
        else User.objects.create_user(name=story.given_name, language=story.language),
    )
    if story.precautions:
        keep_precautions(patient=patient, codes=story.precautions, by=by, now=now)
    today = local_date(now, patient.zone)
    first = today - ONE_DAY * len(story.days)
    then = instant_at(first, dt.time(9, 0), patient.zone) if story.days else now - dt.timedelta(days=2)
    prescription = prescribe(
        patient=patient,
        plan=_plan(story),
        by=by,
        screening=ScreeningAnswers(
            none_of_these=True,
            precautions_reason="Shown in the clinic, small range." if story.precautions else "",
        ),
        starts_on=first if story.starts else None,
        reminders=[dt.time.fromisoformat(story.reminder)] if story.reminder else [],
        usual_pain=story.pain[0],
        usual_lowest_site=Site.BUTTOCK,
        now=then,
    )
    prescription = activate(prescription=prescription, by=by, now=then)
    if story.email:
        invite_patient(patient=patient, by=by, now=then)
    tell_start(prescription, story, now=then + dt.timedelta(hours=1))
    _practise(prescription, story, first, by=by)
    _ask(patient, story, by=by, now=instant_at(today - ONE_DAY, dt.time(19, 0), patient.zone))
    if story.emergency:
        report_emergency(
            patient=patient,
            signs=[story.emergency],
            by=patient.user,
            now=instant_at(today - ONE_DAY, dt.time(20, 0), patient.zone),
        )
    return patient


def _plan(story: Story) -> Plan:
    plan = plan_of(Program.objects.get(key=story.program, clinic=None))
    if story.grows is None:
        return plan
    sessions, how = story.grows
    grows = Progression(sessions, how == "alone")
    lines = [
        replace(line, progression=grows) if line.exercise.key == GROWING else line for line in plan.lines
    ]
    return replace(plan, lines=lines)


def _practise(prescription: Prescription, story: Story, first: dt.date, *, by: User) -> None:
    """Live through the days of `story`, a review signed at its point included."""
    random = Random(f"{story.given_name} {story.family_name}")  # noqa: S311 the same made-up days each time
    for offset, sign in enumerate(story.days):
        day = first + ONE_DAY * offset
        if sign == "I":
            evening = instant_at(day, dt.time(20, 30), prescription.patient.zone)
            skip_own_day(
                patient=prescription.patient,
                on=day,
                reason=SkippedDay.Reason.ILLNESS,
                by=prescription.patient.user,
                now=evening,
            )
        elif sign != ".":
            _record(prescription, story, day, sign, share=offset / max(len(story.days) - 1, 1), random=random)
        prescription.refresh_from_db()
        if offset == DAY:
            tell_day(prescription, story, now=instant_at(day, dt.time(20, 0), prescription.patient.zone))
        if story.review and prescription.next_review_on == day:
            _sign(prescription, story, day, by=by)


def _sign(prescription: Prescription, story: Story, day: dt.date, *, by: User) -> None:
    zone = prescription.patient.zone
    review = open_review(prescription=prescription, now=instant_at(day, dt.time(8, 0), zone))
    if review is None:
        raise AssertionError("The review point is reached on this day.")
    answer_review(
        review=review,
        helped=Helped(story.helped),
        words=story.words,
        told=told_at_review(story, clinic=prescription.patient.clinic),
        by=prescription.patient.user,
        now=instant_at(day, dt.time(9, 30), zone),
    )
    sign_review(
        review=review,
        decision=Decision(story.review),
        note="",
        by=by,
        now=instant_at(day, dt.time(17, 0), zone),
    )


def _record(
    prescription: Prescription, story: Story, day: dt.date, sign: str, *, share: float, random: Random
) -> None:
    exercises = [one for one in exercises_on(prescription, day) if not one.is_off]
    answers = [ExerciseAnswer(one.line, Outcome.DONE) for one in exercises]
    if sign == "P":
        answers[-1] = ExerciseAnswer(exercises[-1].line, Outcome.SKIPPED, SkipReason.NO_TIME)
        answers[-2] = ExerciseAnswer(exercises[-2].line, Outcome.PARTLY)
    elif sign == "K":
        answers = [ExerciseAnswer(one.line, Outcome.SKIPPED, SkipReason.NO_TIME) for one in exercises]
    elif sign == "E":
        answers = [
            ExerciseAnswer(one.line, Outcome.DONE, easier=one.easier_rung() is not None) for one in exercises
        ]
    elif sign == "S":
        twist = next(one for one in exercises if "twist" in one.exercise.key)
        answers[exercises.index(twist)] = ExerciseAnswer(twist.line, Outcome.STOPPED)
    start, finish = story.pain
    before = round(start + (finish - start) * share)
    silent = sign == "K"
    during = min(before + random.choice((0, 0, 1)), 10)
    after = max(before - random.choice((0, 0, 1)), 0)
    if sign == "W":
        during, after = before + 2, before + 1
        answers[-1] = replace(answers[-1], hurt_more=True)
    record_session(
        prescription=prescription,
        uid=uuid.UUID(int=random.getrandbits(128), version=4),
        practised_on=day,
        answers=SessionAnswers(
            exercises=answers,
            pain_before=None if silent else before,
            pain_during=None if silent else during,
            pain_after=None if silent else after,
            sites=() if silent else (Site.BACK,),
            words=story.words if sign == "S" else "",
        ),
        now=instant_at(day, dt.time(18, 10 + random.randrange(40)), prescription.patient.zone),
        by=prescription.patient.user,
    )
