"""What differs from django-allauth's own way of signing in."""

import logging
import smtplib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import audit, qr
from clinic.models import Clinic, User
from clinic.notices import html
from clinic.scoping import clinics_of
from clinic.signin import sessions
from clinic.signin.strength import proved_recently

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("These digits do not fit. Look at the newest mail once more."),
        "too_many_login_attempts": _("These were many tries. Please wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited by a clinic; nobody signs up."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Every accepted sign-in ends here, after the second factor where there is one."""
        super().login(request, user)
        now = timezone.now()
        sessions.limit(request, user, now=now)
        works_at = list(Clinic.objects.filter(pk__in=clinics_of(user)))
        for clinic in works_at or [None]:
            audit.write(verb=audit.Verb.SIGNED_IN, obj=user, actor=user, clinic=clinic, now=now)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user: Any = request.user
        return reverse("admin:index") if user.is_staff else "/"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in with a password or a passkey is not asked for it a second time."""
        return not proved_recently(self.request)

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMultiAlternatives:
        """The text of our template, and HTML that is made of it."""
        message: EmailMultiAlternatives = super().render_mail(template_prefix, email, context, headers)
        subject, text = str(message.subject), str(message.body)
        link, code = (context.get(name, "") for name in ("password_reset_url", "code"))
        message.attach_alternative(html.from_text(text, subject=subject, link=link, code=code), "text/html")
        return message

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """While the mail server is away, say so: to everybody alike, whether the address is known or not."""
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as failure:
            logger.exception("A mail of signing in could not be sent")
            page = render(self.request, "account/mail_down.html", status=503)
            raise ImmediateHttpResponse(page) from failure

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Patients have no password to forget: theirs would be one more door."""
        if isinstance(user, User) and user.is_staff:
            super().send_password_reset_mail(user, email, context)
        else:
            self.send_mail("account/email/unknown_account", email, {})


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": _("This code does not fit.")}

    def build_totp_svg(self, url: str) -> str:
        """allauth's own has no ground, so that nothing can be scanned from a dark screen."""
        return qr.svg(url)

    def _get_user_identifier(self, user: Any) -> str:
        return user.email or str(user)
