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
from programs.models import NO_PROGRESSION, Dose, Exercise, ExerciseUse, Program, ProgramItem, Progression

TEMPO = ("tempo_en", "tempo_it")
ASKED = ("dose", "rung", *TEMPO, "note_en", "note_it", "shown_in_clinic", "progression")


@dataclass(frozen=True)
class Row:
    """One exercise of what is being built. It stands there once, so its id tells the rows apart."""

    exercise: Exercise
    dose: dict[str, Any]
    rung: int = 0
    # In words; empty: as the library says, or nothing where it was copied before.
    tempo_en: str = ""
    tempo_it: str = ""
    note_en: str = ""
    note_it: str = ""
    shown_in_clinic: bool = False
    progression: Progression = NO_PROGRESSION
    # What its forms are called, by rung, where they are not those of the library (they were copied before).
    forms: Mapping[int, str] | None = None

    @property
    def is_copy(self) -> bool:
        """It was copied before: what the library says by now does not touch it."""
        return self.forms is not None

    @property
    def key(self) -> str:
        return str(self.exercise.pk)

    def tempo(self) -> dict[str, str]:
        """What is said of the tempo in the end, as columns."""
        own = {name: getattr(self, name) for name in TEMPO}
        # Written in one language only, it is read in that one: the library's words would say something else.
        if self.is_copy or any(own.values()):
            return own
        return {name: getattr(self.exercise, name) for name in TEMPO}

    def asked(self) -> dict[str, Any]:
        """What is asked of the patient, field by field: what another row or line takes over."""
        return {name: getattr(self, name) for name in ASKED}

    def values(self) -> dict[str, Any]:
        """The columns of a ProgramItem, or of what is prescribed, beside its place."""
        asked = self.asked()
        return {
            **asked.pop("dose"),
            **asked.pop("progression").values(),
            **asked,
            "exercise": self.exercise,
        }


def figures(dose: Mapping[str, Any]) -> dict[str, Any]:
    """A dose without who says so: two that ask the same are equal."""
    return {name: dose.get(name) for name in Dose.dose_fields() if name != "dose_sources"}


def asked_of(item: Any) -> dict[str, Any]:
    """What a ProgramItem, or a prescribed exercise, asks: as `Row.asked` gives it."""
    return {name: item.dose() if name == "dose" else getattr(item, name) for name in ASKED}


def rows_of(program: Program) -> list[Row]:
    """What stands in `program`, in order: two queries, however long it is."""
    items = program.items.select_related("exercise").prefetch_related("exercise__forms")
    return [Row(item.exercise, **asked_of(item)) for item in items.order_by("position", "pk")]


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
