"""Models of the first floor: the library and program templates."""

from programs.models.dose import Dose
from programs.models.exercise import Exercise, LadderForm
from programs.models.habits import ExerciseUse, Favourite
from programs.models.program import Program, ProgramItem
from programs.models.progression import NO_PROGRESSION, Progression
from programs.models.question import Question
from programs.models.wording import Wording

__all__ = [
    "NO_PROGRESSION",
    "Dose",
    "Exercise",
    "ExerciseUse",
    "Favourite",
    "LadderForm",
    "Program",
    "ProgramItem",
    "Progression",
    "Question",
    "Wording",
]
