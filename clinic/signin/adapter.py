"""What differs from django-allauth's own way of signing in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited by a clinic; nobody signs up."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    def _get_user_identifier(self, user: Any) -> str:
        return user.email or str(user)
