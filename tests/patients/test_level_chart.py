"""The chart of levels of pain: where its bars stand, worked out by hand."""

import pytest
from django.http import QueryDict

from patients.clinic_pages.level_chart import level_chart, step_of
from patients.clinic_pages.outcome_period import Links
from patients.measured import LEVEL_FIGURES


def levels(**said: int) -> dict[str, int]:
    """ "start_6" is who said 6 at the start; nobody said anything else."""
    return dict.fromkeys(LEVEL_FIGURES, 0) | {key.replace("_", "."): count for key, count in said.items()}


def test_each_level_has_its_two_bars_in_its_place():
    chart = level_chart(levels(start_0=4, now_0=2, now_10=2), Links(QueryDict()))
    assert chart is not None
    # The plot is 286 wide and 138 high: 26 a level, of which a bar takes 0.4, and 34.5 a review up to 4.
    assert [(bar.when, bar.x, bar.y, bar.width, bar.height) for bar in chart.bars] == [
        ("start", "32.6", "10.0", "10.4", "138.0"),
        ("now", "43.0", "79.0", "10.4", "69.0"),
        ("now", "303.0", "79.0", "10.4", "69.0"),
    ]
    assert [count for _y, count in chart.steps] == [0, 1, 2, 3, 4]
    assert [level for _x, level in chart.labels] == list(range(11))
    assert chart.of == 4


def test_the_same_as_a_table_leads_to_who_said_it():
    chart = level_chart(levels(start_6=2, now_3=2), Links(QueryDict("first=2026-03-01&page=2")))
    assert chart is not None
    level, start, now = chart.rows[6]
    assert (level, start.count, now.count) == (6, 2, 0)
    assert start.link == "/admin/reports/outcomes/start.6/?first=2026-03-01"


def test_where_nobody_said_both_there_is_none():
    assert level_chart(levels(), Links(QueryDict())) is None


@pytest.mark.parametrize(("most", "step"), [(1, 1), (4, 1), (5, 2), (8, 2), (9, 5), (21, 10), (4001, 2000)])
def test_at_most_four_lines(most, step):
    assert step_of(most) == step
