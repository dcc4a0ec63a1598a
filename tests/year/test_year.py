"""The numbers of adherence and outcomes over a made-up year, beside the slow computation of this folder.
Response times, and the lists behind medians, levels of pain and exercises, are not compared here.

Small in `make test`; `make year` does the same with 5,000 running programmes and a million sessions.
"""

import pytest
from django.db import connection, transaction
from django.db.models import F

from bench import by_hand
from patients import adherence, facts
from patients.models import CountedDay, PracticeSession, Prescription, Review
from tests.year import asked
from tests.year.checking import (
    Compared,
    compare_lists,
    compare_outcomes,
    compare_pages,
    compare_report,
    filters_of,
    work_out,
)
from tests.year.conftest import Year
from tests.year.rows import lives
from tests.year.scale import LONG, NOW, PICKED, UNTIL, dice
from tests.year.slow_days import days_of
from tests.year.slow_report import EVERY_DATE

pytestmark = pytest.mark.django_db
MOST_LISTED = 2000
MOST_PAGES = 3  # in the long form, of each other order, from both ends


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_line_of_the_file_and_the_totals(year: Year, compared: Compared, kind: str):
    compare_report(compared, year.slow, year.client, kind=kind)
    year.holds(compared)


@pytest.mark.parametrize("dates", asked.DATES[1:], ids=lambda dates: f"{dates[0]} to {dates[1]}")
def test_of_a_period(year: Year, compared: Compared, dates):
    compare_report(compared, year.slow, year.client, dates=dates)
    year.holds(compared)


def test_each_filter(year: Year, compared: Compared):
    for chosen in filters_of(year.slow.rows[EVERY_DATE]):
        compare_report(compared, year.slow, year.client, chosen=chosen)
    for band in ("good", "fair", "low"):  # by what is counted in the period
        compare_report(compared, year.slow, year.client, dates=asked.DATES[1], chosen={"band": band})
    year.holds(compared)


@pytest.mark.parametrize("sort", ["name", "adherence", "last"])
def test_each_page_in_each_order(year: Year, compared: Compared, sort: str):
    def numbers(most: int) -> list[int]:
        if sort == "adherence" or not LONG:
            return list(range(1, most + 1))
        return [*range(1, MOST_PAGES + 1), *range(most - MOST_PAGES + 1, most + 1)]

    compare_pages(compared, year.slow, year.client, sort=sort, numbers=numbers)
    year.holds(compared)


def test_outcomes(year: Year, compared: Compared):
    for period in year.slow.outcomes:
        compare_outcomes(compared, year.slow, year.client, period)
    year.holds(compared)


def test_who_stands_behind_each_figure(year: Year, compared: Compared):
    whole, autumn, *_others, both = year.slow.outcomes
    for period in (autumn, both) if LONG else (whole,):
        compare_lists(compared, year.slow, year.client, period)
    if LONG:  # of the whole year those that are not thousands, which are read page by page
        counts = year.slow.outcomes[whole].counts
        few = [key for key, count in counts.items() if count <= MOST_LISTED]
        compare_lists(compared, year.slow, year.client, whole, few)
    year.holds(compared)


def test_every_date_of_some_programmes(year: Year, compared: Compared):
    """Also of those that have ended; on the day after, when their last day is over."""
    rows = Prescription.objects.filter(patient__clinic=year.clinic).exclude(status="draft").order_by("pk")
    pks = list(rows.values_list("pk", flat=True))
    chosen = sorted(dice("picked").sample(pks, min(PICKED, len(pks))))
    year.said.append(f"date by date: programmes {', '.join(map(str, chosen))}")
    known = facts.load(rows.filter(pk__in=chosen))
    for life in lives(clinic=year.clinic.pk, only=chosen):
        on = life.today(NOW)
        shown = {day.on: day for day in adherence.of_facts(known[life.pk], on=on).days}
        for day in days_of(life, on):
            seen = shown[day.on]
            figures = (seen.sessions_done, seen.sessions_due, seen.dose_halves_done, seen.doses_due)
            ours = (day.sessions_done, day.sessions_due, day.halves_done, day.doses_due)
            compared.same("dates", f"programme {life.pk}, {day.on}", ours, figures)
    year.holds(compared)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="is written for PostgreSQL")
def test_the_statement_that_the_bench_holds_the_report_against(year: Year, compared: Compared):
    found = by_hand.adherence(year.clinic, now=NOW)
    for row in year.slow.rows[EVERY_DATE]:
        if row.day_number is not None:
            one = found[row.pk]
            figures = (one.sessions_done, one.sessions_due, one.dose_halves_done, one.doses_due)
            ours = (row.sessions_done, row.sessions_due, row.halves_done, row.doses_due)
            compared.same("by hand", f"programme {row.pk}", ours, figures)
    year.holds(compared)


# --- The comparison can fail --------------------------------------------------------------------------
def test_a_row_that_is_altered_is_told(year: Year, compared: Compared):
    """One session is taken back behind the report's back: that line of the file, and no other, is told."""
    with transaction.atomic():
        session = some_full_session(year)
        PracticeSession.objects.filter(pk=session.pk).update(superseded_at=NOW)
        slow = work_out(
            clinic=year.clinic.pk, name=year.clinic.name, now=NOW, dates=[EVERY_DATE], asked=[], today=UNTIL
        )
        compare_report(compared, slow, year.client)
        transaction.set_rollback(True)
    assert all(session.patient.family_name in words or "bands" in words for words in compared.differences)
    assert any("Sessions done is" in words for words in compared.differences)


def test_a_figure_that_is_altered_is_told(year: Year, compared: Compared):
    """The counted days that a row of the report is read from are made wrong by one session."""
    row = next(row for row in year.slow.rows[EVERY_DATE] if row.sessions_done)
    with transaction.atomic():
        CountedDay.objects.filter(prescription=row.pk).update(sessions_due=F("sessions_due") + 1)
        compare_report(compared, year.slow, year.client)
        transaction.set_rollback(True)
    told = f"Sessions due is '{row.sessions_due + 1}', and '{row.sessions_due}' by the slow way"
    assert [words for words in compared.differences if told in words]
    assert all(row.family_name in words or "bands" in words for words in compared.differences)


def test_a_review_that_is_altered_is_told(year: Year, compared: Compared):
    """Somebody is told to have found it useful who was not asked: two counts, and two lists."""
    whole = next(iter(year.slow.outcomes))
    with transaction.atomic():
        review = Review.objects.filter(
            prescription__patient__clinic=year.clinic, helped="", reached_on__range=(whole.first, whole.last)
        )[0]
        Review.objects.filter(pk=review.pk).update(helped="useful")
        compare_outcomes(compared, year.slow, year.client, whole)
        compare_lists(compared, year.slow, year.client, whole, ["helped.useful", "helped.unsaid"])
        transaction.set_rollback(True)
    for words in ("counts, helped.useful", "counts, helped.unsaid"):
        assert any(words in one for one in compared.differences), words
    behind = f"({review.prescription_id}, {review.number})"
    assert sum("helped." in one and behind in one for one in compared.differences) == 2


def some_full_session(year: Year) -> PracticeSession:
    """The only one of its day, on which one is due, some days ago, in which everything was done."""
    for life in lives(clinic=year.clinic.pk):
        if life.prescription["status"] == "active":
            for day in days_of(life, life.today(NOW))[:-5]:
                rows = [row for row in life.sessions if row["practised_on"] == day.on]
                if len(rows) == 1 == day.sessions_due == day.sessions_done and day.doses_due > 1:
                    return PracticeSession.objects.get(pk=rows[0]["id"])
    raise AssertionError("nobody has such a day")
