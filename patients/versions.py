"""Versions: what is copied from the library, or from the version before, and kept as it was prescribed."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, User
from patients.models import PrescribedExercise, Prescription, PrescriptionVersion
from patients.screening import against
from programs.gallery import remember_use
from programs.models import Exercise, Program


@dataclass(frozen=True)
class Line:
    """One exercise to prescribe. `dose` holds the fields of Dose; a change keeps `line`."""

    exercise: Exercise
    dose: dict[str, Any]
    rung: int = 0
    note_en: str = ""
    note_it: str = ""
    shown_in_clinic: bool = False
    line: uuid.UUID = field(default_factory=uuid.uuid4)
    # A line that goes on keeps the words, ladder and reason of this one, whatever the library says by now.
    copy_of: PrescribedExercise | None = None


def lines_of_program(program: Program) -> list[Line]:
    """The program's exercises in order, as lines to prescribe: two queries, however long it is."""
    items = program.items.select_related("exercise").prefetch_related("exercise__forms")
    return [
        Line(item.exercise, item.dose(), item.rung, item.note_en, item.note_it, item.shown_in_clinic)
        for item in items.order_by("position", "pk")
    ]


def lines_of_version(version: PrescriptionVersion) -> list[Line]:
    """The lines of a version, to be changed into the next one; each keeps its `line`."""
    return [
        Line(
            one.exercise,
            one.dose(),
            one.rung,
            one.note_en,
            one.note_it,
            one.shown_in_clinic,
            one.line,
            copy_of=one,
        )
        for one in version.exercises.select_related("exercise").prefetch_related("exercise__forms")
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
) -> PrescriptionVersion:
    """The next version of `prescription`; `flags` are the patient's precautions."""
    version = PrescriptionVersion.objects.create(
        prescription=prescription,
        number=last_number(prescription) + 1,
        starts_on=starts_on,
        sessions_a_day=sessions_a_day,
        weekdays=weekdays,
        prescribed_by=by,
        created_at=now,
    )
    rows = prescribed(lines)
    for row, line in zip(rows, lines, strict=True):
        row.version = version
        for name, value in _answered(line, flags, precautions_reason).items():
            setattr(row, name, value)
    PrescribedExercise.objects.bulk_create(rows)
    given = [line for line in lines if line.copy_of is None or line.dose != line.copy_of.dose()]
    remember_use(doses={line.exercise.pk: line.dose for line in given}, user=by, now=now)
    return version


def prescribed(lines: Sequence[Line]) -> list[PrescribedExercise]:
    """`lines` as a version would have them, in order; not saved, and of no version yet."""
    return [
        PrescribedExercise(
            line=line.line,
            position=position,
            exercise=line.exercise,
            rung=line.rung,
            note_en=line.note_en,
            note_it=line.note_it,
            shown_in_clinic=line.shown_in_clinic,
            **line.dose,
            **_copied(line),
        )
        for position, line in enumerate(lines, start=1)
    ]


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
    return own | source.wording() | source.picture()


def _answered(line: Line, flags: list[str], reason: str) -> dict[str, Any]:
    """The precautions against this line and why it is prescribed all the same; an old answer stays."""
    if line.copy_of is not None and not needs_reason(line, flags):
        return {"against": line.copy_of.against, "precautions_reason": line.copy_of.precautions_reason}
    codes = against(line.exercise, flags)
    return {"against": codes, "precautions_reason": reason.strip() if codes else ""}
