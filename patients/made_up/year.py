"""Load a made-up clinic's year into an empty database, all of it or nothing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from django.apps import apps
from django.db import transaction
from django.utils import translation

from clinic.models import Event, Heartbeat
from patients.counting import count_stale
from patients.made_up import writing
from patients.made_up.house import House, build_house, furnish
from patients.made_up.lives import Life
from patients.made_up.people import Habit, Story, add_person, story_of
from patients.made_up.rows import Rows
from programs.library.loading import load_library
from programs.models import Exercise, Program

FEWEST_SESSIONS_EACH = 40  # with fewer, those who come last would have none
BATCH = 40  # patients that are held in memory before they are written
OF_ACTIVE = 0.85  # about the part of all sessions that active patients have; former ones have the rest,
KEPT_FOR_FORMER = 0.04  # and at least this part

# Called with how many of the sessions are in, and how many there will be.
Progress = Callable[[int, int], None]


class NotEmptyError(Exception):
    """The database holds something else, or what was asked for cannot be made."""


@dataclass(frozen=True)
class Loaded:
    """`now` is the year's last moment: pages are looked at then, or later on the same day."""

    clinic: int
    now: dt.datetime
    active: int
    former: int
    rows: dict[str, int]


def refuse_foreign() -> None:
    """Raise NotEmptyError unless nothing but the shared library is in the database."""
    # A worker that has run leaves heartbeats; loading the library leaves its events.
    harmless = {Heartbeat, Event}
    models = [
        model
        for name in ("clinic", "patients")
        for model in apps.get_app_config(name).get_models()
        if model not in harmless
    ]
    found = [model for model in models if model._base_manager.exists()]
    own = [
        model for model in (Exercise, Program) if model._base_manager.filter(clinic__isnull=False).exists()
    ]
    if found or own:
        names = ", ".join(str(model._meta.verbose_name_plural) for model in [*own, *found][:3])
        raise NotEmptyError(
            f"This database holds something already ({names}), so nothing was loaded: make an empty one and "
            "migrate it."
        )


def load_year(
    *,
    patients: int,
    sessions: int,
    seed: int,
    until: dt.date,
    progress: Progress | None = None,
    password: str | None = None,
) -> Loaded:
    """Make the year that ends with `until`: `patients` with an active programme, `sessions` that count.

    One transaction: where it fails or is interrupted, nothing is left. `password` lets manager@example.org
    sign in; without it nobody can. Raises NotEmptyError for a database that holds anything else.
    """
    if patients < 1 or sessions < FEWEST_SESSIONS_EACH * patients:
        raise NotEmptyError(
            f"Ask for at least one patient, and {FEWEST_SESSIONS_EACH} sessions for each of them."
        )
    with translation.override("en"), transaction.atomic():
        refuse_foreign()
        writing.begin()
        rows, random = Rows(), Random(f"{seed}:house")  # noqa: S311 the same made-up year each time
        house = build_house(rows, patients=patients, last=until, random=random, password=password)
        load_library(now=house.now)
        rows.hand_over(writing.write, writing.ORDER)
        house = furnish(house)
        active, former = _people(rows, house, patients, sessions, seed, progress or _silent)
        writing.finish()
        writing.analyze()  # or PostgreSQL would look for a programme's rows in all of them
        count_stale(now=house.now)
    writing.analyze()
    return Loaded(
        house.clinic.pk, house.now, active, former, {one.__name__: n for one, n in rows.counts.items()}
    )


def _silent(done: int, of: int) -> None:
    """Say nothing."""


def _people(
    rows: Rows, house: House, patients: int, sessions: int, seed: int, progress: Progress
) -> tuple[int, int]:
    """Active patients, then as many former ones as the number of sessions asks for; how many of each."""
    average = OF_ACTIVE * sessions / patients
    kept = int(KEPT_FOR_FORMER * sessions)
    left, number, before = sessions, 0, None
    while number < patients or left:
        random = Random(f"{seed}:{number}")  # noqa: S311
        if number < patients:
            story, habit = story_of(number, random)
        else:
            story, habit = Story.FORMER, random.choice((Habit.GOOD, Habit.FAIR, Habit.FADING))
        before = add_person(
            rows, house, number=number, story=story, habit=habit, random=random, before=before
        )
        budget = left - kept if number < patients else left
        wanted = average * random.uniform(0.5, 1.5)
        left -= Life(rows, house, before, wanted=wanted, budget=max(budget, 0)).write()
        number += 1
        if number % BATCH == 0 or (number >= patients and not left):
            rows.hand_over(writing.write, writing.ORDER)
            progress(sessions - left, sessions)
    return patients, number - patients
