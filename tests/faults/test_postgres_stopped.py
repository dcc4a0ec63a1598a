"""PostgreSQL stopped at once and started while a real worker sends and somebody goes on owing notices.

What the mail server took and what somebody was told is kept must be true afterwards. The worker is not
restarted: it finds its database again by itself.
"""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from patients.models import WorkItem
from tests.clinic.mail_faults import BadPost
from tests.faults import owing
from tests.faults.cluster import Postgres
from tests.faults.crew import at_least, wait_until
from tests.faults.engine import engine
from tests.faults.holding import in_hand
from tests.faults.scale import dice, sized
from tests.faults.tally import assert_all_arrived, count
from tests.faults.web import web
from tests.processes import environment, forget_messages

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.usefixtures("durable")]

NOTICES = sized(short=150, long=3000)
STOPS = sized(short=1, long=5)
SENDERS = 2  # the threads of the worker


class Clinician(threading.Thread):
    """Owes one notice after the other, and keeps which of them the database has acknowledged."""

    def __init__(self, item: WorkItem) -> None:
        super().__init__()
        self.item = item
        self.tried: list[str] = []
        self.acknowledged: list[str] = []
        self.refused = 0
        self._enough = threading.Event()

    def run(self) -> None:
        while not self._enough.wait(timeout=0.02):
            address = f"later{len(self.tried)}@post.example"
            self.tried.append(address)
            try:
                with transaction.atomic():
                    owing.owe_one(self.item, address)
            except DatabaseError:
                self.refused += 1
                connection.close()
            else:
                self.acknowledged.append(address)
        connection.close()

    def goes_on(self) -> None:
        """Returns when some more were acknowledged."""
        before = len(self.acknowledged)
        wait_until(lambda: len(self.acknowledged) >= before + 5)

    def is_refused(self) -> None:
        """Returns when the database has failed it."""
        before = self.refused
        wait_until(lambda: self.refused > before)

    def end(self) -> None:
        self._enough.set()
        self.join()


def test_postgres_is_stopped_while_mails_are_under_way(post: BadPost, summary, tmp_path) -> None:
    chance = dice("postgres")
    moments = sorted(chance.sample(range(NOTICES // 10, NOTICES * 9 // 10), STOPS))
    item = owing.stopped()
    owing.alerts(item, owing.many(NOTICES))
    postgres = Postgres()
    clinician = Clinician(item)
    forget_messages()
    variables = environment(EMAIL_URL=post.url, NOTICE_TICK_SECONDS="1")
    with engine(variables, tmp_path) as engine_, web(variables, tmp_path) as site:
        assert site.get("/readyz") == 200  # it has a connection now, which is about to go stale
        clinician.start()
        try:
            for moment in moments:
                wait_until(at_least(moment, post.bad.mails), seconds=300)
                clinician.goes_on()
                taken, let_go = in_hand(post.bad)
                assert taken.wait(timeout=60)
                with postgres.stopped():
                    let_go.set()
                    clinician.is_refused()
                clinician.goes_on()
        finally:
            clinician.end()
        assert site.get("/readyz") == 200
        engine_.finish()
        assert engine_.failures > 0  # the worker has met the fault,
        assert engine_.restarts == 0  # and gone on
    tally = count(post.bad)
    summary.add(
        f"PostgreSQL stopped {STOPS} x",
        mails=tally.mails,
        lost=len(tally.lost),
        duplicates=tally.duplicates,
    )
    assert set(clinician.acknowledged) <= set(tally.owed)
    assert tally.duplicates >= STOPS  # at each stop something was in hand
    assert_all_arrived(tally, at_most_twice=STOPS * SENDERS)
