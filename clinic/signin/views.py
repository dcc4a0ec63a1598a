"""Pages of the staff's sign-in that are not django-allauth's own."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.models import StaffInvitation, User
from clinic.signin import links, staff
from clinic.signin.doors import redirect_to_proof
from clinic.signin.entry import safe_next, sign_in
from clinic.signin.forms import JoinForm
from clinic.signin.strength import STAFF_INVITATION, has_second_factor, is_strong, may_enrol

AFTER = "after_strengthen"  # where to go on to, across allauth's pages, which know no `next` when setting up


@never_cache
@require_http_methods(["GET", "POST"])
def strengthen(request: HttpRequest) -> HttpResponse:
    """Between signing in and the staff's side: set up a second factor, or prove it."""
    user: Any = request.user
    if not user.is_authenticated:
        return redirect_to_proof(request, "account_login")
    if not user.is_staff:
        raise Http404
    target = safe_next(request, otherwise=request.session.get(AFTER) or reverse("admin:index"))
    if is_strong(request):
        return redirect(target)
    ways = _ways(request, target)
    chosen = ways.get(request.POST.get("way", ""))
    if request.method == "POST" and chosen:
        request.session[AFTER] = target
        return redirect(chosen)
    context = {"ways": ways, "target": target, "has_one": has_second_factor(user)}
    return render(request, "clinic/strengthen.html", context, status=400 if request.method == "POST" else 200)


def _ways(request: HttpRequest, target: str) -> dict[str, str]:
    """How this user can go on from here: the name of each way, and its address."""
    user: Any = request.user

    def page(name: str, then: str) -> str:
        return reverse(name) + "?" + urlencode({"next": then})

    if has_second_factor(user):
        ways = {"code": page("mfa_reauthenticate", target)}  # of the app, or a recovery code
        if is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN]):
            ways = {"passkey": page("mfa_reauthenticate_webauthn", target), **ways}
        return ways
    if may_enrol(request):
        return {"new_passkey": reverse("mfa_add_webauthn"), "new_app": reverse("mfa_activate_totp")}
    if user.has_usable_password():
        return {"password": page("account_reauthenticate", page("strengthen", target))}
    return {"choose_password": reverse("account_reset_password")}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def staff_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the invitation's link leads. Looking at it changes nothing; its button does."""
    invitation = links.find(StaffInvitation.objects.select_related("clinic"), token)
    if invitation is None:
        return render(request, "clinic/staff_invitation_closed.html", status=404)
    if not invitation.is_open(now=timezone.now()):
        return _closed(request, invitation)
    invited = staff.invited_user(invitation)
    known = staff.can_prove_themselves(invited)
    form = JoinForm(
        request.POST if request.method == "POST" and "passkey" not in request.POST else None,
        user=invited or User(email=invitation.email, name=invitation.name),
    )
    if request.method == "POST" and (known or "passkey" in request.POST or form.is_valid()):
        password = None if known or "passkey" in request.POST else form.cleaned_data["password"]
        return _accept(request, invitation, password, known=known)
    context = {"invitation": invitation, "clinic": invitation.clinic, "form": None if known else form}
    return render(
        request, "clinic/staff_invitation.html", context, status=400 if request.method == "POST" else 200
    )


def _closed(request: HttpRequest, invitation: StaffInvitation) -> HttpResponse:
    context = {"invitation": invitation, "clinic": invitation.clinic}
    return render(request, "clinic/staff_invitation_closed.html", context, status=410)


def _accept(
    request: HttpRequest, invitation: StaffInvitation, password: str | None, *, known: bool
) -> HttpResponse:
    try:
        user = staff.accept_staff_invitation(invitation=invitation, password=password, now=timezone.now())
    except staff.NotOpen:
        return _closed(request, invitation)
    if has_second_factor(user):
        return sign_in(request, user, method=STAFF_INVITATION, to=reverse("admin:index"))
    if known:  # a link alone opens no account that has a password
        text = _("You now work at %(clinic)s. Sign in with your password.") % {"clinic": invitation.clinic}
        messages.success(request, text)
        return redirect(reverse("account_login") + "?" + urlencode({"next": reverse("admin:index")}))
    then = reverse("strengthen") if password else reverse("mfa_add_webauthn")
    return sign_in(request, user, method=STAFF_INVITATION, to=then)
