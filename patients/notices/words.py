"""The delivery log in plain words: what a notice is, whom it goes to, and why it came to where it is.

Kinds and reasons are short codes in the database, so that they mean the same in every language. Whoever adds
one says it here; tests name those that were forgotten (tests/patients/test_notices_words.py).
"""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.models import Notice
from patients.models import Patient

KINDS: dict[str, Any] = {
    "reminder": _("Reminder"),
    "nudge": _("Second reminder"),
    "helped": _("Question whether it has helped"),
    "programme_changed": _("Programme changed"),
    "question_answered": _("There is an answer"),
    "review_word": _("There is a word after the review"),
    "invitation": _("Invitation"),
    "stop_alert": _("Stop or pain alert"),
    "emergency_alert": _("Emergency sign"),
    "alert_again": _("Alert that nobody had taken"),
    "review_due": _("Review due"),
    "review_again": _("Review that nobody had signed"),
    "morning_list": _("Morning list"),
    "staff_invitation": _("Invitation to work here"),
    "undelivered_invitation": _("Invitation that did not arrive"),
}
TO_PATIENTS = frozenset(
    {"reminder", "nudge", "helped", "programme_changed", "question_answered", "review_word", "invitation"}
)

REASONS: dict[str, Any] = {
    # Said by the outbox (clinic.notices).
    "no_address": _("there is no address"),
    "address_refused": _("a mail server has refused this address for good"),
    "refused": _("the mail server refused it for good"),
    "put_off_too_often": _("the mail server put it off for days"),
    "uncertain": _("the connection broke before the server's answer, so it goes again"),
    "by_hand": _("somebody had it sent again"),
    "restored": _("most likely it was sent before a backup was restored"),
    # What a mail to a patient is overtaken by.
    "turned_off": _("the patient wants none"),
    "not_active": _("no programme is running"),
    "not_started": _("the programme has not begun"),
    "suspended": _("an emergency sign is open: the programme is suspended"),
    "paused": _("the programme is paused"),
    "not_due": _("no session was due"),
    "all_stopped": _("every exercise is off for pain"),
    "day_off": _("the patient wants no reminder on this day of the week"),
    "recorded": _("the session was recorded already"),
    "skipped": _("the patient had said that they would not practise"),
    "answered": _("the patient has answered"),
    "merged": _("two records of this patient became one"),
    # And one to the clinic.
    "acknowledged": _("somebody takes care of it"),
    "handed_over": _("it is with somebody else now"),
    "signed": _("the review is signed"),
    "left": _("they do not work here any more"),
    "away": _("they are away, and it went to who stands in"),
    "nothing_new": _("nothing was new"),
    # Either.
    "gone": _("what it was about is not there any more"),
    "closed": _("what it was about is closed"),
    "ended": _("the programme has ended"),
    "overtaken": _("a later message took its place"),
}


def kind(notice: Notice) -> Any:
    return KINDS.get(notice.kind, notice.kind)


def reason(code: str) -> Any:
    """In words; a code of an older version as it is."""
    return REASONS.get(code, code)


def recipient(notice: Notice, patient: Patient | None) -> str:
    """Whom it goes to: a colleague, the patient, or the clinic's own address."""
    if notice.recipient is not None:
        return notice.recipient.name or notice.recipient.email or ""
    if notice.kind in TO_PATIENTS:
        return str(patient) if patient else gettext("the patient")
    if notice.kind == "staff_invitation":
        return gettext("whom it invites")
    return gettext("the clinic's own address")
