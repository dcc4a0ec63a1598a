"""Clients that are signed in, without going through the pages of signing in."""

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client

from clinic.models import User


def signed_in(user: User, *, method: str) -> Client:
    """A client whose session was opened by `method`, as allauth records it: "mfa", "code", "password"."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, method)
    request.session.save()
    return client
