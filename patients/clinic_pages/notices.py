"""The delivery log: which mails did not arrive, one mail with all its tries, sending it again."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clinic.admin_site import page
from clinic.models import Notice
from clinic.notices import again
from clinic.notices.again import WhyNot, send_again
from clinic.scoping import Role, clinics_of
from patients.clinic_pages.acting import done, write_reading
from patients.clinic_pages.forms.notices import AgainForm
from patients.clinic_pages.notice_rows import Try, patient_of, rows_of
from patients.clinic_pages.scope import notice_or_404
from patients.models import Patient
from patients.notices import words

LATELY = dt.timedelta(days=30)  # what is older stands on the patient's own page
A_PAGE = 50
State = Notice.State
# Each list by its name in the address. All of them are found by state, of which few rows are.
LISTS: dict[str, tuple[Any, Q]] = {
    "failed": (
        gettext_lazy("Not delivered"),
        Q(state__in=[State.FAILED, State.UNCERTAIN])
        | Q(state=State.SUPPRESSED, state_reason="address_refused"),
    ),
    "late": (gettext_lazy("Too late"), Q(state=State.EXPIRED)),
    "waiting": (gettext_lazy("Waiting"), Q(state__in=[State.QUEUED, State.RETRY, State.SENDING])),
}


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What did not arrive lately, in all clinics where the user sees health data."""
    chosen = request.GET.get("show", "failed")
    chosen = chosen if chosen in LISTS else "failed"
    found = Paginator(_of(request, chosen), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Messages"),
        "lists": [(name, label) for name, (label, _condition) in LISTS.items()],
        "chosen": chosen,
        "page": found,
        "rows": rows_of(found.object_list),
        "up": (_("Worklist"), reverse("admin:worklist")),
    }
    return page(request, "patients/staff/notices.html", context)


def _of(request: HttpRequest, chosen: str) -> QuerySet[Notice]:
    rows = Notice.objects.visible_to(request.user).filter(LISTS[chosen][1])
    rows = rows.filter(due_at__gte=timezone.now() - LATELY)
    return rows.select_related("clinic", "recipient").order_by("-due_at", "-pk")


@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail; of a patient it is part of the record, so that it was read is written down."""
    shown = notice_or_404(request, pk)
    patient = patient_of(shown)
    if patient is not None:
        write_reading(request, patient, patient)
    return _show(request, shown, patient)


@require_POST
def notice_again(request: HttpRequest, pk: int) -> HttpResponse:
    asked = notice_or_404(request, pk)
    patient, form = patient_of(asked), AgainForm(request.POST)
    if done(
        request,
        form,
        lambda said, **by: send_again(notice=asked, attempt=said["attempt"], subject=patient, **by),
    ):
        messages.success(request, _("It is on its way again."))
        return redirect("admin:notice", pk)
    return _show(request, notice_or_404(request, pk), patient, form=form, status=400)


def _show(
    request: HttpRequest,
    shown: Notice,
    patient: Patient | None,
    *,
    form: AgainForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """`form` is one that was refused: it says why."""
    user: Any = request.user
    [row] = rows_of([shown], patient=patient)
    ruling = again.rule(shown, now=timezone.now())
    above = (str(patient), reverse("admin:patient", args=[patient.pk]) + "#messages") if patient else None
    context = {
        "title": row.what,
        "row": row,
        "notice": shown,
        "zone": row.zone,
        "tries": [Try(one) for one in row.tries],
        "ruling": ruling,
        "why_unwanted": words.reason(ruling.reason),
        "anew": ruling.why_not == WhyNot.MADE_ANEW,
        "mend": ruling.why_not in {WhyNot.NO_ADDRESS, WhyNot.ADDRESS_REFUSED},
        "refusal": form.errors if form is not None else None,
        "manages": clinics_of(user, {Role.MANAGER}).filter(clinic_id=shown.clinic_id).exists(),
        "up": above or (_("Messages"), reverse("admin:notices")),
    }
    return page(request, "patients/staff/notice.html", context, status=status)
