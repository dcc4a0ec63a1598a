"""Sending a notice again by hand: when it makes sense, once for two who press, with the same Message-ID."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event, Notice, User
from clinic.notices import addresses, claims, drain, kinds
from clinic.notices.again import WORTH_SENDING, WhyNot, rule, send_again
from clinic.notices.kinds import ByHand, SendAgain, not_wanted
from tests.clinic.mail_faults import DROP, NOW, BadMailbox, Letters, Watch
from tests.factories import UserFactory

ANNA = "anna@post.example"
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def alba(db) -> User:
    return UserFactory()


def pressed(notice: Notice, by: User, *, now: dt.datetime = LATER) -> None:
    notice.refresh_from_db()
    send_again(notice=notice, attempt=notice.attempt, by=by, now=now)


def tried(notice: Notice) -> list[tuple[int, str]]:
    return list(notice.attempts.values_list("number", "outcome"))


@pytest.mark.parametrize(
    ("state", "reason", "why_not"),
    [
        ("queued", "", WhyNot.ON_ITS_WAY),
        ("retry", "uncertain", WhyNot.ON_ITS_WAY),
        ("sending", "", WhyNot.ON_ITS_WAY),
        ("sent", "", WhyNot.SENT),
        ("suppressed", "paused", WhyNot.OVERTAKEN),
        ("suppressed", "address_refused", None),
        ("failed", "refused", None),
        ("failed", "no_address", None),
        ("expired", "", None),
        ("uncertain", "", None),
    ],
)
def test_the_state_decides_first(owe, state, reason, why_not) -> None:
    notice = owe(ANNA)
    notice.state, notice.state_reason = state, reason
    assert rule(notice, now=NOW).why_not is why_not


def test_what_a_kind_says_against_it(owe, letters: Letters, monkeypatch) -> None:
    notice = owe(ANNA, state="failed", expires_at=NOW + dt.timedelta(minutes=30))

    def why(**fields: object) -> tuple[WhyNot | None, str]:
        for name, value in fields.items():
            setattr(letters, name, value)
        monkeypatch.setitem(kinds._kinds, "test", letters.kind())
        ruling = rule(notice, now=LATER if "late" in fields else NOW)
        return ruling.why_not, ruling.reason

    assert why() == (None, "")
    assert why(late=True) == (WhyNot.TOO_LATE, "")
    assert why(late=True, by_hand=ByHand.LATE) == (None, "")
    assert why(by_hand=ByHand.NEVER) == (WhyNot.MADE_ANEW, "")
    assert why(by_hand=ByHand.IN_TIME, answer=not_wanted("paused")) == (WhyNot.UNWANTED, "paused")
    notice.kind = "of-before"
    assert why() == (WhyNot.UNKNOWN, "")


def test_without_an_address_or_with_a_refused_one(owe) -> None:
    assert rule(owe(None, state="failed"), now=NOW).why_not is WhyNot.NO_ADDRESS
    notice = owe(ANNA, state="suppressed", state_reason="address_refused")
    addresses.mark_refused(ANNA, now=NOW)
    assert rule(notice, now=NOW).why_not is WhyNot.ADDRESS_REFUSED
    addresses.forgive(ANNA)
    assert rule(notice, now=NOW).may


def test_a_refused_mail_goes_again_once_the_server_takes_it(
    owe, server: BadMailbox, watch: Watch, alba: User
) -> None:
    notice = owe(ANNA)
    server.at_recipient[ANNA] = "554 5.7.1 no spam here"
    assert drain.drain(clock=watch) == {"failed": 1}
    server.at_recipient.clear()
    pressed(notice, alba)
    notice.refresh_from_db()
    assert (notice.state, notice.state_reason, notice.asked_again_at) == ("queued", "by_hand", LATER)
    assert notice.due_at == NOW  # what was due when stays in the log
    watch.now = LATER
    assert drain.drain(clock=watch) == {"sent": 1}
    notice.refresh_from_db()
    assert (notice.state, notice.state_reason, notice.sent_at) == ("sent", "", LATER)
    assert tried(notice) == [(1, "failed"), (2, "sent")]
    event = Event.objects.get(verb="resent")
    assert (event.actor, event.object_type, event.object_id) == (alba, "clinic.Notice", str(notice.pk))
    assert event.clinic == notice.clinic
    with pytest.raises(ValidationError) as refused:
        pressed(notice, alba)
    assert refused.value.code == "sent"


def test_an_uncertain_one_goes_with_the_message_id_that_it_had(
    owe, letters: Letters, server: BadMailbox, watch: Watch, alba: User, monkeypatch
) -> None:
    letters.again = SendAgain.NEVER
    monkeypatch.setitem(kinds._kinds, "test", letters.kind())
    notice = owe(ANNA)
    server.after_dot[ANNA] = DROP
    assert drain.drain(clock=watch) == {"uncertain": 1}
    server.after_dot.clear()
    pressed(notice, alba)
    assert drain.drain(clock=lambda: LATER) == {"sent": 1}
    first, second = server.to(ANNA)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert tried(notice) == [(1, "uncertain"), (2, "sent")]


def test_what_had_expired_has_another_day(
    owe, letters: Letters, server: BadMailbox, alba: User, monkeypatch
) -> None:
    letters.by_hand = ByHand.LATE
    monkeypatch.setitem(kinds._kinds, "test", letters.kind())
    expires_at = NOW + dt.timedelta(minutes=10)
    notice = owe(ANNA, expires_at=expires_at)
    assert drain.drain(clock=lambda: expires_at) == {"expired": 1}
    pressed(notice, alba)
    notice.refresh_from_db()
    assert notice.expires_at == LATER + WORTH_SENDING
    assert drain.drain(clock=lambda: LATER + dt.timedelta(minutes=1)) == {"sent": 1}


def test_put_off_after_it_was_asked_for_it_waits_and_is_not_given_up(
    owe, server: BadMailbox, watch: Watch, alba: User
) -> None:
    """Five days count from the press, not from when it was due the first time."""
    notice = owe(ANNA, state="failed", state_reason="put_off_too_often", attempt=1)
    watch.forward(days=6)
    pressed(notice, alba, now=watch.now)
    server.at_recipient[ANNA] = "451 4.7.1 greylisted"
    assert drain.drain(clock=watch) == {"retry": 1}
    watch.forward(days=5)
    assert drain.drain(clock=watch) == {"failed": 1}


def test_a_press_belongs_to_what_was_seen(owe, alba: User) -> None:
    """Two look at the same page; the second press finds it under way, or tried once more."""
    notice = owe(ANNA, state="failed", attempt=1)
    seen_by_both = [Notice.objects.get(pk=notice.pk), Notice.objects.get(pk=notice.pk)]
    send_again(notice=seen_by_both[0], attempt=1, by=alba, now=LATER)
    with pytest.raises(ValidationError) as refused:
        send_again(notice=seen_by_both[1], attempt=1, by=alba, now=LATER)
    assert refused.value.code == "changed"
    [mine] = claims.claim(now=LATER, limit=1)
    claims.end(mine, Notice.State.FAILED, now=LATER)
    with pytest.raises(ValidationError) as refused:
        send_again(notice=Notice.objects.get(), attempt=1, by=alba, now=LATER)
    assert refused.value.code == "changed"
    assert Event.objects.filter(verb="resent").count() == 1


def test_what_a_worker_has_is_left_to_it(owe, alba: User) -> None:
    notice = owe(ANNA)
    claims.claim(now=NOW, limit=1)
    with pytest.raises(ValidationError) as refused:
        pressed(notice, alba, now=NOW)
    assert refused.value.code == "on_its_way"
    assert Notice.objects.get().state == "sending"
