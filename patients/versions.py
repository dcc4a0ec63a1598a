"""Versions: what is copied from the library, or from the version before, and kept as it was prescribed."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, User
from patients.models import PracticeSession, PrescribedExercise, Prescription, PrescriptionVersion
from patients.screening import against
from patients.trial import ONE_DAY
from programs.building import Row, asked_of, figures, rows_of
from programs.gallery import remember_use
from programs.models import Exercise, Program
from programs.progression import steps


@dataclass(frozen=True)
class Line(Row):
    """One exercise to prescribe; a change keeps `line`."""

    line: uuid.UUID = field(default_factory=uuid.uuid4)
    # A line that goes on keeps the words, ladder and reason of this one, whatever the library says by now.
    copy_of: PrescribedExercise | None = None
    # Which of its steps it now asks; None: what it asked before, or what was changed by hand.
    step: int | None = None
    since: dt.datetime | None = None  # when that step began; None: with the version that takes it


def lines_of_program(program: Program) -> list[Line]:
    """The program's exercises in order, as lines to prescribe: two queries, however long it is."""
    return [Line(row.exercise, **row.asked()) for row in rows_of(program)]


def lines_of_version(version: PrescriptionVersion) -> list[Line]:
    """The lines of a version, to be changed into the next one; each keeps its `line`."""
    rows = version.exercises.select_related("exercise").prefetch_related("exercise__forms")
    return [
        Line(one.exercise, line=one.line, copy_of=one, forms=one.form_names(), **asked_of(one))
        for one in rows
    ]


def refuse_foreign(lines: Iterable[Line], clinic: Clinic) -> None:
    """Raise ValidationError at `exercises` for one that is another clinic's, or not published."""
    wanted = {line.exercise.pk for line in lines}
    if Exercise.objects.available_to(clinic).published().filter(pk__in=wanted).count() != len(wanted):
        problem = _(
            "One of these exercises cannot be prescribed: it is retired, a draft, or another clinic's."
        )
        raise ValidationError({"exercises": ValidationError(problem, code="exercise")})


def needs_reason(line: Line, flags: list[str]) -> bool:
    """Whether a precaution speaks against the exercise that was not answered for this line before."""
    answered = line.copy_of.against if line.copy_of else []
    return bool(set(against(line.exercise, flags)) - set(answered))


def add_version(
    prescription: Prescription,
    lines: Sequence[Line],
    *,
    sessions_a_day: int,
    weekdays: str,
    starts_on: dt.date,
    flags: list[str],
    precautions_reason: str,
    by: User,
    now: dt.datetime,
    cause: str = PrescriptionVersion.Cause.CLINICIAN,
) -> PrescriptionVersion:
    """The next version of `prescription`; `flags` are the patient's precautions, `by` who authored it."""
    version = PrescriptionVersion.objects.create(
        prescription=prescription,
        number=last_number(prescription) + 1,
        starts_on=starts_on,
        sessions_a_day=sessions_a_day,
        weekdays=weekdays,
        prescribed_by=by,
        cause=cause,
        created_at=now,
    )
    rows = prescribed(lines, now=now)
    for row, line in zip(rows, lines, strict=True):
        row.version = version
        for name, value in _answered(line, flags, precautions_reason).items():
            setattr(row, name, value)
    PrescribedExercise.objects.bulk_create(rows)
    given = [
        line
        for line in lines
        if line.copy_of is None or (line.dose != line.copy_of.dose() and line.step is None)
    ]
    remember_use(doses={line.exercise.pk: line.dose for line in given}, user=by, now=now)
    return version


def prescribed(lines: Sequence[Line], *, now: dt.datetime) -> list[PrescribedExercise]:
    """`lines` as a version made `now` would have them, in order; not saved, and of no version yet."""
    return [
        PrescribedExercise(
            line=line.line,
            position=position,
            **line.values() | _copied(line) | _progress(line, now=now),
        )
        for position, line in enumerate(lines, start=1)
    ]


def next_version_on(prescription: Prescription, *, today: dt.date) -> dt.date:
    """The local date from which a change made `today` holds: tomorrow where today was recorded or begun.

    Before a start that was picked, it holds from that start.
    """
    recorded_today = PracticeSession.objects.filter(prescription=prescription, practised_on=today).exists()
    first = today + ONE_DAY if recorded_today else today
    return max(first, prescription.starts_on or first)


def last_number(prescription: Prescription) -> int:
    """The number of the newest version; 0 where there is none yet."""
    return prescription.versions.order_by("-number").values_list("number", flat=True).first() or 0


def _copied(line: Line) -> dict[str, Any]:
    """What is copied beside the dose: from the line that goes on, else from the library."""
    source: PrescribedExercise | Exercise = line.copy_of or line.exercise
    ladder = line.copy_of.ladder if line.copy_of else line.exercise.ladder()
    own = {
        "ladder": ladder,
        "starting_position": source.starting_position,
        "equipment": source.equipment,
    }
    return own | source.wording() | line.tempo() | source.picture()


def _progress(line: Line, *, now: dt.datetime) -> dict[str, Any]:
    """Its place in its progression: where it stood, the step that it takes, or the beginning."""
    old = line.copy_of
    if old is not None and line.step is not None:
        return {"growth": old.growth, "step": line.step, "step_since": line.since or now}
    if old is not None and _asks_the_same(line, old):
        return {"growth": old.growth, "step": old.step, "step_since": old.step_since}
    rungs = [form["rung"] for form in (old.ladder if old else line.exercise.ladder())]
    found = steps(dose=line.dose, rung=line.rung, rungs=rungs, progression=line.progression)
    return {"growth": [asdict(step) for step in found], "step": 0, "step_since": now}


def _asks_the_same(line: Line, old: PrescribedExercise) -> bool:
    was = Row(old.exercise, **asked_of(old))
    return (figures(line.dose), line.rung, line.progression) == (figures(was.dose), was.rung, was.progression)


def _answered(line: Line, flags: list[str], reason: str) -> dict[str, Any]:
    """The precautions against this line and why it is prescribed all the same; an old answer stays."""
    if line.copy_of is not None and not needs_reason(line, flags):
        return {"against": line.copy_of.against, "precautions_reason": line.copy_of.precautions_reason}
    codes = against(line.exercise, flags)
    return {"against": codes, "precautions_reason": reason.strip() if codes else ""}
