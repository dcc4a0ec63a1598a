"""The patients' doors, the chooser, and leaving."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import RequestLoginCodeView
from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clinic.signin.entry import safe_next
from clinic.signin.sessions import sign_out_everywhere as end_every_session
from patients.models import Invitation
from patients.signin import invitations
from patients.signin.current import PAPER, choose, current_patient, elsewhere, patients_of
from patients.signin.entering import enter
from patients.signin.forms import PaperForm, SignInForm
from patients.signin.language import speak
from patients.signin.paper import Tried, is_code_of, try_paper_code

HOME = "/"


class SignInView(RequestLoginCodeView):
    """The way in: asks for the e-mail address, and says the same whether it is known or not."""

    form_class = SignInForm
    template_name = "patients/signin/sign_in.html"

    def get_success_url(self) -> str | None:
        if self.request.user.is_authenticated:
            return None
        then = safe_next(self.request, otherwise=HOME)
        return reverse("account_confirm_login_code") + "?" + urlencode({"next": then})

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        too_many = form.has_error("email", code="too_many_login_attempts")
        return self.render_to_response(self.get_context_data(form=form), status=429 if too_many else 400)


@never_cache
@require_http_methods(["GET", "POST"])
def come_in(request: HttpRequest, token: str) -> HttpResponse:
    """Where the invitation's link leads. Mail scanners that open it change nothing; its button signs in."""
    invitation = invitations.find_invitation(token)
    if invitation is None:
        return render(request, "patients/signin/come_in_closed.html", status=404)
    patient = invitation.patient
    if request.user.is_authenticated and request.user == patient.user:
        return redirect(HOME)  # many use the mail as a bookmark
    spoken = (
        translation.get_language() if settings.LANGUAGE_COOKIE_NAME in request.COOKIES else patient.language
    )
    with translation.override(spoken):
        if not invitations.is_open(invitation, now=timezone.now()):
            return _closed(request, invitation)
        if request.method == "POST":
            return _come_in(request, invitation)
        return render(request, "patients/signin/come_in.html", {"patient": patient, "clinic": patient.clinic})


def _come_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    try:
        user = invitations.accept_invitation(invitation=invitation, now=timezone.now())
    except invitations.NotOpen:
        return _closed(request, invitation)
    return enter(request, user, patient=invitation.patient, method="link", to=HOME)


def _closed(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    return render(
        request, "patients/signin/come_in_closed.html", {"clinic": invitation.patient.clinic}, status=410
    )


@never_cache
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, code: str = "") -> HttpResponse:
    """The code on paper and the birth date; a QR fills the code in, and changes nothing by itself."""
    if request.method == "POST":
        return _try_paper(request)
    patient = current_patient(request)
    if code and patient is not None and is_code_of(code, patient):
        return redirect(HOME)  # the sheet is scanned again on a device that is signed in
    return render(request, "patients/signin/paper.html", {"form": PaperForm(initial={"code": code})})


def _try_paper(request: HttpRequest) -> HttpResponse:
    too_many: HttpResponse | None = consume_or_429(request, action="paper_code")
    if too_many:
        return too_many
    form = PaperForm(request.POST)
    tried = Tried()
    if form.is_valid():
        tried = try_paper_code(**form.cleaned_data, now=timezone.now())
        if not tried.locked and tried.user is None:
            form.add_error(
                None, _("This code and this date of birth do not belong together. Please check both.")
            )
    if tried.locked and tried.patient is not None:
        return render(
            request, "patients/signin/paper_locked.html", {"clinic": tried.patient.clinic}, status=403
        )
    if tried.user is None or tried.patient is None:
        return render(request, "patients/signin/paper.html", {"form": form}, status=400)
    then = safe_next(request, otherwise=HOME)
    return enter(request, tried.user, patient=tried.patient, method=PAPER, to=then)


@never_cache
@require_http_methods(["GET", "POST"])
def chooser(request: HttpRequest) -> HttpResponse:
    """Who practises today, where one sign-in stands for several."""
    if not request.user.is_authenticated:
        return redirect(reverse("sign_in") + "?" + urlencode({"next": reverse("choose")}))
    patients = list(patients_of(request))
    if not patients:
        return elsewhere(request)
    then = safe_next(request, otherwise=HOME)
    if request.method == "GET":
        context = {"patients": patients, "chosen": current_patient(request), "next": then}
        return render(request, "patients/signin/choose.html", context)
    patient = next((one for one in patients if str(one.pk) == request.POST.get("patient")), None)
    if patient is None:
        raise Http404
    choose(request, patient)
    response = redirect(then)
    speak(response, patient)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave on this device."""
    get_adapter().logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("sign_in")


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Leave on every device: a phone was lost, or a computer was somebody else's."""
    user: Any = request.user
    if user.is_authenticated:
        end_every_session(user=user, by=user, now=timezone.now())
    get_adapter().logout(request)
    messages.success(request, _("You are signed out on every device."))
    return redirect("sign_in")
