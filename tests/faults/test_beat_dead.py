"""A beat that was dead for six hours, and for three days: what is late expires, what is owed comes once.

On Monday at nine everything is planned, and then nobody ticks. When the time is over two beats come back at
once: two processes plan and drain at the same moment, by the clock that they are given.
"""

import datetime as dt
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from clinic.models import Notice
from tests.clinic.mail_faults import BadPost
from tests.factories import MembershipFactory, NudgeFactory, PatientFactory, PrescriptionFactory
from tests.faults.clock import SharedClock
from tests.faults.crew import SENDER
from tests.faults.scale import sized
from tests.patients import reminding
from tests.patients.reminding import MONDAY, NINE, at
from tests.processes import environment, running

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("durable")]

PATIENTS = sized(short=5, long=200)  # so many are reminded each day, and so many reach their review on Monday
THURSDAY = MONDAY + dt.timedelta(days=3)

# When the beats come back -> what patients and clinician get then, of which kind, how often each.
BACK = {
    "6 hours": (at("15:00"), {"helped": PATIENTS, "review_due": PATIENTS}),
    # Thursday's reminder is two hours late and still wanted; the second mail about a review is due by now,
    # and the first one, which never went, gives way to it.
    "3 days": (
        at("11:00", THURSDAY),
        {"reminder": PATIENTS, "helped": PATIENTS, "review_again": PATIENTS},
    ),
}


@pytest.fixture
def tick(post: BadPost, tmp_path: Path):
    clock = SharedClock(tmp_path / "clock")
    variables = environment(EMAIL_URL=post.url, CLOCK=str(clock.path))

    def ticks(now: dt.datetime, *steps: str, beats: int = 1) -> None:
        """The steps of a tick, at `now`, by so many processes at once."""
        clock.set(now)
        with ExitStack() as stack:
            logs = [tmp_path / f"beat{number}.log" for number in range(beats)]
            started = [stack.enter_context(running([*SENDER, *steps], variables, log)) for log in logs]
            for process in started:
                assert process.process.wait(timeout=120) == 0, process.said

    return ticks


@pytest.mark.parametrize("dead", BACK)
def test_a_beat_was_dead(dead: str, tick, post: BadPost, summary) -> None:
    back, expected = BACK[dead]
    clinic = reminding.clinic(open_days="1234567", notices_at=dt.time(8, 0))
    by = MembershipFactory(clinic=clinic, user__email="alba@clinic.example").user
    for number in range(PATIENTS):
        reminded = {"email": f"reminded{number}@post.example", "user": None, "clinic": clinic}
        patient = reminding.patient(NINE, on_prescription={"clinician": by, "exercises": 1}, **reminded)
        NudgeFactory(patient=patient, at=dt.time(20, 0))
        reviewed = PatientFactory(clinic=clinic, email=f"reviewed{number}@post.example", user=None)
        PrescriptionFactory(
            patient=reviewed, clinician=by, exercises=1, starts_on=MONDAY - dt.timedelta(days=20)
        )
    tick(at("09:00"), "plan")
    assert Counter(Notice.objects.values_list("kind", "state")) == {
        ("reminder", "queued"): PATIENTS,
        ("review_due", "queued"): PATIENTS,
        ("morning_list", "queued"): 1,
    }
    tick(back, "plan", "drain", beats=2)
    tick(back + dt.timedelta(minutes=1), "plan", "drain")
    mails = post.bad.mails
    kinds = dict(Notice.objects.values_list("message_id", "kind"))
    arrived = [(mail.recipients[0], kinds[str(mail.message["Message-ID"])]) for mail in mails]
    summary.add(f"beat dead for {dead}", mails=len(mails), duplicates=len(mails) - sum(expected.values()))
    assert Counter(kind for _to, kind in arrived) == expected
    # Nobody has more than one of a kind; the clinician has one for each review.
    burst = [one for one, number in Counter(arrived).items() if number > 1 and one[0] != by.email]
    assert burst == []
    to_her = [mail.text.split() for mail in mails if mail.recipients[0] == by.email]
    about = [word for words in to_her for word in words if "/prescriptions/" in word]
    assert len(about) == len(set(about)) == PATIENTS
    # Monday's are over; of the days between none was made.
    on_monday = Notice.objects.filter(kind="reminder", params__on=str(MONDAY))
    assert Counter(on_monday.values_list("state", flat=True)) == {"expired": PATIENTS}
    others = Notice.objects.filter(kind="reminder").exclude(params__on=str(MONDAY))
    assert set(others.values_list("params__on", flat=True)) <= {str(THURSDAY)}
    assert not Notice.objects.unsent().exists()
