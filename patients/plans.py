"""What is to be prescribed: a program as it stands, or what was built for one patient."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import localized
from clinic.models import Clinic
from patients.versions import Line, lines_of_program
from programs.models import Exercise, Program, Progression


@dataclass(frozen=True)
class When:
    """Day 1, a local date or None for the day of the first session, and the local times of reminders."""

    starts_on: dt.date | None
    reminders: Sequence[dt.time]


@dataclass(frozen=True)
class Plan:
    """Lines with a schedule and a review point; `program` is what it began with, None for nothing.

    `when` is None where nobody said it yet.
    """

    lines: Sequence[Line]
    name_en: str
    name_it: str
    sessions_a_day: int
    weekdays: str
    review_after_days: int
    program: Program | None = None
    when: When | None = None

    @property
    def name(self) -> str:
        return localized(self, "name")


def plan_of(program: Program) -> Plan:
    """The program as it stands: two queries."""
    return Plan(
        lines=lines_of_program(program),
        name_en=program.name_en,
        name_it=program.name_it,
        sessions_a_day=program.sessions_a_day,
        weekdays=program.weekdays,
        review_after_days=program.review_after_days,
        program=program,
    )


def as_kept(plan: Plan) -> dict[str, Any]:
    """A plan as plain data, for as long as somebody answers the questions before prescribing."""
    return {
        "program": plan.program.pk if plan.program else None,
        "when": _when_kept(plan.when) if plan.when else None,
        "names": [plan.name_en, plan.name_it],
        "schedule": [plan.sessions_a_day, plan.weekdays, plan.review_after_days],
        "lines": [
            {
                **line.asked(),
                "exercise": line.exercise.pk,
                "progression": line.progression.values(),
            }
            for line in plan.lines
        ],
    }


def plan_from(kept: dict[str, Any], *, clinic: Clinic) -> Plan:
    """The plan that `as_kept` made. Raises ValidationError where an exercise is not offered any more."""
    available = Exercise.objects.available_to(clinic).published().prefetch_related("forms")
    found = available.in_bulk([one["exercise"] for one in kept["lines"]])
    if len(found) < len(kept["lines"]):
        raise ValidationError(_("An exercise is not offered any more: build the programme again."))
    lines = [
        Line(
            **{
                **one,
                "exercise": found[one["exercise"]],
                "progression": Progression(**one["progression"]),
            }
        )
        for one in kept["lines"]
    ]
    name_en, name_it = kept["names"]
    sessions_a_day, weekdays, review_after_days = kept["schedule"]
    program = Program.objects.available_to(clinic).filter(pk=kept["program"]).first()
    return Plan(
        lines,
        name_en,
        name_it,
        sessions_a_day,
        weekdays,
        review_after_days,
        program,
        _when_from(kept["when"]),
    )


def _when_kept(when: When) -> dict[str, Any]:
    return {
        "starts_on": when.starts_on.isoformat() if when.starts_on else None,
        "reminders": [at.isoformat() for at in when.reminders],
    }


def _when_from(kept: dict[str, Any] | None) -> When | None:
    if kept is None:
        return None
    starts_on = kept["starts_on"] and dt.date.fromisoformat(kept["starts_on"])
    return When(starts_on, [dt.time.fromisoformat(at) for at in kept["reminders"]])
