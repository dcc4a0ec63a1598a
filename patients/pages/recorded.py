"""A recorded session as a patient's page shows it."""

from dataclasses import dataclass
from typing import Any

from patients.models import ExerciseRecord, PracticeSession
from patients.models.practice import PAINS
from patients.vocabulary import Site


@dataclass(frozen=True)
class Recorded:
    session: PracticeSession
    records: list[ExerciseRecord]
    sites: list[Any]  # in words

    @property
    def says_how_it_felt(self) -> bool:
        felt = [getattr(self.session, name) for name in PAINS]
        return bool(self.sites or self.session.words or any(pain is not None for pain in felt))


def recorded(session: PracticeSession) -> Recorded:
    """`session` with its exercises in order; prefetch `records__prescribed` for more than one."""
    return Recorded(
        session=session,
        records=sorted(session.records.all(), key=lambda record: record.prescribed.position),
        sites=[Site(site).label for site in session.sites],
    )
