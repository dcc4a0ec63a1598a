"""The clinic's outcomes over a period, counted one by one over all reviews, ends and sessions."""

import datetime as dt
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from patients.models import Answer, Review
from programs.models import Exercise, Question
from tests.year.rows import Life, Row, by_id
from tests.year.slow_days import told_sessions

OVERDUE_AFTER_DAYS = 7  # "Overdue: unsigned for more than 7 days": the page
ENDS = ("confident", "improved", "lost_interest", "did_not_suit", "worse", "other")
SIGNED, OPEN, OVERDUE = "reviews.signed", "reviews.open", "reviews.overdue"
KEYS = (
    *("reviews.reached", SIGNED, OPEN, OVERDUE),
    *("helped.useful", "helped.partly", "helped.not", "helped.unsaid"),
    *("pain.less", "pain.same", "pain.more", "pain.unsaid"),
    *(f"ended.{reason}" for reason in ENDS),
)
Behind = tuple[int, int]  # a programme, and the number of its review (0 for its end)


@dataclass(frozen=True)
class Asked:
    """What the page is asked for."""

    first: dt.date
    last: dt.date
    clinician: int | None = None
    program: int | None = None

    def takes(self, date: dt.date | None, prescription: Row) -> bool:
        return (
            date is not None
            and self.first <= date <= self.last
            and self.clinician in (None, prescription["clinician_id"])
            and self.program in (None, prescription["program_id"])
        )


@dataclass(frozen=True)
class SlowSpread:
    count: int
    median: Fraction | None
    low: Fraction | None
    high: Fraction | None


@dataclass
class SlowOutcomes:
    """`behind` says who is in each count; `programs` and `exercises` are by id, of what was built for one
    patient None. `of_program` has the numbers of each median, `levels` how often each level of pain was said,
    of those that said it twice."""

    behind: dict[str, set[Behind]] = field(default_factory=lambda: {key: set() for key in KEYS})
    days_to_sign: list[int] = field(default_factory=list)
    adherence: list[int] = field(default_factory=list)
    pain_change: list[int] = field(default_factory=list)
    levels: Counter[str] = field(default_factory=Counter)
    of_program: dict[tuple[int | None, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    programs: dict[int | None, Counter] = field(default_factory=lambda: defaultdict(Counter))
    exercises: dict[int, Counter] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def counts(self) -> dict[str, int]:
        return {key: len(found) for key, found in self.behind.items()}

    @property
    def spreads(self) -> dict[str, list[int]]:
        return {
            "days_to_sign": self.days_to_sign,
            "adherence": self.adherence,
            "pain_change": self.pain_change,
        }


def spread(numbers: list[int]) -> SlowSpread:
    """Median and quartiles, each on the straight line between its two neighbours."""
    exact = sorted(Fraction(number) for number in numbers)
    if not exact:
        return SlowSpread(0, None, None, None)
    if len(exact) == 1:
        return SlowSpread(1, *exact, *exact, *exact)
    low, _middle, high = statistics.quantiles(exact, n=4, method="inclusive")
    return SlowSpread(len(exact), Fraction(statistics.median(exact)), Fraction(low), Fraction(high))


class Reviews:
    """All reviews and answers about pain, read once."""

    def __init__(self) -> None:
        self.of: dict[int, list[Row]] = defaultdict(list)
        for row in Review.objects.order_by("pk").values():
            self.of[row["prescription_id"]].append(row)
        pain = [pk for pk, row in by_id(Question).items() if row["code"] == "average_pain"]
        self.pain: dict[tuple[int, str, int], int] = {}
        for row in Answer.objects.filter(question__in=pain).order_by("pk").values():
            self.pain[row["prescription_id"], row["occasion"], row["occasion_number"]] = row["number"]


def count(found: SlowOutcomes, life: Life, asked: Asked, reviews: Reviews, *, today: dt.date) -> None:
    """Add what one programme has to `found`. `today` is the clinic's date."""
    for review in reviews.of[life.pk]:
        if asked.takes(review["reached_on"], life.prescription):
            _count_review(found, life, review, reviews, today)
    if asked.takes(life.prescription["ended_on"], life.prescription):
        found.behind[f"ended.{life.prescription['end_reason']}"].add((life.pk, 0))
    exercise_of = {line["id"]: line["exercise_id"] for version in life.versions for line in version["lines"]}
    for session in told_sessions(life.sessions):
        if asked.takes(session["practised_on"], life.prescription):
            for record in session["records"]:
                tally = found.exercises[exercise_of[record["prescribed_id"]]]
                tally["told"] += 1
                tally[record["outcome"]] += 1
                tally[record["skip_reason"]] += 1


def _count_review(found: SlowOutcomes, life: Life, review: Row, reviews: Reviews, today: dt.date) -> None:
    numbers: dict[str, int] = {}
    keys = ["reviews.reached", f"helped.{review['helped'] or 'unsaid'}"]
    if review["signed_at"] is not None:
        keys.append(SIGNED)
        signed_on = review["signed_at"].astimezone(life.zone).date()
        numbers["days_to_sign"] = (signed_on - review["reached_on"]).days
        if review["snapshot"].get("session_percent") is not None:
            numbers["adherence"] = review["snapshot"]["session_percent"]
    else:
        keys.append(OPEN)
        if (today - review["reached_on"]).days > OVERDUE_AFTER_DAYS:
            keys.append(OVERDUE)
    start = reviews.pain.get((life.pk, "start", 0))
    then = reviews.pain.get((life.pk, "review", review["number"]))
    if start is None or then is None:
        keys.append("pain.unsaid")
    else:
        numbers["pain_change"] = then - start
        keys.append("pain.same" if then == start else "pain.less" if then < start else "pain.more")
        found.levels.update([f"start.{start}", f"now.{then}"])
    for key in keys:
        found.behind[key].add((life.pk, review["number"]))
    program = life.prescription["program_id"]
    found.programs[program].update(["reviews", review["helped"] or "unsaid"])
    for name, number in numbers.items():
        found.spreads[name].append(number)
        found.of_program[program, name].append(number)


def exercise_names(pks: Iterable[int]) -> dict[int, str]:
    return {pk: row["name_en"] for pk, row in by_id(Exercise, pk__in=list(pks)).items()}
