"""A progression in words: short for staff, plain for patients."""

from collections.abc import Callable, Iterable
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Progression
from programs.models.progression import Step

NameOf = Callable[[int], str]  # what the form on a rung is called, in the active language


def in_short(steps: Iterable[Step], name_of: NameOf) -> str:
    """All steps, e.g. "5 → 10 → 15 s, then One leg at a time: 5 → 10 → 15 s"; empty where nothing grows."""
    parts: list[str] = []
    for rung, of_form in groupby(steps, key=lambda step: step.rung):
        holds = [str(step.hold_s) for step in of_form if step.hold_s is not None]
        grows = f"{' → '.join(holds)} s" if holds else ""
        name = name_of(rung) if parts or not holds else ""
        parts.append(": ".join(part for part in (name, grows) if part))
    return _(", then ").join(parts)


def when(progression: Progression) -> str:
    """After how many sessions, and whether somebody is asked first; for staff."""
    sessions = progression.next_after or 0
    after = ngettext(
        "after %(count)s comfortable session", "after %(count)s comfortable sessions", sessions
    ) % {"count": sessions}
    how = _("on its own") if progression.next_alone else _("asks first")
    return f"{after}, {how}"


def what(step: Step, before: Step, name_of: NameOf) -> str:
    """What `step` asks that `before` did not, e.g. "hold 15 seconds"; for patients."""
    parts = []
    if step.rung != before.rung:
        parts.append(name_of(step.rung))
    if step.hold_s is not None and step.hold_s != before.hold_s:
        parts.append(
            ngettext("hold %(count)s second", "hold %(count)s seconds", step.hold_s) % {"count": step.hold_s}
        )
    return ", ".join(parts)


def next_for_patient(before: Step, after: Step, progression: Progression, name_of: NameOf) -> str:
    """What comes next, and when. The count is of sessions in all, not of those that are left."""
    said = what(after, before, name_of)
    sessions = progression.next_after or 0
    if progression.next_alone:
        sentence = ngettext(
            "%(what)s, after %(count)s session that felt comfortable",
            "%(what)s, after %(count)s sessions that felt comfortable",
            sessions,
        )
    else:
        sentence = ngettext(
            "%(what)s, after %(count)s session that felt comfortable and a word from your physiotherapist",
            "%(what)s, after %(count)s sessions that felt comfortable and a word from your physiotherapist",
            sessions,
        )
    return capfirst(sentence % {"what": said, "count": sessions})
