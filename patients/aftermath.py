"""What a recorded session set off: which exercises are off since, and whether the clinic was called."""

from dataclasses import dataclass

from patients.models import ExerciseStop, PracticeSession, PrescribedExercise
from patients.vocabulary import Alert


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
    return Aftermath(
        stopped=list(off.order_by("position")),
        alerts=frozenset(Alert(what) for what in session.alerts.values_list("what", flat=True)),
    )
