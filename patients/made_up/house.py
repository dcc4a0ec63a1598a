"""The made-up clinic: its settings and staff, what it may prescribe, and what it asks its patients."""

import datetime as dt
import json
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from clinic.localtime import instant_at, next_open_day
from clinic.models import Clinic, Hold, Membership, User
from clinic.scoping import Role
from clinic.weekdays import EVERY_DAY, MONDAY_TO_FRIDAY
from patients.made_up.names import FAMILY, GIVEN
from patients.made_up.rows import Rows
from patients.models import PrescribedExercise
from patients.our_questions import ours_kept
from patients.trial import ONE_DAY
from patients.versions import Line, prescribed
from programs.models import Exercise, Program, ProgramItem, Question
from programs.vocabulary import Phase, QuestionKind

ZONE = "Europe/Rome"
# Every place that is named in patients.made_up.people has the same date at this time of the last day.
SIX = dt.time(6, 0)
PATIENTS_A_CLINICIAN, FEWEST_CLINICIANS, MOST_CLINICIANS, DESKS = 125, 3, 40, 3


@dataclass(frozen=True)
class Pattern:
    """An exercise as it is prescribed: the columns of a PrescribedExercise, but for whose it is."""

    key: str
    columns: dict[str, Any]
    dose: str  # JSON, for the records
    rung: int
    easier: int | None
    precautions: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """A programme that may be prescribed; without `program` it is built for one patient."""

    program: int | None
    name_en: str
    name_it: str
    phase: str
    sessions_a_day: int
    weekdays: str
    review_after_days: int
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class House:
    clinic: Clinic
    first: dt.date  # of the year
    last: dt.date
    now: dt.datetime  # nothing is told later than this
    manager: int
    clinicians: tuple[int, ...]
    desk: tuple[int, ...]
    offers: tuple[Offer, ...]
    patterns: tuple[Pattern, ...]
    ours: dict[str, Question]
    own: Question

    def open_day(self, on: dt.date) -> dt.date:
        return next_open_day(self.clinic, on)


def build_house(rows: Rows, *, patients: int, last: dt.date, random: Random, password: str | None) -> House:
    """Put the clinic and its people into `rows`; the rest of the house stands once `furnish` has run."""
    first = last - ONE_DAY * 364
    now = dt.datetime.combine(last, SIX, tzinfo=dt.UTC)
    began = instant_at(first - ONE_DAY * 30, dt.time(9, 0), ZONE)
    clinic = _clinic(rows)
    rows.add(Hold, why=Hold.Why.BY_HAND, began_at=now)

    def join(email: str, role: Role, hashed: str = "") -> int:
        language = "it" if random.random() < 0.6 else "en"
        name = f"{random.choice(GIVEN[language])} {random.choice(FAMILY[language])}"
        user = add_user(
            rows, email=email, name=name, language=language, at=began, random=random, hashed=hashed
        )
        rows.add(Membership, user_id=user, clinic_id=clinic.pk, role=role, started_at=began)
        return user

    hashed = make_password(password) if password else ""
    count = min(max(patients // PATIENTS_A_CLINICIAN, FEWEST_CLINICIANS), MOST_CLINICIANS)
    return House(
        clinic=clinic,
        first=first,
        last=last,
        now=now,
        manager=join("manager@example.org", Role.MANAGER, hashed),
        clinicians=tuple(join(f"clinician-{n}@example.org", Role.CLINICIAN) for n in range(1, count + 1)),
        desk=tuple(join(f"desk-{n}@example.org", Role.FRONT_DESK) for n in range(1, DESKS + 1)),
        offers=(),
        patterns=(),
        ours={},
        own=Question(),
    )


def add_user(
    rows: Rows,
    *,
    email: str | None,
    name: str,
    language: str,
    at: dt.datetime,
    random: Random,
    hashed: str = "",
) -> int:
    """Without `hashed` nobody can sign in as this user with a password."""
    unusable = f"!{random.getrandbits(128):032x}"
    return rows.add(
        User, email=email, name=name, language=language, password=hashed or unusable, joined_at=at
    )


def _clinic(rows: Rows) -> Clinic:
    clinic = Clinic(
        name="Studio Inventato",
        slug="studio-inventato",
        address="Via delle Ipotesi 20, 00100 Roma",
        email="clinic@example.org",
        phone="+39 06 5550 0199",
        emergency_phone="112",
        doctor_phone="116117",
        time_zone=ZONE,
        language="it",
    )
    values = {field.attname: getattr(clinic, field.attname) for field in Clinic._meta.concrete_fields}
    del values["id"]
    clinic.pk = rows.add(Clinic, **values | {"logo": ""})
    return clinic


def furnish(house: House) -> House:
    """What the clinic prescribes and asks, once it is in the database with the library."""
    shared = Program.objects.filter(clinic=None).exclude(key="").order_by("key")
    offers = [_offer(program, _lines(program), house) for program in shared]
    exercises = {one.key: one for one in Exercise.objects.filter(clinic=None).prefetch_related("forms")}
    some = sorted(exercises)
    offers += [
        _own_offer(
            house,
            "Short, twice a day",
            "Breve, due volte al giorno",
            [exercises[key] for key in some[5:8]],
            phase=Phase.ACUTE,
            sessions_a_day=2,
            weekdays=EVERY_DAY,
            review_after_days=10,
        ),
        _own_offer(
            house,
            "Work days",
            "Nei giorni di lavoro",
            [exercises[key] for key in some[9:14]],
            phase=Phase.PERSISTENT,
            sessions_a_day=1,
            weekdays=MONDAY_TO_FRIDAY,
            review_after_days=28,
        ),
    ]
    offers.append(_built_for_one(house, [exercises[key] for key in some[2:6]]))
    own = Question.objects.create(
        clinic=house.clinic,
        kind=QuestionKind.CHOICE,
        text_en="How long can you sit before it hurts?",
        text_it="Quanto riesci a stare seduto prima che faccia male?",
        short_en="Sits without pain",
        short_it="Seduto senza dolore",
        choices_en="A few minutes\nHalf an hour\nAs long as I like",
        choices_it="Pochi minuti\nMezz'ora\nQuanto voglio",
        at_start=True,
        at_review=True,
    )
    return replace(
        house,
        offers=tuple(offers),
        patterns=tuple(_pattern(Line(exercises[key], dose=exercises[key].dose()), house) for key in some),
        ours={question.code: question for question in ours_kept()},
        own=own,
    )


def _lines(program: Program) -> list[Line]:
    items = program.items.select_related("exercise").prefetch_related("exercise__forms")
    return [
        Line(item.exercise, dose=item.dose(), rung=item.rung) for item in items.order_by("position", "pk")
    ]


def _offer(program: Program, lines: list[Line], house: House) -> Offer:
    return Offer(
        program=program.pk,
        name_en=program.name_en,
        name_it=program.name_it,
        phase=program.phase,
        sessions_a_day=program.sessions_a_day,
        weekdays=program.weekdays,
        review_after_days=program.review_after_days,
        patterns=tuple(_pattern(line, house) for line in lines),
    )


def _own_offer(house: House, name_en: str, name_it: str, exercises: list[Exercise], **values: Any) -> Offer:
    program = Program.objects.create(clinic=house.clinic, name_en=name_en, name_it=name_it, **values)
    lines = [Line(exercise, dose=exercise.dose()) for exercise in exercises]
    ProgramItem.objects.bulk_create(
        ProgramItem(program=program, position=position, **line.values())
        for position, line in enumerate(lines, start=1)
    )
    return _offer(program, lines, house)


def _built_for_one(house: House, exercises: list[Exercise]) -> Offer:
    patterns = tuple(_pattern(Line(one, dose=one.dose()), house) for one in exercises)
    return Offer(None, "For you", "Per te", Phase.SUBACUTE, 1, EVERY_DAY, 20, patterns)


def _pattern(line: Line, house: House) -> Pattern:
    """What a version made of `line` would keep (patients.versions), as columns."""
    made = prescribed([line], now=house.now)[0]
    own = {"id", "version_id", "line", "position", "step_since", "against", "precautions_reason"}
    columns: dict[str, Any] = {}
    for field in PrescribedExercise._meta.concrete_fields:
        if field.attname not in own:
            value = getattr(made, field.attname)
            columns[field.attname] = json.dumps(value) if isinstance(value, list | dict) else value
    columns["photo"] = str(made.photo or "")
    return Pattern(
        key=line.exercise.key,
        columns=columns,
        dose=json.dumps(made.dose()),
        rung=made.rung,
        easier=made.easier_rung(),
        precautions=tuple(line.exercise.precautions),
    )
