"""The ticks without a beat: by hand with a dead broker, and of a worker that starts."""

import datetime as dt
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from clinic.models import Notice
from clinic.scoping import Role
from patients.models import Review
from patients.notices import reviews
from tests.clinic.mail_faults import BadMailbox, BadPost
from tests.factories import (
    ClinicFactory,
    MembershipFactory,
    PatientFactory,
    PrescriptionFactory,
    ReviewFactory,
)
from tests.processes import environment, running, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
DRAIN = [sys.executable, "manage.py", "notices", "drain"]
DEAD_REDIS = {"REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.fixture
def server(settings) -> Iterator[BadMailbox]:
    post = BadPost()
    with post:
        settings.EMAIL_BACKEND = "clinic.notices.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = post.hostname, post.port
        yield post.bad


@pytest.fixture
def variables(server: BadMailbox, settings) -> dict[str, str]:
    """What a process sees: this database and this mail server, and no Redis."""
    url = f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return environment(EMAIL_URL=url, **DEAD_REDIS)


@pytest.fixture
def notice() -> Notice:
    """A review's mail that is due."""
    clinic = ClinicFactory(open_days="1234567", notices_at=dt.time(0, 0))
    by = MembershipFactory(clinic=clinic, role=Role.CLINICIAN, user__email="alba@clinic.example").user
    # Whether it has helped is another mail, at the patient's own time of day; this one wants none.
    patient = PatientFactory(clinic=clinic, helped_stopped_at=timezone.now())
    prescription = PrescriptionFactory(patient=patient, clinician=by)
    review: Review = ReviewFactory(prescription=prescription)
    assert reviews.owe_review_notice(review, to=review.prescription.clinician, now=timezone.now())
    return Notice.objects.get()


def test_the_commands_work_while_the_broker_is_dead(
    notice: Notice, server: BadMailbox, variables: dict[str, str], tmp_path: Path
) -> None:
    for step in ("plan", "drain"):
        with running([sys.executable, "manage.py", "notices", step], variables, tmp_path / step) as process:
            assert process.process.wait(timeout=60) == 0, process.said
    assert [mail.recipients for mail in server.mails] == [("alba@clinic.example",)]


@pytest.mark.redis
def test_a_worker_that_starts_sends_at_once_without_a_beat(
    notice: Notice, server: BadMailbox, settings, tmp_path: Path
) -> None:
    url = f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    arrived = threading.Event()
    server.at_arrival = arrived.set
    with worker(environment(EMAIL_URL=url), tmp_path) as process:
        assert arrived.wait(timeout=20), process.said
    connection.close()
