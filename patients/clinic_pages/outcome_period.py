"""What a page of outcomes is asked for, and the addresses that ask the same of something else."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.admin_site import page
from clinic.localtime import local_date
from clinic.models import Clinic
from patients.clinic_pages.forms.outcomes import OutcomesForm
from patients.outcome_scope import Scope

PERIOD = dt.timedelta(days=89)  # about three months, today included


def asked_scope(
    request: HttpRequest, kind: type[OutcomesForm] = OutcomesForm
) -> tuple[OutcomesForm, Scope | None, dt.date]:
    """What is asked for; without a question, three months until today. None where it was asked wrongly."""
    clinic = Clinic.objects.visible_to(request.user).first()
    today = local_date(timezone.now(), clinic.time_zone if clinic else "UTC")
    asked = QueryDict(mutable=True)
    asked.update({"first": (today - PERIOD).isoformat(), "last": today.isoformat()})
    for name in kind.base_fields:
        if name in request.GET:
            asked[name] = request.GET[name]
    form = kind(asked, user=request.user)
    if not form.is_valid():
        return form, None, today
    said = form.cleaned_data
    exercise = said.get("exercise")
    scope = Scope(
        request.user,
        *(said["first"], said["last"], said["clinician"], said["program"]),
        exercise=exercise.pk if exercise else None,
    )
    return form, scope, today


def refused(request: HttpRequest, form: OutcomesForm) -> HttpResponse:
    context = {"title": _("Outcomes"), "form": form}
    return page(request, "patients/staff/outcomes.html", context, status=400)


@dataclass(frozen=True)
class Figure:
    """A number and the address of who is behind it."""

    count: int
    link: str


@dataclass(frozen=True)
class Links:
    """To the lists behind the figures of the period that was asked for."""

    asked: QueryDict

    def query(self, **more: object) -> str:
        """What was asked, with `more` of it, as the end of an address."""
        query = self.asked.copy()
        for name in ("page", "exercise"):
            query.pop(name, None)
        for name, value in more.items():
            query[name] = str(value)
        return query.urlencode()

    def to(self, key: str, **more: object) -> str:
        return f"{reverse('admin:outcomes_behind', args=[key])}?{self.query(**more)}"

    def figure(self, key: str, count: int, **more: object) -> Figure:
        return Figure(count, self.to(key, **more))
