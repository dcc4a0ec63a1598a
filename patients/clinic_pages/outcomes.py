"""The clinic's outcomes over a period; each figure leads to the patients behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.admin_site import page
from clinic.bilingual import localized_data
from patients import exercise_outcomes
from patients import outcomes as figures
from patients.clinic_pages.level_chart import level_chart
from patients.clinic_pages.outcome_files import definitions
from patients.clinic_pages.outcome_period import Figure, Links, asked_scope, refused
from patients.clinic_pages.outcome_words import GROUPS, MEASURES, WITHOUT, WORDS
from patients.measured import MEASURES as MEASURED
from patients.measured import UNSAID
from patients.outcome_scope import NO_PROGRAM
from patients.outcomes import Outcomes
from patients.spreads import Spread, spread
from patients.vocabulary import SkipReason

BARS = ("reviews", "helped", "pain", "ended")
HELPED = ("useful", "partly", "not", UNSAID)
OF_PROGRAM = ("adherence", "pain_change")
MOST = 10  # exercises of a table


@dataclass(frozen=True)
class Median:
    """The middle of a measure, of how many reviews it is, and who is without."""

    name: str
    words: Any
    spread: Spread
    link: str
    of: int
    without: Figure
    without_words: Any


@require_safe
def outcomes(request: HttpRequest) -> HttpResponse:
    form, scope, today = asked_scope(request)
    if scope is None:
        return refused(request, form)
    links = Links(request.GET)
    found = figures.outcomes(scope, today=today)
    exercises = exercise_outcomes.every_exercise(scope)
    context = {
        "title": _("Outcomes"),
        "form": form,
        "found": found,
        "medians": [
            _median(name, getattr(found, name), found.counts["reviews.reached"], links) for name in MEASURED
        ],
        "groups": [(GROUPS[group], _bars(group, found.counts, links)) for group in BARS],
        "chart": level_chart(found.levels, links),
        "programs": [_program(row, found, links) for row in figures.by_program(scope)],
        "exercises": [_exercise(row, links) for row in exercises[: exercise_outcomes.SHOWN_EXERCISES]],
        "stopped_most": [_exercise(row, links) for row in exercises[:MOST] if row["stopped"]],
        "skipped_most": [_exercise(row, links) for row in exercise_outcomes.skipped_most(exercises)[:MOST]],
        "definitions": definitions(),
        "query": links.query(),
        "scope": scope,
    }
    return page(request, "patients/staff/outcomes.html", context)


def _median(name: str, spread: Spread, of: int, links: Links, **more: object) -> Median:
    return Median(
        name=name,
        words=MEASURES[name],
        spread=spread,
        link=links.to(f"measured.{name}", **more),
        of=of,
        without=links.figure(f"without.{name}", of - spread.count, **more),
        without_words=WITHOUT[name],
    )


def _bars(group: str, counts: dict[str, int], links: Links) -> list[dict[str, Any]]:
    """Each figure of a group with its share of the largest, for a bar of that length."""
    keys = [key for key in counts if key.startswith(f"{group}.")]
    most = max([counts[key] for key in keys], default=0) or 1
    return [
        {
            "words": WORDS[key],
            "figure": links.figure(key, counts[key]),
            "width": round(100 * counts[key] / most),
        }
        for key in keys
    ]


def _program(row: dict[str, Any], found: Outcomes, links: Links) -> dict[str, Any]:
    """Its reviews, what was said at them, and two medians, each with who is behind it."""
    program = row["pk_of"]
    asks = {"program": NO_PROGRAM if program is None else program}
    # A review that was reached since is in the row and not in the medians yet.
    medians = found.by_program.get(program) or dict.fromkeys(OF_PROGRAM, spread([]))
    keys = {"reviews": "reviews.reached", **{f"helped_{one}": f"helped.{one}" for one in HELPED}}
    return _named(row) | {
        "figures": {name: links.figure(key, row[name], **asks) for name, key in keys.items()},
        "medians": [_median(name, medians[name], row["reviews"], links, **asks) for name in OF_PROGRAM],
    }


def _exercise(row: dict[str, Any], links: Links) -> dict[str, Any]:
    def figure(name: str) -> Figure:
        return links.figure(f"exercise.{name}", row[name], exercise=row["pk_of"])

    return _named(row) | {
        "figures": {name: figure(name) for name in ("told", "stopped", "skipped")},
        "reasons": [(reason.label, figure(reason.value)) for reason in reasons_of(row)],
    }


def reasons_of(row: dict[str, Any]) -> Sequence[SkipReason]:
    """Why it was skipped, the reason that was given most first; what nobody gave is left out."""
    given = [reason for reason in SkipReason if row[reason.value]]
    return sorted(given, key=lambda reason: -row[reason.value])


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"name": localized_data(row, "name") or _("no programme of the library")}
