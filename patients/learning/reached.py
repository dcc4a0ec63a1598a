"""How far somebody is in the cards: by the day of the count that runs."""

from patients.standing import RECORDABLE, Standing, State


def day_reached(stands: Standing) -> int | None:
    """The day of the first count; 0 before it begins; None where all cards can be read.

    All of them: once the first review point is reached, as maintenance, after the end, and while a programme
    is suspended, when its day is not known.
    """
    if stands.count is not None:
        return None if stands.count.after_review else stands.count.day
    prescription = stands.prescription
    if stands.state in {State.ENDED, State.SUSPENDED} or stands.is_maintenance:
        return None
    if prescription is None or prescription.counts_from is None:
        return 0
    over_on = prescription.next_review_on
    return None if over_on is None or over_on <= stands.today else 0


def new_day(stands: Standing) -> int | None:
    """The day whose card is news today; None where nothing is counted, or nothing may be practised."""
    count = stands.count
    if count is None or count.after_review or stands.state not in RECORDABLE:
        return None
    return count.day
