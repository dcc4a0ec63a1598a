"""The HTML part of a mail, made of its text: so the words of a mail are written once.

A paragraph that is the mail's link becomes a button, one that is its code large digits, the last one the
signature. What follows a line of two dashes is small print.
"""

from django.template.loader import render_to_string

FOOT = "\n\n--\n"  # between the signature and the small print


def from_text(text: str, *, subject: str, link: str = "", code: str = "") -> str:
    """The HTML that says what `text` says, in the language that is on. Everything in it is escaped."""
    body, _, foot = text.strip().partition(FOOT)
    *paragraphs, signature = body.split("\n\n")
    context = {
        "subject": subject,
        "paragraphs": paragraphs,
        "link": link,
        "code": code,
        "signature": signature,
        "foot": foot.splitlines(),
    }
    return render_to_string("notices/mail.html", context)
