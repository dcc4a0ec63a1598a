"""What an adjustment changes, against the version before: said to who adjusts, before it is saved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from patients.models import PrescriptionVersion
from patients.versions import Line
from programs import schedule_text
from programs.building import figures
from programs.models import Dose


@dataclass(frozen=True)
class Asked:
    """What a version asks: its lines in order, and how often they are practised."""

    lines: Sequence[Line]
    sessions_a_day: int
    weekdays: str

    def of_the_patient(self) -> tuple[Any, ...]:
        """What the patient meets of it; two that are equal look the same to them."""
        rows = [
            (one.line, figures(one.dose), one.rung, one.tempo(), one.note_en, one.note_it)
            for one in self.lines
        ]
        return rows, self.sessions_a_day, self.weekdays


def changes(before: Asked, after: Asked) -> list[str]:
    """One sentence for each change, in the active language; empty where everything stays as it is."""
    old = {one.line: one for one in before.lines}
    new = {one.line: one for one in after.lines}
    said = [_("New: %(name)s") % {"name": new[line].exercise.name} for line in new if line not in old]
    said += [_("Taken out: %(name)s") % {"name": old[line].exercise.name} for line in old if line not in new]
    for line in new:
        if line in old:
            said += _of_line(old[line], new[line])
    if [line for line in old if line in new] != [line for line in new if line in old]:
        said.append(_("The order of the exercises"))
    schedules = [_schedule(one) for one in (before, after)]
    if schedules[0] != schedules[1]:
        said.append(_("How often: %(before)s → %(after)s") % {"before": schedules[0], "after": schedules[1]})
    return said


def _of_line(old: Line, new: Line) -> Iterable[str]:
    parts = []
    was, becomes = figures(old.dose), figures(new.dose)
    for name in Dose.FIGURES:
        if was[name] != becomes[name]:
            label = Dose._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            parts.append(f"{label} {was[name] or '–'} → {becomes[name] or '–'}")
    if any(was[name] != becomes[name] for name in ("each_side", "side_order")):
        parts.append(_("the sides"))
    if old.rung != new.rung:
        parts.append(_("another form"))
    if old.tempo() != new.tempo():
        parts.append(_("the tempo"))
    if (old.note_en, old.note_it) != (new.note_en, new.note_it):
        parts.append(_("the note"))
    if old.progression != new.progression:
        parts.append(_("the progression") if new.progression else _("no progression"))
    if old.shown_in_clinic != new.shown_in_clinic:
        parts.append(_("shown in the clinic") if new.shown_in_clinic else _("not shown in the clinic yet"))
    return [f"{new.exercise.name}: {', '.join(parts)}"] if parts else []


def _schedule(asked: Asked) -> str:
    return schedule_text.in_short(
        PrescriptionVersion(sessions_a_day=asked.sessions_a_day, weekdays=asked.weekdays)
    )
