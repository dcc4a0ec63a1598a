"""The totals of some days of a programme: what was due, and what of it was done (docs/adherence.md)."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Totals:
    """Doses done are counted in halves. Rates are fractions of 1, None where nothing is due."""

    sessions_done: int
    sessions_due: int
    dose_halves_done: int
    doses_due: int
    days_due: int
    days_practised: int  # of those

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    def __sub__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, name) - getattr(other, name) for name in NAMES))

    @property
    def doses_done(self) -> float:
        """May end in a half."""
        return self.dose_halves_done / 2

    @property
    def session_rate(self) -> float | None:
        return self.sessions_done / self.sessions_due if self.sessions_due else None

    @property
    def dose_rate(self) -> float | None:
        return self.dose_halves_done / (2 * self.doses_due) if self.doses_due else None

    @property
    def too_little_to_judge(self) -> bool:
        """Fewer than half of the due days practised."""
        return self.days_due > 0 and 2 * self.days_practised < self.days_due


NAMES = tuple(field.name for field in fields(Totals))
NOTHING = Totals(0, 0, 0, 0, 0, 0)


def of_one_day(sessions_done: int, sessions_due: int, dose_halves_done: int, doses_due: int) -> Totals:
    """A day is practised if it is due and something of it was done."""
    is_due = sessions_due > 0
    is_practised = is_due and sessions_done > 0
    return Totals(sessions_done, sessions_due, dose_halves_done, doses_due, int(is_due), int(is_practised))
