"""Writing mails: the text of a template in the recipient's language, and the envelope around it.

A template of `templates/notices/` extends `notices/base.txt`; its first line is the subject. What it is
given is all that a mail may hold: a first name, the clinic, links.
"""

import uuid
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from clinic.models import Clinic, Notice
from clinic.notices import kinds, unsubscribing
from clinic.notices.kinds import Mail


def absolute(path: str) -> str:
    """The address that a mail names for a page of this installation."""
    return f"{settings.BASE_URL}{path}"


def write(template: str, *, language: str, clinic: Clinic, name: str, path: str, **more: Any) -> Mail:
    """The mail of `notices/<template>.txt` to somebody called `name` (a first name), linking to `path`."""
    context = {"clinic": clinic, "name": name, "link": absolute(path), **more}
    with translation.override(language):
        text = render_to_string(f"notices/{template}.txt", context)
    subject, _, body = text.partition("\n")
    return Mail(subject=subject, text=body.strip() + "\n")


def first_name(name: str) -> str:
    """The first name in a colleague's full name, without a title ("Dr. Alba Rossi": Alba); may be empty."""
    return next((word for word in name.split() if "." not in word), "")


def in_envelope(notice: Notice, mail: Mail, address: str) -> EmailMultiAlternatives:
    """`mail` to `address`, from the clinic, with the Message-ID that every try of this notice carries."""
    headers = {
        "Message-ID": notice.message_id,
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers
    }
    if kinds.get(notice.kind).subscription is not None:
        headers["List-Unsubscribe"] = f"<{absolute(unsubscribing.path(notice))}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        subject=" ".join(mail.subject.split()),
        body=mail.text,
        from_email=formataddr((" ".join(notice.clinic.name.split()), _sender())),
        to=[address],
        reply_to=[notice.clinic.email] if notice.clinic.email else None,
        headers=headers,
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def new_message_id() -> str:
    """A Message-ID that says nothing: random, at the sender's domain."""
    return f"<{uuid.uuid4().hex}@{_sender().rpartition('@')[2] or 'localhost'}>"


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
