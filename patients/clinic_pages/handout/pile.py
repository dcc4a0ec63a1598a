"""A pile of handouts: chosen in the list of patients, looked at here, printed as one PDF."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin_site import LARGEST_ID, page
from clinic.scoping import HEALTH_ROLES, clinics_of
from patients.clinic_pages.forms.handouts import EVERYBODY, NEEDED, PileForm
from patients.clinic_pages.handout.printing import CannotPrint, printed, today_of
from patients.handing_out import MOST_AT_ONCE, ToHandOut, needs_code, programmes_of, to_hand_out
from patients.models import Patient, Prescription


@dataclass
class Pile:
    """Who gets a handout, and who does not, with why."""

    found: list[ToHandOut] = field(default_factory=list)
    left_out: list[tuple[Patient, list[str]]] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
def handouts(request: HttpRequest) -> HttpResponse:
    """Of the patients that `patient` names, as often as it is given."""
    asked = request.POST if request.method == "POST" else request.GET
    ids = {
        int(one) for one in asked.getlist("patient") if one.isdecimal() and len(one) < len(str(LARGEST_ID))
    }
    if len(ids) > MOST_AT_ONCE:
        return _page(request, Pile(), too_many=True, status=400)
    pile = _pile(request, ids)
    if request.method != "POST":
        return _page(request, pile, form=PileForm(initial={"codes": NEEDED}))
    form = PileForm(request.POST)
    if not form.is_valid() or not pile.found or pile.left_out:
        return _page(request, pile, form=form, status=400)
    try:
        return printed(
            request, pile.found, new_codes=_who_gets_a_code(form.cleaned_data["codes"], pile.found)
        )
    except CannotPrint:
        return _page(request, pile, form=form, cannot_print=True, status=503)


def _pile(request: HttpRequest, ids: set[int]) -> Pile:
    """What is to be printed of these patients, in the order of their names."""
    user: Any = request.user
    treated = Patient.objects.visible_to_staff(user).filter(clinic_id__in=clinics_of(user, HEALTH_ROLES))
    patients = list(treated.filter(pk__in=ids).order_by("family_name", "given_name", "pk"))
    programmes = programmes_of(Prescription.objects.visible_to_staff(user), patients)
    pile = Pile()
    for patient in patients:
        prescription = programmes.get(patient.pk)
        if prescription is None:
            pile.left_out.append((patient, [_("No programme is running, and there is no draft.")]))
            continue
        try:
            pile.found.append(to_hand_out(prescription, today=today_of(prescription.patient)))
        except ValidationError as refused:
            pile.left_out.append((patient, refused.messages))
    return pile


def _who_gets_a_code(codes: str, found: Sequence[ToHandOut]) -> set[int]:
    patients = [one.prescription.patient for one in found]
    return {
        patient.pk for patient in patients if codes == EVERYBODY or (codes == NEEDED and needs_code(patient))
    }


def _page(request: HttpRequest, pile: Pile, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "title": _("Handouts"),
        "up": (_("Patients"), reverse("admin:patients_patient_changelist")),
        "pile": pile,
        "most": MOST_AT_ONCE,
        **more,
    }
    return page(request, "patients/staff/handouts.html", context, status=status)
