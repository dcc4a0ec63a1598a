"""Correcting what was recorded: a new revision of the session, until the end of the next day.

The next day is the one after the session was first recorded, so that a day that was told later can be
corrected too. Nothing is overwritten, and a correction takes back nothing that was for safety: an exercise
that was stopped stays off until a clinician resumes it, and what stands on the worklist stays there.
"""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.alerts import pain_alerts, skipped_again
from patients.answers import SessionAnswers, answers_of, refuse_answers, says_the_same
from patients.keeping import (
    call_clinician,
    keep_records,
    keep_stops,
    lower,
    said,
    skipped_for_pain,
    stopped_lines,
)
from patients.locking import locked
from patients.models import ExerciseStop, PracticeSession, Prescription, WorkItemEntry
from patients.past import Past, skipped_beside, with_past
from patients.prescribed import prescribed_in
from patients.progressing import reach_steps, undo_steps
from patients.recording import refuse_suspended
from patients.trial import ONE_DAY
from patients.vocabulary import Alert, WorkKind


def last_day_to_correct(session: PracticeSession) -> dt.date:
    """The local date of the patient until whose end `session` can be corrected."""
    return session.recorded_on + ONE_DAY


def may_correct(session: PracticeSession, *, today: dt.date, is_suspended: bool) -> bool:
    """Whether the patient can correct `session`, its newest revision, on the local date `today`."""
    try:
        refuse_late(session, session.prescription, today=today)
        refuse_suspended(is_suspended=is_suspended)
    except ValidationError:
        return False
    return True


def refuse_late(session: PracticeSession, prescription: Prescription, *, today: dt.date) -> None:
    """Raise ValidationError after the last day for it, and where the programme ended on an earlier day."""
    if today > last_day_to_correct(session):
        raise ValidationError(
            _("An entry can be changed until the end of the next day. Tell your physiotherapist instead."),
            code="late",
        )
    if prescription.ended_on is not None and prescription.ended_on < today:
        raise ValidationError(_("This programme has ended, so nothing was saved."), code="not_running")


@transaction.atomic
def correct_session(
    *, session: PracticeSession, answers: SessionAnswers, now: dt.datetime, by: User
) -> PracticeSession:
    """The next revision of `session`, the one that `by`, its patient, looked at; gives what counts now.

    Answers that change nothing make no revision, so the same correction sent twice is one. Raises
    ValidationError, by field where there is one, for somebody else, after the last day, a programme that
    is suspended or ended on an earlier day, what was corrected meanwhile, and answers that are refused in
    recording too. Then nothing is saved.
    """
    prescription = locked(session.prescription)
    revisions = PracticeSession.objects.filter(patient=prescription.patient, uid=session.uid)
    newest = revisions.current().select_related("version").prefetch_related("records__prescribed").get()
    newest.prescription = prescription
    if prescription.patient.user_id is None or prescription.patient.user_id != by.pk:
        raise ValidationError(_("An entry is changed by the patient alone."), code="not_theirs")
    before = answers_of(newest)
    if says_the_same(before, answers):
        return newest
    if newest.pk != session.pk:
        raise ValidationError(
            _("This entry was changed meanwhile, perhaps on another device. Look at it again."), code="stale"
        )
    exercises, past = with_past(
        prescription,
        prescribed_in(newest),
        on=newest.practised_on,
        at=newest.first_recorded_at,
        uid=newest.uid,
    )
    refuse_late(newest, prescription, today=local_date(now, prescription.patient.zone))
    refuse_suspended(is_suspended=past.is_suspended)
    refuse_answers(answers, exercises)

    made = _next_revision(newest, answers, now=now, by=by)
    keep_records(made, answers, exercises)
    stopped = stopped_lines(answers, exercises) - stopped_lines(before, exercises) - _off_since(newest)
    keep_stops(made, stopped, now=now)
    work = _work(made, answers, stopped, skipped=_skipped_again(answers, before, exercises), past=past)
    if work:
        call_clinician(made, prescription, work, some_open=past.has_open_work, now=now)
    if prescription.status == Prescription.Status.ACTIVE:
        undo_steps(session=made, now=now)
        reach_steps(session=made, exercises=exercises, now=now)
    patient = prescription.patient
    audit.write(verb=Verb.CORRECTED, obj=made, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return made


def _next_revision(
    newest: PracticeSession, answers: SessionAnswers, *, now: dt.datetime, by: User
) -> PracticeSession:
    """Where it belongs and which way it came stay as they were; what is said, by whom and when is new."""
    newest.superseded_at = now
    newest.save(update_fields=["superseded_at"])
    return PracticeSession.objects.create(
        uid=newest.uid,
        revision=newest.revision + 1,
        patient=newest.prescription.patient,
        prescription=newest.prescription,
        version=newest.version,
        practised_on=newest.practised_on,
        recorded_on=newest.recorded_on,
        first_recorded_at=newest.first_recorded_at,
        recorded_at=now,
        finished_at=now,
        recorded_by=by,
        source=newest.source,
        arrived_late=newest.arrived_late,
        settled=newest.settled,
        settled_at=newest.settled_at,
        **said(answers),
    )


def _off_since(session: PracticeSession) -> set[uuid.UUID]:
    """What an earlier revision turned off, and no clinician has resumed since."""
    stops = ExerciseStop.objects.standing().filter(session__patient=session.patient_id)
    return set(stops.filter(session__uid=session.uid).values_list("line", flat=True))


def _skipped_again(answers: SessionAnswers, before: SessionAnswers, exercises: list[object]) -> bool:
    """Whether the correction itself makes two sessions running in which an exercise was skipped for pain."""
    newly = skipped_for_pain(answers) - skipped_for_pain(before)
    return skipped_again(newly, skipped_beside(exercises))


def _work(
    session: PracticeSession, answers: SessionAnswers, stopped: set[uuid.UUID], *, skipped: bool, past: Past
) -> dict[WorkKind, list[Alert]]:
    """What calls a clinician now. What an earlier revision has called for is not called for again, except
    an exercise that was not stopped before."""
    entries = WorkItemEntry.objects.filter(session__patient=session.patient, session__uid=session.uid)
    known = set(entries.values_list("what", flat=True))
    found = []
    if answers.stopped and Alert.SESSION_STOP not in known:
        found.append(Alert.SESSION_STOP)
    elif stopped:
        found.append(Alert.STOP)
    pains = pain_alerts(
        session,
        clinic=session.patient.clinic,
        usual_pain=session.prescription.usual_pain,
        lowest_site_before=lower(session.prescription.usual_lowest_site, past.lowest_site),
    )
    found += [alert for alert in pains if alert not in known]
    work = {WorkKind.STOP: found} if found else {}
    if skipped and Alert.PAIN_SKIP not in known:
        work[WorkKind.SKIPPED_FOR_PAIN] = [Alert.PAIN_SKIP]
    return work
