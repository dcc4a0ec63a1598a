"""What became of each exercise, and which way the pain went: worked out by hand."""

import pytest

from patients import facts
from patients.models import PracticeSession
from patients.settling import Courses, courses
from patients.tallies import tallies
from patients.vocabulary import SkipReason
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


def test_exercises_are_counted_by_what_became_of_them():
    trial = Scenario("AB")
    trial.records(1, done="AB")
    trial.records(2, done="A", skipped={"B": SkipReason.NO_TIME})
    trial.records(3, partly="A", stopped="B")
    found = tallies(facts.load([trial.prescription])[trial.pk].sessions)
    a, b = found[trial.line("A")], found[trial.line("B")]
    assert dict(a.outcomes) == {"done": 2, "partly": 1}
    assert dict(b.outcomes) == {"done": 1, "skipped": 1, "stopped": 1}
    assert (a.skipped, a.stopped, b.skipped, b.stopped) == (0, 0, 1, 1)
    assert dict(b.reasons) == {SkipReason.NO_TIME: 1}


@pytest.mark.parametrize(
    ("pains", "settled", "expected"),
    [
        ((3, None, None), "", Courses(0, 0, 0, 0, 0)),  # nothing was said afterwards: nothing follows
        ((3, None, 3), "", Courses(1, 0, 0, 0, 0)),
        ((3, 6, 3), "", Courses(1, 1, 0, 0, 0)),
        ((3, 6, 2), "", Courses(1, 1, 0, 0, 0)),
        ((3, 6, 5), "", Courses(1, 0, 1, 0, 0)),
        ((3, 6, 5), "hour", Courses(1, 0, 1, 1, 0)),
        ((3, None, 4), "next_day", Courses(1, 0, 1, 1, 0)),
        ((3, None, 4), "not_yet", Courses(1, 0, 1, 0, 1)),
        ((None, 6, 4), "", Courses(0, 0, 0, 0, 0)),
    ],
)
def test_which_way_the_pain_went(pains, settled, expected):
    trial = Scenario("A")
    trial.records(1, done="A")
    before, during, after = pains
    PracticeSession.objects.update(
        pain_before=before,
        pain_during=during,
        pain_after=after,
        settled=settled,
        settled_at=trial.at(2) if settled else None,
    )
    assert courses(trial.prescription) == expected
