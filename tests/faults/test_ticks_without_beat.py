"""The ticks without a beat: by hand with a dead broker, and of a worker that starts."""

import datetime as dt
import sys
import threading
from pathlib import Path

import pytest
from django.utils import timezone

from clinic.models import Notice
from clinic.scoping import Role
from patients.notices.reviews import plan_review_notices
from tests.clinic.mail_faults import BadPost
from tests.factories import (
    ClinicFactory,
    MembershipFactory,
    PatientFactory,
    PrescriptionFactory,
    ReviewFactory,
)
from tests.processes import environment, running, worker

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("durable")]


@pytest.fixture
def notice(durable: None) -> Notice:
    """A review's mail that is due."""
    clinic = ClinicFactory(open_days="1234567", notices_at=dt.time(0, 0))
    by = MembershipFactory(clinic=clinic, role=Role.CLINICIAN, user__email="alba@clinic.example").user
    # Whether it has helped is another mail, at the patient's own time of day; this one wants none.
    patient = PatientFactory(clinic=clinic, helped_stopped_at=timezone.now())
    prescription = PrescriptionFactory(patient=patient, clinician=by)
    ReviewFactory(prescription=prescription)
    assert plan_review_notices(timezone.now()) == 1
    return Notice.objects.get()


def test_the_commands_work_while_the_broker_is_dead(notice: Notice, post: BadPost, tmp_path: Path) -> None:
    variables = environment(EMAIL_URL=post.url, REDIS_URL="redis://127.0.0.1:1/0")
    for step in ("plan", "drain"):
        with running([sys.executable, "manage.py", "notices", step], variables, tmp_path / step) as process:
            assert process.process.wait(timeout=60) == 0, process.said
    assert [mail.recipients for mail in post.bad.mails] == [("alba@clinic.example",)]


@pytest.mark.redis
def test_a_worker_that_starts_sends_at_once_without_a_beat(
    notice: Notice, post: BadPost, tmp_path: Path
) -> None:
    arrived = threading.Event()
    post.bad.at_arrival = arrived.set
    with worker(environment(EMAIL_URL=post.url), tmp_path) as process:
        assert arrived.wait(timeout=60), process.said
