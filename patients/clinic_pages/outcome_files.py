"""Outcomes as a file: one row a review of the period, the programmes that ended, and how it is counted."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import tablib
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import Clinic
from patients.clinic_pages.outcome_period import asked_scope
from patients.measured import Measured, measured
from patients.models import Prescription, Review
from patients.outcome_scope import Scope
from programs.exchange.tables import KINDS, write_sheets

FILES = ("csv", "xlsx")


@require_safe
def outcomes_file(request: HttpRequest, kind: str) -> HttpResponse:
    """All of the period that the page shows. That it was taken is noted."""
    _form, scope, _today = asked_scope(request)
    if kind not in FILES or scope is None:
        raise Http404
    user: Any = request.user
    now = timezone.now()
    joined = ("prescription__patient__clinic", "prescription__clinician")
    reviews = list(scope.reviews().select_related(*joined).defer("snapshot").order_by("reached_on", "pk"))
    ended = list(scope.ended().select_related("patient__clinic", "clinician").order_by("ended_on", "pk"))
    shown = {one.prescription.patient.clinic_id for one in reviews} | {one.patient.clinic_id for one in ended}
    for clinic in Clinic.objects.filter(pk__in=shown):
        audit.write(verb=Verb.EXPORTED, obj=clinic, actor=user, clinic=clinic, now=now)
    answer = HttpResponse(_written(scope, reviews, ended, kind), content_type=KINDS[kind])
    answer["Content-Disposition"] = f'attachment; filename="outcomes-{scope.first}-{scope.last}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _written(scope: Scope, reviews: Sequence[Review], ended: Sequence[Prescription], kind: str) -> bytes:
    numbers = {one.review: one for one in measured(scope)}
    person = [
        _("Surname"),
        _("First name"),
        _("Date of birth"),
        _("Programme"),
        _("Physiotherapist"),
        _("Clinic"),
    ]
    of_reviews = [
        *(_("Review"), _("Reached"), _("Signed"), _("Days to the signature"), _("Was it useful?")),
        *(_("Pain at the start"), _("Pain at the review"), _("Change of pain")),
        *(_("Adherence seen (%)"), _("Decision")),
    ]
    of_ends = [_("Start"), _("Ended"), _("Why it ended")]
    tables = [
        tablib.Dataset(
            *[_person(one.prescription) + _review(one, numbers[one.pk]) for one in reviews],
            headers=person + of_reviews,
            title=_("Reviews"),
        ),
        tablib.Dataset(
            *[
                _person(one) + [_iso(one.starts_on), _iso(one.ended_on), one.get_end_reason_display()]
                for one in ended
            ],
            headers=person + of_ends,
            title=_("Ended programmes"),
        ),
        tablib.Dataset(
            *[[line] for line in definitions()], headers=[_("How this is counted")], title=_("Definitions")
        ),
    ]
    return write_sheets(tables, kind)


def definitions() -> list[str]:
    """How it is counted, for the page and the files."""
    return [
        _(
            "A review counts by the date on which its point was reached, an end by its date, what was told "
            "of an exercise by the day of its session. Days are local dates of the patient."
        ),
        _("Days to the signature: from the date of the review point to the date of the signature."),
        _(
            "Adherence: sessions done out of those due, in percent, as it was seen at the signature. "
            "There is none before the signature, nor where nothing was due."
        ),
        _(
            "Pain: the average pain over 7 days, 0 to 10, as the patient answered at the start and at the "
            "review. The change is the second less the first: less pain is below nought. It is counted "
            "where both were answered."
        ),
        _("The middle is the median; behind it the middle half of the figures."),
        _("Whoever did not answer is counted as not said, never as nought."),
        _("Exercises: told of in so many sessions, skipped with a reason, or stopped as it hurt more."),
    ]


def _person(one: Prescription) -> list[Any]:
    patient = one.patient
    return [
        *(patient.family_name, patient.given_name, _iso(patient.birth_on), one.name),
        *(str(one.clinician), patient.clinic.name),
    ]


def _review(review: Any, numbers: Measured) -> list[Any]:
    zone = review.prescription.patient.zone
    signed_on = local_date(review.signed_at, zone) if review.signed_at else None
    return [
        *(review.number, _iso(review.reached_on), _iso(signed_on), numbers.days_to_sign),
        *(review.get_helped_display(), review.start_pain, review.now_pain, numbers.pain_change),
        *(numbers.adherence, review.get_decision_display()),
    ]


def _iso(day: dt.date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""
