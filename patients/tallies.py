"""What became of each exercise of a programme: how often done, partly, skipped and why, stopped for pain."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from patients.facts import SessionFacts
from patients.vocabulary import Outcome


@dataclass
class Tally:
    """Numbers of sessions in which the exercise had this outcome; done counts an easier form too."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # of those that were skipped, SkipReason

    @property
    def skipped(self) -> int:
        return self.outcomes[Outcome.SKIPPED]

    @property
    def stopped(self) -> int:
        return self.outcomes[Outcome.STOPPED]


def tallies(sessions: Iterable[SessionFacts]) -> dict[uuid.UUID, Tally]:
    """By exercise (the line stays the same across versions). Asks the database nothing."""
    found: dict[uuid.UUID, Tally] = {}
    for session in sessions:
        for line, record in session.records.items():
            tally = found.setdefault(line, Tally())
            tally.outcomes[record.outcome] += 1
            if record.outcome == Outcome.SKIPPED:
                tally.reasons[record.skip_reason] += 1
    return found
