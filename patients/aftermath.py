"""What a recorded session set off: which exercises are off since, and whether the clinic was called."""

from dataclasses import dataclass

from patients.models import ExerciseStop, PracticeSession, PrescribedExercise, WorkItemEntry
from patients.vocabulary import Alert

ALERTS_OF_SESSION = frozenset(
    {Alert.STOP, Alert.SESSION_STOP, Alert.PAIN_RISE, Alert.PAIN_LEVEL, Alert.PAIN_SITE, Alert.PAIN_SKIP}
)


@dataclass(frozen=True)
class Aftermath:
    """`stopped` are the exercises that this session turned off and that are off still."""

    stopped: list[PrescribedExercise]
    alerts: frozenset[Alert]

    @property
    def clinic_was_told(self) -> bool:
        return bool(self.alerts)


def aftermath(session: PracticeSession) -> Aftermath:
    """Of one session: two queries."""
    stops = ExerciseStop.objects.standing().filter(session=session)
    off = PrescribedExercise.objects.filter(version=session.version_id, line__in=stops.values("line"))
    entries = WorkItemEntry.objects.filter(
        item__patient=session.patient_id, object_id=str(session.pk), what__in=ALERTS_OF_SESSION
    )
    return Aftermath(
        stopped=list(off.order_by("position")),
        alerts=frozenset(Alert(what) for what in entries.values_list("what", flat=True)),
    )
