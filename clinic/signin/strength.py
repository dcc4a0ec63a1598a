"""Whether this session was opened strongly enough for the staff's side: with MFA, or by the demo's one click."""

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

DEMO_METHOD = "demo"


def is_strong(request: HttpRequest) -> bool:
    methods = {record["method"] for record in get_authentication_records(request, request.user)}
    return "mfa" in methods or (settings.DEMO and DEMO_METHOD in methods)
