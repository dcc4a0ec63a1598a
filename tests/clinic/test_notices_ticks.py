"""The two ticks: as tasks, as commands, and planners that fail."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clinic import tasks
from clinic.notices import planning
from tests.clinic.mail_faults import NOW, BadMailbox

pytestmark = pytest.mark.django_db  # each step writes down that it ran


@pytest.fixture(autouse=True)
def planners(monkeypatch: pytest.MonkeyPatch) -> list[planning.Planner]:
    """The planners of this test alone."""
    own: list[planning.Planner] = []
    monkeypatch.setattr(planning, "_planners", own)
    return own


def test_all_planners_run_and_what_they_made_is_counted(planners) -> None:
    seen: list[dt.datetime] = []

    def two(now: dt.datetime) -> int:
        seen.append(now)
        return 2

    def three(now: dt.datetime) -> int:
        return 3

    planning.register_planner(two)
    planning.register_planner(three)
    planning.register_planner(two)  # registered twice is registered once
    assert planning.plan(NOW) == 5
    assert seen == [NOW]


def failing(now: dt.datetime) -> int:
    raise RuntimeError("no")


def test_a_planner_that_fails_does_not_stop_the_others(planners, caplog: pytest.LogCaptureFixture) -> None:
    made: list[str] = []

    def working(now: dt.datetime) -> int:
        made.append("a notice")
        return 1

    planners.extend([failing, working])
    with pytest.raises(ExceptionGroup) as failed:
        planning.plan(NOW)
    assert made == ["a notice"]
    assert [str(failure) for failure in failed.value.exceptions] == ["no"]
    assert "Planner failing failed" in caplog.text


def test_the_command_says_so_in_its_exit_status(planners) -> None:
    planners.append(failing)
    with pytest.raises(CommandError, match=r"1 planner\(s\) failed"):
        call_command("notices", "plan")


def test_the_commands(planners, owe, server: BadMailbox) -> None:
    planners.append(lambda now: 4)
    out = StringIO()
    call_command("notices", "plan", stdout=out)
    assert out.getvalue() == "made: 4\n"
    owe("anna@post.example")
    owe(None)
    for said in ("failed: 1, sent: 1\n", "nothing due\n"):
        out = StringIO()
        call_command("notices", "drain", stdout=out)
        assert out.getvalue() == said
    assert len(server.mails) == 1


@pytest.mark.parametrize(("made", "nudged"), [(0, []), (2, ["drain"])])
def test_planning_nudges_the_drain_if_it_made_something(
    planners, monkeypatch: pytest.MonkeyPatch, made: int, nudged: list[str]
) -> None:
    given: list[str] = []
    monkeypatch.setattr(tasks, "nudge_drain", lambda: given.append("drain"))
    planners.append(lambda now: made)
    tasks.plan()
    assert given == nudged


def test_the_drain_task_drains(owe, server: BadMailbox) -> None:
    owe("anna@post.example")
    tasks.drain()
    assert len(server.mails) == 1


def test_both_ticks_are_on_the_schedule_and_expire(settings) -> None:
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    assert {entry["task"] for entry in entries} == {tasks.plan.name, tasks.drain.name}
    for entry in entries:
        assert entry["options"]["expires"] == entry["schedule"] == settings.NOTICE_TICK_SECONDS
