"""A dose as a clinician reads it: in one short line, or figure by figure with who says so."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Dose
from programs.models.progression import Progressing
from programs.vocabulary import DoseSource, SideOrder


class Figure(NamedTuple):
    """One figure of a dose. `source` is empty where nobody said where it comes from."""

    name: str
    label: str
    value: int
    source: str


def in_short(dose: Dose) -> str:
    """E.g. "2 × 3 · hold 20-30 s · rest 10 s · each side"; "no dose given" where no figure is."""
    parts = [_times(dose), _hold(dose)]
    if dose.rest_s is not None:
        parts.append(_("rest %(seconds)s s") % {"seconds": dose.rest_s})
    if dose.each_side:
        alternating = dose.side_order == SideOrder.ALTERNATE
        parts.append(_("each side, changing each time") if alternating else _("each side"))
    given = [part for part in parts if part]
    return " · ".join(given) if dose.has_dose() else " · ".join([*given, _("no dose given")])


def figures(dose: Dose) -> list[Figure]:
    """Every figure that is given, in the order of the form."""
    sources = dict(DoseSource.choices)
    return [
        Figure(
            name=name,
            label=str(Dose._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            value=getattr(dose, name),
            source=str(sources.get(dose.dose_sources.get(name, ""), "")),
        )
        for name in Dose.FIGURES
        if getattr(dose, name) is not None
    ]


def _times(dose: Dose) -> str:
    reps = _span(dose.reps, dose.reps_most)
    if dose.sets is not None and reps:
        return f"{dose.sets} × {reps}"
    if reps:
        return _("%(times)s times") % {"times": reps}
    if dose.sets is not None:
        return ngettext("%(sets)s set", "%(sets)s sets", dose.sets) % {"sets": dose.sets}
    return ""


def _hold(dose: Dose) -> str:
    """With how it grows, where somebody said when; of an exercise of the library that is a proposal."""
    if dose.hold_s is None:
        return ""
    hold = _("hold %(seconds)s s") % {"seconds": _span(dose.hold_s, dose.hold_most_s)}
    if dose.hold_step_s is None or dose.hold_until_s is None:
        return hold
    if not isinstance(dose, Progressing):
        grows = _("may grow by %(step)s s a step, up to %(until)s s")
    elif dose.next_after is not None:
        grows = _("+%(step)s s a step, up to %(until)s s")
    else:
        return hold
    return f"{hold} ({grows % {'step': dose.hold_step_s, 'until': dose.hold_until_s}})"


def _span(least: int | None, most: int | None) -> str:
    if least is None:
        return ""
    return f"{least}–{most}" if most is not None and most != least else str(least)
