"""Who sends a notice: claims that hold, leases that end, senders that die."""

import datetime as dt
import threading

import pytest
from django.db import connection

from clinic.models import Notice
from clinic.notices import claims, drain, kinds
from clinic.notices.kinds import SendAgain
from clinic.notices.post import Post
from tests.clinic.mail_faults import NOW, BadMailbox, Letters, Watch

ANNA = "anna@post.example"


def one(now: dt.datetime = NOW) -> Notice:
    [notice] = claims.claim(now=now, limit=1)
    return notice


def test_a_claim_is_there_for_everybody_to_see(owe, watch: Watch) -> None:
    owe(ANNA)
    mine = one()
    row = Notice.objects.get()
    assert (row.state, row.claim, row.attempt) == ("sending", mine.claim, 1)
    assert row.lease_until == NOW + claims.LEASE
    assert claims.claim(now=NOW, limit=1) == []


def test_the_lease_is_longer_than_a_mail_may_take(settings) -> None:
    """Greeting, EHLO, STARTTLS, EHLO, AUTH (2), MAIL, RCPT, DATA, the text, its answer, and one more."""
    assert 2 * 12 * dt.timedelta(seconds=settings.EMAIL_TIMEOUT) < claims.LEASE


def test_a_sender_that_died_before_handing_over_leaves_it_certainly_unsent(
    owe, server: BadMailbox, watch: Watch
) -> None:
    notice = owe(ANNA)
    one()
    watch.forward(minutes=4)
    assert drain.drain(clock=watch) == {}  # the lease still holds
    watch.forward(minutes=1)
    assert drain.settle_run_out(now=watch.now) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.claim) == ("queued", None)
    assert drain.drain(clock=watch) == {"sent": 1}
    assert [attempt.outcome for attempt in notice.attempts.all()] == ["sent"]


def died_while_handing_over(watch: Watch) -> Notice:
    """As kill -9 leaves it: the mail may have gone out, the end was never written."""
    notice = one(watch.now)
    notice.message_id = notice.message_id or "<as-sent@mail.example>"
    assert claims.begin(notice, now=watch.now)
    watch.now += claims.LEASE
    return notice


@pytest.mark.parametrize(
    ("again", "states"),
    [
        (SendAgain.ALWAYS, ["retry", "retry", "retry", "retry", "uncertain"]),
        (SendAgain.ONCE, ["retry", "uncertain"]),
        (SendAgain.NEVER, ["uncertain"]),
    ],
)
def test_a_sender_that_died_while_handing_over_leaves_it_uncertain(
    owe,
    server: BadMailbox,
    watch: Watch,
    letters: Letters,
    monkeypatch: pytest.MonkeyPatch,
    again: SendAgain,
    states: list[str],
) -> None:
    letters.again = again
    monkeypatch.setitem(kinds._kinds, "test", letters.kind())
    notice = owe(ANNA)
    for state in states:
        died_while_handing_over(watch)
        assert drain.settle_run_out(now=watch.now) == 1
        notice.refresh_from_db()
        assert notice.state == state
    outcomes = list(notice.attempts.order_by("number").values_list("outcome", flat=True))
    assert outcomes == ["uncertain"] * len(states)
    assert letters.failed == [notice.pk]  # told when it came to an end, not before


def test_the_repeat_carries_the_same_message_id_and_is_due_at_once(
    owe, server: BadMailbox, watch: Watch
) -> None:
    notice = owe(ANNA)
    died_while_handing_over(watch)
    assert drain.drain(clock=watch) == {"sent": 1}
    [mail] = server.mails
    assert mail.message["Message-ID"] == "<as-sent@mail.example>"
    assert list(notice.attempts.order_by("number").values_list("outcome", flat=True)) == ["uncertain", "sent"]


def test_a_perhaps_whose_time_is_over_is_not_repeated(owe, server: BadMailbox, watch: Watch) -> None:
    notice = owe(ANNA, expires_at=NOW + dt.timedelta(minutes=2))
    died_while_handing_over(watch)
    drain.drain(clock=watch)
    notice.refresh_from_db()
    assert notice.state == "uncertain"
    assert server.mails == []


def test_the_end_is_written_only_by_whoever_still_holds_it(owe, server: BadMailbox, watch: Watch) -> None:
    """A sender that slept past its lease neither sends nor overwrites what became of the notice."""
    notice = owe(ANNA)
    sleeper = one()
    watch.now += claims.LEASE
    drain.drain(clock=watch)
    notice.refresh_from_db()
    sent_at = notice.sent_at
    assert not claims.begin(sleeper, now=watch.now)
    assert not claims.end(sleeper, Notice.State.FAILED, now=watch.now)
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at) == ("sent", sent_at)
    with Post() as post:
        drain.send(sleeper, post=post, clock=watch)
    assert len(server.mails) == 1


def test_a_claim_that_somebody_else_took_over_is_theirs(owe, watch: Watch) -> None:
    owe(ANNA)
    sleeper = one()
    watch.now += claims.LEASE
    drain.settle_run_out(now=watch.now)
    other = one(watch.now)
    assert not claims.begin(sleeper, now=watch.now)
    assert not claims.end(sleeper, Notice.State.FAILED, now=watch.now)
    claims.give_back([sleeper], now=watch.now)
    assert claims.begin(other, now=watch.now)
    assert claims.end(other, Notice.State.SENT, now=watch.now)
    assert Notice.objects.get().state == "sent"


def test_the_lease_starts_anew_with_each_mail_of_a_batch(owe, watch: Watch) -> None:
    owe(ANNA)
    notice = one()
    watch.forward(minutes=4)
    claims.begin(notice, now=watch.now)
    assert Notice.objects.get().lease_until == watch.now + claims.LEASE


def test_an_earlier_try_does_not_make_a_later_one_uncertain(owe, watch: Watch) -> None:
    """What was handed over and refused, claimed again, and then lost before the text: certainly unsent."""
    notice = owe(ANNA, state="retry", next_try_at=NOW, attempt=1, data_started_at=NOW)
    one()
    watch.now += claims.LEASE
    drain.settle_run_out(now=watch.now)
    notice.refresh_from_db()
    assert notice.state == "queued"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_a_mail_is_under_way(owe, server: BadMailbox, watch: Watch) -> None:
    """Seen by another connection when the server has the mail: all is committed, nothing is open."""
    notice = owe(ANNA)
    seen: list[object] = []

    def look() -> None:
        row = Notice.objects.get()
        seen.extend([row.state, row.data_started_at, row.message_id != ""])
        # It could even be changed: no row is locked, on SQLite no database.
        seen.append(Notice.objects.filter(pk=notice.pk).update(state_reason="touched"))
        connection.close()

    server.at_arrival = look
    assert drain.drain(clock=watch) == {"sent": 1}
    assert seen == ["sending", NOW, True, 1]


@pytest.mark.django_db(transaction=True)
def test_four_drainers_send_everything_once(owe, server: BadMailbox, watch: Watch) -> None:
    notices = [owe(f"patient{number}@post.example") for number in range(120)]
    start, failures = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            drain.drain(clock=watch)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(mail.recipients[0] for mail in server.mails) == sorted(one.params["to"] for one in notices)
    assert set(Notice.objects.values_list("state", "attempt")) == {("sent", 1)}
