"""One's own days away, and who stands in: named here by who will be away."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.absences import be_back, name_stand_in
from clinic.admin_site import page
from clinic.localtime import local_date
from clinic.models import Absence, Clinic
from clinic.scoping import HEALTH_ROLES, clinics_of
from patients.clinic_pages.acting import by_now, done
from patients.clinic_pages.forms.away import AwayForm


@require_http_methods(["GET", "HEAD", "POST"])
def away(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    clinics = Clinic.objects.filter(pk__in=clinics_of(user, HEALTH_ROLES))
    form = AwayForm(request.POST if request.method == "POST" else None, user=user, clinics=clinics)
    if request.method == "POST" and done(
        request, form, lambda said, **by: name_stand_in(user=user, **said, **by)
    ):
        said = {**form.cleaned_data, "day": date_format(form.cleaned_data["first_on"], "j F")}
        messages.success(request, _("%(stand_in)s stands in for you from %(day)s on.") % said)
        return redirect("admin:away")
    coming = [one for one in _seen_by(user) if one.last_on >= local_date(timezone.now(), one.zone)]
    context = {
        "title": _("Days away"),
        "form": form,
        "mine": [one for one in coming if one.user_id == user.pk],
        "for_others": [one for one in coming if one.stand_in_id == user.pk],
        "several_clinics": len(form.clinics) > 1,
    }
    return page(request, "patients/staff/away.html", context, status=400 if form.errors else 200)


@require_POST
def away_back(request: HttpRequest, pk: int) -> HttpResponse:
    """From today on nobody stands in any more."""
    user: Any = request.user
    absence = get_object_or_404(_seen_by(user).filter(user=user), pk=pk)
    be_back(absence=absence, **by_now(request))
    messages.success(request, _("Your notices come to you alone again."))
    return redirect("admin:away")


def _seen_by(user: Any) -> Any:
    rows = Absence.objects.visible_to(user).select_related("clinic", "user", "stand_in")
    return rows.annotate(zone=F("clinic__time_zone"))
