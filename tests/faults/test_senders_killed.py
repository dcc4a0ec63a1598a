"""Senders killed (kill -9) while thousands of notices are under way.

Three senders work through the outbox. Some are killed at chance moments, one at each of five points to the
line (tests/faults/dying.py); the dead are replaced. When the living have nothing left to do, the clock is
moved past the leases of the dead. A killed process has one mail in hand, so a kill may cause one duplicate.
"""

import time

import pytest

from tests.clinic.mail_faults import BadPost
from tests.faults import owing
from tests.faults.crew import Crew, at_least, wait_until
from tests.faults.dying import POINTS
from tests.faults.scale import dice, sized
from tests.faults.tally import assert_all_arrived, count
from tests.processes import environment

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("durable")]

NOTICES = sized(short=200, long=5000)
RANDOM_KILLS = sized(short=4, long=20)
SENDERS = 3


def test_senders_are_killed_at_random_and_at_fixed_points(post: BadPost, summary, tmp_path) -> None:
    chance = dice("killed")
    # Spread over the run; the last tenth is left, so that there is still work to be killed at.
    moments = sorted(chance.sample(range(NOTICES // 10, NOTICES * 9 // 10), RANDOM_KILLS))
    with Crew(SENDERS, environment(EMAIL_URL=post.url), tmp_path) as crew:
        for point in POINTS:
            crew.add_doomed(point, nth=chance.randint(1, 3))
        wait_until(lambda: len(crew.ready) == len(POINTS))
        # Now, so that each of them is sure to come by its point before the others have done everything.
        owing.alerts(owing.stopped(), owing.many(NOTICES))
        for moment in moments:
            crew.work_until(at_least(moment, post.bad.mails))
            time.sleep(chance.uniform(0, 0.02))  # anywhere within a mail, not just after one
            crew.kill(chance)
        crew.finish()
    tally = count(post.bad)
    kills = RANDOM_KILLS + len(POINTS)
    summary.add(
        "senders killed",
        mails=tally.mails,
        kills=crew.deaths,
        lost=len(tally.lost),
        duplicates=tally.duplicates,
    )
    assert crew.deaths == kills
    assert_all_arrived(tally, at_most_twice=kills)
