"""What in a session calls a clinician (rule 4), beside a stop: pain that rose, is high, or moved down.

"Hurts during, settles" is none of these: it belongs in the report, not in an alarm.
"""

import uuid
from collections.abc import Collection, Iterable

from clinic.models import Clinic
from patients.models import PracticeSession
from patients.vocabulary import Alert


def stop_alerts(whole_session: bool, lines: Collection[uuid.UUID]) -> list[Alert]:
    """The alert of a session that turned `lines` off, or was stopped as a whole."""
    if whole_session:
        return [Alert.SESSION_STOP]
    return [Alert.STOP] if lines else []


def pain_alerts(
    session: PracticeSession, *, clinic: Clinic, usual_pain: int | None, lowest_site_before: int | None
) -> list[Alert]:
    """The pain alerts that `session` gives, by the clinic's own numbers.

    `lowest_site_before` is the lowest place ever recorded, the usual one included. Where nobody said
    what is usual, a high level alerts (better once too often), but a first place has nothing to be
    lower than. An answer that was left out is missing, never 0: it gives no alert.
    """
    found = []
    before, after = session.pain_before, session.pain_after
    if before is not None and after is not None and after - before >= clinic.pain_rise_alert:
        found.append(Alert.PAIN_RISE)
    if after is not None and after >= clinic.pain_level_alert and (usual_pain is None or after > usual_pain):
        found.append(Alert.PAIN_LEVEL)
    lowest = session.lowest_site
    if lowest is not None and lowest_site_before is not None and lowest > lowest_site_before:
        found.append(Alert.PAIN_SITE)
    return found


def skipped_again(skipped: Iterable[uuid.UUID], before: Iterable[uuid.UUID]) -> bool:
    """Whether an exercise was skipped for pain in two sessions running (rule 8)."""
    return bool(set(skipped) & set(before))
