"""Mail that is held back, after a restore or by hand: nothing goes out, nothing is lost."""

import datetime as dt
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clinic.models import Heartbeat, Hold, Notice
from clinic.notices import drain, heartbeat, holding, kinds, planning
from clinic.notices.kinds import SendAgain
from tests.clinic.mail_faults import NOW, BadMailbox, Letters, Watch

ANNA, CARLO = "anna@post.example", "carlo@post.example"
HOUR = dt.timedelta(hours=1)


def states() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("state", flat=True))


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("notices", *arguments, stdout=out)
    return out.getvalue()


def test_nothing_is_sent_while_it_holds_and_all_that_is_still_worth_it_after(
    owe, server: BadMailbox, watch: Watch
) -> None:
    owe(ANNA)
    owe(CARLO, expires_at=watch.now + HOUR)
    holding.hold(why=Hold.Why.RESTORED, now=watch.now)
    assert drain.drain(clock=watch) == {}
    watch.forward(hours=2)
    assert drain.drain(clock=watch) == {"expired": 1}
    assert server.mails == []
    assert holding.lift(now=watch.now) == 0
    assert drain.drain(clock=watch) == {"sent": 1}
    assert [mail.recipients for mail in server.mails] == [(ANNA,)]


def test_a_sender_that_is_at_it_ends_with_its_batch(owe, server: BadMailbox, watch: Watch) -> None:
    for _n in range(drain.BATCH + 5):
        owe(ANNA)
    with drain.Post() as post:
        counts: drain.Counts = drain.Counter()
        assert drain.send_batch(post=post, clock=watch, counts=counts)
        holding.hold(now=NOW)
        assert not drain.send_batch(post=post, clock=watch, counts=counts)
    assert counts == {"sent": drain.BATCH}


def test_what_was_most_likely_sent_after_the_backup_can_be_left_out(
    owe, server: BadMailbox, watch: Watch, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alert goes out all the same, and so does what falls due later."""
    letters.again = SendAgain.ONCE
    monkeypatch.setitem(kinds._kinds, "test", letters.kind())
    letters.again = SendAgain.ALWAYS
    monkeypatch.setitem(kinds._kinds, "alert", letters.kind("alert"))
    owe(ANNA)
    owe(ANNA, kind="alert")
    owe(ANNA, due_at=watch.now + HOUR)
    holding.hold(why=Hold.Why.RESTORED, now=watch.now)
    watch.forward(hours=2)
    assert holding.lift(leave_out=True, now=watch.now) == 1
    assert states() == ["suppressed", "queued", "queued"]
    assert Notice.objects.get(state="suppressed").state_reason == "restored"
    assert drain.drain(clock=watch) == {"sent": 2}


def test_holding_twice_is_holding_once(db) -> None:
    first = holding.hold(why=Hold.Why.RESTORED, now=NOW)
    assert holding.hold(now=NOW + HOUR) == first
    holding.lift(now=NOW + HOUR)
    assert holding.current_hold() is None
    assert holding.hold(now=NOW + 2 * HOUR) != first


def test_the_commands(owe, server: BadMailbox) -> None:
    owe(ANNA)
    assert said("status").startswith("held back: no\ndue: test: 1, the oldest of 2026-03-02 09:00 UTC")
    assert "held back since" in said("hold")
    assert said("drain") == "held back: nothing is sent until `notices lift`\n"
    assert said("status").startswith("held back: since ")
    assert said("lift") == "lifted; left out: 0\n"
    assert said("drain") == "sent: 1\n"
    with pytest.raises(CommandError, match="Nothing is held back"):
        said("lift")
    with pytest.raises(CommandError, match="goes with lift"):
        said("hold", "--leave-out")


def test_each_step_writes_down_when_it_last_ran_to_its_end(
    owe, server: BadMailbox, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_planners", [])
    assert heartbeat.ages(now=NOW) == {"plan": None, "drain": None}
    planning.plan(NOW)
    drain.drain(clock=watch)
    drain.drain(clock=lambda: NOW + HOUR)
    assert heartbeat.ages(now=NOW + 2 * HOUR) == {"plan": 7200, "drain": 3600}
    assert Heartbeat.objects.count() == 2


def test_a_planner_that_fails_stops_the_heart(db, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(now: dt.datetime) -> int:
        raise RuntimeError("no")

    monkeypatch.setattr(planning, "_planners", [failing])
    with pytest.raises(ExceptionGroup):
        planning.plan(NOW)
    assert heartbeat.ages(now=NOW)["plan"] is None


def test_what_was_being_sent_when_the_backup_was_made_is_left_out_too(
    owe, server: BadMailbox, watch: Watch, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.again = SendAgain.ONCE
    monkeypatch.setitem(kinds._kinds, "test", letters.kind())
    owe(ANNA, state="sending", claim=uuid.uuid4(), lease_until=watch.now + HOUR / 12, attempt=1)
    holding.hold(why=Hold.Why.RESTORED, now=watch.now)
    watch.forward(hours=1)
    assert holding.lift(leave_out=True, now=watch.now) == 1
    assert (states(), drain.drain(clock=watch)) == (["suppressed"], {})


def test_a_sender_with_much_to_do_is_seen_to_be_alive(
    owe, server: BadMailbox, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _n in range(drain.BATCH + 1):
        owe(ANNA)
    server.at_arrival = lambda: watch.forward(seconds=1)
    seen: list[float] = []
    monkeypatch.setattr(heartbeat, "beat", lambda step, *, now: seen.append((now - NOW).total_seconds()))
    drain.drain(clock=watch)
    assert seen[0] == drain.BATCH  # after the first batch, each mail of which took a second
    assert seen[-1] == drain.BATCH + 1
