"""The graph of pain: a column for each date, gaps where nothing was entered, and never a 0 that nobody said.

The drawing is 300 units wide with margins of 24 and 6, so 14 columns (the least) are 270 / 14 = 19.286 wide.
It is 190 high with margins of 8 and 24: level 10 lies at 8, level 0 at 166, and one level is 15.8.
"""

import re
import xml.etree.ElementTree as ET

import pytest

from patients.adherence import Day, DayState
from patients.models import PracticeSession
from patients.pain_graph import pain_graph
from patients.vocabulary import Site
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario, day

FIRST = day("2026-03-02")


def felt(before=None, during=None, after=None) -> PracticeSession:
    return PracticeSession(practised_on=FIRST, pain_before=before, pain_during=during, pain_after=after)


def dated(*days):
    """Consecutive dates: a state, or the sessions of a day that was done."""
    found = []
    for number, what in enumerate(days):
        state, sessions = (DayState.DONE, what) if isinstance(what, list) else (what, [])
        found.append((Day(day(f"2026-03-{2 + number:02}"), state), sessions))
    return found


def strokes(graph) -> list[list[int]]:
    """How many answers each stroke of each moment joins."""
    return [[len(points.split()) for points in line.strokes] for line in graph.lines]


def test_three_moments_from_left_to_right_within_their_day():
    graph = pain_graph(dated([felt(4, 10, 0)]))
    before, during, after = (line.spots for line in graph.lines)
    # A sixth, a half and five sixths of the first column; 4 is 6 levels of 15.8 below the top.
    assert (before[0].x, before[0].y) == ("27.2", "102.8")
    assert (during[0].x, during[0].y) == ("33.6", "8.0")
    assert (after[0].x, after[0].y) == ("40.1", "166.0")


def test_two_sessions_of_a_day_stand_in_order_in_its_column():
    graph = pain_graph(dated([felt(before=2), felt(before=2)]))
    # A twelfth and seven twelfths of the column.
    assert [spot.x for spot in graph.lines[0].spots] == ["25.6", "35.2"]
    assert strokes(graph) == [[2], [], []]


def test_what_was_left_out_is_not_drawn_and_breaks_its_line_alone():
    graph = pain_graph(dated([felt(3, 4, 3)], [felt(3, None, 3)], [felt(3, 4, 3)]))
    assert [len(line.spots) for line in graph.lines] == [3, 2, 3]
    assert strokes(graph) == [[3], [], [3]]


@pytest.mark.parametrize(
    ("between", "joined"),
    [
        (DayState.NOT_RECORDED, []),
        (DayState.PAUSED, []),
        (DayState.SKIPPED, []),
        (DayState.NOT_DUE, []),  # suspended, or all was stopped
    ],
)
def test_a_day_without_a_session(between, joined):
    graph = pain_graph(dated([felt(before=3)], between, [felt(before=5)]))
    assert strokes(graph)[0] == joined


def spans_of_the_line(trial: Scenario, on: int) -> list[int]:
    """How many answers each stroke of the pain before joins, by the report of day `on`."""
    sessions = list(trial.sessions())
    graph = pain_graph(
        [(day, [one for one in sessions if one.practised_on == day.on]) for day in trial.report(on).days]
    )
    return strokes(graph)[0]


@pytest.mark.django_db
def test_a_weekday_off_is_no_gap():
    """Mondays and Wednesdays; days 1, 3 and 8 are the Mondays and the Wednesday between."""
    trial = Scenario("A", weekdays="13")
    for number in (1, 3, 8):
        trial.records(number, done="A", before=4)
    assert spans_of_the_line(trial, 9) == [3]


@pytest.mark.django_db
def test_days_that_were_suspended_are_a_gap():
    """Told on day 3 and cleared on day 10: days 4 to 9 are not due, and nothing was entered on them."""
    trial = Scenario("A")
    for number in (1, 2, 3):
        trial.records(number, done="A", before=4)
    trial.reports_emergency(3)
    trial.clears_emergency(10)
    for number in (10, 11):
        trial.records(number, at="18:00", done="A", before=2)
    assert spans_of_the_line(trial, 12) == [3, 2]


@pytest.mark.django_db
def test_days_on_which_all_was_stopped_are_a_gap():
    trial = Scenario("A")
    trial.records(1, done="A", before=4)
    trial.records(2, stopped="A", before=6)
    trial.resumes(9, "A")
    for number in (9, 10, 11):
        trial.records(number, done="A", before=2)
    assert spans_of_the_line(trial, 12) == [2, 3]


def test_paused_days_are_marked_as_one_run():
    graph = pain_graph(dated([felt(3)], DayState.PAUSED, DayState.PAUSED, [felt(3)], DayState.PAUSED))
    assert graph.paused == [("43.3", "38.6"), ("101.1", "19.3")]


def test_without_an_answer_there_is_no_graph():
    assert pain_graph(dated([felt()], DayState.NOT_RECORDED)) is None
    assert pain_graph([]) is None


# --- As the patient's page draws it ---------------------------------------------------------------------
@pytest.fixture
def look(time_machine):
    def at(trial: Scenario, number: int, address: str = "/progress/"):
        time_machine.move_to(trial.at(number, "12:00"), tick=False)
        return client_of(trial).get(address)

    return at


def drawing(page) -> ET.Element:
    svg = re.search(r'<figure class="graph">\s*(<svg.*?</svg>)', page.content.decode(), re.S)
    assert svg
    return ET.fromstring(svg[1])  # noqa: S314 our own page


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "it"])
def test_it_is_drawn_in_both_languages_with_points_for_commas(look, language):
    trial = Scenario("A")
    trial.patient.language = language
    trial.patient.save()
    trial.patient.user.language = language
    trial.patient.user.save()
    trial.records(1, done="A", before=4, during=5, after=3)
    trial.records(2, done="A", before=4, after=3)
    svg = drawing(look(trial, 3))
    figures = [value for part in svg.iter() for value in part.attrib.values()]
    assert not [one for one in figures if re.search(r"\d,\d+ *$", one) and "." not in one]
    assert len(svg.findall(".//circle")) == 2
    assert svg.find("title").text
    assert svg.find("desc").text
    assert svg.get("role") == "img"


@pytest.mark.django_db
def test_the_same_as_a_table_and_a_missing_answer_is_no_zero(look):
    trial = Scenario("A", usual_lowest_site=Site.BACK)
    trial.records(1, done="A", after=0)
    page = look(trial, 2)
    assert len(drawing(page).findall(".//circle")) == 0  # nothing before was said
    table = page.content.decode().split("The same as a table")[1].split("</table>")[0]
    cells = [cell.strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", table, re.S)]
    assert cells == ["–", "–", "0"]


@pytest.mark.django_db
def test_it_shows_the_days_of_the_page(look):
    trial = Scenario("A")
    trial.records(1, done="A", before=4)
    trial.records(59, done="A", before=2)
    assert len(drawing(look(trial, 60)).findall(".//circle")) == 1
    assert "Pain from 0 to 10, 4 March to 31 March" not in text(look(trial, 60))
    assert "graph" not in look(trial, 60, "/progress/?until=2026-04-02").content.decode().split("<main")[1]


@pytest.mark.django_db
def test_nobody_sees_the_pain_of_somebody_else(look, a_strange_patient, as_patient):
    trial = Scenario("A")
    trial.records(1, done="A", before=9)
    look(trial, 2)
    page = as_patient(a_strange_patient).get("/progress/").content.decode()
    assert '<figure class="graph">' not in page
