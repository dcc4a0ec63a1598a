"""A clinic's own copy of an exercise, to be changed without touching the one it came from."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Clinic, User
from programs.keys import free_key
from programs.models import Exercise, LadderForm
from programs.vocabulary import Status

# What makes a row itself; everything else of an exercise is copied.
OWN = {"id", "clinic", "key", "status", "provenance", "loaded", "search"}


@transaction.atomic
def copy_exercise(*, exercise: Exercise, clinic: Clinic, by: User, now: dt.datetime) -> Exercise:
    """A draft of `clinic` with the words, dose, picture and ladder of `exercise`; figures keep their source.

    The caller has made sure that `by` may see the one and edit for the other.
    """
    fields = [field for field in Exercise._meta.concrete_fields if field.name not in OWN]
    copy = Exercise(
        **{field.attname: getattr(exercise, field.attname) for field in fields},
        clinic=clinic,
        key=free_key(Exercise.objects.filter(clinic=clinic), exercise.key),
        status=Status.DRAFT,
        provenance=_came_from(exercise),
    )
    copy.save()
    LadderForm.objects.bulk_create(_form_copied(form, copy) for form in exercise.forms.all())
    audit.write(verb=audit.Verb.ADDED, obj=copy, actor=by, clinic=clinic, now=now)
    return copy


def _came_from(exercise: Exercise) -> str:
    said = _("Copy of “%(name)s”") % {"name": exercise.name}
    return (f"{said}. {exercise.provenance}" if exercise.provenance else said)[:200]


def _form_copied(form: LadderForm, copy: Exercise) -> LadderForm:
    own = {"id", "exercise", "loaded"}
    names = [field.attname for field in LadderForm._meta.concrete_fields if field.name not in own]
    return LadderForm(**{name: getattr(form, name) for name in names if name != "exercise_id"}, exercise=copy)
