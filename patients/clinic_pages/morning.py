"""The morning list: who has gone silent, who has not begun, and what patients ask or wish for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.admin_site import page
from clinic.localtime import open_morning_before
from clinic.models import Clinic
from clinic.scoping import HEALTH_ROLES, clinics_of
from patients.morning import morning_list


@require_safe
def morning(request: HttpRequest) -> HttpResponse:
    """New is what came since the open morning before the last one."""
    user: Any = request.user
    now = timezone.now()
    lists = []
    for clinic in Clinic.objects.filter(pk__in=clinics_of(user, HEALTH_ROLES)):
        since = open_morning_before(clinic, open_morning_before(clinic, now))
        lists.append(morning_list(user=user, clinic=clinic, since=since, now=now))
    context = {"title": _("Morning list"), "lists": lists, "several_clinics": len(lists) > 1}
    return page(request, "patients/staff/morning.html", context)
