"""A programme in which an exercise grows (rule 7), for tests."""

from dataclasses import replace

from patients.adjusting import adjust
from patients.models import PrescriptionVersion
from patients.versions import lines_of_version
from programs.models import Progression
from tests.factories import LadderFormFactory
from tests.patients.scenario import Scenario

COMFORTABLE = {"before": 3, "after": 4}  # "at most before + 1"


class Growing(Scenario):
    """Its exercises have a harder form too."""

    @staticmethod
    def _exercise():
        exercise = Scenario._exercise()
        LadderFormFactory(exercise=exercise, rung=1, name_en="One leg", name_it="Una gamba")
        return exercise


def newest(trial: Scenario) -> PrescriptionVersion:
    return trial.prescription.versions.order_by("-number")[0]


def change_line(trial: Scenario, letter: str, on: int, at: str = "08:00", progression=None, **dose) -> None:
    """Change one line by hand, as the builder does; the others go on as they are."""
    version = newest(trial)
    lines = []
    for line in lines_of_version(version):
        if line.line == trial.line(letter):
            grown = progression if progression is not None else line.progression
            line = replace(line, dose={**line.dose, **dose}, progression=grown)
        lines.append(line)
    adjust(
        prescription=trial.prescription,
        lines=lines,
        sessions_a_day=version.sessions_a_day,
        weekdays=version.weekdays,
        by=trial.clinician,
        now=trial.at(on, at),
    )


def growing(letters: str = "A", *, alone: bool = True, after: int = 2, up_to: int | None = None) -> Scenario:
    """A is held 5 seconds, and grows to 10 and 15 after `after` sessions; from day 1 on."""
    trial = Growing(letters)
    progression = Progression(after, alone, up_to)
    change_line(trial, "A", 1, progression=progression, hold_s=5, hold_step_s=5, hold_until_s=15)
    return trial


def holds(trial: Scenario, letter: str = "A") -> list[tuple[int, int, int]]:
    """Of each version: from which day, at which step, how many seconds."""
    return [
        (
            (version.starts_on - trial.day_one).days + 1,
            *version.exercises.values_list("step", "hold_s").get(line=trial.line(letter)),
        )
        for version in trial.prescription.versions.order_by("number")
        if version.number > 1
    ]
