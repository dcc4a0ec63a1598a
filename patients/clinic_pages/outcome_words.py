"""What the figures of outcomes are called, by their keys."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from patients.measured import LEVELS, UNSAID
from patients.vocabulary import EndReason, Helped, SkipReason

MEASURES = {
    "days_to_sign": gettext_lazy("Days from the review point to the signature"),
    "adherence": gettext_lazy("Adherence, as seen at the signature (%)"),
    "pain_change": gettext_lazy("Change of average pain (points of 10)"),
}
IN_SHORT = {  # as the head of a column
    "days_to_sign": gettext_lazy("Days to the signature"),
    "adherence": gettext_lazy("Adherence (%)"),
    "pain_change": gettext_lazy("Change of pain"),
}
WITHOUT = {
    "days_to_sign": gettext_lazy("not signed yet"),
    "adherence": gettext_lazy("not signed yet, or nothing was due"),
    "pain_change": gettext_lazy("without an answer at the start or at the review"),
}
GROUPS = {
    "reviews": gettext_lazy("Reviews"),
    "helped": gettext_lazy("Was it useful?"),
    "pain": gettext_lazy("Average pain, start and review"),
    "ended": gettext_lazy("Why programmes ended"),
    "start": gettext_lazy("Average pain at the start"),
    "now": gettext_lazy("Average pain at the review"),
    "exercise": gettext_lazy("Exercises"),
}
WORDS: dict[str, Any] = {
    "reviews.reached": gettext_lazy("Reviews reached"),
    "reviews.signed": gettext_lazy("Signed"),
    "reviews.open": gettext_lazy("Not signed yet"),
    "reviews.overdue": gettext_lazy("Overdue: unsigned for more than 7 days"),
    **{f"helped.{one.value}": one.label for one in Helped},
    f"helped.{UNSAID}": gettext_lazy("Not said"),
    "pain.less": gettext_lazy("Less than at the start"),
    "pain.same": gettext_lazy("The same"),
    "pain.more": gettext_lazy("More than at the start"),
    f"pain.{UNSAID}": gettext_lazy("Not said at the start or at the review"),
    **{f"ended.{one.value}": one.label for one in EndReason},
    **{f"{when}.{level}": level for when in ("start", "now") for level in LEVELS},
    "exercise.told": gettext_lazy("Told of"),
    "exercise.stopped": gettext_lazy("Stopped for pain"),
    "exercise.skipped": gettext_lazy("Skipped"),
    **{f"exercise.{one.value}": one.label for one in SkipReason},
}


def title(key: str, *, exercise: Any = None) -> str:
    """Of the list behind a figure; `exercise` is the one that it is about. Raises KeyError for no figure."""
    group, _point, name = key.partition(".")
    if group == "measured":
        return str(MEASURES[name])
    if group == "without":
        return f"{MEASURES[name]}: {WITHOUT[name]}"
    words = WORDS[key]
    if group == "exercise" and name in SkipReason.values:
        words = _("skipped (%(reason)s)") % {"reason": words}
    return f"{exercise.name if exercise else GROUPS[group]}: {words}"
