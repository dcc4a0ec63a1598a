"""What we learn from django-allauth when a second factor is set up or taken away."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from clinic import audit


@receiver(authenticator_added)
def second_factor_added(request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Setting one up proves it as well as using it: this session is as strong as one that was opened with it.

    Recovery codes come along by themselves and prove nothing.
    """
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    audit.write(verb=audit.Verb.MFA_ADDED, obj=user, actor=user, clinic=None, now=timezone.now())


@receiver(authenticator_removed)
def second_factor_removed(user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        audit.write(verb=audit.Verb.MFA_REMOVED, obj=user, actor=user, clinic=None, now=timezone.now())
