"""What is said of an exercise's progression: to its patient, and to who treats."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from patients.models import PrescribedExercise, PrescriptionVersion
from programs import progression_words

Cause = PrescriptionVersion.Cause


def next_step(exercise: PrescribedExercise) -> str:
    """What comes next, and when, for the patient; empty where nothing does."""
    if not exercise.has_next_step:
        return ""
    now, after = exercise.step_at(exercise.step), exercise.step_at(exercise.step + 1)
    return progression_words.next_for_patient(now, after, exercise.progression, exercise.form_name)


def news(exercise: PrescribedExercise) -> str:
    """What its version brought, for the patient: a step on or back; empty where it changed nothing here."""
    if not exercise.version_id or exercise.step_since != exercise.version.created_at:
        return ""
    match exercise.version.cause:
        case Cause.STEP:
            return _("New: %(what)s") % {"what": reached(exercise)}
        case Cause.STEP_BACK:
            return _("After the break, one step easier for now.")
    return ""


def reached(exercise: PrescribedExercise) -> str:
    """What the step that it is at asks more than the one before, e.g. "hold 15 seconds"."""
    now = exercise.step_at(exercise.step)
    return progression_words.what(now, exercise.step_at(exercise.step - 1), exercise.form_name)


def coming(exercise: PrescribedExercise) -> str:
    """The same of the next step."""
    after = exercise.step_at(exercise.step + 1)
    return capfirst(progression_words.what(after, exercise.step_at(exercise.step), exercise.form_name))
