"""How adherence is shown: a percentage as an integer, with its numerator and denominator, and its band."""

from enum import StrEnum

from clinic.models import Clinic


class Band(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    LOW = "low"


def percent(done: float, due: int) -> int | None:
    """The integer shown, halves upwards; None where nothing is due. `done` may end in a half."""
    if not due:
        return None
    return (int(2 * done) * 100 + due) // (2 * due)


def band(shown: int | None, clinic: Clinic) -> Band | None:
    """The band of the integer shown, by the clinic's own limits."""
    if shown is None:
        return None
    if shown >= clinic.band_good:
        return Band.GOOD
    return Band.FAIR if shown >= clinic.band_fair else Band.LOW
