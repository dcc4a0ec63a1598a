"""Sessions as a clinician reads them: what was done in a line, and what was not, with the reason."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patients.models import ExerciseRecord, PracticeSession, PrescribedExercise, Prescription, SetAside
from patients.settling import Course, course
from patients.vocabulary import Outcome, Settled, Site, SkipReason


@dataclass(frozen=True)
class Otherwise:
    """Exercises that were not simply done: what became of them in words, with the reason of a skip."""

    state: str  # done (in the easier form), partly, skipped, stopped
    words: Any
    names: list[str]


@dataclass(frozen=True)
class ToldSession:
    session: PracticeSession
    done: str
    others: list[Otherwise]
    sites: list[Any]
    course: str = ""  # "hurts during, settles" told from "hurts after", in words
    hurt_more: Sequence[str] = ()  # in which exercises, where it was more than before
    earlier: Sequence["ToldSession"] = ()  # what was said before it was corrected, the latest first


def told_all(sessions: Iterable[PracticeSession]) -> list[ToldSession]:
    """`sessions`, newest revisions, each with those before it: three queries more, where there are any."""
    chosen = list(sessions)
    corrected = {session.uid for session in chosen if session.revision > 1}
    found: dict[tuple[int, uuid.UUID], list[ToldSession]] = defaultdict(list)
    if corrected:
        rows = PracticeSession.objects.filter(uid__in=corrected, superseded_at__isnull=False)
        rows = rows.filter(patient__in={session.patient_id for session in chosen})
        for row in rows.prefetch_related("records__prescribed").order_by("-revision"):
            found[row.patient_id, row.uid].append(told(row))
    return [told(session, earlier=found[session.patient_id, session.uid]) for session in chosen]


def told_aside(asides: Collection[SetAside]) -> list[ToldSession]:
    """What was set aside, read as a session is; one query for the exercises it speaks of."""
    if not asides:
        return []
    lines = {answer["line"] for one in asides for answer in one.said["exercises"]}
    rows = PrescribedExercise.objects.filter(
        line__in=lines, version__prescription__patient__in=_patients(asides)
    )
    prescribed = {str(row.line): row for row in rows.order_by("version__number")}
    return [_told_aside(one, prescribed) for one in asides]


def _patients(asides: Collection[SetAside]) -> QuerySet[Any, Any]:
    of = Prescription.objects.filter(pk__in=[one.prescription_id for one in asides])
    return of.values("patient")


def _told_aside(aside: SetAside, prescribed: Mapping[str, PrescribedExercise]) -> ToldSession:
    names = {field.name for field in PracticeSession._meta.fields} & set(aside.said)
    records = []
    for answer in aside.said["exercises"]:
        exercise = prescribed.get(answer["line"])
        if exercise is None:
            continue  # of another programme: what it was called is not known here
        record = ExerciseRecord(
            prescribed=exercise,
            outcome=answer["outcome"],
            skip_reason=answer["skip_reason"] or "",
            hurt_more=answer["hurt_more"],
        )
        record.rung_done = exercise.rung - 1 if answer["easier"] else exercise.rung
        records.append(record)
    session = PracticeSession(practised_on=aside.practised_on, **{name: aside.said[name] for name in names})
    return told(session, records=records)


def told(
    session: PracticeSession,
    *,
    earlier: Sequence[ToldSession] = (),
    records: Iterable[ExerciseRecord] | None = None,
) -> ToldSession:
    """One revision as it is shown; prefetch `records__prescribed` for more than one."""
    records = sorted(
        session.records.all() if records is None else records, key=lambda record: record.prescribed.position
    )
    done = [record for record in records if record.outcome == Outcome.DONE]
    return ToldSession(
        session=session,
        done=_counted(len(done), len(records)),
        course=_course(session),
        hurt_more=[record.prescribed.name for record in records if record.hurt_more],
        others=_others(records),
        sites=[Site(site).label for site in session.sites],
        earlier=earlier,
    )


def _counted(done: int, of: int) -> str:
    if not of:
        return _("No exercise told yet")
    if done == of:
        return ngettext("The one exercise done", "All %(count)s exercises done", of) % {"count": of}
    return _("%(done)s of %(of)s exercises done") % {"done": done, "of": of}


def _course(session: PracticeSession) -> str:
    """What was said of its pain, restated, with what became of it where the patient was asked; else ""."""
    match course(session):
        case Course.SETTLED_DURING:
            return _("Hurt more during, no more right after")
        case Course.ENDED_WORSE:
            after: dict[str, str] = {
                Settled.HOUR: _("Hurt more right after; settled within an hour"),
                Settled.NEXT_DAY: _("Hurt more right after; settled by the next day"),
                Settled.NOT_YET: _("Hurt more right after; not settled by the next session"),
            }
            return after.get(session.settled, _("Hurt more right after"))
    return ""


def _others(records: list[ExerciseRecord]) -> list[Otherwise]:
    """What was not simply done, exercises with the same fate together."""
    fates: dict[tuple[str, str], list[str]] = {}
    for record in records:
        fate = _fate(record)
        if fate is not None:
            fates.setdefault(fate, []).append(record.prescribed.name)
    return [Otherwise(state, words, names) for (state, words), names in fates.items()]


def _fate(record: ExerciseRecord) -> tuple[str, str] | None:
    if record.outcome == Outcome.SKIPPED:
        return "skipped", _("Skipped (%(reason)s)") % {"reason": SkipReason(record.skip_reason).label}
    if record.outcome == Outcome.STOPPED:
        return "stopped", _("Stopped: it hurt more")
    easier = record.rung_done < record.prescribed.rung
    if record.outcome == Outcome.PARTLY:
        return "partly", _("Partly, in the easier form") if easier else _("Partly")
    return ("done", _("In the easier form")) if easier else None
