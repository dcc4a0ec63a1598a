"""The demo's door: enter as anybody with one click, and read the mails that were sent.

These views have no address unless DEMO=1 (patients.urls), and DEMO=1 answers to local names alone
(clinic.environment).
"""

from pathlib import Path

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from clinic.models import Clinic, Membership
from clinic.signin.entry import sign_in
from clinic.signin.strength import DEMO_METHOD
from patients.demo.mailbox import letters
from patients.demo.stories import HOUSES
from patients.models import Patient
from patients.signin.entering import enter
from patients.signin.linking import link_without_email


@never_cache
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the demo, by clinic."""
    about = {
        (story.given_name, story.family_name): story.about for house in HOUSES for story in house.patients
    }
    clinics = []
    for clinic in Clinic.objects.order_by("pk"):
        patients = list(clinic.patients.order_by("pk"))
        for patient in patients:
            patient.about = about.get((patient.given_name, patient.family_name), "")
        staff = Membership.objects.active().filter(clinic=clinic).select_related("user").order_by("pk")
        clinics.append({"clinic": clinic, "staff": staff, "patients": patients})
    return render(request, "patients/demo/people.html", {"clinics": clinics})


@require_POST
def enter_as_staff(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.active().select_related("user"), pk=pk)
    return sign_in(request, membership.user, method=DEMO_METHOD, to=reverse("admin:index"))


@require_POST
def enter_as_patient(request: HttpRequest, pk: int) -> HttpResponse:
    patient = get_object_or_404(Patient.objects.select_related("clinic", "user"), pk=pk)
    user = link_without_email(patient=patient, by=None, now=timezone.now())
    return enter(request, user, patient=patient, method=DEMO_METHOD, to="/")


@never_cache
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """What was sent, newest first."""
    return render(request, "patients/demo/mailbox.html", {"letters": letters(_folder())})


@csp({"default-src": NONE, "style-src": UNSAFE_INLINE, "sandbox": "", "frame-ancestors": NONE})  # type: ignore[arg-type]
@never_cache
@require_GET
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """One mail's HTML as it went out. Mails have inline styles; this page may do nothing but show them."""
    found = next((one for one in letters(_folder()) if one.key == key and one.html), None)
    if found is None:
        raise Http404
    return HttpResponse(found.html)


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)  # type: ignore[misc]  # comes with the environment
