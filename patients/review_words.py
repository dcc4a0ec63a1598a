"""The usual word to a patient after each decision at a review: plain, without promise or blame. A clinician
may write another."""

import datetime as dt
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from patients.vocabulary import Decision

WORD_STAYS = dt.timedelta(days=14)  # on the patient's page of today, after the signature

USUAL: dict[Decision, Any] = {
    Decision.CONTINUE: _("Thank you for these days. We go on with the same exercises."),
    Decision.PROGRESS: _(
        "Thank you for these days. We take the next step: some of your exercises change a little. "
        "Your page shows how."
    ),
    Decision.REGRESS: _(
        "Thank you for these days. We make your exercises easier for a while. Your page shows how."
    ),
    Decision.CHANGE: _("Thank you for these days. We change some of your exercises. Your page shows which."),
    Decision.MAINTENANCE: _(
        "Thank you for these days. From now on it is about keeping at it, in your own time. "
        "Your page shows how often."
    ),
    Decision.SEE_IN_CLINIC: _(
        "Thank you for these days. We would like to see you at the clinic, "
        "and will get in touch to find a time."
    ),
    Decision.REFER: _(
        "Thank you for these days. We would like somebody else to have a look as well, "
        "and will speak with you about it."
    ),
    Decision.END: _(
        "Thank you for these days. Your programme ends here. If anything is unclear or changes, ask us."
    ),
}


# What can be said of a programme that has ended before: no step of it follows.
OF_ENDED = frozenset({Decision.SEE_IN_CLINIC, Decision.REFER, Decision.END})


def usual_word(decision: Decision, *, language: str, is_running: bool = True) -> str:
    """In `language`; nothing where the decision would promise exercises of a programme that has ended."""
    if not is_running and decision not in OF_ENDED:
        return ""
    with translation.override(language):
        return str(USUAL[decision])
