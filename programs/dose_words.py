"""A dose in words, as a patient reads it: "3 times on each side, hold 30 seconds, change sides each time".

What is not given is not said, and nothing is made up in its place.
"""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Dose
from programs.vocabulary import SideOrder


def dose_parts(dose: Dose) -> list[str]:
    """What is asked, part by part, in the active language: times, hold, rounds, rest, order of the sides."""
    parts = [_times(dose), _hold(dose), _rounds(dose), _rest(dose), _order(dose)]
    return [part for part in parts if part]


def dose_words(dose: Dose) -> str:
    """The whole dose as one phrase without a full stop; empty where nothing is given."""
    return capfirst(", ".join(dose_parts(dose)))


def _times(dose: Dose) -> str:
    least, most = dose.reps, dose.reps_most
    if least is None:
        return ""
    figures = {"least": least, "most": most}
    if most is not None and most > least:
        if dose.each_side:
            return _("%(least)s to %(most)s times on each side") % figures
        return _("%(least)s to %(most)s times") % figures
    if dose.each_side:
        return ngettext("%(least)s time on each side", "%(least)s times on each side", least) % figures
    return ngettext("%(least)s time", "%(least)s times", least) % figures


def _hold(dose: Dose) -> str:
    least, most = dose.hold_s, dose.hold_most_s
    if least is None:
        return ""
    figures = {"least": least, "most": most}
    # Where no number of times is given, the hold is what is done on each side.
    sides = dose.each_side and dose.reps is None
    if most is not None and most > least:
        if sides:
            return _("hold %(least)s to %(most)s seconds on each side") % figures
        return _("hold %(least)s to %(most)s seconds") % figures
    if sides:
        return (
            ngettext("hold %(least)s second on each side", "hold %(least)s seconds on each side", least)
            % figures
        )
    return ngettext("hold %(least)s second", "hold %(least)s seconds", least) % figures


def _rounds(dose: Dose) -> str:
    """Sets. One set is what anybody does anyway: it is not said."""
    if dose.sets is None or dose.sets == 1:
        return ""
    return ngettext("%(count)s round", "%(count)s rounds", dose.sets) % {"count": dose.sets}


def _rest(dose: Dose) -> str:
    if dose.rest_s is None:
        return ""
    return ngettext("rest %(count)s second in between", "rest %(count)s seconds in between", dose.rest_s) % {
        "count": dose.rest_s
    }


def _order(dose: Dose) -> str:
    if not dose.each_side:
        return ""
    if dose.side_order == SideOrder.FINISH:
        return _("one side first, then the other")
    return _("change sides each time") if dose.side_order == SideOrder.ALTERNATE else ""
