"""The patients behind a figure of outcomes: by reviews, by ends, by what was told of exercises."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.admin_site import page
from patients.clinic_pages import outcome_words
from patients.clinic_pages.forms.outcomes import BehindForm
from patients.clinic_pages.outcome_period import Links, asked_scope, refused
from patients.clinic_pages.outcomes import reasons_of
from patients.exercise_outcomes import behind_exercise
from patients.measured import Measured, behind_measure, without_measure
from patients.models import Prescription, Review
from patients.outcome_scope import Scope
from patients.outcomes import behind

ROWS_A_PAGE = 50
SHOWS_PAIN = ("pain", "start", "now")


@dataclass(frozen=True)
class Column:
    name: str
    is_number: bool = False
    is_long: bool = False
    sorted: str = ""  # as aria-sort says it


@dataclass(frozen=True)
class Row:
    prescription: Prescription
    cells: Sequence[tuple[Column, str]]


@dataclass(frozen=True)
class Listed:
    """A page of the list: its columns between programme and physiotherapist, and its rows."""

    page: Any
    columns: Sequence[Column]
    rows: Sequence[Row]


@require_safe
def outcomes_behind(request: HttpRequest, key: str) -> HttpResponse:
    """The patients behind one figure."""
    form, scope, today = asked_scope(request, BehindForm)
    if scope is None:
        return refused(request, form)
    try:
        title = outcome_words.title(key, exercise=form.cleaned_data["exercise"])
        listed = _listed(scope, key, today=today, number=request.GET.get("page"))
    except KeyError:
        raise Http404 from None
    links = Links(request.GET)
    exercise = {} if scope.exercise is None else {"exercise": scope.exercise}
    context = {
        "title": title,
        "up": (_("Outcomes"), f"{reverse('admin:outcomes')}?{links.query()}"),
        "rows": listed.page,
        "listed": listed,
        "query": links.query(**exercise),
        "scope": scope,
    }
    return page(request, "patients/staff/outcomes_behind.html", context)


def _listed(scope: Scope, key: str, *, today: dt.date, number: str | None) -> Listed:
    """Raises KeyError where there is no such figure."""
    group, _point, name = key.partition(".")
    if group == "exercise":
        return _exercises(Paginator(behind_exercise(scope, key), ROWS_A_PAGE).get_page(number), name)
    if group in ("measured", "without"):
        found = behind_measure(scope, name) if group == "measured" else without_measure(scope, name)
        return _measured(Paginator(found, ROWS_A_PAGE).get_page(number), name if group == "measured" else "")
    shown = Paginator(behind(scope, key, today=today), ROWS_A_PAGE).get_page(number)
    if group == "ended":
        return _ended(shown)
    return _reviews(shown, shows_pain=group in SHOWS_PAIN)


def _ended(shown: Any) -> Listed:
    column = Column(_("Ended"))
    rows = shown.object_list.select_related("patient__clinic", "clinician")
    return Listed(shown, [column], [Row(one, [(column, _date(one.ended_on))]) for one in rows])


def _reviews(shown: Any, *, shows_pain: bool) -> Listed:
    rows = _joined(shown.object_list)
    review, pain = Column(_("Review")), Column(_("Average pain"))
    columns = [review, pain] if shows_pain else [review]
    told = [(one, {review: _review(one), pain: _pain(one.start_pain, one.now_pain)}) for one in rows]
    return Listed(
        shown,
        columns,
        [Row(one.prescription, [(column, cells[column]) for column in columns]) for one, cells in told],
    )


def _measured(shown: Any, measure: str) -> Listed:
    """With the number itself, where there is one: `measure` is empty for those without."""
    found: Sequence[Measured] = shown.object_list
    reviews = _joined(Review.objects.all()).in_bulk([one.review for one in found])
    review = Column(_("Review"))
    columns = [review]
    if measure:
        sorted_ = "ascending" if measure == "adherence" else "descending"
        columns.append(Column(str(outcome_words.IN_SHORT[measure]), is_number=True, sorted=sorted_))
    rows = []
    for one in found:
        cells = [_review(reviews[one.review])]
        if measure == "pain_change" and one.pain is not None:
            cells.append(f"{one.pain_change} ({_pain(*one.pain)})")
        elif measure:
            cells.append(str(getattr(one, measure)))
        rows.append(Row(reviews[one.review].prescription, list(zip(columns, cells, strict=True))))
    return Listed(shown, columns, rows)


def _exercises(shown: Any, counted: str) -> Listed:
    """How often each patient told of it, stopped and skipped it, and why."""
    found = list(shown.object_list)
    known = Prescription.objects.select_related("patient__clinic", "clinician")
    known_by = known.in_bulk([row["prescription"] for row in found])
    why = counted not in ("told", "stopped", "skipped")
    columns = [
        Column(
            str(outcome_words.WORDS[f"exercise.{name}"]),
            is_number=True,
            sorted="descending" if name == counted else "",
        )
        for name in ("told", "stopped", "skipped")
    ]
    columns.append(Column(_("Why skipped"), is_long=True, sorted="descending" if why else ""))
    rows = []
    for row in found:
        reasons = ", ".join(f"{reason.label} {row[reason.value]}" for reason in reasons_of(row))
        cells = [*(str(row[name]) for name in ("told", "stopped", "skipped")), reasons or "–"]
        rows.append(Row(known_by[row["prescription"]], list(zip(columns, cells, strict=True))))
    return Listed(shown, columns, rows)


def _joined(reviews: Any) -> Any:
    """Without what was frozen, which is long."""
    return reviews.select_related("prescription__patient__clinic", "prescription__clinician").defer(
        "snapshot"
    )


def _review(review: Review) -> str:
    return f"{review.number} ({_date(review.reached_on)})"


def _pain(start: int | None, now: int | None) -> str:
    def said(level: int | None) -> str:
        return _("not said") if level is None else str(level)

    return _("%(start)s to %(now)s") % {"start": said(start), "now": said(now)}


def _date(day: dt.date | None) -> str:
    return date_format(day, "j F Y") if day else "–"
