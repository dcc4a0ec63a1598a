"""Which of django-allauth's pages are open, and to whom. What is not named here does not exist.

Without this table a session that came through a patient's door, or a stolen password, could change the
second factor and so walk round it.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from clinic.signin.strength import is_strong, may_enrol

# Everybody: proving who one is, and leaving.
OPEN = frozenset(
    {
        "strengthen",
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",  # says that the clinic invites
        "account_reauthenticate",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_login_webauthn",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)
# Staff who may set up a second factor (clinic.signin.strength.may_enrol).
ENROLLING = frozenset({"mfa_add_webauthn", "mfa_activate_totp"})
# Staff who have proved theirs in this session.
STRONG = frozenset(
    {
        "account_change_password",
        "account_set_password",
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_list_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
    }
)


class DoorMiddleware:
    """Answers for the pages under /account/ before they do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith("account/") or match.url_name in OPEN:
            return None
        if not request.user.is_authenticated:
            return redirect_to_proof(request, "account_login")
        allowed = {**dict.fromkeys(ENROLLING, may_enrol), **dict.fromkeys(STRONG, is_strong)}
        rule = allowed.get(match.url_name or "")
        user: Any = request.user
        if rule is None or not user.is_staff:
            raise Http404
        return None if rule(request) else redirect_to_proof(request, "strengthen")


def redirect_to_proof(request: HttpRequest, name: str) -> HttpResponse:
    return redirect(reverse(name) + "?" + urlencode({"next": request.get_full_path()}))
