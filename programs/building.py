"""Building a programme: what stands in it, in order, saved as a whole."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import Clinic, User
from programs.keys import free_key
from programs.models import Exercise, ExerciseUse, Program, ProgramItem


@dataclass(frozen=True)
class Row:
    """One exercise of what is being built. It stands there once, so its id tells the rows apart."""

    exercise: Exercise
    dose: dict[str, Any]
    rung: int = 0
    note_en: str = ""
    note_it: str = ""
    shown_in_clinic: bool = False
    # What its forms are called, by rung, where they are not those of the library (they were copied before).
    forms: Mapping[int, str] | None = None

    @property
    def key(self) -> str:
        return str(self.exercise.pk)

    def values(self) -> dict[str, Any]:
        """The columns of a ProgramItem beside its place."""
        return {
            "exercise": self.exercise,
            "rung": self.rung,
            "note_en": self.note_en,
            "note_it": self.note_it,
            "shown_in_clinic": self.shown_in_clinic,
            **self.dose,
        }


def rows_of(program: Program) -> list[Row]:
    """What stands in `program`, in order: two queries, however long it is."""
    items = program.items.select_related("exercise").prefetch_related("exercise__forms")
    return [
        Row(item.exercise, item.dose(), item.rung, item.note_en, item.note_it, item.shown_in_clinic)
        for item in items.order_by("position", "pk")
    ]


def usual_dose(exercise: Exercise, user: User) -> dict[str, Any]:
    """The dose that `user` gave last, else the library's."""
    last = ExerciseUse.objects.visible_to(user).filter(exercise=exercise).first()
    return (last or exercise).dose()


@transaction.atomic
def save_program(
    *, program: Program, rows: Sequence[Row], based_on: int, by: User, now: dt.datetime, **values: Any
) -> Program:
    """Write `values` (names, phase, schedule) and `rows` into `program`, if it is still edition `based_on`.

    The caller has made sure that `by` may edit it. Raises ValidationError where somebody has saved it since,
    and for rows that cannot stand there.
    """
    changed = Program.objects.filter(pk=program.pk, edition=based_on).update(edition=F("edition") + 1)
    if not changed:
        problem = _(
            "Somebody has changed this programme since you opened it. Nothing of yours is lost: it "
            "stands here. Look at theirs in another window, then save again."
        )
        raise ValidationError(problem, code="stale")
    program.edition = based_on + 1
    _write(program, rows, values)
    audit.write(verb=audit.Verb.CHANGED, obj=program, actor=by, clinic=program.clinic, now=now)
    return program


@transaction.atomic
def create_program(
    *, clinic: Clinic | None, rows: Sequence[Row], by: User, now: dt.datetime, **values: Any
) -> Program:
    """A new programme of `clinic` (None: shared) with `rows`. Raises ValidationError as `save_program`."""
    program = Program(clinic=clinic)
    program.key = free_key(Program.objects.filter(clinic=clinic), values["name_en"])
    _write(program, rows, values)
    audit.write(verb=audit.Verb.ADDED, obj=program, actor=by, clinic=clinic, now=now)
    return program


def _write(program: Program, rows: Sequence[Row], values: dict[str, Any]) -> None:
    _refuse(program, rows)
    for name, value in values.items():
        setattr(program, name, value)
    program.full_clean(exclude=["loaded"])
    program.save()
    # Nothing else points at the items; what `load_library` noted of them stays.
    loaded = dict(program.items.values_list("exercise", "loaded"))
    program.items.all().delete()
    ProgramItem.objects.bulk_create(
        ProgramItem(
            program=program, position=position, loaded=loaded.get(row.exercise.pk, {}), **row.values()
        )
        for position, row in enumerate(rows, start=1)
    )


def _refuse(program: Program, rows: Sequence[Row]) -> None:
    if not rows:
        raise ValidationError(_("Choose at least one exercise."), code="empty")
    if len({row.exercise.pk for row in rows}) < len(rows):
        raise ValidationError(_("An exercise stands here twice."), code="twice")
    if any(row.exercise.clinic_id not in {None, program.clinic_id} for row in rows):
        raise ValidationError(_("One of these exercises belongs to another clinic."), code="clinic")
