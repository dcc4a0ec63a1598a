"""The steps of a progression (rule 7): the holds from short to long, then the same in each harder form."""

from collections.abc import Iterable, Mapping
from typing import Any

from programs.models.progression import Progression, Step
from programs.sources import sources_after


def dose_at(step: Step, dose: Mapping[str, Any]) -> dict[str, Any]:
    """`dose` with this step's hold. Whoever authored the step says the figure."""
    reached = {**dose, "hold_s": step.hold_s, "hold_most_s": step.hold_most_s}
    reached["dose_sources"] = sources_after(dict(dose), reached)
    return reached


def steps(
    *, dose: Mapping[str, Any], rung: int, rungs: Iterable[int], progression: Progression
) -> list[Step]:
    """All steps in order, the first of them what `dose` and `rung` ask now; only that where nothing grows.

    `rungs` are the forms of the exercise's ladder. A harder form begins with the first hold again.
    """
    first = Step(rung, dose.get("hold_s"), dose.get("hold_most_s"))
    if not progression:
        return [first]
    last = rung if progression.up_to_rung is None else progression.up_to_rung
    forms = [rung, *sorted(one for one in {0, *rungs} if rung < one <= last)]
    return [
        Step(form, hold, first.hold_most_s if hold == first.hold_s else None)
        for form in forms
        for hold in holds(dose)
    ]


def holds(dose: Mapping[str, Any]) -> list[int | None]:
    """The hold of now and those that it grows to; the last is the longest, also where the steps overshoot."""
    hold, step, until = (dose.get(name) for name in ("hold_s", "hold_step_s", "hold_until_s"))
    if hold is None or step is None or until is None or until <= hold:
        return [hold]
    return [*range(hold, until, step), until]
