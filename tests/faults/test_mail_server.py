"""A mail server in every bad mood, and two real senders: all that is valid arrives, what was refused for good
is not tried again, and nobody waits for a bad address.

Timeouts are an installation's own (EMAIL_TIMEOUT) in the long form.
"""

import time
from collections.abc import Callable
from functools import partial

import pytest
from servers import free_port

from clinic.models import Notice, NoticeAttempt
from clinic.notices import addresses
from tests.clinic.mail_faults import DROP, BadMailbox, BadPost
from tests.faults import owing
from tests.faults.crew import Crew, wait_until
from tests.faults.scale import sized
from tests.faults.tally import Tally, count
from tests.processes import environment

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("durable")]

SENDERS = 2
TIMEOUT = sized(short=3, long=10)  # seconds, of EMAIL_TIMEOUT
HANGS = 60.0  # seconds
GOOD = sized(short=20, long=200)

# What the server does to one address, and how a try of its notice ends as long as it does. The faults end
# when the good ones have got their mail.
Bad = dict[str, tuple[str | float, str]]
AT_RECIPIENT: Bad = {
    "gone": ("550 5.1.1 No such user", "failed"),
    "busy": ("451 4.7.1 Try again later", "retry"),
    "drops": (DROP, "retry"),
    "hangs": (HANGS, "retry"),
}
AFTER_THE_DOT: Bad = {
    "late": ("451 4.3.0 Not now", "retry"),
    "never": ("554 5.6.0 Not this", "failed"),
    "cut": (DROP, "uncertain"),
    "silent": (HANGS, "uncertain"),
}
BAD = {**AT_RECIPIENT, **AFTER_THE_DOT}


def at(name: str) -> str:
    return f"{name}@post.example"


def outcomes(address: str) -> list[str]:
    rows = NoticeAttempt.objects.filter(notice__recipient__email=address).order_by("number")
    return list(rows.values_list("outcome", flat=True))


def test_bad_addresses_among_good_ones(post: BadPost, summary, tmp_path) -> None:
    server = post.bad
    server.at_recipient = {at(name): fault for name, (fault, _ends) in AT_RECIPIENT.items()}
    server.after_dot = {at(name): fault for name, (fault, _ends) in AFTER_THE_DOT.items()}
    good = owing.many(GOOD, "good")
    with crew(post.url, tmp_path) as senders:
        senders.fill()
        # The bad ones are asked first.
        owing.alerts(owing.stopped(), [*map(at, BAD), *good])
        began = time.monotonic()
        wait_until(lambda: set(good) <= received(server), seconds=HANGS)
        took = time.monotonic() - began
        for name in BAD:
            wait_until(partial(outcomes, at(name)))
        server.at_recipient, server.after_dot = {}, {}
        senders.finish()
    tally = count(server)
    note(summary, f"bad addresses among good (good: {took:.0f} s)", tally)
    assert {to: len(ids) for to, ids in tally.by_address.items() if to in good} == dict.fromkeys(good, 1)
    for name, (_fault, ends) in BAD.items():
        tries, message_ids = outcomes(at(name)), tally.by_address.get(at(name), [])
        if ends == "failed":
            assert (tries, message_ids) == (["failed"], []), name  # and never again
            continue
        *while_it_lasted, last = tries
        assert (set(while_it_lasted), last) == ({ends}, "sent"), name
        # Each try of which nobody knows had brought it.
        assert len(message_ids) == (len(tries) if ends == "uncertain" else 1), name
        assert len(set(message_ids)) == 1, name
    assert [name for name in BAD if addresses.is_refused(at(name))] == ["gone"]


Mood = Callable[[BadMailbox], None]


def refuses(words: str | float) -> Mood:
    def arm(server: BadMailbox) -> None:
        server.at_sender = [words] * 1000

    return arm


# The mood, and a word of what stands in the delivery log then.
MOODS: dict[str, tuple[Mood, str]] = {
    "421": (refuses("421 4.3.2 Too busy"), "421"),
    "451": (refuses("451 4.3.0 Not now"), "451"),
    "policy": (refuses("550 5.7.1 Not from you"), "5.7.1"),
    "drop": (refuses(DROP), "closed"),
    "hang": (refuses(HANGS), "timed out"),
}


def test_a_server_that_wants_nothing_from_anybody(summary, tmp_path) -> None:
    """Whatever it is, no notice is used up by it: everybody has one mail at the end."""
    port = free_port()
    item = owing.stopped()
    with crew(f"smtp://127.0.0.1:{port}", tmp_path) as senders:
        senders.fill()
        owing.alerts(item, owing.many(10, "refused"))
        wait_until_noted("refused")
        post = BadPost(port)
        with post:
            senders.finish()
            for name, (mood, words) in MOODS.items():
                mood(post.bad)
                owing.alerts(item, owing.many(10, name))
                wait_until_noted(words)
                post.bad.at_sender.clear()
                senders.finish()
    tally = count(post.bad)
    note(summary, "mail server wants nothing", tally)
    assert tally.by_address.keys() == tally.owed
    assert tally.duplicates == 0
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert set(NoticeAttempt.objects.values_list("outcome", flat=True)) == {"retry", "sent"}


def crew(url: str, folder) -> Crew:
    return Crew(SENDERS, environment(EMAIL_URL=url, EMAIL_TIMEOUT=str(TIMEOUT)), folder)


def received(server: BadMailbox) -> set[str]:
    return {mail.recipients[0] for mail in list(server.mails)}


def wait_until_noted(words: str) -> None:
    noted = NoticeAttempt.objects.filter(outcome="retry", answer__icontains=words)
    wait_until(noted.exists, seconds=120)


def note(summary, fault: str, tally: Tally) -> None:
    refused = {at(name) for name, (_fault, ends) in BAD.items() if ends == "failed"}
    lost = tally.lost - refused
    summary.add(fault, mails=tally.mails, lost=len(lost), duplicates=tally.duplicates)
