"""A programme in one paragraph, as a clinician reads it at the review point: what was practised, what the
patient says, what was stopped. It restates and judges nothing; what is missing is said to be missing.

"Practised on 14 of 20 days. Says: partly useful, much improved. Average pain, last 7 days: 6 to 4.
Gardening: 3 to 6. One stop for pain (day 5), still off."
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.bilingual import localized_data
from patients.adherence import Report
from patients.answer_words import said_of
from patients.models import ExerciseStop, Prescription, Review
from patients.our_questions import ACTIVITY, AVERAGE_PAIN, CHANGE
from patients.start_and_now import Data
from patients.trial import day_number, spans
from patients.vocabulary import Helped

COMPARED = (AVERAGE_PAIN, ACTIVITY)
DAYS_NAMED = 6  # stops on more days than these are told by the last one


class Stop(NamedTuple):
    """A stop for pain, on a counted day of the programme (None: before day 1), still off or resumed."""

    day: int | None
    is_off: bool


def in_short(*, seen: Report, review: Review | None, answers: Data, stops: Sequence[Stop]) -> list[str]:
    """The sentences, in the active language. `review` is the latest, open or signed, if there is one."""
    lines = {line["key"]: line for line in answers.get("lines", []) if "key" in line}
    found = [_("Too little to judge.")] if seen.too_little_to_judge else []
    found.append(_practised(seen))
    if review is not None:
        found.append(_says(review, lines.get(CHANGE)))
    found += [
        _("%(name)s: %(said)s.")
        % {
            "name": localized_data(lines[key], "name"),
            "said": said_of(lines[key], reviewed=answers["reviewed"]),
        }
        for key in COMPARED
        if key in lines
    ]
    return [*found, *_stopped(stops)]


def stops_of(prescription: Prescription) -> list[Stop]:
    """One for each session in which something was stopped, in their order: a whole session that was stopped
    has a row for each exercise. Two queries, for the stops and for the pauses by which days are counted."""
    rows = ExerciseStop.objects.filter(prescription=prescription)
    pauses = spans(prescription)
    found: dict[int, Stop] = {}
    told = rows.order_by("session__practised_on", "stopped_at", "pk")
    for session, on, resumed_at in told.values_list("session_id", "session__practised_on", "resumed_at"):
        day = day_number(starts_on=prescription.starts_on, on=on, pauses=pauses)
        known = found.get(session)
        found[session] = Stop(day, resumed_at is None or (known is not None and known.is_off))
    return list(found.values())


def _practised(seen: Report) -> str:
    if not seen.days_due:
        return _("No day was due yet.")
    return ngettext(
        "Practised on %(done)s of %(due)s day.", "Practised on %(done)s of %(due)s days.", seen.days_due
    ) % {"done": seen.days_practised, "due": seen.days_due}


def _says(review: Review, change: Data | None) -> str:
    helped = {
        Helped.USEFUL: _("useful"),
        Helped.PARTLY: _("partly useful"),
        Helped.NOT: _("not useful"),
    }
    said = [helped[Helped(review.helped)]] if review.helped else []
    if change is not None and change["now"]:
        words = localized_data(change["now"], "chosen")
        said.append(words[:1].lower() + words[1:])
    if said:
        return _("Says: %(said)s.") % {"said": ", ".join(said)}
    if review.signed_at:
        return _("Did not say whether it helped.")
    return _("Has not said yet whether it helped.")


def _stopped(stops: Sequence[Stop]) -> list[str]:
    if not stops:
        return []
    off = sum(stop.is_off for stop in stops)
    words = {"stops": len(stops), "days": _days(stops), "off": off}
    if not off:
        return [
            ngettext(
                "One stop for pain (%(days)s), resumed since.",
                "%(stops)s stops for pain (%(days)s), all resumed since.",
                len(stops),
            )
            % words
        ]
    if off == len(stops):
        return [
            ngettext(
                "One stop for pain (%(days)s), still off.",
                "%(stops)s stops for pain (%(days)s), all still off.",
                len(stops),
            )
            % words
        ]
    return [_("%(stops)s stops for pain (%(days)s), %(off)s still off.") % words]


def _days(stops: Sequence[Stop]) -> str:
    days = sorted({stop.day for stop in stops if stop.day is not None})
    if not days:
        return _("before day 1")
    if len(days) > DAYS_NAMED:
        return _("the last on day %(day)s") % {"day": days[-1]}
    return ngettext("day %(days)s", "days %(days)s", len(days)) % {
        "days": get_text_list([str(day) for day in days], _("and"))
    }
