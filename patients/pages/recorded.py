"""A recorded session as a patient's page shows it."""

from dataclasses import dataclass
from typing import Any

from patients.models import ExerciseRecord, PracticeSession
from patients.models.practice import PAINS
from patients.vocabulary import Outcome, Site


@dataclass(frozen=True)
class Recorded:
    session: PracticeSession
    records: list[ExerciseRecord]
    sites: list[Any]  # in words
    number: int = 1  # which of its day
    may_correct: bool = False

    @property
    def says_stopped(self) -> bool:
        return self.session.stopped or any(record.outcome == Outcome.STOPPED for record in self.records)

    @property
    def says_how_it_felt(self) -> bool:
        felt = [getattr(self.session, name) for name in PAINS]
        told = self.sites or self.session.words or self.session.during_no_more
        return bool(told or any(pain is not None for pain in felt))


def recorded(session: PracticeSession, *, number: int = 1, may_correct: bool = False) -> Recorded:
    """`session` with its exercises in order; prefetch `records__prescribed` for more than one."""
    return Recorded(
        session=session,
        number=number,
        may_correct=may_correct,
        records=sorted(session.records.all(), key=lambda record: record.prescribed.position),
        sites=[Site(site).label for site in session.sites],
    )
