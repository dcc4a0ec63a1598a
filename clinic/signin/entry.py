"""The one way into a session for every door of ours: link, paper, staff invitation, the demo's click.

It goes through django-allauth's stages, so that who has a second factor is asked for it at every door.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from clinic.models import User


def sign_in(request: HttpRequest, user: User, *, method: str, to: str, **details: Any) -> HttpResponse:
    """Sign `user` in, having proved it by `method`, and lead on to `to`.

    The answer is a redirect: to `to`, to the second factor where the user has one, or to the page that
    says the account is switched off. `details` (ids) stay with the proof in the session.
    """
    if request.user.is_authenticated:
        get_adapter().logout(request)
    clear_login(request)  # what somebody else may have begun at this device
    record_authentication(request, user, method, **details)
    return perform_login(request, Login(user=user, redirect_url=to))


def safe_next(request: HttpRequest, *, otherwise: str) -> str:
    """The `next` of the request where it is the path of a page of ours, as our own pages write it."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    # `redirect` would take a bare word for the name of a page, and fail where there is none.
    is_path = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_path else otherwise
