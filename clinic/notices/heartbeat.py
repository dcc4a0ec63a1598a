"""Whether planning and sending go on: each writes down when it last ran to its end, sending on its way."""

import datetime as dt

from clinic.models import Heartbeat

STEPS = ("plan", "drain")


def beat(step: str, *, now: dt.datetime) -> None:
    """One statement, so that any number of workers may beat at once."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(step=step, beat_at=now)],
        update_conflicts=True,
        unique_fields=["step"],
        update_fields=["beat_at"],
    )


def ages(*, now: dt.datetime) -> dict[str, float | None]:
    """Seconds since each step last ran to its end; None for one that never did."""
    beats = dict(Heartbeat.objects.values_list("step", "beat_at"))
    return {step: (now - beats[step]).total_seconds() if step in beats else None for step in STEPS}
