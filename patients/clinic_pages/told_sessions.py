"""Sessions as a clinician reads them: what was done in a line, and what was not, with the reason."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patients.models import ExerciseRecord, PracticeSession
from patients.vocabulary import Outcome, Site, SkipReason


@dataclass(frozen=True)
class TroubledExercise:
    """An exercise that was not simply done: its outcome in words, with the reason of a skip."""

    name: str
    state: str  # done (in the easier form), partly, skipped, stopped
    words: Any


@dataclass(frozen=True)
class ToldSession:
    session: PracticeSession
    done: str
    others: list[TroubledExercise]
    sites: list[Any]


def told(session: PracticeSession) -> ToldSession:
    """`session` as it is shown; prefetch `records__prescribed` for more than one."""
    records = sorted(session.records.all(), key=lambda record: record.prescribed.position)
    done = [record for record in records if record.outcome == Outcome.DONE]
    return ToldSession(
        session=session,
        done=_counted(len(done), len(records)),
        others=[troubled for record in records if (troubled := _troubled(record)) is not None],
        sites=[Site(site).label for site in session.sites],
    )


def _counted(done: int, of: int) -> str:
    if not of:
        return ""
    if done == of:
        return ngettext("The one exercise done", "All %(count)s exercises done", of) % {"count": of}
    return _("%(done)s of %(of)s exercises done") % {"done": done, "of": of}


def _troubled(record: ExerciseRecord) -> TroubledExercise | None:
    name = record.prescribed.name
    if record.outcome == Outcome.SKIPPED:
        words = _("skipped: %(reason)s") % {"reason": SkipReason(record.skip_reason).label}
        return TroubledExercise(name, "skipped", words)
    if record.outcome == Outcome.STOPPED:
        return TroubledExercise(name, "stopped", _("stopped: it hurt more"))
    easier = record.rung_done < record.prescribed.rung
    if record.outcome == Outcome.PARTLY:
        words = _("partly, in the easier form") if easier else _("partly")
        return TroubledExercise(name, "partly", words)
    return TroubledExercise(name, "done", _("in the easier form")) if easier else None
