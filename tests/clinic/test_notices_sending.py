"""From the outbox to a real mail server: every answer it may give, and none."""

import datetime as dt

import pytest

from clinic.models import Notice, NoticeAttempt
from clinic.notices import addresses, drain, kinds
from clinic.notices.kinds import SendAgain, not_wanted
from tests.clinic.mail_faults import DROP, NOW, BadMailbox, Letters, Watch

ANNA, BEA, CARLO = "anna@post.example", "bea@post.example", "carlo@post.example"


def log(notice: Notice) -> list[tuple[str, str]]:
    """The delivery log: outcome and the server's words, try by try."""
    return list(notice.attempts.order_by("number").values_list("outcome", "answer"))


def state(notice: Notice) -> str:
    notice.refresh_from_db()
    return notice.state


def test_a_notice_is_sent_once(owe, server: BadMailbox, watch: Watch) -> None:
    notice = owe(ANNA)
    assert drain.drain(clock=watch) == {"sent": 1}
    assert drain.drain(clock=watch) == {}
    [mail] = server.mails
    assert mail.recipients == (ANNA,)
    assert mail.subject == f"Notice {notice.pk}"
    assert state(notice) == "sent"
    assert (notice.sent_at, notice.claim, notice.lease_until) == (NOW, None, None)
    assert mail.message["Message-ID"] == notice.message_id
    assert log(notice) == [("sent", "250 2.0.0 Taken")]


def test_the_envelope(owe, server: BadMailbox, watch: Watch, settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Homestretch <notices@mail.example>"
    notice = owe(ANNA)
    drain.drain(clock=watch)
    [message] = [mail.message for mail in server.mails]
    assert message["From"] == f"{notice.clinic.name} <notices@mail.example>"
    assert message["To"] == ANNA
    assert message["Reply-To"] == notice.clinic.email
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@mail.example>")
    assert message["List-Unsubscribe"] is None  # care is not marketing


def test_what_is_not_due_yet_waits(owe, server: BadMailbox, watch: Watch) -> None:
    notice = owe(ANNA, due_at=NOW + dt.timedelta(seconds=1))
    assert drain.drain(clock=watch) == {}
    watch.forward(seconds=1)
    assert drain.drain(clock=watch) == {"sent": 1}
    assert state(notice) == "sent"


def test_one_connection_carries_many_mails(owe, server: BadMailbox, watch: Watch) -> None:
    for number in range(drain.BATCH + 5):
        owe(f"patient{number}@post.example")
    assert drain.drain(clock=watch) == {"sent": drain.BATCH + 5}
    assert len(server.mails) == drain.BATCH + 5
    assert server.connections == 1


# --- The server says no -----------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["451 4.7.1 Try again later", "450 Greylisted", "452 4.2.2 Mailbox full"])
def test_4xx_is_tried_again_later(owe, server: BadMailbox, watch: Watch, words: str) -> None:
    notice, other = owe(ANNA), owe(BEA)
    server.at_recipient[ANNA] = words
    assert drain.drain(clock=watch) == {"retry": 1, "sent": 1}
    assert log(notice) == [("retry", words)]
    assert state(other) == "sent"
    notice.refresh_from_db()
    assert dt.timedelta(seconds=15) <= notice.next_try_at - NOW <= dt.timedelta(seconds=30)
    assert drain.drain(clock=watch) == {}  # not before its time
    server.at_recipient.clear()
    watch.forward(seconds=30)
    assert drain.drain(clock=watch) == {"sent": 1}
    assert log(notice)[1][0] == "sent"


def test_the_waits_grow_and_differ(owe, server: BadMailbox, watch: Watch) -> None:
    notices = [owe(f"patient{number}@post.example") for number in range(5)]
    server.at_recipient = {notice.params["to"]: "451 Later" for notice in notices}
    longest: list[float] = []
    for _ in range(8):
        drain.drain(clock=watch)
        next_tries = [notice.next_try_at or watch.now for notice in Notice.objects.all()]
        waits = [(next_try - watch.now).total_seconds() for next_try in next_tries]
        assert len(set(waits)) > 1  # jitter: the crowd doesn't come back at once
        longest.append(max(waits))
        watch.forward(hours=1)
    assert longest[0] <= 30
    assert longest[0] < longest[3] < longest[6]
    assert longest[-1] <= 30 * 60


def test_what_is_put_off_for_five_days_is_given_up_and_told(
    owe, server: BadMailbox, watch: Watch, letters: Letters
) -> None:
    notice = owe(ANNA)
    server.at_recipient[ANNA] = "451 Later"
    drain.drain(clock=watch)
    watch.forward(days=5)
    assert drain.drain(clock=watch) == {"failed": 1}
    assert letters.failed == [notice.pk]
    assert state(notice) == "failed"


def test_550_is_not_tried_again_and_the_address_is_marked(
    owe, server: BadMailbox, watch: Watch, letters: Letters
) -> None:
    notice, good = owe(ANNA), owe(BEA)
    server.at_recipient[ANNA] = "550 5.1.1 No such user"
    assert drain.drain(clock=watch) == {"failed": 1, "sent": 1}
    assert log(notice) == [("failed", "550 5.1.1 No such user")]
    assert letters.failed == [notice.pk]
    assert addresses.is_refused(" Anna@post.example")
    server.at_recipient.clear()
    watch.forward(days=1)
    assert drain.drain(clock=watch) == {}
    assert state(good) == "sent"


def test_a_marked_address_gets_nothing_until_it_is_forgiven(
    owe, server: BadMailbox, watch: Watch, letters: Letters
) -> None:
    addresses.mark_refused(ANNA, now=NOW)
    notice = owe(ANNA)
    assert drain.drain(clock=watch) == {"suppressed": 1}
    assert state(notice) == "suppressed"
    assert notice.state_reason == "address_refused"
    assert letters.failed == [notice.pk]
    assert server.mails == []
    addresses.forgive("ANNA@post.example")
    owe(ANNA)
    assert drain.drain(clock=watch) == {"sent": 1}


@pytest.mark.parametrize(
    "words", ["554 5.7.1 Relay access denied", "550 5.7.1 Rejected as spam", "552 5.2.2 Mailbox full"]
)
def test_a_policy_or_a_full_mailbox_is_no_fault_of_the_address(
    owe, server: BadMailbox, watch: Watch, words: str
) -> None:
    notice = owe(ANNA)
    server.at_recipient[ANNA] = words
    assert drain.drain(clock=watch) == {"failed": 1}
    assert log(notice) == [("failed", words)]
    assert not addresses.is_refused(ANNA)


def test_5xx_for_the_text_itself(owe, server: BadMailbox, watch: Watch) -> None:
    notice = owe(ANNA)
    server.after_dot[ANNA] = "554 5.6.0 Not this"
    assert drain.drain(clock=watch) == {"failed": 1}
    assert log(notice) == [("failed", "554 5.6.0 Not this")]
    assert not addresses.is_refused(ANNA)


def test_4xx_for_the_text_itself_is_certainly_unsent(owe, server: BadMailbox, watch: Watch) -> None:
    notice = owe(ANNA)
    server.after_dot[ANNA] = "451 4.3.0 Later"
    assert drain.drain(clock=watch) == {"retry": 1}
    assert log(notice) == [("retry", "451 4.3.0 Later")]


def test_a_server_that_does_not_want_us_uses_no_notice_up(owe, server: BadMailbox, watch: Watch) -> None:
    """A wrong password or sender is the installation's fault: everything waits until it is put right."""
    notice = owe(ANNA)
    for _ in range(3):
        server.at_sender = ["550 5.7.1 Sender not allowed"] * 9
        drain.drain(clock=watch)
        assert state(notice) == "retry"
        watch.forward(days=3)
    server.at_sender = []
    assert drain.drain(clock=watch) == {"sent": 1}


# --- No answer --------------------------------------------------------------------------------------


def test_a_server_that_is_down_stops_the_drain_at_once(
    owe, server: BadMailbox, watch: Watch, settings
) -> None:
    settings.EMAIL_PORT, real = 1, settings.EMAIL_PORT
    notices = [owe(f"patient{number}@post.example") for number in range(30)]
    assert drain.drain(clock=watch) == {"retry": 1}
    tried = NoticeAttempt.objects.get()
    assert "refused" in tried.answer
    assert Notice.objects.filter(state="queued", attempt=0, claim=None, lease_until=None).count() == 29
    settings.EMAIL_PORT = real
    watch.forward(seconds=30)
    assert drain.drain(clock=watch) == {"sent": 30}
    assert len({mail.recipients for mail in server.mails}) == len(server.mails) == len(notices)


def test_421_is_the_servers_trouble(owe, server: BadMailbox, watch: Watch) -> None:
    notices = [owe(f"patient{number}@post.example") for number in range(10)]
    server.at_sender = ["421 Too busy"] * 3
    counts = drain.drain(clock=watch)
    # A new connection is tried for each; after three in a row it is left alone for now.
    assert counts == {"retry": 3}
    watch.forward(minutes=2)
    assert drain.drain(clock=watch) == {"sent": 10}
    assert len(server.mails) == len(notices)


def test_a_connection_that_ended_between_two_mails_is_renewed(owe, server: BadMailbox, watch: Watch) -> None:
    """Servers hang up after so many mails: nobody waits for that."""
    owe(ANNA)
    owe(BEA)
    server.at_arrival = lambda: server.at_sender.append("421 4.7.0 Enough for one connection")
    assert drain.drain(clock=watch) == {"sent": 2}
    assert server.connections == 2


def test_a_drop_before_data_is_certainly_unsent(owe, server: BadMailbox, watch: Watch) -> None:
    other, notice = owe(BEA), owe(ANNA)  # over a connection that has carried a mail already
    server.at_recipient[ANNA] = DROP
    assert drain.drain(clock=watch) == {"retry": 1, "sent": 1}
    assert state(other) == "sent"
    server.at_recipient.clear()
    watch.forward(minutes=1)
    assert drain.drain(clock=watch) == {"sent": 1}
    assert [outcome for outcome, _ in log(notice)] == ["retry", "sent"]
    assert len(server.to(ANNA)) == 1


def test_a_drop_after_the_dot_is_sent_again_with_the_same_message_id(
    owe, server: BadMailbox, watch: Watch
) -> None:
    notice, other = owe(ANNA), owe(BEA)
    server.after_dot[ANNA] = DROP
    assert drain.drain(clock=watch) == {"retry": 1, "sent": 1}
    assert state(notice) == "retry"
    assert notice.state_reason == "uncertain"
    assert state(other) == "sent"
    server.after_dot.clear()
    watch.forward(minutes=1)
    assert drain.drain(clock=watch) == {"sent": 1}
    assert [outcome for outcome, _ in log(notice)] == ["uncertain", "sent"]
    first, second = server.to(ANNA)
    assert first.message["Message-ID"] == second.message["Message-ID"] == notice.message_id


def test_silence_counts_as_no_answer(owe, server: BadMailbox, watch: Watch) -> None:
    """A server that hangs costs EMAIL_TIMEOUT, and the others get theirs."""
    slow, others = owe(ANNA), [owe(BEA), owe(CARLO)]
    server.at_recipient[ANNA] = 60.0
    assert drain.drain(clock=watch) == {"retry": 1, "sent": 2}
    assert [state(notice) for notice in [slow, *others]] == ["retry", "sent", "sent"]


@pytest.mark.parametrize(
    ("again", "mails"), [(SendAgain.NEVER, 1), (SendAgain.ONCE, 2), (SendAgain.ALWAYS, 5)]
)
def test_how_often_a_perhaps_goes_again(
    owe, server: BadMailbox, watch: Watch, monkeypatch: pytest.MonkeyPatch, again: SendAgain, mails: int
) -> None:
    letters = Letters(again=again)
    monkeypatch.setitem(kinds._kinds, "test", letters.kind())
    notice = owe(ANNA)
    server.after_dot[ANNA] = DROP
    for _ in range(10):
        drain.drain(clock=watch)
        watch.forward(hours=1)
    assert len(server.to(ANNA)) == mails
    assert len({mail.message["Message-ID"] for mail in server.to(ANNA)}) == 1
    assert state(notice) == "uncertain"
    assert [outcome for outcome, _ in log(notice)] == ["uncertain"] * mails
    assert letters.failed == [notice.pk]


# --- Not wanted any more ----------------------------------------------------------------------------


def test_what_was_overtaken_is_suppressed_with_its_reason(
    owe, server: BadMailbox, watch: Watch, letters: Letters
) -> None:
    letters.answer = not_wanted("paused")
    notice = owe(ANNA)
    assert drain.drain(clock=watch) == {"suppressed": 1}
    assert (state(notice), notice.state_reason) == ("suppressed", "paused")
    assert server.mails == []
    assert letters.failed == []


def test_what_is_too_late_expires_without_a_burst(owe, server: BadMailbox, watch: Watch) -> None:
    late = [owe(ANNA, expires_at=NOW + dt.timedelta(hours=4)) for _ in range(3)]
    watch.forward(hours=4)
    assert drain.drain(clock=watch) == {"expired": 3}
    assert {state(notice) for notice in late} == {"expired"}
    assert server.mails == []


def test_without_an_address_it_fails_and_somebody_is_told(
    owe, server: BadMailbox, watch: Watch, letters: Letters
) -> None:
    notice = owe(None)
    assert drain.drain(clock=watch) == {"failed": 1}
    assert (state(notice), notice.state_reason) == ("failed", "no_address")
    assert letters.failed == [notice.pk]


# --- One does not hold up another -------------------------------------------------------------------


def test_a_notice_that_cannot_be_written_holds_up_nobody(owe, server: BadMailbox, watch: Watch) -> None:
    broken = owe(ANNA, params={"to": ANNA, "broken": True})
    unknown = owe(BEA, kind="from-a-newer-version")
    good = owe(CARLO)
    assert drain.drain(clock=watch) == {"retry": 2, "sent": 1}
    assert [state(notice) for notice in (broken, unknown, good)] == ["retry", "retry", "sent"]


def test_telling_of_a_failure_may_fail_too(owe, server: BadMailbox, watch: Watch, letters: Letters) -> None:
    letters.failed = None  # type: ignore[assignment]  # so that telling raises
    notice, good = owe(None), owe(BEA)
    assert drain.drain(clock=watch) == {"failed": 1, "sent": 1}
    assert [state(notice), state(good)] == ["failed", "sent"]


def test_urgent_kinds_go_first_then_what_was_tried_least(
    owe, server: BadMailbox, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds._kinds, "alert", Letters(urgent=True).kind("alert"))
    hour = dt.timedelta(hours=1)
    owe(ANNA, attempt=3, due_at=NOW - 3 * hour)
    owe(BEA, due_at=NOW - 2 * hour)
    owe(CARLO, kind="alert", due_at=NOW)
    drain.drain(clock=watch)
    assert [mail.recipients for mail in server.mails] == [(CARLO,), (BEA,), (ANNA,)]
