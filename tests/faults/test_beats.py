"""Two beats and four drainers, all of them real: what several plan and send at once goes once."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clinic.models import Clinic, Notice
from patients.models import Review
from tests.clinic.mail_faults import BadPost
from tests.factories import (
    ClinicFactory,
    MembershipFactory,
    PatientFactory,
    PrescriptionFactory,
    ReminderTimeFactory,
)
from tests.faults.crew import wait_until
from tests.faults.engine import engine
from tests.faults.scale import sized
from tests.processes import environment, forget_messages

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.usefixtures("durable")]

PATIENTS = sized(short=15, long=600)  # so many are reminded, and so many reach their review
# Four drainers: threads of a worker process, and in the long form a process each.
WORKERS, THREADS = sized(short=(2, 2), long=(4, 1))


def at_noon() -> Clinic:
    """A clinic in whose zone it is between 12:00 and 13:00, so that everything is due that comes by day."""
    hour = timezone.now().astimezone(dt.UTC).hour
    ahead = 12 - hour  # of UTC; the names of these zones count the other way round
    return ClinicFactory(
        time_zone=f"Etc/GMT{-ahead:+d}" if ahead else "UTC", open_days="1234567", notices_at=dt.time(0, 0)
    )


def test_two_beats_and_four_drainers(post: BadPost, summary, tmp_path) -> None:
    clinic = at_noon()
    by = MembershipFactory(clinic=clinic, user__email="alba@clinic.example").user
    noon = timezone.now().astimezone(ZoneInfo(clinic.time_zone))
    today, at = noon.date(), dt.time(noon.hour - 1)
    for number in range(PATIENTS):
        for name, starts_on in (("reminded", 1), ("reviewed", 20)):
            patient = PatientFactory(clinic=clinic, email=f"{name}{number}@post.example", user=None)
            PrescriptionFactory(
                patient=patient, clinician=by, exercises=1, starts_on=today - dt.timedelta(days=starts_on)
            )
            if name == "reminded":
                ReminderTimeFactory(patient=patient, at=at)
    forget_messages()
    variables = environment(EMAIL_URL=post.url, NOTICE_TICK_SECONDS="1")
    with engine(variables, tmp_path, workers=WORKERS, threads=THREADS, beats=2) as going:
        # To each of the reminded a reminder; to each of the reviewed, and about them, one mail.
        wait_until(lambda: len(post.bad.mails) >= 3 * PATIENTS, seconds=300)
        ticks = [beat.said.count("Sending due task plan") for beat in going.beats]
        # Both beats go on for a while, and have everything planned again.
        wait_until(
            lambda: all(
                beat.said.count("Sending due task plan") >= before + 2
                for beat, before in zip(going.beats, ticks, strict=True)
            )
        )
        going.finish()
    mails = post.bad.mails
    by_kind = Counter(Notice.objects.filter(state="sent").values_list("kind", flat=True))
    assert by_kind == {"reminder": PATIENTS, "review_due": PATIENTS, "helped": PATIENTS}
    assert Review.objects.count() == PATIENTS
    to = Counter(mail.recipients[0] for mail in mails)
    twice = [address for address, number in to.items() if number > 1 and address != by.email]
    about = Counter(link for mail in mails if mail.recipients[0] == by.email for link in links(mail.text))
    summary.add(
        f"two beats, {WORKERS} workers of {THREADS}",
        mails=len(mails),
        duplicates=len(mails) - 3 * PATIENTS,
    )
    assert twice == []
    assert len(to) == 2 * PATIENTS + 1
    assert to[by.email] == len(about) == PATIENTS
    assert set(about.values()) == {1}


def links(text: str) -> set[str]:
    return {word for word in text.split() if word.startswith("http") and "/prescriptions/" in word}
