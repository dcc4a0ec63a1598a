"""What a recorded session set off: which exercises are off since, and whether the clinic was called."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef

from patients.models import ExerciseStop, PracticeSession, PrescribedExercise, PrescriptionVersion
from patients.vocabulary import Alert


@dataclass(frozen=True)
class Aftermath:
    """`stopped` are the exercises that this session turned off, in whichever revision, and that are off
    still; `grown` those that take their next step from the version on that was made of it. `alerts` are
    those of the revision itself: what an earlier one set off was said then."""

    stopped: list[PrescribedExercise]
    alerts: frozenset[Alert]
    grown: list[PrescribedExercise]

    @property
    def clinic_was_told(self) -> bool:
        return bool(self.alerts)


def aftermath(session: PracticeSession) -> Aftermath:
    """Of one session, its newest revision: three queries."""
    revisions = PracticeSession.objects.filter(patient=session.patient_id, uid=session.uid)
    stops = ExerciseStop.objects.standing().filter(session__in=revisions)
    # A next step that waits for a word is on the clinician's list too, but nothing is wrong.
    alerts = session.alerts.exclude(what=Alert.STEP_REACHED).values_list("what", flat=True)
    off = PrescribedExercise.objects.filter(version=session.version_id, line__in=stops.values("line"))
    ours = PrescribedExercise.objects.filter(version__prescription=session.prescription_id)
    taken_back = ours.filter(
        version__cause=PrescriptionVersion.Cause.CORRECTED,
        version__number__gt=OuterRef("version__number"),
        line=OuterRef("line"),
        step__lt=OuterRef("step"),
    )
    grown = ours.filter(
        ~Exists(taken_back),
        version__cause=PrescriptionVersion.Cause.STEP,
        version__created_at=F("step_since"),
        step_since__in=revisions.values("recorded_at"),  # made in the same moment
    ).select_related("version")
    return Aftermath(
        stopped=list(off.order_by("position")),
        alerts=frozenset(Alert(what) for what in alerts),
        grown=list(grown.order_by("position")),
    )
