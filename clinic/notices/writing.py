"""Writing mails: the text of a template in the recipient's language, and the envelope around it.

A template of `templates/notices/` extends `notices/base.txt`; its first line is the subject, and the HTML
part is made of the text (clinic.notices.html). What it is given is all that a mail may hold: a first name,
the clinic's name, links. Whether it is care, and whether it can be turned off, its kind says.
"""

import uuid
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from clinic.models import Notice
from clinic.notices import html, kinds, unsubscribing
from clinic.notices.kinds import Mail


def absolute(path: str) -> str:
    """The address that a mail names for a page of this installation."""
    return f"{settings.BASE_URL}{path}"


def write(notice: Notice, template: str, *, language: str, name: str, path: str, **more: Any) -> Mail:
    """The mail of `notices/<template>.txt` to somebody called `name` (a first name), linking to `path`.

    Names are put on one line: a line of its own means something in a mail.
    """
    kind = kinds.get(notice.kind)
    context = {
        "clinic": {"name": _on_one_line(notice.clinic.name)},
        "name": _on_one_line(name),
        "link": absolute(path),
        "is_care": kind.is_care,
        "unsubscribe_link": absolute(unsubscribing.path(notice)) if kind.subscription else "",
        **more,
    }
    with translation.override(language):
        subject, _, body = render_to_string(f"notices/{template}.txt", context).partition("\n")
        text = body.strip() + "\n"
        return Mail(subject, text, html.from_text(text, subject=subject, link=context["link"]))


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
        subject=_on_one_line(mail.subject),
        body=mail.text,
        from_email=formataddr((_on_one_line(notice.clinic.name), _sender())),
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


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
