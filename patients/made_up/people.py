"""Who a made-up patient is, and what becomes of them. The first patients go through every story and habit in
turn, so that a small clinic has all of them; the others are drawn."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from clinic.localtime import instant_at
from patients.made_up.house import House, add_user
from patients.made_up.names import FAMILY, GIVEN
from patients.made_up.rows import Rows
from patients.models import CareTeamMember, Patient, Precautions, ReminderTime
from patients.trial import ONE_DAY
from programs.vocabulary import Precaution

# "" is the clinic's own, which most have. At 06:00 UTC all of them have the same date.
ZONES = (
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
    "Pacific/Apia",
    "Europe/Lisbon",
    "America/New_York",
    "Asia/Tokyo",
)
ABROAD = 0.12


class Habit(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    FADING = "fading"
    SELDOM = "seldom"
    SILENT = "silent"  # practised well, and nothing for the last weeks


class Story(StrEnum):
    """How the programme that is active on the last day stands; former patients have none that is."""

    RUNNING = "running"
    PAUSED = "paused"
    PAUSE_TO_COME = "pause_to_come"
    SUSPENDED = "suspended"
    NOT_STARTED = "not_started"  # its first session would begin it
    TO_COME = "to_come"  # starts on a date that is to come
    NEVER = "never"  # began by its date, and nothing was ever recorded
    MAINTENANCE = "maintenance"
    NEW_VERSION = "new_version"  # changed today, from tomorrow on
    ALL_OFF = "all_off"  # a whole session was stopped, and nobody has resumed anything
    FORMER = "former"


CHANCES = {
    Story.RUNNING: 70,
    Story.PAUSED: 5,
    Story.PAUSE_TO_COME: 3,
    Story.SUSPENDED: 2,
    Story.NOT_STARTED: 3,
    Story.TO_COME: 3,
    Story.NEVER: 3,
    Story.MAINTENANCE: 7,
    Story.NEW_VERSION: 2,
    Story.ALL_OFF: 2,
}
HABITS = {Habit.GOOD: 50, Habit.FAIR: 25, Habit.FADING: 10, Habit.SELDOM: 7, Habit.SILENT: 8}


@dataclass
class Person:
    """One patient, with what the days of their programmes hang on."""

    pk: int
    random: Random
    story: Story
    habit: Habit
    zone: str
    language: str
    user: int | None
    clinician: int
    told_by: int | None  # who records their sessions: themselves, or the front desk from paper
    precautions: list[str]
    care: float  # how likely an exercise is done as asked
    reports: list["Report"] = field(default_factory=list)
    wish_until: dt.datetime | None = None  # a wish for an appointment waits until then

    @property
    def on_paper(self) -> bool:
        return self.user is None


@dataclass(frozen=True)
class Report:
    """An emergency report: from when on it suspends, and until when (None: still)."""

    at: dt.datetime
    on: dt.date
    cleared_at: dt.datetime | None
    cleared_on: dt.date | None

    def holds(self, at: dt.datetime) -> bool:
        return self.at <= at and (self.cleared_at is None or at < self.cleared_at)

    def covers(self, on: dt.date) -> bool:
        """Whether nothing at all is due on the date `on`, as adherence sees it."""
        return self.on < on and (self.cleared_on is None or on < self.cleared_on)


def story_of(number: int, random: Random) -> tuple[Story, Habit]:
    """`number` counts active patients from 0."""
    stories, habits = list(CHANCES), list(HABITS)
    story = random.choices(stories, list(CHANCES.values()))[0]
    habit = random.choices(habits, list(HABITS.values()))[0]
    if number < len(stories) - 1:
        story = stories[number + 1]
    elif number < len(stories) + len(habits):
        story, habit = Story.RUNNING, habits[number % len(habits)]
    return story, habit


def add_person(
    rows: Rows,
    house: House,
    *,
    number: int,
    story: Story,
    habit: Habit,
    random: Random,
    before: Person | None,
) -> Person:
    """The patient's row and what hangs on it alone. `before` may be the other one of a couple."""
    language = "it" if random.random() < 0.65 else "en"
    given, family = random.choice(GIVEN[language]), random.choice(FAMILY[language])
    zone = random.choice(ZONES) if random.random() < ABROAD or number % 20 == 7 else ""
    joined = instant_at(
        house.first - ONE_DAY * random.randrange(1, 30), dt.time(10, 0), house.clinic.time_zone
    )
    clinician = house.clinicians[number % len(house.clinicians)]
    address = f"patient-{number + 1}@example.org"
    user: int | None
    if random.random() < 0.06:
        user, address = None, ""
    elif before is not None and before.user is not None and random.random() < 0.03:
        user, address = before.user, ""
    else:
        user = add_user(
            rows, email=address, name=f"{given} {family}", language=language, at=joined, random=random
        )
    pk = rows.add(
        Patient,
        clinic_id=house.clinic.pk,
        user_id=user,
        given_name=given,
        family_name=family,
        birth_on=dt.date(random.randrange(1938, 2006), random.randrange(1, 13), random.randrange(1, 29)),
        email=address,
        phone=f"+39 06 5550 {random.randrange(10000):04}",
        language=language,
        time_zone=zone,
        created_at=joined,
    )
    precautions: list[str] = []
    if random.random() < 0.6:
        codes = [str(code) for code in Precaution]
        precautions = sorted(random.sample(codes, random.choice((0, 0, 0, 1, 1, 2))))
        rows.add(Precautions, patient_id=pk, codes=precautions, asked_by_id=clinician, asked_at=joined)
    if user is not None and random.random() < 0.5:
        at = dt.time(random.randrange(7, 21), random.choice((0, 15, 30)))
        rows.add(ReminderTime, patient_id=pk, slot=1, at=at, set_at=joined)
    if random.random() < 0.06:
        colleague = random.choice(house.clinicians)
        if colleague != clinician:
            rows.add(CareTeamMember, patient_id=pk, user_id=colleague, added_by_id=clinician, added_at=joined)
    return Person(
        pk=pk,
        random=random,
        story=story,
        habit=habit,
        zone=zone or house.clinic.time_zone,
        language=language,
        user=user,
        clinician=clinician,
        told_by=user if user is not None else random.choice(house.desk),
        precautions=precautions,
        care=random.choice((0.95, 0.9, 0.9, 0.8, 0.7)),
    )
